/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/display.h"

#include "base/log.h"
#include "model/alloc.h"
#include "model/lv.h"
#include "report/words.h"

#include <inttypes.h>

static void line(const struct display *display, const char *label, const char *text)
{
	display_line(display, DISPLAY_LV_COLUMN, label, "%s", text);
}

static void number(const struct display *display, const char *label, uint64_t value)
{
	display_line(display, DISPLAY_LV_COLUMN, label, "%" PRIu64, value);
}

static const char *path_of(const struct display *display, const struct lv *lv)
{
	return gather_text(display->gather, "%s/%s/%s", display->gather->dev_dir, lv->vg->name,
			   lv->name);
}

/* A snapshot that can be read. */
static bool is_sound(struct row *row)
{
	return row_device(row) && row_status(row)->state == SNAPSHOT_GOOD;
}

static void show_names(const struct display *display, const struct lv *lv)
{
	if (lv_is_visible(lv)) {
		line(display, "LV Path", path_of(display, lv));
		line(display, "LV Name", lv->name);
	} else {
		line(display, "Internal LV Name", lv->name);
	}
	line(display, "VG Name", lv->vg->name);
	line(display, "LV UUID", display_id(display, lv->id));
}

static const char *access_of(struct row *row)
{
	const struct live_device *device = row_device(row);

	if (!(row->lv->flags & LV_WRITE))
		return "read only";
	return device && device->read_only ? "read only (activated read only)" : "read/write";
}

static void show_creation(const struct display *display, const struct lv *lv)
{
	const char *moment;

	if (!lv->creation_time)
		return;
	moment = cell_time(display->gather->mem, lv->creation_time);
	display_line(display, DISPLAY_LV_COLUMN, "LV Creation host, time", "%s, %s",
		     lv->creation_host ? lv->creation_host : "", moment ? moment : "");
}

static void show_snapshots_of(const struct display *display, const struct row *origin)
{
	const struct snapshot *snapshot;
	const struct dm_list *item;

	line(display, "LV snapshot status", "source of");
	dm_list_iterate(item, &origin->lv->snapshots) {
		snapshot = dm_list_struct_base(item, struct snapshot, origin_list);
		struct row row = { .gather = origin->gather,
				   .group = origin->group,
				   .lv = snapshot->store };

		display_line(display, DISPLAY_LV_COLUMN, "", "%s [%s]", snapshot->store->name,
			     is_sound(&row) ? "active" : "INACTIVE");
	}
}

static void show_snapshot_status(const struct display *display, struct row *row)
{
	if (lv_is_origin(row->lv))
		show_snapshots_of(display, row);
	if (row->lv->store_of)
		display_line(display, DISPLAY_LV_COLUMN, "LV snapshot status",
			     "%s destination for %s", is_sound(row) ? "active" : "INACTIVE",
			     row->lv->store_of->origin->name);
}

static void show_state(const struct display *display, struct row *row)
{
	const struct live_device *device = row_device(row);

	if (device && device->suspended)
		line(display, "LV Status", "suspended");
	else if (display->gather->live)
		line(display, "LV Status", device ? "available" : "NOT available");
	if (device)
		number(display, "# open", device->open_count);
}

static void show_store(const struct display *display, struct row *row)
{
	const struct lv *lv = row->lv;

	line(display, "COW-table size", display_size(display, lv_size_sectors(lv)));
	number(display, "COW-table LE", lv_extents(lv));
	if (is_sound(row))
		display_line(display, DISPLAY_LV_COLUMN, "Allocated to snapshot", "%.2f%%",
			     (double)dm_percent_to_round_float(row_fill(row), 2));
	line(display, "Snapshot chunk size",
	     display_size(display, lv->store_of->chunk_size_sectors));
}

static void show_sizes(const struct display *display, struct row *row)
{
	const struct snapshot *snapshot = row->lv->store_of;
	uint64_t size = snapshot ? snapshot_size_sectors(snapshot) : lv_size_sectors(row->lv);

	line(display, "LV Size", display_size(display, size));
	number(display, "Current LE", size / row->lv->vg->extent_size_sectors);
	if (snapshot)
		show_store(display, row);
	number(display, "Segments", dm_list_size(&row->lv->segments));
}

static void show_device(const struct display *display, struct row *row)
{
	const struct live_device *device = row_device(row);
	const bool fixed = row->lv->flags & LV_FIXED_MINOR;
	uint64_t sectors;

	if (device && row_read_ahead(row, &sectors))
		number(display, "- currently set to", sectors);
	if (fixed && row->lv->major >= 0)
		number(display, "Persistent major", (uint64_t)row->lv->major);
	if (fixed)
		number(display, "Persistent minor", (uint64_t)row->lv->minor);
	if (!device)
		return;
	display_line(display, DISPLAY_LV_COLUMN, "Block device", "%u:%u", device->major,
		     device->minor);
}

static void show_read_ahead(const struct display *display, const struct lv *lv)
{
	if (!lv->read_ahead_sectors)
		line(display, "Read ahead sectors", "auto");
	else
		number(display, "Read ahead sectors",
		       lv->read_ahead_sectors < 0 ? 0 : (uint64_t)lv->read_ahead_sectors);
}

static void show_column(const struct display *display, const struct segment *segment,
			const struct stripe *stripe, const char *indent)
{
	const char *name = "[unknown]";
	const bool volume = stripe->lv;

	if (volume)
		name = stripe->lv->name;
	else if (stripe->pv->path)
		name = stripe->pv->path;
	fprintf(display->out, "%s%s%s volume\t%s\n", log_prefix(), indent,
		volume ? "Logical" : "Physical", name);
	fprintf(display->out, "%s%s%s extents\t%u to %u\n", log_prefix(), indent,
		volume ? "Logical" : "Physical", stripe->extent,
		stripe->extent + segment->area_len - 1);
}

static void show_segment(const struct display *display, const struct segment *segment)
{
	const bool linear = segment->kind == SEGMENT_STRIPED && segment->stripe_count == 1;
	uint32_t i;

	fprintf(display->out, "%sLogical extents %u to %u:\n", log_prefix(), segment->le,
		segment->le + segment->len - 1);
	fprintf(display->out, "%s  Type\t\t%s\n", log_prefix(), linear ? "linear" : segment->type);
	if (linear) {
		show_column(display, segment, segment->stripes, "  ");
	} else if (segment->kind == SEGMENT_STRIPED) {
		fprintf(display->out, "%s  Stripes\t\t%u\n", log_prefix(), segment->stripe_count);
		fprintf(display->out, "%s  Stripe size\t\t%s\n", log_prefix(),
			display_size(display, segment->stripe_size_sectors));
	}
	for (i = 0; !linear && i < segment->stripe_count; i++) {
		fprintf(display->out, "%s  Stripe %u:\n", log_prefix(), i);
		show_column(display, segment, &segment->stripes[i], "    ");
	}
	display_end(display);
}

static void show_maps(const struct display *display, const struct lv *lv)
{
	const struct segment *segment;

	fprintf(display->out, "%s--- Segments ---\n", log_prefix());
	dm_list_iterate_items(segment, &lv->segments)
		show_segment(display, segment);
	display_end(display);
}

void display_volume(const struct display *display, const struct group_facts *group,
		    const struct lv *lv)
{
	struct row row = { .gather = display->gather, .group = group, .lv = lv };

	fprintf(display->out, "%s--- Logical volume ---\n", log_prefix());
	show_names(display, lv);
	line(display, "LV Write Access", access_of(&row));
	show_creation(display, lv);
	show_snapshot_status(display, &row);
	show_state(display, &row);
	show_sizes(display, &row);
	line(display, "Allocation", alloc_word(lv->alloc));
	show_read_ahead(display, lv);
	show_device(display, &row);
	display_end(display);
	if (display->maps)
		show_maps(display, lv);
}

/* Bits as they have been since LVM1: 1 read, 2 write, 4 the device is read-only. */
static unsigned access_bits(struct row *row)
{
	const struct live_device *device = row_device(row);

	return 1u | (row->lv->flags & LV_WRITE ? 2u : 0) | (device && device->read_only ? 4u : 0);
}

void display_volume_colons(const struct display *display, const struct group_facts *group,
			   const struct lv *lv)
{
	struct row row = { .gather = display->gather, .group = group, .lv = lv };
	const struct live_device *device = row_device(&row);

	fprintf(display->out, "%s%s:%s:%u:%d:-1:%u:%" PRIu64 ":%u:-1:%d:%" PRId64, log_prefix(),
		path_of(display, lv), lv->vg->name, access_bits(&row), device != NULL,
		device ? device->open_count : 0, lv_size_sectors(lv), lv_extents(lv),
		lv->alloc == ALLOC_CONTIGUOUS ? 2 : 0,
		lv->read_ahead_sectors ? lv->read_ahead_sectors : INT64_C(-1));
	if (device)
		fprintf(display->out, ":%u:%u\n", device->major, device->minor);
	else
		fprintf(display->out, ":-1:-1\n");
}

static const char *kind_of(const struct lv *lv)
{
	if (lv_is_origin(lv))
		return "Original";
	return lv->store_of ? "Snapshot" : "        ";
}

void display_volume_short(const struct display *display, const struct group_facts *group,
			  const struct lv *lv)
{
	struct row row = { .gather = display->gather, .group = group, .lv = lv };
	const bool active = lv->store_of ? is_sound(&row) : row_is_active(&row);

	fprintf(display->out, "%s%s %s '%s' [%s] %s\n", log_prefix(),
		active ? "ACTIVE  " : "inactive", kind_of(lv), path_of(display, lv),
		display_size(display, lv_size_sectors(lv)), alloc_word(lv->alloc));
}
