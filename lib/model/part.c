/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cutting groups in two and making one of two.
 */

#include "model/part.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "model/name.h"
#include "model/snapshot.h"

bool part_is_unfinished(const struct vg *vg)
{
	return vg->flags & VG_EXPORTED && words_have(&vg->tags, UNFINISHED_TAG);
}

/* Beside the unfinished tag: snapvol.other=ID. */
#define OTHER_TAG "snapvol.other="
enum { OTHER_TAG_LEN = sizeof(OTHER_TAG) - 1 };

static struct word *find_other(const struct vg *vg)
{
	struct word *tag;

	dm_list_iterate_items(tag, &vg->tags)
		if (!strncmp(tag->text, OTHER_TAG, OTHER_TAG_LEN))
			return tag;
	return NULL;
}

const char *part_other(const struct vg *vg)
{
	const struct word *tag = part_is_unfinished(vg) ? find_other(vg) : NULL;

	return tag ? tag->text + OTHER_TAG_LEN : NULL;
}

int part_begin(struct vg *vg, const struct vg *other)
{
	char tag[OTHER_TAG_LEN + ID_LEN + 1];
	int r = words_add(vg, &vg->tags, UNFINISHED_TAG);

	vg->flags |= VG_EXPORTED;
	snprintf(tag, sizeof(tag), OTHER_TAG "%s", other->id);
	return r < 0 ? r : words_add(vg, &vg->tags, tag);
}

void part_end(struct vg *vg)
{
	struct word *tag = find_other(vg);

	vg->flags &= ~(unsigned)VG_EXPORTED;
	words_remove(&vg->tags, UNFINISHED_TAG);
	if (tag)
		dm_list_del(&tag->list);
}

void part_take_all(struct vg *vg)
{
	struct pv *pv;
	struct lv *lv;

	dm_list_iterate_items(pv, &vg->pvs)
		pv->flags |= PV_LEAVING;
	dm_list_iterate_items(lv, &vg->lvs)
		lv->flags |= LV_LEAVING;
}

/* --- what goes along --- */

enum sides { LEAVES = 1u << 0, STAYS = 1u << 1 };

/* The sides its extents are on; a volume without any is on none. */
static unsigned sides_of(const struct lv *lv)
{
	const struct segment *segment;
	unsigned sides = 0;
	uint32_t i;

	dm_list_iterate_items(segment, &lv->segments)
		for (i = 0; i < segment->stripe_count; i++)
			if (segment->stripes[i].pv)
				sides |= segment->stripes[i].pv->flags & PV_LEAVING ? LEAVES
										    : STAYS;
	return sides;
}

static int mark_volume(struct lv *lv)
{
	unsigned sides = sides_of(lv);

	if (sides == (LEAVES | STAYS))
		return fail(-EBUSY, _("%s/%s: lies on devices of both parts"), lv->vg->name,
			    lv->name);
	if (sides & LEAVES)
		lv->flags |= LV_LEAVING;
	return 0;
}

/* A sparse volume's hidden origin is on no device and goes with its store. */
static int mark_snapshot(struct snapshot *snapshot)
{
	struct lv *origin = snapshot->origin, *store = snapshot->store;

	if (store->flags & LV_LEAVING && !sides_of(origin))
		origin->flags |= LV_LEAVING;
	if (!((origin->flags ^ store->flags) & LV_LEAVING))
		return 0;
	return fail(-EBUSY, _("%s/%s: is a snapshot of %s, which lies on the other part's devices"),
		    store->vg->name, store->name, origin->name);
}

static int refuse_stranger(const struct lv *lv)
{
	if (!(lv->flags & LV_LEAVING))
		return 0;
	if (lv_is_foreign(lv))
		return fail(-ENOTSUP, _("%s/%s: is of a type snapvol does not handle; use LVM2"),
			    lv->vg->name, lv->name);
	if (lv->flags & (LV_LOCKED | LV_PVMOVE))
		return fail(-EBUSY, _("%s/%s: is locked while its extents are moved"),
			    lv->vg->name, lv->name);
	return 0;
}

static int mark(struct vg *vg)
{
	struct snapshot *snapshot;
	struct lv *lv;
	int r = 0;

	dm_list_iterate_items(lv, &vg->lvs)
		if (!r)
			r = mark_volume(lv);
	dm_list_iterate_items(snapshot, &vg->snapshots)
		if (!r)
			r = mark_snapshot(snapshot);
	dm_list_iterate_items(lv, &vg->lvs)
		if (!r)
			r = refuse_stranger(lv);
	return r;
}

int part_mark(struct vg *vg)
{
	struct lv *lv;
	int r = mark(vg);

	if (r < 0)
		dm_list_iterate_items(lv, &vg->lvs)
			lv->flags &= ~(unsigned)LV_LEAVING;
	return r;
}

/* --- whether the other can take it --- */

static int refuse_names(const struct vg *from, const struct vg *to)
{
	const struct lv *lv;

	dm_list_iterate_items(lv, &from->lvs) {
		if (!(lv->flags & LV_LEAVING))
			continue;
		if (vg_find_lv(to, lv->name))
			return fail(-EEXIST, _("%s/%s: %s has a volume of that name"), from->name,
				    lv->name, to->name);
		if (!name_fits(to->name, lv->name))
			return fail(-ENAMETOOLONG,
				    _("%s/%s: together with its group's name it is too long for "
				      "the kernel"),
				    to->name, lv->name);
	}
	return 0;
}

static unsigned visible_and_leaving(const struct vg *vg)
{
	const struct lv *lv;
	unsigned count = 0;

	dm_list_iterate_items(lv, &vg->lvs)
		count += lv_is_visible(lv) && lv->flags & LV_LEAVING;
	return count;
}

static int refuse_limits(const struct vg *from, const struct vg *to)
{
	unsigned pvs = dm_list_size(&to->pvs), lvs = vg_visible_lvs(to);
	const struct pv *pv;

	dm_list_iterate_items(pv, &from->pvs)
		pvs += !!(pv->flags & PV_LEAVING);
	lvs += visible_and_leaving(from);
	if (to->max_pv && pvs > to->max_pv)
		return fail(-ENOSPC, _("%s: its limit of devices (max_pv) is %u"), to->name,
			    to->max_pv);
	if (to->max_lv && lvs > to->max_lv)
		return fail(-ENOSPC, _("%s: its limit of volumes (max_lv) is %u"), to->name,
			    to->max_lv);
	return 0;
}

static int refuse_move(const struct vg *from, const struct vg *to)
{
	int r;

	if (from->extent_size_sectors != to->extent_size_sectors)
		return fail(-EINVAL, _("%s: its extents are of another size than those of %s"),
			    to->name, from->name);
	r = refuse_limits(from, to);
	return r < 0 ? r : refuse_names(from, to);
}

/* --- moving --- */

static bool has_descriptor(const struct vg *vg, const char *name)
{
	const struct snapshot *snapshot;

	dm_list_iterate_items(snapshot, &vg->snapshots)
		if (!strcmp(snapshot->name, name))
			return true;
	return vg_find_lv(vg, name);
}

/* The origin still says where it comes from: snapshots go before their volumes. */
static int move_snapshots(struct vg *from, struct vg *to)
{
	struct snapshot *snapshot, *next;

	dm_list_iterate_items_safe(snapshot, next, &from->snapshots) {
		if (!(snapshot->origin->flags & LV_LEAVING))
			continue;
		dm_list_del(&snapshot->list);
		if (has_descriptor(to, snapshot->name))
			snapshot->name = name_generate_descriptor(to);
		if (!snapshot->name)
			return -ENOMEM;
		dm_list_add(&to->snapshots, &snapshot->list);
	}
	return 0;
}

static void move_volumes(struct vg *from, struct vg *to)
{
	struct lv *lv, *next;

	dm_list_iterate_items_safe(lv, next, &from->lvs) {
		if (!(lv->flags & LV_LEAVING))
			continue;
		lv->flags &= ~(unsigned)LV_LEAVING;
		dm_list_del(&lv->list);
		if (vg_find_lv_id(to, lv->id))
			uuid_new(lv->id);
		lv->vg = to;
		dm_list_add(&to->lvs, &lv->list);
	}
}

static int move_devices(struct vg *from, struct vg *to)
{
	struct pv *pv, *next;
	int r = 0;

	dm_list_iterate_items_safe(pv, next, &from->pvs) {
		if (r < 0 || !(pv->flags & PV_LEAVING))
			continue;
		pv->flags &= ~(unsigned)PV_LEAVING;
		r = vg_take_pv(to, pv);
	}
	return r;
}

int part_move(struct vg *from, struct vg *to)
{
	int r = refuse_move(from, to);

	r = r < 0 ? r : move_devices(from, to);
	r = r < 0 ? r : move_snapshots(from, to);
	if (r < 0)
		return r;
	move_volumes(from, to);
	return 0;
}

void part_drop(struct vg *vg)
{
	struct snapshot *snapshot, *next_snapshot;
	struct pv *pv, *next_pv;
	struct lv *lv, *next_lv;

	dm_list_iterate_items_safe(snapshot, next_snapshot, &vg->snapshots)
		if (snapshot->origin->flags & LV_LEAVING)
			snapshot_detach(snapshot);
	dm_list_iterate_items_safe(lv, next_lv, &vg->lvs)
		if (lv->flags & LV_LEAVING)
			lv_remove(lv);
	dm_list_iterate_items_safe(pv, next_pv, &vg->pvs)
		if (pv->flags & PV_LEAVING)
			vg_remove_pv(pv);
}
