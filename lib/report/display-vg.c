/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/display.h"

#include "base/log.h"
#include "model/lv.h"

#include <inttypes.h>

static void line(const struct display *display, const char *label, const char *text)
{
	display_line(display, DISPLAY_GROUP_COLUMN, label, "%s", text);
}

static void number(const struct display *display, const char *label, uint64_t value)
{
	display_line(display, DISPLAY_GROUP_COLUMN, label, "%" PRIu64, value);
}

struct count {
	unsigned volumes, open, devices;
};

static struct count count(const struct display *display, const struct vg *vg)
{
	struct count result = { 0 };
	const struct lv *lv;
	const struct pv *pv;

	dm_list_iterate_items(lv, &vg->lvs) {
		if (!lv_is_visible(lv))
			continue;
		result.volumes++;
		result.open += gather_open_count(display->gather, lv) > 0;
	}
	dm_list_iterate_items(pv, &vg->pvs)
		result.devices += !pv_is_missing(pv);
	return result;
}

static void extents(const struct display *display, const struct vg *vg, const char *label,
		    uint64_t value)
{
	display_line(display, DISPLAY_GROUP_COLUMN, label, "%" PRIu64 " / %s", value,
		     display_size(display, value * vg->extent_size_sectors));
}

static void show_state(const struct display *display, const struct group_facts *group)
{
	const struct vg *vg = group->vg;

	line(display, "VG Name", vg->name);
	line(display, "System ID", vg->system_id ? vg->system_id : "");
	line(display, "Format", "lvm2");
	number(display, "Metadata Areas", group->areas.count);
	number(display, "Metadata Sequence No", vg->seqno);
	line(display, "VG Access", vg->flags & VG_WRITE ? "read/write" : "read");
	display_line(display, DISPLAY_GROUP_COLUMN, "VG Status", "%s%sresizable",
		     vg->flags & VG_EXPORTED ? "exported/" : "",
		     vg->flags & VG_RESIZEABLE ? "" : "NOT ");
}

static void show_counts(const struct display *display, const struct vg *vg)
{
	const struct count counted = count(display, vg);

	number(display, "MAX LV", vg->max_lv);
	number(display, "Cur LV", counted.volumes);
	number(display, "Open LV", counted.open);
	number(display, "Max PV", vg->max_pv);
	number(display, "Cur PV", dm_list_size(&vg->pvs));
	number(display, "Act PV", counted.devices);
}

void display_group(const struct display *display, const struct group_facts *group)
{
	const struct vg *vg = group->vg;
	const uint64_t all = vg_extents(vg), unused = group_free_extents(vg);

	fprintf(display->out, "%s--- Volume group ---\n", log_prefix());
	show_state(display, group);
	show_counts(display, vg);
	line(display, "VG Size", display_size(display, all * vg->extent_size_sectors));
	line(display, "PE Size", display_size(display, vg->extent_size_sectors));
	number(display, "Total PE", all);
	extents(display, vg, "Alloc PE / Size", all - unused);
	extents(display, vg, "Free  PE / Size", unused);
	line(display, "VG UUID", display_id(display, vg->id));
	display_end(display);
}

/* Bits as LVM2 prints them. */
enum { COLON_READ_WRITE = 0x300, COLON_READ = 0x100, COLON_RESIZEABLE = 0x4, COLON_EXPORTED = 0x2 };

static unsigned status_bits(const struct vg *vg)
{
	return (vg->flags & VG_WRITE ? COLON_READ_WRITE : COLON_READ) |
	       (vg->flags & VG_RESIZEABLE ? COLON_RESIZEABLE : 0u) |
	       (vg->flags & VG_EXPORTED ? COLON_EXPORTED : 0u);
}

void display_group_colons(const struct display *display, const struct group_facts *group)
{
	const struct vg *vg = group->vg;
	const struct count counted = count(display, vg);
	const uint64_t all = vg_extents(vg), unused = group_free_extents(vg);

	fprintf(display->out,
		"%s%s:%s:%u:-1:%u:%u:%u:-1:%u:%u:%u:%" PRIu64 ":%" PRIu64 ":%" PRIu64 ":%" PRIu64
		":%" PRIu64 ":%s\n",
		log_prefix(), vg->name, vg->flags & VG_WRITE ? "r/w" : "r", status_bits(vg), vg->max_lv,
		counted.volumes, counted.open, vg->max_pv, dm_list_size(&vg->pvs), counted.devices,
		all * vg->extent_size_sectors / 2, vg->extent_size_sectors / 2, all, all - unused,
		unused, display_id(display, vg->id));
}

void display_group_short(const struct display *display, const struct group_facts *group)
{
	const struct vg *vg = group->vg;
	const uint64_t all = vg_extents(vg), unused = group_free_extents(vg);

	fprintf(display->out, "%s\"%s\" %s [%-9s used / %s free]\n", log_prefix(), vg->name,
		display_size(display, all * vg->extent_size_sectors),
		display_size(display, (all - unused) * vg->extent_size_sectors),
		display_size(display, unused * vg->extent_size_sectors));
}
