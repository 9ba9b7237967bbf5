/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/validity.h"

#include "base/log.h"
#include "base/text.h"
#include "cow/runs.h"
#include "dm/status.h"
#include "dm/tree.h"
#include "model/snapshot.h"
#include "ops/span.h"

#include <inttypes.h>
#include <stdio.h>

static bool is_invalid(const struct snapshot_status *status)
{
	return status->state == SNAPSHOT_INVALID || status->state == SNAPSHOT_OVERFLOW;
}

int validity_lost_header(struct cow_store *cow, const struct snapshot *snapshot)
{
	if (cow->state != COW_NEW)
		return 0;
	if (snapshot_was_hooked(snapshot))
		return 1;
	cow->origin_sectors = snapshot_reach_sectors(snapshot);
	return cow_has_exceptions(cow, snapshot->chunk_size_sectors);
}

static int judge_header(struct cow_store *cow, const struct snapshot *snapshot)
{
	(void)snapshot;
	return cow->state == COW_VALID || cow->state == COW_NEW;
}

static int judge_store(struct cow_store *cow, const struct snapshot *snapshot)
{
	int lost = validity_lost_header(cow, snapshot);

	return lost < 0 ? lost : !lost && judge_header(cow, snapshot);
}

static int judge_waiting(struct cow_store *cow, const struct snapshot *snapshot)
{
	int lost = validity_lost_header(cow, snapshot);

	return lost <= 0 ? lost
			 : fail(-EBADMSG,
				_("%s: damaged exception store: its header is gone; remove it with "
				  "svremove"),
				cow->name);
}

/* The kernel takes them as they are. */
static int judge_exceptions(struct cow_store *cow, const struct snapshot *snapshot)
{
	struct cow_twice twice;
	struct runs runs = { 0 };
	int r = judge_waiting(cow, snapshot);

	if (r < 0)
		return r;
	if (!judge_header(cow, snapshot))
		return fail(-EINVAL, _("%s/%s: is invalid and can only be removed"),
			    snapshot->store->vg->name, snapshot->store->name);
	cow->origin_sectors = snapshot_reach_sectors(snapshot);
	r = runs_read(cow, &runs, &twice);
	runs_release(&runs);
	return r > 0 ? fail(-EBADMSG,
			    _("%s: damaged exception store: chunk %" PRIu64
			      " is named twice; remove it with svremove"),
			    cow->name, twice.chunk)
		     : r;
}

/* Of one that is new nothing would be merged. */
static int judge_merging(struct cow_store *cow, const struct snapshot *snapshot)
{
	return cow->state == COW_NEW
		       ? fail(-EBADMSG,
			      _("%s: damaged exception store: its header is gone; remove it with "
				"svremove"),
			      cow->name)
		       : judge_exceptions(cow, snapshot);
}

/* What judge makes of the store as it is on disk; negative, reported, also if it could not be read. */
static int read_store(struct change *change, const struct snapshot *snapshot,
		      int (*judge)(struct cow_store *cow, const struct snapshot *snapshot))
{
	const struct lv *store = snapshot->store;
	char name[2 * NAME_LEN + 2];
	struct cow_store cow;
	struct spans spans;
	int r = spans_of(change_catalog(change), store, &spans);

	if (r < 0)
		return r;
	snprintf(name, sizeof(name), "%s/%s", store->vg->name, store->name);
	r = cow_open(&cow, name, spans.list, spans.count);
	if (!r) {
		r = judge(&cow, snapshot);
		cow_close(&cow);
	}
	spans_release(&spans);
	return r;
}

/* 1 or 0; negative: nobody knows. */
static int kernel_refutes(struct change *change, const struct snapshot *snapshot)
{
	struct live *live = change_live(change);
	const struct live_device *device = tree_teller(live, snapshot);
	struct snapshot_status status;
	int r;

	if (tree_runs_without(live, snapshot))
		return 1;
	r = tree_status(live, device, &status);
	return r > 0 ? is_invalid(&status) : r;
}

static int keep_one(struct change *change, const struct snapshot *snapshot)
{
	const struct lv *store = snapshot->store;
	int r = kernel_refutes(change, snapshot);

	if (r <= 0)
		return r;
	/* one that the kernel has given up it has marked itself */
	if (lv_is_foreign(store))
		return tree_runs_without(change_live(change), snapshot)
			       ? fail(-EPERM, _("%s/%s: is of a type snapvol does not handle; use LVM2"),
				      store->vg->name, store->name)
			       : 0;
	if (lv_is_partial(store))
		return fail(-ENODEV,
			    _("%s/%s: is invalid, which cannot be put on its missing device; bring "
			      "that back, or see svgreduce --removemissing"),
			    store->vg->name, store->name);
	r = read_store(change, snapshot, judge_header);
	r = r <= 0 ? r : change_check_newest(change) < 0 ? -EIO : 1;
	if (r <= 0)
		return r;
	warn(_("%s/%s: its origin went on without it; it is invalid now"), store->vg->name,
	     store->name);
	return change_invalidate_store(change, store, BEFORE_DEVICES);
}

static int each_snapshot(struct change *change, const struct lv *top,
			 int (*work)(struct change *change, const struct snapshot *snapshot))
{
	const struct snapshot *snapshot;
	int r = 0;

	dm_list_iterate_items_gen(snapshot, &top->snapshots, origin_list)
		r = r < 0 ? r : work(change, snapshot);
	return r;
}

int validity_keep(struct change *change, const struct lv *top)
{
	return each_snapshot(change, top, keep_one);
}

/* The kernel marks its store itself, unless that had an error just then.  1 if that is to be done, or 0. */
static int mark_one(struct change *change, const struct snapshot *snapshot)
{
	const struct lv *store = snapshot->store;
	struct live *live = change_live(change);
	struct snapshot_status status;
	char name[2 * NAME_LEN + 2];
	bool was_hushed;
	int r;

	if (store->vg->unknown || lv_is_foreign(store) || lv_is_partial(store) ||
	    tree_runs_without(live, snapshot))
		return 0;
	r = tree_status(live, tree_teller(live, snapshot), &status);
	if (r <= 0 || status.state != SNAPSHOT_INVALID)
		return r < 0 ? r : 0;
	was_hushed = log_hush(true);
	r = read_store(change, snapshot, judge_header);
	log_hush(was_hushed);
	if (r <= 0)
		return 0;
	snprintf(name, sizeof(name), "%s/%s", store->vg->name, store->name);
	say(_("%s: %s; will be %s"), name, _("is invalid, which its store does not say"),
	    _("marked"));
	r = change_mark_store(change, store);
	return r < 0 ? r : 1;
}

int validity_mark(struct change *change)
{
	const struct snapshot *snapshot;
	int r = 0, marked = 0;

	dm_list_iterate_items(snapshot, &change_vg(change)->snapshots) {
		r = mark_one(change, snapshot);
		if (r < 0)
			return r;
		marked += r;
	}
	return marked;
}

static int judge_lost(struct cow_store *cow, const struct snapshot *snapshot)
{
	(void)snapshot;
	return cow->state == COW_NEW;
}

/* One that the kernel has had since it was taken had a header then. */
static int invalidate_lost(struct change *change, const struct snapshot *snapshot)
{
	const struct lv *store = snapshot->store;
	int r;

	if (snapshot->merging || !snapshot_was_hooked(snapshot) || lv_is_foreign(store) ||
	    lv_is_partial(store) || live_is(change_device(change, store), "snapshot") ||
	    tree_runs_without(change_live(change), snapshot))
		return 0;
	r = read_store(change, snapshot, judge_lost);
	if (r <= 0)
		return r;
	warn(_("%s/%s: its store has lost its header; it is invalid now and can only be removed"),
	     store->vg->name, store->name);
	return change_write_off_store(change, store);
}

int validity_invalidate_lost(struct change *change, const struct lv *top)
{
	return each_snapshot(change, top, invalidate_lost);
}

int validity_of(struct change *change, const struct snapshot *snapshot)
{
	struct live *live = change_live(change);
	const struct live_device *device = tree_teller(live, snapshot);
	struct snapshot_status status;
	int r;

	if (tree_runs_without(live, snapshot))
		return 0;
	r = tree_status(live, device, &status);
	if (!r)
		return read_store(change, snapshot, judge_store);
	return r < 0 ? r : !is_invalid(&status);
}

int validity_of_exceptions(struct change *change, const struct snapshot *snapshot)
{
	if (lv_is_foreign(snapshot->store))
		return 0;
	return read_store(change, snapshot, judge_exceptions);
}

int validity_of_waiting(struct change *change, const struct snapshot *snapshot)
{
	if (lv_is_foreign(snapshot->store) || lv_is_partial(snapshot->store))
		return 0;
	return read_store(change, snapshot, judge_waiting);
}

int validity_of_merging(struct change *change, const struct snapshot *snapshot)
{
	return read_store(change, snapshot, judge_merging);
}
