/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/missing.h"

#include "base/auto.h"
#include "base/log.h"
#include "base/text.h"
#include "model/snapshot.h"
#include "ops/areas.h"
#include "ops/change.h"
#include "ops/closed.h"
#include "ops/groupname.h"
#include "ops/hints.h"
#include "ops/recover.h"
#include "ops/session.h"

/* What goes, and origins that lose snapshots but stay. */
struct losses {
	struct lv **lvs;
	struct lv **origins;
	unsigned count, origin_count;
	bool any_active;
};

/* A snapshot goes with its origin, a sparse volume's hidden origin with its snapshot. */
static bool is_lost(const struct lv *lv)
{
	const struct snapshot *snapshot;

	if (lv_is_partial(lv) || (lv->store_of && lv_is_partial(lv->store_of->origin)))
		return true;
	if (!lv_is_virtual_origin(lv))
		return false;
	dm_list_iterate_items_gen(snapshot, &lv->snapshots, origin_list)
		if (!lv_is_partial(snapshot->store))
			return false;
	return true;
}

static bool has_origin(const struct losses *losses, const struct lv *origin)
{
	unsigned i;

	for (i = 0; i < losses->origin_count; i++)
		if (losses->origins[i] == origin)
			return true;
	return false;
}

static int check_lost(struct change *change, const struct lv *lv)
{
	if (lv_is_foreign(lv))
		return fail(-EPERM, _("%s/%s: is of a type snapvol does not handle; use LVM2"),
			    lv->vg->name, lv->name);
	return closed_or_fail(change, lv, _("cannot be removed"));
}

/* What has not been merged is lost; what has stays in the origin. */
static void warn_if_merging(struct change *change, const struct lv *lv)
{
	if (lv->store_of && lv->store_of->merging &&
	    change_merge_now(change, lv) == LAYOUT_MERGE_LIVE)
		warn(_("%s/%s: was merging; %s may hold a part of what was merged, and so show no one instant"),
		     lv->vg->name, lv->name, lv->store_of->origin->name);
}

static int find_losses(struct change *change, struct losses *losses)
{
	struct vg *vg = change_vg(change);
	struct lv *lv, *origin;
	int r;

	dm_list_iterate_items(lv, &vg->lvs) {
		if (!is_lost(lv))
			continue;
		r = check_lost(change, lv);
		r = r < 0 ? r : change_touch_tree(change, lv);
		if (r < 0)
			return r;
		warn_if_merging(change, lv);
		losses->lvs[losses->count++] = lv;
		if (!change_lv_is_active(change, lv))
			continue;
		losses->any_active = true;
		origin = lv->store_of ? lv->store_of->origin : NULL;
		if (origin && !is_lost(origin) && !has_origin(losses, origin))
			losses->origins[losses->origin_count++] = origin;
	}
	return 0;
}

/* A store that is to miss writes must not be taken for a snapshot's again should its device come
 * back: that it is none is committed before the kernel lets go of it. */
static int stage_interim(struct change *change, const struct losses *losses)
{
	struct lv *lv;
	unsigned i;
	int r = 0;

	for (i = 0; i < losses->count && !r; i++) {
		lv = losses->lvs[i];
		if (lv->store_of)
			snapshot_detach(lv->store_of);
		r = words_add(lv->vg, &lv->tags, UNFINISHED_TAG);
	}
	if (r < 0 || !losses->any_active)
		return r;
	return change_stage(change, BEFORE_DEVICES);
}

static int remove_lost(struct change *change, const struct losses *losses)
{
	unsigned i;
	int r = stage_interim(change, losses);

	for (i = 0; i < losses->origin_count && !r; i++)
		r = change_want_tree(change, losses->origins[i],
				     change_merge_now(change, losses->origins[i]));
	for (i = 0; i < losses->count && !r; i++) {
		say(_("%s/%s: lost with its device"), losses->lvs[i]->vg->name,
		    losses->lvs[i]->name);
		lv_remove(losses->lvs[i]);
	}
	return r;
}

static int remove_all_lost(struct change *change)
{
	unsigned room = dm_list_size(&change_vg(change)->lvs) + 1;
	AUTO_FREE struct lv **lvs = calloc(room, sizeof(*lvs));
	AUTO_FREE struct lv **origins = calloc(room, sizeof(*origins));
	struct losses losses = { .lvs = lvs, .origins = origins };
	int r;

	if (!lvs || !origins)
		return fail_memory();
	r = find_losses(change, &losses);
	return r < 0 ? r : remove_lost(change, &losses);
}

/* Those that stay are said to be missing, as LVM2 does when it writes a group without them. */
static unsigned forget_unused(struct vg *vg, unsigned *kept)
{
	struct pv *pv, *next;
	unsigned forgotten = 0;

	*kept = 0;
	dm_list_iterate_items_safe(pv, next, &vg->pvs) {
		if (!pv_is_missing(pv))
			continue;
		if (pv_used_extents(pv)) {
			pv->flags |= PV_MISSING;
			(*kept)++;
			continue;
		}
		vg_remove_pv(pv);
		forgotten++;
	}
	return forgotten;
}

static int refuse_rest(const struct vg *vg, unsigned kept)
{
	const struct lv *lv;

	if (!kept)
		return 0;
	dm_list_iterate_items(lv, &vg->lvs)
		if (lv_is_partial(lv))
			warn(_("%s/%s: lies on a missing device"), vg->name, lv->name);
	return fail(-EBUSY, _("%s: volumes lie on missing devices; to remove them say --force"),
		    vg->name);
}

static int forget(struct change *change)
{
	const struct session *session = change_session(change);
	struct vg *vg = change_vg(change);
	unsigned forgotten, kept;
	int r = session->force ? remove_all_lost(change) : 0;

	if (r < 0)
		return r;
	forgotten = forget_unused(vg, &kept);
	if (dm_list_empty(&vg->pvs))
		return fail(-EBUSY, _("%s: no device would be left"), vg->name);
	if (!forgotten && !kept) {
		say(_("%s: misses no device"), vg->name);
		return 0;
	}
	if (forgotten) {
		r = areas_stage(change, AFTER_DEVICES);
		if (!r && !session->test)
			hints_forget(session);
		r = r < 0 ? r : change_run(change);
	}
	if (!r && forgotten && !session->test)
		say(_("%s: missing devices forgotten: %u"), vg->name, forgotten);
	return r < 0 ? r : refuse_rest(vg, kept);
}

int group_forget_missing(struct session *session, const char *name)
{
	AUTO(change) struct change *change = NULL;
	char own[NAME_LEN + 1];
	int r;

	r = groupname_take(session->conf, name, own);
	r = r < 0 ? r : recover_and_begin(session, own, CHANGE_GLOBAL | CHANGE_REPAIR, &change);
	return r < 0 ? r : forget(change);
}
