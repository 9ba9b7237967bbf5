/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/applets.h"
#include "tools/listing.h"
#include "tools/watch.h"

#include "base/text.h"

static const struct option_spec svs_options[] = {
	LISTING_ROWS,
	LISTING(segments, 0, "segments", OPTION_FLAG, NULL,
		N_("a line for each segment of a volume")),
	HISTORY_ROW,
	LISTING(watch, 0, "watch", OPTION_MAYBE_NUMBER, N_("SECONDS"),
		N_("list again and again, every so many seconds, 2 if that is left out, until ^C")),
	{ .name = NULL },
};

/* What moves, unless fields are chosen. */
static const char *watched_fields[] = {
	"olv_name,vg_name,lv_attr,lv_size,origin,data_percent,snap_state,merge_percent,"
	"time_until_full",
};

static int list_volumes(struct listing *listing, const struct group_facts *group, void *data)
{
	struct report *report = data;
	const struct lv *lv;
	int r = 0;

	dm_list_iterate_items(lv, &group->vg->lvs) {
		if (!listing_wants(listing, lv))
			continue;
		r = report_add_volume(report, group, lv);
		if (r < 0)
			break;
	}
	return r;
}

static int list_groups(struct listing *listing, struct report *report)
{
	return listing_each_group(listing, list_volumes, report);
}

static int list_once(struct session *session, const char *const *operands, unsigned count,
		     const struct listing_args *args)
{
	struct listing listing;
	int r;

	r = listing_open(&listing, session, args);
	if (r >= 0)
		r = listing_take_names(&listing, operands, count, TARGET_VG_OR_LV);
	if (r >= 0)
		r = listing_report(&listing, args->segments ? LINE_SEGMENT : LINE_LV, list_groups);
	listing_close(&listing);
	return r;
}

struct watched {
	struct session *session;
	const char *const *operands;
	unsigned count;
	const struct listing_args *args;
};

static int list_again(void *data)
{
	const struct watched *watched = data;

	session_forget(watched->session);
	return list_once(watched->session, watched->operands, watched->count, watched->args);
}

static int svs_run(struct session *session, const char *const *operands, unsigned count,
		   const void *p)
{
	struct listing_args args = *(const struct listing_args *)p;
	struct watched watched = { session, operands, count, &args };

	if (!args.watch.given)
		return list_once(session, operands, count, &args);
	if (!args.said.count)
		args.said = (struct word_list) { .words = watched_fields, .count = 1 };
	return watch(args.watch.value, list_again, &watched);
}

const struct applet svs_applet = {
	.name = "svs",
	.summary = N_("list volumes"),
	.synopsis = N_("[OPTION...] [VG|VG/LV|@TAG...]"),
	.options = svs_options,
	.args_size = sizeof(struct listing_args),
	.operands = TARGET_VG_OR_LV,
	.operand_max = -1,
	.kind = LOOKS_ONLY,
	.run = svs_run,
};
