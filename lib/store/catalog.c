/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Disks and the groups they form.
 *
 * A disk costs one open and one read in which, as a rule, label, area header and text all lie; a text
 * further on costs one more.  A text is parsed once however many areas hold it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "store/catalog.h"

#include "base/auto.h"
#include "base/log.h"
#include "base/text.h"
#include "base/units.h"
#include "device/blkdev.h"
#include "model/name.h"
#include "model/vg.h"
#include "store/import.h"

enum { FIRST_READ = 16 * 1024, ARENA_CHUNK = 64 * 1024, FDS_OTHER = 64 };

struct found_text {
	struct dm_list list;		/* in catalog->texts */
	uint32_t crc;
	size_t len;
	const char *bytes;
	struct vg *vg;			/* NULL: not understood */
	struct group *group;
};

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

static struct found_text *find_text(const struct catalog *catalog, uint32_t crc,
				    const char *bytes, size_t len)
{
	struct found_text *text;

	dm_list_iterate_items(text, &catalog->texts)
		if (text->crc == crc && text->len == len && memcmp(text->bytes, bytes, len) == 0)
			return text;
	return NULL;
}

/* Remember a text; one that cannot be understood has been reported and has no vg. */
static int add_text(struct catalog *catalog, const char *source, uint32_t crc, const char *bytes,
		    size_t len, struct found_text **result)
{
	struct found_text *text;
	char *copy;
	int r;

	text = catalog_alloc(catalog, sizeof(*text));
	copy = text ? catalog_alloc(catalog, len + 1) : NULL;
	if (!copy)
		return -ENOMEM;

	memcpy(copy, bytes, len);
	text->crc = crc;
	text->len = len;
	text->bytes = copy;
	r = vg_import(source, copy, len, &text->vg);
	if (r == -ENOMEM)
		return r;

	dm_list_add(&catalog->texts, &text->list);
	*result = text;
	return 0;
}

static int read_area(struct catalog *catalog, struct disk *disk, unsigned index,
		     const struct area_window *window)
{
	struct area *area = &disk->areas[index];
	AUTO_FREE char *bytes = NULL;
	struct found_text *text;
	size_t len = 0;
	int r;

	r = area_read(area, window, &bytes, &len);
	if (area->damage) {
		warn("%s: %s", disk->dev->name, area->damage);
		disk->damage = area->damage;
	}
	if (r <= 0)
		return r;

	text = find_text(catalog, area->current.crc, bytes, len);
	if (!text) {
		r = add_text(catalog, disk->dev->name, area->current.crc, bytes, len, &text);
		if (r < 0)
			return r;
	}
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

/* Look for a label in what was read; without one the device is of no further interest. */
static int read_disk(struct catalog *catalog, struct disk *disk)
{
	unsigned char data[FIRST_READ];
	struct area_window window = { .data = data, .len = sizeof(data) };
	uint64_t size = disk->dev->size_sectors * SECTOR_SIZE;
	int r;

	if (size < window.len)
		window.len = (size_t)size;
	r = blkdev_read(disk->dev, 0, data, window.len);
	if (r < 0) {
		disk->damage = _("cannot be read");
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

int catalog_add(struct catalog *catalog, const struct candidate *candidate, struct blkdev *dev)
{
	struct disk *disk;
	int r;

	disk = catalog_alloc(catalog, sizeof(*disk));
	if (!disk) {
		blkdev_free(&dev);
		return -ENOMEM;
	}

	disk->candidate = candidate;
	disk->dev = dev;
	dm_list_add(&catalog->disks, &disk->list);
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

struct disk *catalog_find_disk_id(const struct catalog *catalog, const char *id)
{
	struct disk *disk;

	dm_list_iterate_items(disk, &catalog->disks)
		if (disk->has_label && strcmp(disk->label.id, id) == 0)
			return disk;
	return NULL;
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

static struct group *add_group(struct catalog *catalog, const char *name, const char *id)
{
	struct group *group = catalog_alloc(catalog, sizeof(*group));

	if (!group)
		return NULL;
	group->name = name;
	memcpy(group->id, id, ID_LEN);
	dm_list_add(&catalog->groups, &group->list);
	return group;
}

/* A text that is not understood still says whose it is, in its first words: NAME { id = "ID". */
static bool read_identity(struct catalog *catalog, const struct found_text *text,
			  const char **name, char id[ID_LEN + 1])
{
	size_t len = strcspn(text->bytes, " \t\n{");
	const char *key = strstr(text->bytes, "id = \"");
	char id_text[ID_TEXT_LEN + 1] = "";

	if (key)
		snprintf(id_text, sizeof(id_text), "%s", key + strlen("id = \""));
	*name = dm_pool_strndup(catalog->mem, text->bytes, len);
	return *name && name_is_legal(*name) && uuid_read(id_text, id) == 0;
}

/* The group a text speaks of; a higher sequence number replaces what the group was known by. */
static int place_text(struct catalog *catalog, struct found_text *text)
{
	char id[ID_LEN + 1] = "";
	const char *name = NULL;
	struct group *group;

	if (text->vg) {
		memcpy(id, text->vg->id, sizeof(id));
		name = text->vg->name;
	} else if (!read_identity(catalog, text, &name, id)) {
		return 0;
	}

	group = catalog_find_group_id(catalog, id);
	if (!group)
		group = add_group(catalog, name, id);
	if (!group)
		return -ENOMEM;
	text->group = group;
	if (!text->vg)
		return 0;

	if (group->vg && group->vg->seqno == text->vg->seqno)
		group->mismatched = true;
	if (group->vg && group->vg->seqno >= text->vg->seqno)
		return 0;
	group->mismatched = false;
	group->name = text->vg->name;
	group->vg = text->vg;
	group->text = text->bytes;
	group->text_len = text->len;
	return 0;
}

static int attach(struct disk *disk, struct group *group, struct pv *pv)
{
	if (disk->group)
		return 0;

	disk->group = group;
	if (pv->path) {
		group->duplicated = true;
		disk->duplicate = true;
		warn(_("%s: has the same identity as %s"), disk->candidate->path, pv->path);
		return 0;
	}

	pv->path = vg_text(group->vg, disk->candidate->path);
	pv->major = disk->dev->major;
	pv->minor = disk->dev->minor;
	return pv->path ? 0 : -ENOMEM;
}

/* A disk belongs to the group whose text it holds, if that group's newest text lists it. */
static int attach_by_text(struct disk *disk)
{
	struct group *group;
	struct pv *pv;
	unsigned i;
	int r;

	for (i = 0; i < disk->area_count; i++) {
		group = disk->texts[i] ? disk->texts[i]->group : NULL;
		pv = group && group->vg ? vg_find_pv_id(group->vg, disk->label.id) : NULL;
		if (pv) {
			r = attach(disk, group, pv);
			if (r < 0)
				return r;
		}
	}

	return 0;
}

/* A disk without text belongs to whoever lists it. */
static int attach_by_identity(struct catalog *catalog, struct disk *disk)
{
	struct group *group;
	struct pv *pv;
	int r;

	dm_list_iterate_items(group, &catalog->groups) {
		pv = group->vg && !disk->group ? vg_find_pv_id(group->vg, disk->label.id) : NULL;
		if (pv) {
			r = attach(disk, group, pv);
			if (r < 0)
				return r;
		}
	}

	return 0;
}

static void mark_outdated(struct disk *disk)
{
	unsigned i;

	for (i = 0; i < disk->area_count && !disk->group && !disk->outdated; i++) {
		const struct found_text *text = disk->texts[i];

		if (!text || !text->group || !text->group->vg)
			continue;
		disk->outdated = true;
		warn(_("%s: holds old metadata of group %s, which no longer lists it"),
		     disk->candidate->path, text->group->name);
	}
}

/* Areas that do not hold what their group believes. */
static void count_areas(const struct disk *disk)
{
	struct group *group = disk->group;
	unsigned i;

	for (i = 0; i < disk->area_count; i++) {
		const struct area *area = &disk->areas[i];

		if (area->ignored)
			continue;
		if (area->damage || (disk->texts[i] && !disk->texts[i]->vg))
			group->damaged_areas++;
		else if (!disk->texts[i] || disk->texts[i]->bytes != group->text)
			group->stale_areas++;
	}
}

static void mark_duplicates(struct catalog *catalog)
{
	struct disk *disk, *other;

	dm_list_iterate_items(disk, &catalog->disks) {
		if (!disk->duplicate)
			continue;
		dm_list_iterate_items(other, &catalog->disks)
			if (other->has_label && strcmp(other->label.id, disk->label.id) == 0)
				other->duplicate = true;
	}
}

static void report_group(const struct group *group)
{
	char id[ID_TEXT_LEN + 1];
	struct pv *pv;

	if (!group->vg) {
		warn(_("%s: no metadata of this group can be read"), group->name);
		return;
	}

	dm_list_iterate_items(pv, &group->vg->pvs) {
		if (pv->path)
			continue;
		group->vg->flags |= VG_PARTIAL;
		warn(_("%s: device %s is missing (last seen as %s)"), group->name,
		     uuid_print(pv->id, id), pv->hint ? pv->hint : "?");
	}

	if (group->mismatched)
		warn(_("%s: two metadata areas differ but have the same sequence number %u"),
		     group->name, group->vg->seqno);
	if (group->stale_areas)
		detail(_("%s: %u metadata areas are older than the newest"), group->name,
		       group->stale_areas);
}

int catalog_assemble(struct catalog *catalog)
{
	struct found_text *text;
	struct group *group;
	struct disk *disk;
	int r = 0;

	dm_list_iterate_items(text, &catalog->texts)
		if (r >= 0)
			r = place_text(catalog, text);
	dm_list_iterate_items(disk, &catalog->disks)
		if (r >= 0 && disk->has_label)
			r = attach_by_text(disk);
	dm_list_iterate_items(disk, &catalog->disks)
		if (r >= 0 && disk->has_label && !disk->group)
			r = attach_by_identity(catalog, disk);
	if (r < 0)
		return r;

	mark_duplicates(catalog);
	dm_list_iterate_items(disk, &catalog->disks) {
		mark_outdated(disk);
		if (disk->group)
			count_areas(disk);
	}
	dm_list_iterate_items(group, &catalog->groups)
		report_group(group);
	return 0;
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

static int look_at_candidates(struct catalog *catalog)
{
	struct candidate *candidate;
	struct blkdev *dev;
	int r;

	allow_descriptors(catalog->candidates);
	dm_list_iterate_items(candidate, &catalog->candidates->list) {
		if (candidate->skip_reason)
			continue;
		dev = NULL;
		r = blkdev_open(candidate->path, BLKDEV_READ, &dev);
		if (r < 0)
			continue;
		r = catalog_add(catalog, candidate, dev);
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

int catalog_open_for_write(struct disk *disk)
{
	struct blkdev *dev = NULL;
	unsigned i;
	int r;

	if (disk->dev && disk->dev->writable)
		return 0;

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
