/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/applets.h"
#include "tools/display.h"

#include "base/log.h"
#include "base/text.h"
#include "model/lv.h"

static const struct option_spec svgdisplay_options[] = {
	DISPLAY_ROWS,
	DISPLAY(brief, 's', "short", OPTION_FLAG, NULL, N_("show name and sizes on one line")),
	DISPLAY(active_only, 'A', "activevolumegroups", OPTION_FLAG, NULL,
		N_("only groups that have an active volume")),
	LISTING_ROWS,
	{ .name = NULL },
};

struct work {
	struct display display;
	const struct display_args *args;
};

/* With --verbose volumes and devices follow. */
static void show_contents(const struct work *work, const struct group_facts *group)
{
	const struct lv *lv;

	dm_list_iterate_items(lv, &group->vg->lvs)
		if (work->args->listing.all || lv_is_visible(lv))
			display_volume(&work->display, group, lv);
	display_members(&work->display, group);
}

static bool is_active(const struct listing *listing, const struct group_facts *group)
{
	const struct lv *lv;

	dm_list_iterate_items(lv, &group->vg->lvs) {
		struct row row = { .gather = &listing->gather, .group = group, .lv = lv };

		if (lv_is_visible(lv) && row_is_active(&row))
			return true;
	}
	return false;
}

static int show_group(struct listing *listing, const struct group_facts *group, void *data)
{
	const struct work *work = data;

	if (!listing_wants_group(listing, group->vg))
		return 0;
	if (work->args->active_only && !is_active(listing, group))
		return 0;
	if (work->args->colons) {
		display_group_colons(&work->display, group);
	} else if (work->args->brief) {
		display_group_short(&work->display, group);
	} else {
		display_group(&work->display, group);
		if (log_verbosity() > 0)
			show_contents(work, group);
	}
	return 0;
}

static int show_all(struct listing *listing, const struct group_facts *group, void *data)
{
	const struct work *work = data;

	if (listing_wants_group(listing, group->vg)) {
		display_group(&work->display, group);
		show_contents(work, group);
	}
	return 0;
}

static int show(struct listing *listing, const struct display_args *args)
{
	struct work work = { .args = args };
	int r;

	r = display_begin(listing, args, &work.display);
	if (r >= 0)
		r = listing_each_group(listing, show_group, &work);
	return r < 0 ? r : listing_check_names(listing);
}

int svgdisplay_all_of(struct session *session, const char *name)
{
	static const struct display_args args;
	struct work work = { .args = &args };
	struct listing listing;
	int r = listing_open(&listing, session, &args.listing);

	r = r < 0 ? r : listing_take_names(&listing, &name, 1, TARGET_VG);
	r = r < 0 ? r : display_begin(&listing, &args, &work.display);
	r = r < 0 ? r : listing_each_group(&listing, show_all, &work);
	listing_close(&listing);
	return r;
}

static int svgdisplay_run(struct session *session, const char *const *operands, unsigned count,
			  const void *p)
{
	const struct display_args *args = p;
	struct listing listing;
	int r;

	if (args->active_only && count)
		return fail(-EDOM, _("--activevolumegroups: contradicts the name of a group"));
	r = display_check(args);
	if (r < 0)
		return r;
	if (args->columns)
		return svgs_applet.run(session, operands, count, &args->listing);

	r = listing_open(&listing, session, &args->listing);
	if (r >= 0)
		r = listing_take_names(&listing, operands, count, TARGET_VG);
	if (r >= 0)
		r = show(&listing, args);
	listing_close(&listing);
	return r;
}

const struct applet svgdisplay_applet = {
	.name = "svgdisplay",
	.summary = N_("show all about volume groups"),
	.synopsis = N_("[OPTION...] [VG|@TAG...]"),
	.options = svgdisplay_options,
	.args_size = sizeof(struct display_args),
	.operands = TARGET_VG,
	.operand_max = -1,
	.kind = LOOKS_ONLY,
	.run = svgdisplay_run,
};
