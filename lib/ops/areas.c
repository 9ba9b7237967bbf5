/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/areas.h"

#include "base/log.h"
#include "base/text.h"
#include "device/blkdev.h"
#include "dm/plan.h"
#include "model/vg.h"
#include "ops/change.h"
#include "store/catalog.h"

#include <errno.h>
#include <stdio.h>

bool areas_any_used(const struct disk *disk)
{
	unsigned i;

	for (i = 0; i < disk->area_count; i++)
		if (area_is_usable(&disk->areas[i]))
			return true;
	return false;
}

/* What is as wanted already may hold the only text there is. */
unsigned areas_to_switch(const struct disk *disk, bool ignore)
{
	unsigned i, which = 0;

	for (i = 0; i < disk->area_count; i++)
		if (!disk->areas[i].damage && !disk->areas[i].lost &&
		    disk->areas[i].ignored != ignore)
			which |= 1u << i;
	return which;
}

int areas_write(struct disk *disk, unsigned which, bool ignore)
{
	unsigned i;
	int r = catalog_open_for_write(disk);

	for (i = 0; i < disk->area_count && !r; i++)
		if (which & 1u << i)
			r = area_set_ignored(&disk->areas[i], ignore);
	return r < 0 ? r : blkdev_sync(disk->dev);
}

struct switching {
	struct change *change;
	struct disk *disk;
	unsigned which;
	bool ignore;
};

static struct disk *disk_of(const struct change *change, const struct pv *pv)
{
	return catalog_find_disk_id(change_catalog(change), pv->id);
}

/* Whether an area that stays in use has what was committed last. */
static bool another_has_newest(const struct switching *switching)
{
	const struct vg *vg = change_vg(switching->change);
	const struct disk *disk;
	const struct pv *pv;
	unsigned i;

	dm_list_iterate_items(pv, &vg->pvs) {
		disk = disk_of(switching->change, pv);
		for (i = 0; disk && i < disk->area_count; i++)
			if ((disk != switching->disk || !(switching->which & 1u << i)) &&
			    area_is_usable(&disk->areas[i]) && disk->areas[i].seqno == vg->seqno)
				return true;
	}
	return false;
}

/* What is emptied may hold what no other area could be given. */
static int run_switch(void *data)
{
	const struct switching *switching = data;

	if (!switching->ignore || another_has_newest(switching))
		return areas_write(switching->disk, switching->which, switching->ignore);
	warn(_("%s: its metadata areas stay in use, as no other device of %s has the newest "
	       "metadata"),
	     switching->disk->candidate->path, change_vg(switching->change)->name);
	return 0;
}

int areas_switch(struct change *change, struct disk *disk, unsigned which, bool ignore)
{
	const char *path = disk->candidate->path;
	const size_t room = strlen(path) + 16;
	struct switching *data = vg_alloc(change_vg(change), sizeof(*data));
	char *text = vg_alloc(change_vg(change), room);
	struct plan_act act = { .text = text,
				.run = run_switch,
				.undo = ignore ? NULL : plan_undo_nothing,
				.data = data };
	unsigned i;

	if (!data || !text)
		return -ENOMEM;
	*data = (struct switching) { change, disk, which, ignore };
	snprintf(text, room, "areas   %s", path);
	for (i = 0; i < disk->area_count && !ignore; i++)
		if (which & 1u << i)
			disk->areas[i].ignored = false;
	return change_act(change, ignore ? AFTER_DEVICES : BEFORE_DEVICES, &act);
}

/* --- as many as the group says --- */

static unsigned count_used(const struct disk *disk)
{
	unsigned i, count = 0;

	for (i = 0; i < disk->area_count; i++)
		count += area_is_usable(&disk->areas[i]);
	return count;
}

static unsigned count_all(const struct change *change)
{
	const struct disk *disk;
	const struct pv *pv;
	unsigned count = 0;

	dm_list_iterate_items(pv, &change_vg(change)->pvs) {
		disk = disk_of(change, pv);
		count += disk ? count_used(disk) : 0;
	}
	return count;
}

/* The first so many of those that would change. */
static unsigned lowest_bits(unsigned which, unsigned most)
{
	unsigned taken = 0;

	for (; which && most; most--) {
		taken |= which & -which;
		which &= which - 1;
	}
	return taken;
}

static int use_more(struct change *change, unsigned missing)
{
	struct disk *disk;
	struct pv *pv;
	unsigned which;
	int r = 0;

	dm_list_iterate_items(pv, &change_vg(change)->pvs) {
		disk = disk_of(change, pv);
		which = disk ? lowest_bits(areas_to_switch(disk, false), missing) : 0;
		if (!which || r < 0)
			continue;
		missing -= (unsigned)__builtin_popcount(which);
		r = areas_switch(change, disk, which, false);
	}
	return r;
}

static int use_fewer(struct change *change, unsigned spare)
{
	struct disk *disk;
	struct pv *pv;
	unsigned which;
	int r = 0;

	dm_list_iterate_back_items(pv, &change_vg(change)->pvs) {
		disk = disk_of(change, pv);
		which = disk ? lowest_bits(areas_to_switch(disk, true), spare) : 0;
		if (!which || r < 0)
			continue;
		spare -= (unsigned)__builtin_popcount(which);
		r = areas_switch(change, disk, which, true);
	}
	return r;
}

int areas_stage(struct change *change, enum when when)
{
	struct vg *vg = change_vg(change);
	const unsigned wanted = vg->metadata_copies, used = wanted ? count_all(change) : 0;
	int r = 0;

	if (wanted == METADATA_COPIES_ALL)
		vg->metadata_copies = 0;
	if (used < wanted)
		r = use_more(change, wanted - used);
	r = r < 0 ? r : change_stage(change, when);
	return r < 0 || used <= wanted ? r : use_fewer(change, used - wanted);
}
