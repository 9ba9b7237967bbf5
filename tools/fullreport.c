/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/applets.h"
#include "tools/pv-listing.h"

#include "base/auto.h"
#include "base/text.h"
#include "store/catalog.h"

#include <errno.h>

static const struct option_spec fullreport_options[] = {
	LISTING_ROWS,
	{ .name = NULL },
};

static int list_device(struct pv_walk *walk, const struct group_facts *group, const struct pv *pv,
		       const struct disk_facts *disk)
{
	return report_add_device(walk->data, group, pv, disk);
}

/* group: NULL for devices that are in none. */
static int report_one(struct listing *listing, const struct group_facts *group,
		      enum report_line line)
{
	AUTO(report) struct report *report = NULL;
	struct pv_walk walk = { .listing = listing, .visit = list_device };
	int r, ended;

	r = listing_begin_report(listing, line, &report);
	if (r)
		return r;
	walk.data = report;
	r = group ? report_add_group(report, group) : pv_walk_orphans(&walk);
	ended = report_end(report);
	return r < 0 ? r : ended;
}

static int report_part(struct listing *listing, const struct group_facts *group)
{
	static const enum report_line lines[] = { LINE_VG, LINE_PV, LINE_LV, LINE_PV_SEGMENT,
						  LINE_SEGMENT };
	unsigned i;
	int r = 0;

	if (listing->frame)
		r = report_frame_begin_part(listing->frame);
	for (i = 0; !r && i < sizeof(lines) / sizeof(lines[0]); i++)
		if (group || lines[i] == LINE_PV || lines[i] == LINE_PV_SEGMENT)
			r = report_one(listing, group, lines[i]);
	if (!r && listing->frame)
		r = report_frame_end(listing->frame);
	return r;
}

static int report_group(struct listing *listing, const struct group_facts *group, void *data)
{
	(void)data;
	return listing_wants_group(listing, group->vg) ? report_part(listing, group) : 0;
}

static bool has_orphans(const struct catalog *catalog)
{
	const struct disk *disk;

	dm_list_iterate_items(disk, &catalog->disks)
		if (!disk->group && disk->has_label)
			return true;
	return false;
}

static int report_parts(struct listing *listing, void *data)
{
	int r = listing_each_group(listing, report_group, NULL);

	(void)data;
	if (!r && !listing->name_count && has_orphans(listing->catalog))
		r = report_part(listing, NULL);
	return r;
}

static int report_all(struct listing *listing)
{
	enum report_format format;
	int r;

	listing->full = true;
	if (listing->args->log_only) {
		r = listing_framed(listing, report_parts, NULL);
		return r ? (r < 0 ? r : 0) : listing_check_names(listing);
	}
	r = listing_format(listing, &format);
	if (r >= 0 && (format != REPORT_BASIC || listing->session->log))
		r = listing_begin_frame(listing, format);
	if (r < 0)
		return r;
	r = report_parts(listing, NULL);
	if (listing_end_frame(listing) < 0 && !r)
		r = -ENOMEM;
	return r ? (r < 0 ? r : 0) : listing_check_names(listing);
}

static int fullreport_run(struct session *session, const char *const *operands, unsigned count,
			  const void *p)
{
	struct listing listing;
	int r;

	r = listing_open(&listing, session, p);
	if (r >= 0)
		r = listing_take_names(&listing, operands, count, TARGET_VG);
	if (r >= 0)
		r = report_all(&listing);
	listing_close(&listing);
	return r;
}

const struct applet fullreport_applet = {
	.name = "fullreport",
	.summary = N_("list groups with all that is in them"),
	.synopsis = N_("[OPTION...] [VG|@TAG...]"),
	.options = fullreport_options,
	.args_size = sizeof(struct listing_args),
	.operands = TARGET_VG,
	.operand_max = -1,
	.kind = LOOKS_ONLY | NO_LINK,
	.run = fullreport_run,
};
