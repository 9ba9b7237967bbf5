/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dm/tree.h"

#include "dm/name.h"
#include "dm/status.h"
#include "dm/table.h"

#include <string.h>

enum { UUID_HEAD = sizeof("LVM-") - 1 + 2 * ID_LEN };

/* Volumes of kinds we do not lay out have a layer in the identity of their public device, too: it is
 * then told by its name. */
static struct live_device *find_with_layer(struct live *live, const struct lv *lv, const char *uuid)
{
	const char *name = dm_name_of(live->mem, lv->vg->name, lv->name, NULL);
	struct live_device *device = name ? live_find(live, name) : NULL;

	return device && !strncmp(device->uuid, uuid, strlen(uuid)) ? device : NULL;
}

struct live_device *tree_device(struct live *live, const struct lv *lv)
{
	const char *uuid = dm_uuid_of(live->mem, lv, NULL);
	struct live_device *device = uuid ? live_find_uuid(live, uuid) : NULL;

	if (uuid && !device)
		device = find_with_layer(live, lv, uuid);
	return device && live_ask(live, device) > 0 ? device : NULL;
}

struct live_device *tree_layer(struct live *live, const struct lv *lv, const char *layer)
{
	const char *uuid = dm_uuid_of(live->mem, lv, layer);
	struct live_device *device = uuid ? live_find_uuid(live, uuid) : NULL;

	return device && live_ask(live, device) > 0 ? device : NULL;
}

enum layout_merge tree_merge_now(struct live *live, const struct lv *lv)
{
	const struct lv *top = lv_tree_top(lv);
	const struct snapshot *merging = lv_merging_snapshot(top);
	const struct live_device *origin = merging ? tree_device(live, top) : NULL;

	if (!merging || live_is(origin, "snapshot-origin"))
		return LAYOUT_MERGE_HELD;
	/* its snapshot is still there: an interrupted deactivation, or the origin got another table */
	if (!live_is(origin, "snapshot-merge") &&
	    live_is(tree_device(live, merging->store), "snapshot"))
		return LAYOUT_MERGE_HELD;
	return LAYOUT_MERGE_LIVE;
}

const struct live_device *tree_teller(struct live *live, const struct snapshot *snapshot)
{
	const struct live_device *device = tree_device(live, snapshot->origin);

	if (snapshot->merging && live_is(device, "snapshot-merge"))
		return device;
	device = tree_device(live, snapshot->store);
	return live_is(device, "snapshot") ? device : NULL;
}

int tree_status(struct live *live, const struct live_device *device, struct snapshot_status *status)
{
	int r = live->failed;

	if (r < 0 || !device)
		return r;
	r = status_snapshot(device->name, status);
	if (r < 0)
		live->failed = r;
	return r;
}

bool tree_merge_is_done(struct live *live, const struct snapshot *snapshot)
{
	const struct live_device *origin;
	struct snapshot_status status;

	if (!snapshot->merging)
		return false;
	origin = tree_device(live, snapshot->origin);
	if (tree_status(live, origin, &status) <= 0)
		return false;
	return status.merge && status.state == SNAPSHOT_GOOD &&
	       status.used_sectors == status.metadata_sectors;
}

bool tree_merge_has_failed(struct live *live, const struct snapshot *snapshot)
{
	struct snapshot_status status;

	return snapshot->merging && tree_status(live, tree_teller(live, snapshot), &status) > 0 &&
	       status.state == SNAPSHOT_MERGE_FAILED;
}

bool tree_merges(struct live *live, const struct snapshot *snapshot)
{
	const struct live_device *origin = tree_device(live, snapshot->origin), *store;

	if (!live_is(origin, "snapshot-merge"))
		return false;
	store = tree_layer(live, snapshot->store, LAYER_COW);
	return store && table_uses(origin->table, store->major, store->minor);
}

bool tree_runs_without(struct live *live, const struct snapshot *snapshot)
{
	const struct live_device *origin = tree_device(live, snapshot->origin);
	const bool is_there = live_is(tree_device(live, snapshot->store), "snapshot");

	if (tree_merges(live, snapshot))
		return false;
	/* one without a table has been made but has never run: its activation was cut off */
	if (!origin || !*origin->table)
		return false;
	/* one that merges has no device of its own */
	if (snapshot->merging && !is_there && !live_is(origin, "snapshot-origin"))
		return false;
	/* what its table was before, or will be when it is resumed, copies nothing either */
	if (!live_is(origin, "snapshot-origin") && !live_is(origin, "snapshot-merge"))
		return !live->failed;
	return !is_there && !live->failed;
}

struct lv *tree_lv_of(const struct vg *vg, const char *uuid, bool *known)
{
	char id[ID_LEN + 1];

	*known = false;
	if (strlen(uuid) < UUID_HEAD)
		return NULL;
	memcpy(id, uuid + UUID_HEAD - ID_LEN, ID_LEN);
	id[ID_LEN] = 0;
	uuid += UUID_HEAD;
	*known = !*uuid || !strcmp(uuid, "-" LAYER_REAL) || !strcmp(uuid, "-" LAYER_COW);
	return vg_find_lv_id(vg, id);
}

bool tree_is_foreign(const struct lv *top)
{
	const struct snapshot *snapshot;

	if (lv_is_foreign(top))
		return true;
	/* LVM2 moves stores by pvmove */
	dm_list_iterate_items_gen(snapshot, &top->snapshots, origin_list)
		if (lv_is_foreign(snapshot->store))
			return true;
	return false;
}

/* Whether every volume of the tree is one whose devices we may lay out. */
static bool tree_is_ours(const struct lv *top)
{
	const struct snapshot *snapshot;

	if (tree_is_foreign(top) || lv_is_partial(top))
		return false;
	dm_list_iterate_items_gen(snapshot, &top->snapshots, origin_list)
		if (lv_is_partial(snapshot->store))
			return false;
	return true;
}

struct lv *tree_to_lay_out(const struct vg *vg, struct live_device *device)
{
	struct lv *lv;
	bool known;

	if (!device->in_plan)
		return NULL;
	lv = tree_lv_of(vg, device->uuid, &known);
	/* what only goes needs no mapping, and may lie on a missing device: its origin cannot go on without it before */
	if (known && lv && lv_is_to_be_given_back(lv))
		return NULL;
	if (known && (!lv || tree_is_ours(lv_tree_top(lv))))
		return lv && !lv_is_unfinished(lv) ? lv : NULL;
	live_leave_alone(device);
	return NULL;
}
