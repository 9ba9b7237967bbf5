/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/applets.h"
#include "tools/listing.h"

#include "base/text.h"

static const struct option_spec svs_options[] = {
	LISTING_ROWS,
	LISTING(segments, 0, "segments", OPTION_FLAG, NULL,
		N_("a line for each segment of a volume")),
	{ .name = NULL },
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

static int svs_run(struct session *session, const char *const *operands, unsigned count,
		   const void *p)
{
	const struct listing_args *args = p;
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
