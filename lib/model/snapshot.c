/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pairs of an origin and a COW store, and which changes to them are legal.
 */

#include "model/snapshot.h"

#include <string.h>

#include "base/text.h"
#include "model/name.h"

bool lv_is_unfinished(const struct lv *lv)
{
	return words_have(&lv->tags, UNFINISHED_TAG);
}

bool lv_is_to_be_given_back(const struct lv *lv)
{
	return lv_is_unfinished(lv) && !lv->store_of && !lv_is_origin(lv) && !lv_is_foreign(lv) &&
	       !(lv->flags & (LV_LOCKED | LV_PVMOVE));
}

struct snapshot *snapshot_attach(struct lv *origin, struct lv *store, uint32_t chunk_size_sectors)
{
	struct snapshot *snapshot = vg_alloc(origin->vg, sizeof(*snapshot));

	if (!snapshot)
		return NULL;
	snapshot->name = name_generate_descriptor(origin->vg);
	if (!snapshot->name)
		return NULL;
	uuid_new(snapshot->id);
	snapshot->flags = LV_READ | LV_WRITE | LV_VISIBLE;
	snapshot->origin = origin;
	snapshot->store = store;
	snapshot->chunk_size_sectors = chunk_size_sectors;
	snapshot->extents = lv_extents(origin);
	dm_list_init(&snapshot->tags);
	dm_list_init(&snapshot->extras);
	dm_list_init(&snapshot->segment_extras);
	dm_list_add(&origin->vg->snapshots, &snapshot->list);
	dm_list_add(&origin->snapshots, &snapshot->origin_list);
	store->store_of = snapshot;
	store->flags &= ~(unsigned)LV_VISIBLE;
	return snapshot;
}

void snapshot_detach(struct snapshot *snapshot)
{
	snapshot->store->store_of = NULL;
	snapshot->store->flags |= LV_VISIBLE;
	dm_list_del(&snapshot->list);
	dm_list_del(&snapshot->origin_list);
}

void snapshot_begin_merge(struct snapshot *snapshot)
{
	snapshot->merging = true;
	snapshot->flags &= ~(unsigned)LV_VISIBLE;
}

void snapshot_cancel_merge(struct snapshot *snapshot)
{
	snapshot->merging = false;
	snapshot->flags |= LV_VISIBLE;
}

/* What keeps any change of a snapshot from a volume, be it origin or store. */
static const char *refuse_volume(const struct lv *lv)
{
	if (lv_is_unfinished(lv))
		return _("was left unfinished by an interrupted command; run svrecover first");
	if (lv_is_foreign(lv))
		return _("is of a type snapvol does not handle; use LVM2");
	if (lv->flags & (LV_LOCKED | LV_PVMOVE))
		return _("is locked while its extents are moved");
	if (lv_is_partial(lv))
		return _("lies on a device that is missing; bring it back, or see svgreduce "
			 "--removemissing");
	return NULL;
}

const char *snapshot_refuse_origin(const struct lv *origin)
{
	if (origin->store_of)
		return _("snapshots of snapshots are not supported; take one of its origin");
	if (lv_merging_snapshot(origin))
		return _("has a merging snapshot; wait until it is merged");
	if (lv_is_virtual_origin(origin))
		return _("is the hidden origin of a sparse volume");
	if (!lv_is_unfinished(origin) && !lv_is_foreign(origin) && !lv_is_visible(origin))
		return _("is a hidden volume");
	return refuse_volume(origin);
}

const char *snapshot_refuse_merge(const struct snapshot *snapshot)
{
	const struct snapshot *other = lv_merging_snapshot(snapshot->origin);
	const char *reason;

	if (snapshot->merging)
		return _("is merging already");
	if (other)
		return _("another snapshot of its origin is merging; wait until it is merged");
	if (lv_is_virtual_origin(snapshot->origin))
		return _("a sparse volume has no origin to merge into");
	reason = refuse_volume(snapshot->store);
	if (reason)
		return reason;
	if (refuse_volume(snapshot->origin))
		return _("its origin is locked, unfinished, on a missing device or foreign");
	if (!(snapshot->origin->flags & LV_WRITE))
		return _("its origin is read-only: use svchange -p rw");
	if (!lv_is_writable(snapshot->origin))
		return _("its origin is read-only on this host (activation/read_only_volume_list)");
	return NULL;
}

const char *snapshot_refuse_detach(const struct snapshot *snapshot)
{
	if (snapshot->merging)
		return _("is merging into its origin; call it off with svmerge --cancel, or wait");
	if (lv_is_virtual_origin(snapshot->origin))
		return _("a sparse volume cannot be split from its origin");
	return refuse_volume(snapshot->store);
}

uint64_t snapshot_size_sectors(const struct snapshot *snapshot)
{
	return snapshot->extents * snapshot->origin->vg->extent_size_sectors;
}

bool snapshot_was_hooked(const struct snapshot *snapshot)
{
	const struct word *tag;

	dm_list_iterate_items(tag, &snapshot->tags)
		if (!strncmp(tag->text, FREEZE_TAG, strlen(FREEZE_TAG)))
			return true;
	return false;
}

uint64_t snapshot_reach_sectors(const struct snapshot *snapshot)
{
	const uint64_t size = snapshot_size_sectors(snapshot);
	const uint64_t origin = lv_size_sectors(snapshot->origin);

	return origin < size ? size : origin;
}
