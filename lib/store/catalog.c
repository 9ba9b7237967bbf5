/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Looking at devices.
 *
 * A disk costs one open and one read in which, as a rule, label, area header and text all lie; a
 * text further on costs one more.  A text is parsed once however many areas hold it.
 */
#include <errno.h>
#include <string.h>
#include <sys/resource.h>

#include "store/catalog.h"

#include "base/auto.h"
#include "base/log.h"
#include "base/text.h"
#include "base/units.h"
#include "device/blkdev.h"
#include "model/vg.h"
#include "store/groups.h"
#include "store/texts.h"

enum { FIRST_READ = 16 * 1024, ARENA_CHUNK = 64 * 1024, FDS_OTHER = 64 };

int catalog_new(struct catalog **result)
{
	struct dm_pool *mem = dm_pool_create("catalog", ARENA_CHUNK);
	struct catalog *catalog = mem ? dm_pool_zalloc(mem, sizeof(*catalog)) : NULL;

	if (!catalog) {
		if (mem)
			dm_pool_destroy(mem);
		return fail_memory();
	}

	catalog->mem = mem;
	dm_list_init(&catalog->disks);
	dm_list_init(&catalog->groups);
	dm_list_init(&catalog->texts);
	*result = catalog;
	return 0;
}

void catalog_free(struct catalog **catalog)
{
	struct found_text *text;
	struct disk *disk;

	if (!*catalog)
		return;

	dm_list_iterate_items(disk, &(*catalog)->disks)
		blkdev_free(&disk->dev);
	dm_list_iterate_items(text, &(*catalog)->texts)
		vg_free(&text->vg);
	candidates_free(&(*catalog)->candidates);
	dm_pool_destroy((*catalog)->mem);
	*catalog = NULL;
}

static void *catalog_alloc(struct catalog *catalog, size_t size)
{
	void *memory = dm_pool_zalloc(catalog->mem, size);

	if (!memory)
		fail_memory();
	return memory;
}

static int read_area(struct catalog *catalog, struct disk *disk, unsigned index,
		     const struct area_window *window)
{
	struct area *area = &disk->areas[index];
	AUTO_FREE char *bytes = NULL;
	struct found_text *text = NULL;
	size_t len = 0;
	int r;

	r = area_read(area, window, &bytes, &len);
	if (area->damage) {
		warn("%s: %s", disk->dev->name, area->damage);
		disk->damage = area->damage;
	}
	if (r <= 0)
		return r;

	r = texts_keep(catalog, disk->dev->name, area->current.crc, bytes, len, &text);
	if (r < 0)
		return r;
	if (text->vg)
		area->seqno = text->vg->seqno;
	else
		disk->damage = _("metadata text is not understood");
	disk->texts[index] = text;
	return 0;
}

static int read_areas(struct catalog *catalog, struct disk *disk, const struct area_window *window)
{
	const struct byte_ranges *ranges = &disk->label.areas;
	unsigned i;
	int r;

	disk->area_count = ranges->count < DISK_AREAS ? ranges->count : DISK_AREAS;
	for (i = 0; i < disk->area_count; i++) {
		area_init(&disk->areas[i], disk->dev, ranges->range[i].offset,
			  ranges->range[i].size);
		r = read_area(catalog, disk, i, window);
		if (r < 0)
			return r;
	}

	return 0;
}

static size_t first_read_of(const struct blkdev *dev)
{
	const uint64_t size = dev->size_sectors * SECTOR_SIZE;

	return size < FIRST_READ ? (size_t)size : FIRST_READ;
}

/* Look for a label in what was read; without one the device is of no further interest. */
static int read_disk(struct catalog *catalog, struct disk *disk)
{
	unsigned char data[FIRST_READ];
	struct area_window window = { .data = data, .len = first_read_of(disk->dev) };
	int r;

	r = blkdev_read(disk->dev, 0, data, window.len);
	if (r == -ENOMEM)
		return r;
	if (r < 0) {
		disk->damage = _("cannot be read");
		disk->unread = true;
		return 0;
	}

	if (label_find(data, window.len, &disk->label, &disk->damage)) {
		disk->has_label = true;
		return read_areas(catalog, disk, &window);
	}
	if (disk->damage)
		warn("%s: %s", disk->dev->name, disk->damage);
	return 0;
}

static struct disk *add_disk(struct catalog *catalog, const struct candidate *candidate)
{
	struct disk *disk = catalog_alloc(catalog, sizeof(*disk));

	if (!disk)
		return NULL;
	disk->candidate = candidate;
	dm_list_add(&catalog->disks, &disk->list);
	return disk;
}

int catalog_add(struct catalog *catalog, const struct candidate *candidate, struct blkdev *dev)
{
	struct disk *disk = add_disk(catalog, candidate);
	int r;

	if (!disk) {
		blkdev_free(&dev);
		return -ENOMEM;
	}

	disk->dev = dev;
	r = read_disk(catalog, disk);
	if (!disk->has_label)
		blkdev_free(&disk->dev);
	return r;
}

struct group *catalog_find_group_id(const struct catalog *catalog, const char *id)
{
	struct group *group;

	dm_list_iterate_items(group, &catalog->groups)
		if (strcmp(group->id, id) == 0)
			return group;
	return NULL;
}

struct group *catalog_find_group(const struct catalog *catalog, const char *name, bool *ambiguous)
{
	struct group *group, *found = NULL;

	if (ambiguous)
		*ambiguous = false;
	dm_list_iterate_items(group, &catalog->groups) {
		if (strcmp(group->name, name) != 0)
			continue;
		if (!found)
			found = group;
		else if (ambiguous)
			*ambiguous = true;
	}
	return found;
}

struct disk *catalog_find_identity(const struct catalog *catalog, const char *id)
{
	struct disk *disk;

	dm_list_iterate_items(disk, &catalog->disks)
		if (disk->has_label && strcmp(disk->label.id, id) == 0)
			return disk;
	return NULL;
}

struct disk *catalog_find_disk_id(const struct catalog *catalog, const char *id)
{
	struct disk *disk = catalog_find_identity(catalog, id);

	return disk && !disk->rivals[0] ? disk : NULL;
}

static bool is_of(const struct disk *disk, const struct vg *vg)
{
	return disk->group && (disk->group->vg == vg || !strcmp(disk->group->id, vg->id));
}

struct disk *catalog_find_device(const struct catalog *catalog, const struct vg *vg, const char *id)
{
	struct disk *disk, *joining = NULL;

	dm_list_iterate_items(disk, &catalog->disks) {
		if (!disk->has_label || disk->rivals[0] || strcmp(disk->label.id, id) != 0)
			continue;
		if (is_of(disk, vg))
			return disk;
		if (!joining && (!disk->group || disk->moves))
			joining = disk;
	}
	return joining;
}

struct disk *catalog_find_disk(const struct catalog *catalog, const char *path)
{
	const struct candidate *candidate = NULL;
	struct disk *disk;

	if (catalog->candidates)
		candidate = candidates_find(catalog->candidates, path);
	dm_list_iterate_items(disk, &catalog->disks)
		if (disk->candidate == candidate || strcmp(disk->candidate->path, path) == 0)
			return disk;
	return NULL;
}

int catalog_assemble(struct catalog *catalog)
{
	return groups_form(catalog);
}

/* Each PV stays open, so as many descriptors may be needed as there are candidates. */
static void allow_descriptors(const struct candidates *candidates)
{
	struct rlimit limit;
	rlim_t wanted = dm_list_size(&candidates->list) + FDS_OTHER;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= wanted)
		return;
	limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		debug("the limit of open files cannot be raised");
}

/* The device is not to be held for absent then. */
static bool is_no_answer(int r)
{
	return r == -ENOMEM || r == -EMFILE || r == -ENFILE;
}

static bool is_absent(int r)
{
	return r == -ENOENT || r == -ENXIO || r == -ENODEV || r == -ENOMEDIUM;
}

static int add_unread(struct catalog *catalog, const struct candidate *candidate,
		      const char *damage)
{
	struct disk *disk = add_disk(catalog, candidate);

	if (!disk)
		return -ENOMEM;
	disk->damage = damage;
	disk->unread = true;
	return 0;
}

/* One that has gone meanwhile is missing; of others that are not there most are empty drives and paths that have failed. */
static int add_unopened(struct catalog *catalog, const struct candidate *candidate, int code)
{
	if (code == -ENOENT || (is_absent(code) && !candidate->is_member))
		return 0;
	return add_unread(catalog, candidate, _("cannot be opened"));
}

bool disk_may_be_pv(const struct disk *disk)
{
	return disk->candidate->is_member || !disk->candidate->is_other;
}

/* What kept it from being read before has been said then. */
int disk_can_be_read(const struct disk *disk)
{
	AUTO(blkdev) struct blkdev *dev = NULL;
	const bool was_hushed = log_hush(true);
	unsigned char start[FIRST_READ];
	int r = blkdev_open(disk->candidate->path, BLKDEV_READ, &dev);

	if (!r)
		r = blkdev_read(dev, 0, start, first_read_of(dev));
	log_hush(was_hushed);
	if (is_no_answer(r))
		return fail(r, _("%s: could not be read"), disk->candidate->path);
	return !r;
}

static int look_at(struct catalog *catalog, const struct candidate *candidate)
{
	struct blkdev *dev = NULL;
	int r;

	if (candidate->waits)
		return add_unread(catalog, candidate,
				  _("is suspended, or what it lies on is; it was not read"));
	if (candidate->skip_reason)
		return 0;
	r = blkdev_open(candidate->path, BLKDEV_READ, &dev);
	if (is_no_answer(r))
		return r;
	return r < 0 ? add_unopened(catalog, candidate, r) : catalog_add(catalog, candidate, dev);
}

static int look_at_candidates(struct catalog *catalog)
{
	struct candidate *candidate;
	int r;

	allow_descriptors(catalog->candidates);
	dm_list_iterate_items(candidate, &catalog->candidates->list) {
		r = look_at(catalog, candidate);
		if (r < 0)
			return r;
	}

	return catalog_assemble(catalog);
}

int catalog_build(const struct conf *conf, struct catalog **result)
{
	AUTO(catalog) struct catalog *catalog = NULL;
	int r;

	r = catalog_new(&catalog);
	if (r < 0)
		return r;
	r = scan_devices(conf, &catalog->candidates);
	if (r < 0)
		return r;
	r = look_at_candidates(catalog);
	if (r < 0)
		return r;

	*result = TAKE(catalog);
	return 0;
}

bool group_is_everywhere(const struct group *group)
{
	return !group->stale_areas && !group->damaged_areas && !group->lost_areas;
}

int catalog_open_for_write(struct disk *disk)
{
	struct blkdev *dev = NULL;
	unsigned i;
	int r;

	if (disk->dev && disk->dev->writable)
		return 0;
	/* the kernel opens it for writing all the same, and refuses each write */
	if (disk->candidate->read_only)
		return fail(-EROFS, _("%s: is read-only"), disk->candidate->path);

	r = blkdev_open(disk->candidate->path, BLKDEV_WRITE, &dev);
	if (r < 0)
		return r;
	if (disk->dev && (dev->major != disk->dev->major || dev->minor != disk->dev->minor)) {
		blkdev_free(&dev);
		return fail(-ESTALE, _("%s: is another device than a moment ago"),
			    disk->candidate->path);
	}

	blkdev_free(&disk->dev);
	disk->dev = dev;
	for (i = 0; i < disk->area_count; i++)
		disk->areas[i].dev = dev;
	return 0;
}
