/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/validity.h"

#include "base/log.h"
#include "base/text.h"
#include "dm/status.h"
#include "dm/tree.h"
#include "ops/span.h"

static bool is_invalid(const struct snapshot_status *status)
{
	return status->state == SNAPSHOT_INVALID || status->state == SNAPSHOT_OVERFLOW;
}

static int validity_on_disk(struct change *change, const struct lv *store)
{
	struct cow_store cow;
	struct spans spans;
	int r = spans_of(change_catalog(change), store, &spans);

	if (r < 0)
		return r;
	r = cow_open(&cow, store->name, spans.list, spans.count);
	if (!r) {
		r = cow.state == COW_VALID || cow.state == COW_NEW;
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
	if (lv_is_partial(store))
		return fail(-ENODEV,
			    _("%s/%s: is invalid, which cannot be put on its missing device; bring "
			      "that back, or see svgreduce --removemissing"),
			    store->vg->name, store->name);
	r = validity_on_disk(change, store);
	if (r <= 0)
		return r;
	warn(_("%s/%s: its origin went on without it; it is invalid now"), store->vg->name,
	     store->name);
	return change_invalidate_store(change, store, BEFORE_DEVICES);
}

int validity_keep(struct change *change, const struct lv *top)
{
	const struct snapshot *snapshot;
	int r = 0;

	dm_list_iterate_items_gen(snapshot, &top->snapshots, origin_list)
		r = r < 0 ? r : keep_one(change, snapshot);
	return r;
}

int validity_of(struct change *change, const struct snapshot *snapshot)
{
	struct live *live = change_live(change);
	const struct live_device *device = tree_teller(live, snapshot);
	struct snapshot_status status;
	int r = tree_status(live, device, &status);

	if (!r)
		return validity_on_disk(change, snapshot->store);
	return r < 0 ? r : !is_invalid(&status);
}
