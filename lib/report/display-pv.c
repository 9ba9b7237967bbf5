/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/display.h"

#include "base/auto.h"
#include "base/log.h"
#include "model/vg.h"
#include "report/report.h"
#include "report/runs-of-pv.h"

#include <inttypes.h>

static void line(const struct display *display, const char *label, const char *text)
{
	display_line(display, DISPLAY_GROUP_COLUMN, label, "%s", text);
}

static void number(const struct display *display, const char *label, uint64_t value)
{
	display_line(display, DISPLAY_GROUP_COLUMN, label, "%" PRIu64, value);
}

static const char *path_of(const struct disk_facts *disk)
{
	return disk ? disk->path : "[unknown]";
}

static uint64_t device_size(const struct pv *pv, const struct disk_facts *disk)
{
	return disk ? disk->dev_size_sectors : pv->dev_size_sectors;
}

static const char *allocatable(const struct pv *pv)
{
	if (!(pv->flags & PV_ALLOCATABLE))
		return "NO";
	return pv_used_extents(pv) == pv->pe_count ? "yes (but full)" : "yes ";
}

static void show_run(const struct display *display, const struct pv_run *run)
{
	const struct segment *segment = run->segment;

	fprintf(display->out, "%sPhysical extent %u to %u:\n", log_prefix(), run->pe,
		run->pe + run->len - 1);
	if (!segment) {
		fprintf(display->out, "%s  FREE\n", log_prefix());
		return;
	}
	fprintf(display->out, "%s  Logical volume\t%s/%s/%s\n", log_prefix(),
		display->gather->dev_dir, segment->lv->vg->name, segment->lv->name);
	fprintf(display->out, "%s  Logical extents\t%u to %u\n", log_prefix(), segment->le,
		segment->le + segment->len - 1);
}

static void show_runs(const struct display *display, const struct pv *pv)
{
	AUTO_FREE struct pv_run *runs = NULL;
	unsigned i, count = 0;

	fprintf(display->out, "%s--- Physical Segments ---\n", log_prefix());
	if (pv_runs(pv, &runs, &count) < 0)
		return;
	for (i = 0; i < count; i++)
		show_run(display, &runs[i]);
	display_end(display);
}

/* As LVM2 counts: what lies before the extents is lost only if something behind them is, too. */
static void show_size(const struct display *display, const struct pv *pv,
		      const struct disk_facts *disk)
{
	const uint64_t usable = pv->pe_count * pv->vg->extent_size_sectors;
	const uint64_t end = pv->pe_start_sectors + usable;
	uint64_t size = device_size(pv, disk), lost = end - size;

	if (size > end)
		lost = size - usable;
	else
		size = end;
	display_line(display, DISPLAY_GROUP_COLUMN, "PV Size", "%s / not usable %s",
		     display_size(display, size), display_size(display, lost));
}

static void display_member(const struct display *display, const struct pv *pv,
			   const struct disk_facts *disk)
{
	const uint32_t used = pv_used_extents(pv);

	fprintf(display->out, "%s--- Physical volume ---\n", log_prefix());
	line(display, "PV Name", path_of(disk));
	line(display, "VG Name", pv->vg->name);
	show_size(display, pv, disk);
	line(display, "Allocatable", allocatable(pv));
	line(display, "PE Size", display_size(display, pv->vg->extent_size_sectors));
	number(display, "Total PE", pv->pe_count);
	number(display, "Free PE", pv->pe_count - used);
	number(display, "Allocated PE", used);
	line(display, "PV UUID", display_id(display, pv->id));
	display_end(display);
	if (display->maps)
		show_runs(display, pv);
}

void display_members(const struct display *display, const struct group_facts *group)
{
	const struct pv *pv;

	fprintf(display->out, "%s--- Physical volumes ---\n", log_prefix());
	dm_list_iterate_items(pv, &group->vg->pvs) {
		display_line(display, DISPLAY_GROUP_COLUMN, "PV Name", "%s     ",
			     path_of(group_disk(group, pv)));
		line(display, "PV UUID", display_id(display, pv->id));
		line(display, "PV Status",
		     pv->flags & PV_ALLOCATABLE ? "allocatable" : "NOT allocatable");
		display_line(display, DISPLAY_GROUP_COLUMN, "Total PE / Free PE", "%u / %u",
			     pv->pe_count, pv->pe_count - pv_used_extents(pv));
		display_end(display);
	}
}

/* A device of no group is called new; LVM2 has this line also before its colons. */
static const char *announce_orphan(const struct display *display, const struct disk_facts *disk)
{
	const char *size = display_size(display, disk->dev_size_sectors);

	fprintf(display->out, "%s\"%s\" is a new physical volume of \"%s\"\n", log_prefix(),
		disk->path, size);
	return size;
}

static void display_orphan(const struct display *display, const struct disk_facts *disk)
{
	const char *size = announce_orphan(display, disk);

	fprintf(display->out, "%s--- NEW Physical volume ---\n", log_prefix());
	line(display, "PV Name", disk->path);
	line(display, "VG Name", "");
	line(display, "PV Size", size);
	line(display, "Allocatable", "NO");
	line(display, "PE Size", display_size(display, 0));
	number(display, "Total PE", 0);
	number(display, "Free PE", 0);
	number(display, "Allocated PE", 0);
	line(display, "PV UUID", display_id(display, disk->id));
	display_end(display);
	if (display->maps)
		display_end(display);
}

void display_device(const struct display *display, const struct pv *pv,
		    const struct disk_facts *disk)
{
	if (pv)
		display_member(display, pv, disk);
	else
		display_orphan(display, disk);
}

enum { COLON_ALLOCATABLE = 8 };

void display_device_colons(const struct display *display, const struct pv *pv,
			   const struct disk_facts *disk)
{
	const unsigned bits = pv && (pv->flags & PV_ALLOCATABLE) ? COLON_ALLOCATABLE : 0;
	const uint32_t count = pv ? pv->pe_count : 0, used = pv ? pv_used_extents(pv) : 0;

	if (!pv)
		announce_orphan(display, disk);
	fprintf(display->out, "%s%s:%s:%" PRIu64 ":-1:%u:%u:-1:%" PRIu64 ":%u:%u:%u:%s\n",
		log_prefix(), path_of(disk), pv ? pv->vg->name : "", device_size(pv, disk), bits,
		bits, pv ? pv->vg->extent_size_sectors / 2 : 0, count, count - used, used,
		display_id(display, pv ? pv->id : disk->id));
}

void display_device_short(const struct display *display, const struct pv *pv,
			  const struct disk_facts *disk)
{
	const uint64_t sectors =
		pv ? (pv->pe_count - pv_used_extents(pv)) * pv->vg->extent_size_sectors
		   : disk->dev_size_sectors;

	fprintf(display->out, "%sDevice \"%s\" has a capacity of %s\n", log_prefix(), path_of(disk),
		display_size(display, sectors));
}
