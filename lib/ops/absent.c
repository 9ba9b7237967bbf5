/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/absent.h"

#include "base/conf.h"
#include "base/log.h"
#include "dm/live.h"
#include "dm/table.h"
#include "ops/session.h"
#include "store/catalog.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char LVM_PREFIX[] = "LVM-";
enum { PREFIX_LEN = sizeof(LVM_PREFIX) - 1 };

static bool is_volume(const struct live_device *device)
{
	return !strncmp(device->uuid, LVM_PREFIX, PREFIX_LEN) &&
	       strlen(device->uuid) >= PREFIX_LEN + 2 * ID_LEN;
}

/* NULL: somebody gave the device a name that tells none. */
static const char *group_name_of(struct dm_pool *mem, const struct live_device *device)
{
	char *vg, *lv, *layer;

	return dm_split_lvm_name(mem, device->name, &vg, &lv, &layer) && *lv ? vg : NULL;
}

static bool has_id(const struct absent *absent, const struct live_device *device)
{
	return is_volume(device) && !strncmp(device->uuid + PREFIX_LEN, absent->id, ID_LEN);
}

bool absent_has(struct dm_pool *mem, const struct absent *absent, const struct live_device *device)
{
	const char *name = has_id(absent, device) ? group_name_of(mem, device) : NULL;

	return name && !strcmp(name, absent->name);
}

static bool is_listed(struct dm_pool *mem, const struct absent *absents, int count,
		      const struct live_device *device)
{
	while (count--)
		if (absent_has(mem, &absents[count], device))
			return true;
	return false;
}

static int list(const struct catalog *catalog, const struct live *live, struct dm_pool *mem,
		struct absent *absents)
{
	const struct live_device *device;
	int count = 0;

	dm_list_iterate_items(device, &live->devices) {
		struct absent *absent = &absents[count];

		if (!is_volume(device) || is_listed(mem, absents, count, device))
			continue;
		memcpy(absent->id, device->uuid + PREFIX_LEN, ID_LEN);
		absent->name = group_name_of(mem, device);
		count += absent->name && !catalog_find_group_id(catalog, absent->id);
	}
	return count;
}

int absent_list(struct session *session, struct dm_pool *mem, struct absent **absents)
{
	struct catalog *catalog;
	struct live *live;
	int r;

	if (conf_list_item(session->conf, "devices/only", 0))
		return 0;
	r = session_catalog(session, &catalog);
	r = r < 0 ? r : session_live(session, &live);
	if (r < 0)
		return r;
	*absents = dm_pool_zalloc(mem, (dm_list_size(&live->devices) + 1) * sizeof(**absents));
	return *absents ? list(catalog, live, mem, *absents) : fail_memory();
}

/* --- what they stand on --- */

static const struct live_device *find_number(const struct live *live, uint32_t major,
					     uint32_t minor)
{
	const struct live_device *device;

	dm_list_iterate_items(device, &live->devices)
		if (device->major == major && device->minor == minor)
			return device;
	return NULL;
}

static const struct candidate *find_candidate(const struct catalog *catalog, uint32_t major,
					      uint32_t minor)
{
	const struct candidate *candidate;

	dm_list_iterate_items(candidate, &catalog->candidates->list)
		if (candidate->major == major && candidate->minor == minor)
			return candidate;
	return NULL;
}

static bool is_of_same_group(const struct live_device *device, const struct live_device *other)
{
	return !strncmp(device->uuid, other->uuid, PREFIX_LEN + ID_LEN);
}

/* One that is there, and has not been read.  Where devices/scan names directories, what has no node there is no
 * candidate. */
static bool is_unseen(const struct catalog *catalog, uint32_t major, uint32_t minor)
{
	const struct candidate *candidate = find_candidate(catalog, major, minor);
	const struct disk *disk;
	char path[64];

	if (candidate && candidate->skip_reason)
		return true;
	disk = candidate ? catalog_find_disk(catalog, candidate->path) : NULL;
	if (candidate)
		return disk && disk->unread;
	snprintf(path, sizeof(path), "/sys/dev/block/%" PRIu32 ":%" PRIu32, major, minor);
	return !access(path, F_OK);
}

bool absent_is_hidden(const struct catalog *catalog, const struct live *live,
		      const struct live_device *device)
{
	const char *cursor = device->table;
	const struct live_device *below;
	uint32_t major, minor;

	while (table_next_device(&cursor, &major, &minor)) {
		below = find_number(live, major, minor);
		if ((!below || !is_of_same_group(below, device)) &&
		    is_unseen(catalog, major, minor))
			return true;
	}
	return false;
}
