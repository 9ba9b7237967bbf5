/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the parts of a new PV lie, and the writes that make or unmake it.
 *
 * Sizes are those that LVM2 2.03 chooses on machines with pages of 4 KiB: a first area from 4 KiB
 * up to where the data begins, a second one at the end of the device, both grown until they meet
 * the data's alignment.  A bootloader area, a multiple of the alignment, stands before the data.
 */
#include <errno.h>
#include <string.h>

#include "store/pvinit.h"

#include "base/log.h"
#include "base/text.h"
#include "base/units.h"
#include "device/blkdev.h"
#include "model/vg.h"
#include "store/catalog.h"

enum {
	FIRST_AREA = 4096,
	AREA_SIZE = 2040 * SECTOR_SIZE,
	AREA_SIZE_MIN = 32 * 1024,
	ALIGNMENT = 1024 * 1024,
	ALIGNMENT_UNIT = 4096, /* devices that ask for less than whole pages are wrong */
	DEVICE_MIN = 2 * 1024 * 1024,
};

/* Everything in bytes. */
struct layout {
	const char *name;
	uint64_t device;	    /* its size */
	uint64_t alignment, offset; /* of data */
	uint64_t wanted;	    /* size of each area */
	uint64_t pe_start;	    /* 0: not decided yet */
	bool pe_start_given;
	struct byte_range bootloader; /* size 0: none */
	struct byte_ranges areas;
};

static uint64_t alignment_of(const struct blkdev *dev, const struct pv_format *format)
{
	uint64_t usual = format->default_alignment_sectors * SECTOR_SIZE;

	if (!usual)
		usual = ALIGNMENT;
	if (format->data_alignment_sectors)
		return format->data_alignment_sectors * SECTOR_SIZE;
	if (dev->optimal_io_size > usual && dev->optimal_io_size % ALIGNMENT_UNIT == 0)
		return dev->optimal_io_size;
	return usual;
}

static struct layout layout_of(const struct blkdev *dev, const struct pv_format *format)
{
	struct layout layout = {
		.name = dev->name,
		.device = (format->size_sectors ? format->size_sectors : dev->size_sectors) * SECTOR_SIZE,
		.alignment = alignment_of(dev, format),
		.offset = format->data_offset_sectors * SECTOR_SIZE,
		.wanted = format->metadata_sectors * SECTOR_SIZE,
		.pe_start = format->pe_start_sectors * SECTOR_SIZE,
		.pe_start_given = format->pe_start_sectors != 0,
		.bootloader = { format->bootloader_start_sectors * SECTOR_SIZE,
				format->bootloader_sectors * SECTOR_SIZE },
	};

	if (!layout.wanted)
		layout.wanted = AREA_SIZE;
	return layout;
}

static int add_area(struct layout *layout, uint64_t start, uint64_t size)
{
	if (size < AREA_SIZE_MIN)
		return fail(-ENOSPC, _("%s: no room for a metadata area of %d KiB or more"),
			    layout->name, AREA_SIZE_MIN / 1024);
	layout->areas.range[layout->areas.count++] =
		(struct byte_range) { .offset = start, .size = size };
	return 0;
}

/* Grow the area so that it ends where data may begin, as far as that leaves it within limit. */
static uint64_t align_end(const struct layout *layout, uint64_t size, uint64_t limit)
{
	uint64_t aligned = round_up(FIRST_AREA + size, layout->alignment) - FIRST_AREA;

	if (FIRST_AREA + aligned <= limit)
		size = aligned;
	if (layout->offset && (FIRST_AREA + size) % layout->alignment == 0 &&
	    FIRST_AREA + size + layout->offset <= limit)
		size += layout->offset;
	return size;
}

/* What there is, when it is less than was asked for: leave two alignments for data, if possible. */
static uint64_t shrink(const struct layout *layout, uint64_t limit)
{
	uint64_t room = limit - FIRST_AREA;

	if (layout->pe_start_given || room <= 2 * layout->alignment)
		return room;
	return round_up(limit - 2 * layout->alignment, layout->alignment) - FIRST_AREA;
}

/* Where what stands before data and bootloader area must end. */
static uint64_t first_limit(const struct layout *layout)
{
	uint64_t end = layout->pe_start_given ? layout->pe_start : layout->device;

	if (layout->bootloader.size && layout->bootloader.offset)
		return layout->bootloader.offset;
	return end > layout->bootloader.size ? end - layout->bootloader.size : 0;
}

static int place_first(struct layout *layout)
{
	uint64_t limit = first_limit(layout);
	uint64_t size;

	if (limit <= FIRST_AREA)
		return add_area(layout, FIRST_AREA, 0);

	size = align_end(layout, layout->wanted, limit);
	if (FIRST_AREA + size > limit)
		size = shrink(layout, limit);
	if (!layout->pe_start_given)
		layout->pe_start = FIRST_AREA + size;
	return add_area(layout, FIRST_AREA, size);
}

static int place_last(struct layout *layout)
{
	uint64_t limit = layout->pe_start;
	uint64_t size = layout->wanted;
	uint64_t start;

	if (layout->device <= limit)
		return add_area(layout, limit, 0);
	if (size > layout->device - limit)
		return add_area(layout, limit, layout->device - limit);

	start = layout->device - size;
	start -= start % layout->alignment;
	if (start < limit)
		start = layout->device - size;
	return add_area(layout, start, layout->device - start);
}

static void place_data(struct layout *layout)
{
	struct byte_range *bootloader = &layout->bootloader;

	if (layout->pe_start_given) {
		if (!bootloader->offset && bootloader->size < layout->pe_start)
			bootloader->offset = layout->pe_start - bootloader->size;
		return;
	}
	if (layout->pe_start < layout->alignment)
		layout->pe_start = layout->alignment;
	if (layout->pe_start % layout->alignment == 0)
		layout->pe_start += layout->offset;
	bootloader->offset = layout->pe_start;
	layout->pe_start += bootloader->size;
}

/* What a backup says of a bootloader area is not trusted. */
static int check_bootloader(const struct layout *layout)
{
	const struct byte_range *bootloader = &layout->bootloader;

	if (bootloader->size && (bootloader->offset < FIRST_AREA ||
				 bootloader->offset + bootloader->size > layout->pe_start))
		return fail(-ENOSPC, _("%s: no room for the bootloader area before the data"),
			    layout->name);
	return 0;
}

/* Sizes so large that sums could wrap are beyond any device. */
static int check_sizes(const struct layout *layout, const struct pv_format *format)
{
	const uint64_t most = UINT64_MAX / SECTOR_SIZE / 8;

	if (format->data_alignment_sectors > most || format->data_offset_sectors > most ||
	    format->metadata_sectors > most || format->pe_start_sectors > most ||
	    format->size_sectors > most || format->bootloader_sectors > most ||
	    format->bootloader_start_sectors > most)
		return fail(-EINVAL, _("%s: a size that was asked for is larger than any device"),
			    layout->name);
	if (layout->device < DEVICE_MIN)
		return fail(-ENOSPC, _("%s: is too small for a PV, which needs 2 MiB"),
			    layout->name);
	if (layout->offset >= layout->alignment)
		return fail(-EINVAL, _("%s: the alignment offset must be less than the alignment"),
			    layout->name);
	if (format->copies > DISK_AREAS)
		return fail(-EINVAL, _("%s: a PV has 0, 1 or 2 metadata areas"), layout->name);
	return 0;
}

static int place_all(struct layout *layout, const struct pv_format *format)
{
	int r;

	r = check_sizes(layout, format);
	if (r == 0 && !layout->pe_start_given)
		layout->bootloader.size = round_up(layout->bootloader.size, layout->alignment);
	if (r == 0 && format->copies > 0)
		r = place_first(layout);
	place_data(layout);
	if (r == 0 && format->copies > 1)
		r = place_last(layout);
	if (r == 0 && layout->pe_start >= layout->device)
		r = fail(-ENOSPC, _("%s: no room is left for data"), layout->name);
	return r < 0 ? r : check_bootloader(layout);
}

static int make_label(const struct layout *layout, const struct pv_format *format,
		      struct label *label)
{
	*label = (struct label) {
		.sector = format->label_sector ? (unsigned)*format->label_sector : LABEL_SECTOR,
		.dev_size = layout->device,
		.data = { .count = 1, .range = { { .offset = layout->pe_start } } },
		.areas = layout->areas,
		.version = 2,
	};

	if (layout->bootloader.size)
		label->bootloader =
			(struct byte_ranges) { .count = 1, .range = { layout->bootloader } };
	if (!format->id)
		uuid_new(label->id);
	else if (uuid_read(format->id, label->id) < 0)
		return fail(-EINVAL, _("%s: %s is no identity"), layout->name, format->id);
	return 0;
}

/* No label, whole or half, may be found while the areas are being made. */
static int wipe_start(struct blkdev *dev, const struct pv_format *format)
{
	int r = format->keep_head ? label_erase(dev) : blkdev_zero(dev, 0, LABEL_SCAN_BYTES);

	return r < 0 ? r : blkdev_sync(dev);
}

static int format_areas(struct disk *disk, const struct label *label, bool ignored)
{
	unsigned i;
	int r;

	disk->area_count = 0;
	for (i = 0; i < label->areas.count; i++) {
		const struct byte_range *range = &label->areas.range[i];

		area_init(&disk->areas[i], disk->dev, range->offset, range->size);
		r = area_format(&disk->areas[i], ignored);
		if (r < 0)
			return r;
		disk->texts[i] = NULL;
		disk->area_count = i + 1;
	}

	return blkdev_sync(disk->dev);
}

int pv_foresee(const struct disk *disk, const struct pv_format *format, struct label *label)
{
	struct layout layout = layout_of(disk->dev, format);
	int r;

	if (format->size_sectors > disk->dev->size_sectors)
		return fail(-ENOSPC, _("%s: is smaller than that size"), layout.name);
	r = place_all(&layout, format);
	return r < 0 ? r : make_label(&layout, format, label);
}

int pv_initialise(struct catalog *catalog, struct disk *disk, const struct pv_format *format)
{
	struct label label;
	int r;

	if (disk->group)
		return fail(-EBUSY, _("%s: belongs to group %s"), disk->candidate->path,
			    disk->group->name);
	r = catalog_open_for_write(disk);
	if (r < 0)
		return r;

	r = pv_foresee(disk, format, &label);
	if (r < 0)
		return r;
	if (format->id && catalog_find_identity(catalog, label.id) &&
	    catalog_find_identity(catalog, label.id) != disk)
		return fail(-EEXIST, _("%s: another device has the identity %s already"),
			    disk->dev->name, format->id);

	disk->has_label = false;
	r = wipe_start(disk->dev, format);
	if (r == 0)
		r = format_areas(disk, &label, format->metadata_ignored);
	if (r == 0)
		r = label_write(disk->dev, &label);
	if (r == 0)
		r = blkdev_sync(disk->dev);
	if (r < 0)
		return r;

	disk->label = label;
	disk->has_label = true;
	disk->outdated = disk->duplicate = false;
	disk->rivals[0] = disk->rivals[1] = NULL;
	disk->damage = NULL;
	return 0;
}

int pv_retire(struct disk *disk)
{
	int r;

	if (disk->group)
		return fail(-EBUSY, _("%s: belongs to group %s"), disk->candidate->path,
			    disk->group->name);

	r = catalog_open_for_write(disk);
	if (r == 0)
		r = label_erase(disk->dev);
	if (r >= 0)
		r = blkdev_sync(disk->dev);
	if (r < 0)
		return r;

	disk->has_label = false;
	disk->area_count = 0;
	return 0;
}

/* What its label says, which does not follow a device that grows, but at most the device. */
static uint64_t size_of(const struct disk *disk)
{
	const uint64_t size = disk->dev->size_sectors * SECTOR_SIZE, said = disk->label.dev_size;

	return said && said < size ? said : size;
}

/* Where data must end: the PV, or an area behind the data. */
static uint64_t data_end(const struct disk *disk, uint64_t start)
{
	uint64_t end = size_of(disk);
	unsigned i;

	for (i = 0; i < disk->label.areas.count; i++) {
		uint64_t area = disk->label.areas.range[i].offset;

		if (area >= start && area < end)
			end = area;
	}

	return end;
}

int pv_measure(const struct disk *disk, uint64_t extent_size_sectors, struct pv *pv)
{
	uint64_t start = disk->label.data.count ? disk->label.data.range[0].offset : 0;
	uint64_t end = data_end(disk, start);
	uint64_t count = 0;

	if (end > start)
		count = (end - start) / SECTOR_SIZE / extent_size_sectors;
	if (!start || !count)
		return fail(-ENOSPC, _("%s: is too small for one extent"), disk->candidate->path);
	if (count > UINT32_MAX)
		return fail(-ENOSPC, _("%s: is too large for extents of this size"),
			    disk->candidate->path);

	pv->dev_size_sectors = size_of(disk) / SECTOR_SIZE;
	pv->pe_start_sectors = start / SECTOR_SIZE;
	pv->pe_count = (uint32_t)count;
	if (disk->label.bootloader.count) {
		pv->ba_start_sectors = disk->label.bootloader.range[0].offset / SECTOR_SIZE;
		pv->ba_size_sectors = disk->label.bootloader.range[0].size / SECTOR_SIZE;
	}
	return 0;
}

static int replace_label(struct disk *disk, const struct label *label)
{
	int r = catalog_open_for_write(disk);

	if (r == 0)
		r = label_write(disk->dev, label);
	if (r == 0)
		r = blkdev_sync(disk->dev);
	if (r == 0)
		disk->label = *label;
	return r;
}

int pv_refuse_resize(const struct disk *disk)
{
	const struct byte_ranges *areas = &disk->label.areas;
	uint64_t start = disk->label.data.count ? disk->label.data.range[0].offset : 0;
	unsigned i;

	for (i = 0; i < areas->count; i++)
		if (areas->range[i].offset >= start)
			return fail(-ENOTSUP,
				    _("%s: a metadata area at its end would have to be moved"),
				    disk->candidate->path);
	return 0;
}

int pv_set_id(struct disk *disk, const char *id)
{
	struct label label = disk->label;

	memcpy(label.id, id, ID_LEN);
	return replace_label(disk, &label);
}

int pv_resize(struct disk *disk, uint64_t size_sectors)
{
	struct label label = disk->label;

	label.dev_size = size_sectors * SECTOR_SIZE;
	return replace_label(disk, &label);
}
