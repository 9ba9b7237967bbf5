/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/merge.h"

#include "base/auto.h"
#include "base/log.h"
#include "base/text.h"
#include "dm/name.h"
#include "model/snapshot.h"
#include "ops/change.h"
#include "ops/claim.h"
#include "ops/poll.h"
#include "ops/recover.h"
#include "ops/session.h"
#include "ops/target.h"
#include "ops/validity.h"

enum { MOST_MERGES = 64 };

/* The merges of one command; those to wait for keep their names in mem. */
struct merging {
	struct session *session;
	struct dm_pool *mem;
	struct merge_wait waits[MOST_MERGES];
	unsigned wait_count;
	struct claim claims[MOST_MERGES];
	unsigned claim_count;
};

static struct snapshot *snapshot_of(const struct lv *lv)
{
	if (!lv->store_of)
		fail(-EINVAL, _("%s/%s: is no snapshot"), lv->vg->name, lv->name);
	return lv->store_of;
}

/* --- beginning --- */

static int check_valid(struct change *change, const struct snapshot *snapshot)
{
	int r = validity_of(change, snapshot);

	if (!r) {
		r = validity_of_waiting(change, snapshot);
		return r < 0 ? r
			     : fail(-EINVAL, _("%s/%s: is invalid and can only be removed"),
				    change_vg(change)->name, snapshot->store->name);
	}
	return r < 0 || snapshot->merging ? r : validity_of_exceptions(change, snapshot);
}

static int wait_for(struct merging *m, const struct snapshot *snapshot)
{
	const struct lv *origin = snapshot->origin;
	struct merge_wait *wait = &m->waits[m->wait_count];

	if (m->wait_count == MOST_MERGES)
		return 0;
	wait->vg = dm_pool_strdup(m->mem, origin->vg->name);
	wait->origin = dm_pool_strdup(m->mem, origin->name);
	wait->vg_id = dm_pool_strdup(m->mem, origin->vg->id);
	wait->origin_id = dm_pool_strdup(m->mem, origin->id);
	wait->store_id = dm_pool_strdup(m->mem, snapshot->store->id);
	if (!wait->vg || !wait->origin || !wait->vg_id || !wait->origin_id || !wait->store_id)
		return fail_memory();
	wait->dm_uuid = dm_uuid_of(m->mem, origin, NULL);
	wait->cow_uuid = dm_uuid_of(m->mem, snapshot->store, LAYER_COW);
	if (!wait->dm_uuid || !wait->cow_uuid)
		return -ENOMEM;
	m->wait_count++;
	return 0;
}

/* Whether the kernel may be handed the merge now; if so its devices are wanted so. */
static int hand_over(struct merging *m, struct change *change, struct snapshot *snapshot)
{
	const struct lv *origin = snapshot->origin;
	struct claim *claim = &m->claims[m->claim_count];
	int r;

	if (!change_lv_is_active(change, origin)) {
		say(_("%s/%s: will merge when %s is activated"), origin->vg->name,
		    snapshot->store->name, origin->name);
		return 0;
	}
	r = claim_take(change, snapshot, claim);
	if (r < 0)
		return r;
	if (!r) {
		claim_tell(claim, snapshot);
		return 0;
	}
	m->claim_count++;
	r = change_touch_tree(change, origin);
	r = r < 0 ? r : change_want_tree(change, origin, LAYOUT_MERGE_LIVE);
	return r < 0 ? r : wait_for(m, snapshot);
}

/* A merge that is under way already is waited for; one that is held is tried again. */
static int begin_one(struct merging *m, struct change *change, struct lv *lv, bool *edited)
{
	struct snapshot *snapshot = snapshot_of(lv);
	const char *reason;
	int r;

	if (!snapshot)
		return -EINVAL;
	reason = snapshot->merging ? NULL : snapshot_refuse_merge(snapshot);
	if (reason)
		return fail(-EINVAL, "%s/%s: %s", lv->vg->name, lv->name, reason);
	r = check_valid(change, snapshot);
	if (r < 0)
		return r;
	if (!snapshot->merging) {
		snapshot_begin_merge(snapshot);
		*edited = true;
		return 0;
	}
	if (change_lv_is_active(change, snapshot->origin) &&
	    change_merge_now(change, snapshot->origin) == LAYOUT_MERGE_LIVE)
		return wait_for(m, snapshot);
	return hand_over(m, change, snapshot);
}

/* Named twice is once. */
static bool is_among(struct lv *const *lvs, unsigned count, const struct lv *lv)
{
	while (count--)
		if (lv && lvs[count] == lv)
			return true;
	return false;
}

static int begin_all(struct merging *m, struct change *change, const struct target *targets,
		     unsigned count)
{
	struct vg *vg = change_vg(change);
	bool edited[MOST_MERGES] = { false }, begun[MOST_MERGES] = { false }, any = false;
	struct lv *lvs[MOST_MERGES];
	unsigned i, before;
	int r = 0;

	for (i = 0; i < count && !r; i++) {
		lvs[i] = target_lv(vg, &targets[i]);
		if (is_among(lvs, i, lvs[i]))
			continue;
		r = lvs[i] ? target_check_chosen(vg, lvs[i], &targets[i]) : -ENOENT;
		r = r < 0 ? r : begin_one(m, change, lvs[i], &edited[i]);
		any |= edited[i];
	}
	if (!r && any)
		r = change_stage(change, BEFORE_DEVICES);
	for (i = 0; i < count && !r; i++) {
		if (!edited[i])
			continue;
		before = m->wait_count;
		r = hand_over(m, change, lvs[i]->store_of);
		begun[i] = m->wait_count > before;
		r = r < 0 || !begun[i] ? r : change_hand_over(change, lvs[i]);
	}
	r = r < 0 ? r : change_run(change);
	for (i = 0; i < count && !r; i++)
		if (begun[i] && m->session->as_lvm2)
			say("Merging of volume %s/%s started.", vg->name, lvs[i]->name);
	return r;
}

static int begin_group(void *data, const struct target *targets, unsigned count)
{
	struct merging *m = data;
	const unsigned waits_before = m->wait_count;
	AUTO(change) struct change *change = NULL;
	int r;

	if (count > MOST_MERGES - m->wait_count)
		return fail(-E2BIG, _("%s: at most %d merges in one command"), targets[0].vg,
			    MOST_MERGES);
	r = recover_and_begin(m->session, targets[0].vg, 0, &change);
	r = r < 0 ? r : begin_all(m, change, targets, count);
	if (r < 0)
		m->wait_count = waits_before;
	while (m->claim_count)
		claim_release(&m->claims[--m->claim_count]);
	return r;
}

static int wait_or_leave(struct merging *m, const struct merge_options *options)
{
	if (m->session->test || !m->wait_count)
		return 0;
	return options->background
		? poll_in_background(m->session, m->waits, m->wait_count)
		: poll_merges(m->session, m->waits, m->wait_count, options->interval_ms);
}

int merge_snapshots(struct session *session, const struct target *targets, unsigned count,
		    const struct merge_options *options)
{
	AUTO_FREE struct merging *m = calloc(1, sizeof(*m));
	int r, waited;

	if (!m)
		return fail_memory();
	m->session = session;
	m->mem = dm_pool_create("merging", 1024);
	if (!m->mem)
		return fail_memory();
	r = targets_each_group(targets, count, begin_group, m);
	waited = wait_or_leave(m, options);
	dm_pool_destroy(m->mem);
	return r ? r : waited;
}

/* --- calling off --- */

static int cancel_one(struct change *change, struct lv *lv)
{
	struct snapshot *snapshot = lv_is_origin(lv) ? lv_merging_snapshot(lv) : lv->store_of;
	int r;

	if (!snapshot || !snapshot->merging)
		return fail(-EINVAL, _("%s/%s: no merge to call off"), lv->vg->name, lv->name);
	if (change_merge_now(change, lv) == LAYOUT_MERGE_LIVE) {
		r = check_valid(change, snapshot);
		if (r < 0)
			return r;
	}
	if (!change_lv_is_active(change, lv))
		return fail(-EBUSY, _("%s/%s: is not active, so the merge may have begun before"),
			    lv->vg->name, lv->name);
	if (change_merge_now(change, lv) == LAYOUT_MERGE_LIVE)
		return fail(-EBUSY, _("%s/%s: the merge has begun and goes on to its end"),
			    lv->vg->name, lv->name);
	snapshot_cancel_merge(snapshot);
	say(_("%s/%s: will not merge"), lv->vg->name, snapshot->store->name);
	return 0;
}

static int cancel_in(void *data, const struct target *targets, unsigned count)
{
	struct session *session = data;
	AUTO(change) struct change *change = NULL;
	struct lv *lv;
	unsigned i;
	int r;

	r = recover_and_begin(session, targets[0].vg, 0, &change);
	for (i = 0; i < count && !r; i++) {
		lv = target_lv(change_vg(change), &targets[i]);
		r = lv ? cancel_one(change, lv) : -ENOENT;
	}
	r = r < 0 ? r : change_stage(change, BEFORE_DEVICES);
	return r < 0 ? r : change_run(change);
}

int merge_cancel(struct session *session, const struct target *targets, unsigned count)
{
	return targets_each_group(targets, count, cancel_in, session);
}
