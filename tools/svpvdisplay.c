/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/applets.h"
#include "tools/display.h"
#include "tools/pv-listing.h"

#include "base/log.h"
#include "base/text.h"

static const struct option_spec svpvdisplay_options[] = {
	DISPLAY_ROWS,
	DISPLAY(maps, 'm', "maps", OPTION_FLAG, NULL, N_("show what the extents are used for")),
	DISPLAY(brief, 's', "short", OPTION_FLAG, NULL, N_("show only what is free")),
	LISTING_ROWS,
	LISTING(segments, 0, "segments", OPTION_FLAG, NULL,
		N_("with --columns: a line for each run of extents")),
	{ .name = NULL },
};

struct work {
	struct display display;
	const struct display_args *args;
};

static int show_device(struct pv_walk *walk, const struct group_facts *group, const struct pv *pv,
		       const struct disk_facts *disk)
{
	const struct work *work = walk->data;

	(void)group;
	if (work->args->colons)
		display_device_colons(&work->display, pv, disk);
	else if (work->args->brief)
		display_device_short(&work->display, pv, disk);
	else
		display_device(&work->display, pv, disk);
	return 0;
}

static int svpvdisplay_run(struct session *session, const char *const *operands, unsigned count,
			   const void *p)
{
	const struct display_args *args = p;
	struct work work = { .args = args };
	struct listing listing;
	struct pv_walk walk = {
		.listing = &listing,
		.operands = operands,
		.operand_count = count,
		.visit = show_device,
		.data = &work,
	};
	int r;

	r = display_check(args);
	if (r < 0)
		return r;
	if (args->columns)
		return svpvs_applet.run(session, operands, count, &args->listing);

	if (args->listing.all)
		return fail(-EDOM, _("--columns: options of tables need it"));
	r = listing_open(&listing, session, &args->listing);
	if (r >= 0)
		r = display_begin(&listing, args, &work.display);
	if (r >= 0)
		r = pv_walk(&walk);
	listing_close(&listing);
	return r;
}

const struct applet svpvdisplay_applet = {
	.name = "svpvdisplay",
	.summary = N_("show all about physical volumes"),
	.synopsis = N_("[OPTION...] [DEVICE|@TAG...]"),
	.options = svpvdisplay_options,
	.args_size = sizeof(struct display_args),
	.operands = TARGET_PV,
	.operand_max = -1,
	.kind = LOOKS_ONLY,
	.run = svpvdisplay_run,
};
