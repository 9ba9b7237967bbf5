/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/applets.h"
#include "tools/display.h"

#include "base/text.h"

static const struct option_spec svscan_options[] = {
	LISTING(all, 'a', "all", OPTION_FLAG, NULL, N_("show volumes that users do not see, too")),
	LISTING(foreign, 0, "foreign", OPTION_FLAG, NULL,
		N_("show groups that belong to other hosts, too")),
	LISTING(read_only, 0, "readonly", OPTION_FLAG, NULL,
		N_("do not ask the kernel: everything looks inactive")),
	LISTING(ignored, 'b', "blockdevice", OPTION_FLAG, NULL,
		N_("accepted from LVM2 users, without effect")),
	LISTING(units, 0, "units", OPTION_TEXT, N_("UNIT"), N_("show sizes in this unit")),
	LOG_FORMAT_ROW(listing_args, format),
	{ .name = NULL },
};

static int show_volumes(struct listing *listing, const struct group_facts *group, void *data)
{
	const struct lv *lv;

	dm_list_iterate_items(lv, &group->vg->lvs)
		if (listing_wants(listing, lv))
			display_volume_short(data, group, lv);
	return 0;
}

static int svscan_run(struct session *session, const char *const *operands, unsigned count,
		      const void *p)
{
	struct display_args args = { .listing = *(const struct listing_args *)p };
	struct listing listing;
	struct display display;
	int r = listing_log_format(session, args.listing.format);

	(void)operands;
	(void)count;
	if (r < 0)
		return r;
	args.listing.format = NULL; /* there is no table */
	r = listing_open(&listing, session, &args.listing);
	if (r >= 0)
		r = display_begin(&listing, &args, &display);
	if (r >= 0)
		r = listing_each_group(&listing, show_volumes, &display);
	listing_close(&listing);
	return r;
}

const struct applet svscan_applet = {
	.name = "svscan",
	.summary = N_("list all volumes and whether they are active"),
	.synopsis = N_("[OPTION...]"),
	.options = svscan_options,
	.args_size = sizeof(struct listing_args),
	.kind = LOOKS_ONLY,
	.run = svscan_run,
};
