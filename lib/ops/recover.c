/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/recover.h"

#include "base/auto.h"
#include "base/log.h"
#include "base/text.h"
#include "dm/name.h"
#include "dm/tree.h"
#include "model/snapshot.h"
#include "ops/change.h"
#include "ops/marker.h"
#include "ops/session.h"
#include "store/catalog.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { MOST_GROUPS = 16 };

/* --- which devices --- */

/* Devices of volumes that are not ours to change are taken out of the plan; of every other tree
 * that has a device all are wanted.  A merge that has not begun is not begun by recovery. */
static int want_live_trees(struct change *change)
{
	struct live *live = change_live(change);
	struct live_device *device;
	const struct lv *lv;
	bool known;
	int r;

	dm_list_iterate_items(device, &live->devices) {
		if (!device->in_plan)
			continue;
		lv = tree_lv_of(change_vg(change), device, &known);
		if (!known || (lv && !tree_is_ours(lv_tree_top(lv)))) {
			device->in_plan = false;
			continue;
		}
		if (!lv || lv_is_unfinished(lv))
			continue;
		r = change_want_tree(change, lv, change_merge_now(change, lv));
		if (r < 0)
			return r;
	}
	return 0;
}

/* --- what is to be settled --- */

static unsigned why_recover(struct change *change)
{
	const struct vg *vg = change_vg(change);
	const struct snapshot *snapshot;
	const struct lv *lv;
	unsigned why = 0;

	if (marker_exists(change_session(change)->conf, vg->id))
		why |= RECOVER_MARKER;
	dm_list_iterate_items(lv, &vg->lvs)
		if (lv_is_unfinished(lv))
			why |= RECOVER_UNFINISHED;
	dm_list_iterate_items(snapshot, &vg->snapshots)
		if (tree_merge_is_done(change_live(change), snapshot))
			why |= RECOVER_MERGED;
	return why;
}

/* A store the kernel still copies to is marked invalid before it is let go of. */
static int give_back(struct change *change, struct lv *lv)
{
	const char *cow = dm_uuid_of(change_live(change)->mem, lv, LAYER_COW);
	int r = 0;

	if (!cow)
		return -ENOMEM;
	if (live_find_uuid(change_live(change), cow))
		r = change_invalidate_store(change, lv, BEFORE_DEVICES);
	if (r < 0)
		return r;
	say(_("%s/%s: giving back what an interrupted command left"), lv->vg->name, lv->name);
	lv_remove(lv);
	return 0;
}

static int give_back_unfinished(struct change *change, unsigned *given_back)
{
	struct lv *lv, *next;
	int r;

	dm_list_iterate_items_safe(lv, next, &change_vg(change)->lvs) {
		if (!lv_is_unfinished(lv) || lv->store_of || lv_is_origin(lv) || lv_is_foreign(lv) ||
		    lv->flags & (LV_LOCKED | LV_PVMOVE))
			continue;
		r = give_back(change, lv);
		if (r < 0)
			return r;
		(*given_back)++;
	}
	return 0;
}

static int finish_merges(struct change *change, unsigned *finished)
{
	struct vg *vg = change_vg(change);
	struct snapshot *snapshot, *next;
	struct lv *store;

	dm_list_iterate_items_safe(snapshot, next, &vg->snapshots) {
		if (!tree_merge_is_done(change_live(change), snapshot))
			continue;
		store = snapshot->store;
		say(_("%s/%s: merged into %s/%s"), vg->name, store->name, vg->name,
		    snapshot->origin->name);
		snapshot_detach(snapshot);
		lv_remove(store);
		(*finished)++;
	}
	return 0;
}

/* With the lock held and the kernel asked about everything of the group. */
static int settle(struct change *change)
{
	struct vg *vg = change_vg(change);
	struct live *live = change_live(change);
	unsigned edits = 0;
	int r;

	r = live_query_group(live, vg);
	if (r < 0)
		return r;
	if (change_may_commit(change)) {
		finish_merges(change, &edits);
		r = give_back_unfinished(change, &edits);
		if (r < 0)
			return r;
	}
	r = want_live_trees(change);
	if (r < 0)
		return r;
	if (edits) {
		r = change_stage(change, AFTER_DEVICES);
		if (r < 0)
			return r;
	}
	return change_run(change);
}

int recover_and_begin(struct session *session, const char *vg_name, unsigned flags,
		      struct change **change)
{
	int r = change_begin(session, vg_name, flags, change);

	if (r < 0 || (flags & CHANGE_CREATE) || !why_recover(*change))
		return r;
	if (session->test) {
		say(_("%s: an interrupted command left work that would be settled first"), vg_name);
		return 0;
	}

	r = settle(*change);
	change_free(change);
	if (r < 0)
		return r;
	return change_begin(session, vg_name, flags, change);
}

int recover_group(struct session *session, const char *vg_name)
{
	struct change *change;
	int r = change_begin(session, vg_name, CHANGE_ACTIVATION_ONLY, &change);

	if (r < 0)
		return r;
	r = settle(change);
	if (!r)
		r = change_did_something(change);
	change_free(&change);
	return r;
}

static bool any_merge_is_done(struct live *live, const struct vg *vg)
{
	const struct snapshot *snapshot;

	dm_list_iterate_items(snapshot, &vg->snapshots)
		if (tree_merge_is_done(live, snapshot))
			return true;
	return false;
}

/* One group's merges; the name is copied, as settling forgets the catalog it stands in. */
static bool settle_one(struct session *session)
{
	struct catalog *catalog;
	struct change *change;
	char name[NAME_LEN + 1];
	struct group *group;
	struct live *live;
	int r;

	if (session_catalog(session, &catalog) < 0 || session_live(session, &live) < 0)
		return false;
	dm_list_iterate_items(group, &catalog->groups) {
		if (!group->vg || !any_merge_is_done(live, group->vg))
			continue;
		snprintf(name, sizeof(name), "%s", group->name);
		if (change_begin(session, name, CHANGE_ACTIVATION_ONLY | CHANGE_TRY, &change) < 0)
			return false;
		r = change_may_commit(change) ? settle(change) : -EPERM;
		change_free(&change);
		return !r;	/* what failed now would fail again */
	}
	return false;
}

void recover_merged(struct session *session)
{
	unsigned tries = MOST_GROUPS;

	if (geteuid() != 0 || session->test)
		return;
	while (tries-- && settle_one(session))
		;
}
