/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/applets.h"
#include "tools/listing.h"

#include "base/text.h"

static const struct option_spec svgs_options[] = {
	LISTING_ROWS,
	{ .name = NULL },
};

static int list_group(struct listing *listing, const struct group_facts *group, void *data)
{
	return listing_wants_group(listing, group->vg) ? report_add_group(data, group) : 0;
}

static int list_groups(struct listing *listing, struct report *report)
{
	return listing_each_group(listing, list_group, report);
}

static int svgs_run(struct session *session, const char *const *operands, unsigned count,
		    const void *p)
{
	struct listing listing;
	int r;

	r = listing_open(&listing, session, p);
	if (r >= 0)
		r = listing_take_names(&listing, operands, count, TARGET_VG);
	if (r >= 0)
		r = listing_report(&listing, LINE_VG, list_groups);
	listing_close(&listing);
	return r;
}

const struct applet svgs_applet = {
	.name = "svgs",
	.summary = N_("list volume groups"),
	.synopsis = N_("[OPTION...] [VG|@TAG...]"),
	.options = svgs_options,
	.args_size = sizeof(struct listing_args),
	.operands = TARGET_VG,
	.operand_max = -1,
	.kind = LOOKS_ONLY,
	.run = svgs_run,
};
