/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/applets.h"
#include "tools/pv-listing.h"

#include "base/auto.h"
#include "base/text.h"

static const struct option_spec svpvs_options[] = {
	LISTING_ROWS,
	LISTING(segments, 0, "segments", OPTION_FLAG, NULL,
		N_("a line for each run of extents of a device")),
	{ .name = NULL },
};

static int list_device(struct pv_walk *walk, const struct group_facts *group, const struct pv *pv,
		       const struct disk_facts *disk)
{
	return report_add_device(walk->data, group, pv, disk);
}

static int report_devices(struct listing *listing, void *data)
{
	AUTO(report) struct report *report = NULL;
	struct pv_walk *walk = data;
	int r, ended;

	r = listing_begin_report(listing, listing->args->segments ? LINE_PV_SEGMENT : LINE_PV,
				 &report);
	if (r)
		return r < 0 ? r : 0;
	walk->data = report;
	r = pv_walk(walk);
	ended = report_end(report);
	return r < 0 ? r : ended;
}

static int svpvs_run(struct session *session, const char *const *operands, unsigned count,
		     const void *p)
{
	const struct listing_args *args = p;
	struct listing listing;
	struct pv_walk walk = {
		.listing = &listing,
		.operands = operands,
		.operand_count = count,
		.blank = args->all,
		.visit = list_device,
	};
	int r;

	r = listing_open(&listing, session, args);
	if (r >= 0)
		r = listing_framed(&listing, report_devices, &walk);
	listing_close(&listing);
	return r;
}

const struct applet svpvs_applet = {
	.name = "svpvs",
	.summary = N_("list physical volumes"),
	.synopsis = N_("[OPTION...] [DEVICE|@TAG...]"),
	.options = svpvs_options,
	.args_size = sizeof(struct listing_args),
	.operands = TARGET_PV,
	.operand_max = -1,
	.kind = LOOKS_ONLY,
	.run = svpvs_run,
};
