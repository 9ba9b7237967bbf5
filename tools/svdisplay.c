/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/applets.h"
#include "tools/display.h"

#include "base/log.h"
#include "base/text.h"

static const struct option_spec svdisplay_options[] = {
	DISPLAY_ROWS,
	DISPLAY(tree, 0, "tree", OPTION_FLAG, NULL,
		N_("draw each volume with its snapshots, their state and fill")),
	DISPLAY(maps, 'm', "maps", OPTION_FLAG, NULL, N_("show where the extents lie")),
	LISTING_ROWS,
	LISTING(segments, 0, "segments", OPTION_FLAG, NULL,
		N_("with --columns: a line for each segment")),
	HISTORY_ROW,
	{ .name = NULL },
};

struct work {
	struct display display;
	bool colons;
};

static int show_volumes(struct listing *listing, const struct group_facts *group, void *data)
{
	struct work *work = data;
	const struct lv *lv;

	dm_list_iterate_items(lv, &group->vg->lvs) {
		if (!listing_wants(listing, lv))
			continue;
		if (work->colons)
			display_volume_colons(&work->display, group, lv);
		else
			display_volume(&work->display, group, lv);
	}
	return 0;
}

/* A tree is shown if anything in it is asked for. */
static int show_trees(struct listing *listing, const struct group_facts *group, void *data)
{
	const struct work *work = data;
	const struct snapshot *snapshot;
	const struct lv *lv;
	bool wanted;

	dm_list_iterate_items(lv, &group->vg->lvs) {
		if (lv->store_of)
			continue;
		wanted = listing_wants(listing, lv);
		dm_list_iterate_items_gen(snapshot, &lv->snapshots, origin_list)
			wanted |= listing_wants(listing, snapshot->store);
		if (wanted)
			display_tree(&work->display, group, lv);
	}
	return 0;
}

static int show(struct listing *listing, const struct display_args *args)
{
	struct work work = { .colons = args->colons };
	int r;

	r = display_begin(listing, args, &work.display);
	if (r >= 0)
		r = listing_each_group(listing, args->tree ? show_trees : show_volumes, &work);
	return r < 0 ? r : listing_check_names(listing);
}

static int svdisplay_run(struct session *session, const char *const *operands, unsigned count,
			 const void *p)
{
	const struct display_args *args = p;
	struct listing listing;
	int r;

	if (args->tree && (args->columns || args->colons || args->maps))
		return fail(-EDOM, _("--tree: contradicts --columns, --colon and --maps"));
	r = display_check(args);
	if (r < 0)
		return r;
	if (args->columns)
		return svs_applet.run(session, operands, count, &args->listing);

	r = listing_open(&listing, session, &args->listing);
	if (r >= 0)
		r = listing_take_names(&listing, operands, count, TARGET_VG_OR_LV);
	if (r >= 0)
		r = show(&listing, args);
	listing_close(&listing);
	return r;
}

const struct applet svdisplay_applet = {
	.name = "svdisplay",
	.summary = N_("show all about volumes"),
	.synopsis = N_("[OPTION...] [VG|VG/LV|@TAG...]"),
	.options = svdisplay_options,
	.args_size = sizeof(struct display_args),
	.operands = TARGET_VG_OR_LV,
	.operand_max = -1,
	.kind = LOOKS_ONLY,
	.run = svdisplay_run,
};
