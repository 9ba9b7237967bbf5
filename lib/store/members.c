/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Disks that join and leave groups.
 */
#include <stdlib.h>
#include <string.h>

#include "store/members.h"

#include "base/auto.h"
#include "base/log.h"
#include "base/text.h"
#include "base/units.h"
#include "device/blkdev.h"
#include "model/lost.h"
#include "model/vg.h"
#include "store/catalog.h"

int disk_set_init(struct disk_set *set, unsigned room)
{
	set->count = 0;
	set->disks = calloc((size_t)room + 1, sizeof(*set->disks));
	return set->disks ? 0 : fail_memory();
}

void disk_set_release(struct disk_set *set)
{
	free(set->disks);
	*set = (struct disk_set) { 0 };
}

bool disk_set_has(const struct disk_set *set, const struct disk *disk)
{
	unsigned i;

	for (i = 0; i < set->count; i++)
		if (set->disks[i] == disk)
			return true;
	return false;
}

/* A sector that could not be written is as it was; one that could not be made durable is as it was meant,
 * as far as anybody can tell. */
static int set_used(struct disk *disk, bool used)
{
	struct label label = disk->label;
	int r;

	if (label.used == used)
		return 0;

	label.used = used;
	r = label_write(disk->dev, &label);
	if (r < 0)
		return r;
	disk->label = label;
	return blkdev_sync(disk->dev);
}

int disks_unmark(const struct disk_set *set)
{
	unsigned i;
	int r = 0;

	for (i = 0; i < set->count && !r; i++)
		r = set_used(set->disks[i], false);
	return r;
}

void disks_mark(const struct disk_set *set)
{
	unsigned i;

	for (i = 0; i < set->count; i++)
		if (set_used(set->disks[i], true) < 0)
			detail(_("%s: its label does not say that a group uses it"),
			       set->disks[i]->dev->name);
}

bool disk_is_overlaid(const struct disk *disk, const struct pv *pv)
{
	return label_occupies(&disk->label, pv->pe_start_sectors * SECTOR_SIZE,
			      pv->pe_count * pv->vg->extent_size_sectors * SECTOR_SIZE);
}

/* What could not be read a moment ago may hold the newest text. */
static int refuse_readable(const struct disk *disk, const struct area *area)
{
	AUTO_FREE char *text = NULL;
	struct area again;
	size_t len;
	int r;

	if (!area->unread)
		return 0;
	area_init(&again, disk->dev, area->start, area->size);
	r = area_read(&again, NULL, &text, &len);
	if (r < 0 || again.unread)
		return r < 0 ? r : 0;
	return fail(-EAGAIN, _("%s: its metadata area can be read by now; try again"),
		    disk->candidate->path);
}

/* One that could not be read, and cannot be written, is lost. */
static int mend_area(struct disk *disk, struct pv *pv, unsigned index)
{
	struct area *area = &disk->areas[index];
	const uint32_t seqno = disk->group && disk->group->seqno < UINT32_MAX ? disk->group->seqno : 0;
	const bool is_news = !lost_area(pv, index);
	int r = area_format(area, false);

	r = r < 0 ? r : blkdev_sync(disk->dev);
	if (r >= 0) {
		lost_area_end(pv, index);
		return 0;
	}
	area->damage = _("metadata area cannot be written");
	if ((is_news && !area->unread) || r == -ENOMEM)
		return r;
	if (is_news)
		warn(_("%s: its metadata area is lost, and what it holds does not count from now on"),
		     disk->candidate->path);
	return lost_area_begin(pv, index, seqno);
}

int disk_prepare_to_mend(struct disk *disk)
{
	unsigned i;
	int r = catalog_open_for_write(disk);

	for (i = 0; i < disk->area_count && !r; i++)
		if (!disk->areas[i].ignored)
			r = refuse_readable(disk, &disk->areas[i]);
	return r;
}

bool disk_is_damaged(const struct disk *disk)
{
	unsigned i;

	for (i = 0; i < disk->area_count; i++)
		if (disk->areas[i].damage && !disk->areas[i].ignored)
			return true;
	return false;
}

int disk_mend_areas(struct disk *disk, struct pv *pv, bool pretend)
{
	struct area *area;
	unsigned i;
	int r = 0;

	for (i = 0; i < disk->area_count && !r; i++) {
		area = &disk->areas[i];
		area->lost = false;
		if (area->damage && !area->ignored && !pretend)
			r = mend_area(disk, pv, i);
		else
			lost_area_end(pv, i);
		if (pretend && !area->ignored)
			area->damage = NULL;
	}
	return r;
}

static int empty_areas(struct disk *disk)
{
	unsigned i;
	int r;

	for (i = 0; i < disk->area_count; i++) {
		disk->texts[i] = NULL;
		if (disk->areas[i].damage)
			continue;
		r = area_clear(&disk->areas[i]);
		if (r < 0)
			return r;
	}

	return blkdev_sync(disk->dev);
}

static bool is_same_label(const struct label *a, const struct label *b)
{
	unsigned char left[512], right[512];

	return !label_encode(a, left) && !label_encode(b, right) &&
	       !memcmp(left, right, sizeof(left));
}

/* 1, 0, or negative, reported.  Whoever takes a device that its label calls free need not wait for the lock of the group
 * that it was leaving. */
static int is_as_seen(struct disk *disk)
{
	unsigned char start[LABEL_SCAN_BYTES];
	struct label label = { 0 };
	const char *damage;
	unsigned i;
	int r = blkdev_read(disk->dev, 0, start, sizeof(start));

	if (r < 0)
		return r;
	r = label_find(start, sizeof(start), &label, &damage) &&
	    is_same_label(&label, &disk->label);
	for (i = 0; i < disk->area_count && r > 0; i++)
		if (!disk->areas[i].damage)
			r = area_is_as_read(&disk->areas[i]);
	return r;
}

int disk_retire(struct disk *disk)
{
	int r = disk->outdated ? is_as_seen(disk) : 1;

	disk->group = NULL;
	disk->outdated = false;
	return r > 0 ? empty_areas(disk) : r;
}
