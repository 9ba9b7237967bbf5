/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/facts.h"

#include "base/log.h"
#include "base/units.h"
#include "store/catalog.h"

#include <stdlib.h>
#include <string.h>

/* Half of the ring behind the header, less a sector, is what one text may take. */
static uint64_t area_free_sectors(const struct area *area)
{
	const uint64_t room =
		area->size < 4 * SECTOR_SIZE ? 0 : (area->size - SECTOR_SIZE) / 2 - SECTOR_SIZE;

	return room < area->current.size ? 0 : (room - area->current.size) >> SECTOR_SHIFT;
}

static void add_area(struct area_facts *facts, const struct area *area)
{
	const uint64_t size = area->size >> SECTOR_SHIFT;
	const uint64_t free_sectors = area_free_sectors(area);

	if (!facts->count || size < facts->size_sectors)
		facts->size_sectors = size;
	if (!facts->count || free_sectors < facts->free_sectors)
		facts->free_sectors = free_sectors;
	facts->count++;
	facts->used += !area->ignored;
}

static void add_areas(struct area_facts *facts, const struct disk *disk)
{
	unsigned i;

	for (i = 0; i < disk->area_count; i++)
		add_area(facts, &disk->areas[i]);
}

void facts_of_disk(const struct disk *disk, struct disk_facts *facts)
{
	const struct label *label = &disk->label;

	*facts = (struct disk_facts) {
		.path = disk->candidate->path,
		.device_id_type = disk->candidate->id_type,
		.device_id = disk->candidate->id,
		.major = disk->candidate->major,
		.minor = disk->candidate->minor,
		.dev_size_sectors = disk->candidate->size_sectors,
		.duplicate = disk->duplicate,
		.blank = !disk->has_label,
	};
	if (!disk->has_label)
		return;
	memcpy(facts->id, label->id, sizeof(facts->id));
	facts->dev_size_sectors = label->dev_size >> SECTOR_SHIFT;
	facts->pe_start_sectors =
		label->data.count ? label->data.range[0].offset >> SECTOR_SHIFT : 0;
	if (label->bootloader.count) {
		facts->ba_start_sectors = label->bootloader.range[0].offset >> SECTOR_SHIFT;
		facts->ba_size_sectors = label->bootloader.range[0].size >> SECTOR_SHIFT;
	}
	facts->version = label->version;
	facts->used = label->used;
	add_areas(&facts->areas, disk);
}

static unsigned count_members(const struct catalog *catalog, const struct group *group)
{
	const struct disk *disk;
	unsigned count = 0;

	dm_list_iterate_items(disk, &catalog->disks)
		count += disk->group == group;
	return count;
}

struct group_facts *facts_of_group(struct dm_pool *mem, const struct catalog *catalog,
				   const struct group *group)
{
	struct group_facts *facts = dm_pool_zalloc(mem, sizeof(*facts));
	struct disk_facts *disks =
		dm_pool_zalloc(mem, (count_members(catalog, group) + 1) * sizeof(*disks));
	const struct disk *disk;

	if (!facts || !disks) {
		fail_memory();
		return NULL;
	}
	facts->vg = group->vg;
	facts->disks = disks;
	dm_list_iterate_items(disk, &catalog->disks) {
		if (disk->group != group)
			continue;
		facts_of_disk(disk, &disks[facts->disk_count++]);
		add_areas(&facts->areas, disk);
	}
	return facts;
}

static int by_name(const void *a, const void *b)
{
	const struct group *const *one = a, *const *two = b;

	return strcmp((*one)->name, (*two)->name);
}

int facts_sort_groups(const struct catalog *catalog, const struct group ***groups)
{
	const struct group **array = calloc(dm_list_size(&catalog->groups) + 1, sizeof(*array));
	const struct group *group;
	unsigned count = 0;

	if (!array)
		return fail_memory();
	dm_list_iterate_items(group, &catalog->groups)
		if (group->vg)
			array[count++] = group;
	qsort(array, count, sizeof(*array), by_name);
	*groups = array;
	return (int)count;
}
