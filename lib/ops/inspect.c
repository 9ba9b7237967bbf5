/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/inspect.h"

#include "base/auto.h"
#include "base/conf.h"
#include "base/log.h"
#include "base/text.h"
#include "base/units.h"
#include "cow/runs.h"
#include "dm/compare.h"
#include "dm/name.h"
#include "dm/nodes.h"
#include "dm/status.h"
#include "dm/table.h"
#include "dm/tree.h"
#include "model/snapshot.h"
#include "ops/examine.h"
#include "ops/finding.h"
#include "ops/marker.h"
#include "ops/span.h"
#include "ops/validity.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* --- devices --- */

/* About a device: of its volume if there is one, else of the group. */
static void found_device(const struct inspection *i, enum finding_kind kind,
			 const struct item *item, const char *text)
{
	bool known;
	const struct lv *lv = tree_lv_of(i->vg, item->node->uuid, &known);

	if (lv)
		found_lv(i->findings, kind, lv, _("device %s %s"), item->node->name, text);
	else
		found(i->findings, kind, _("device %s %s"), item->node->name, text);
}

/* While a snapshot merges LVM2 keeps its device as an error target, and names that of the store after it;
 * what is left of an unfinished volume goes with that. */
static bool is_excused(const struct inspection *i, const struct item *item)
{
	bool known;
	const struct lv *lv = tree_lv_of(i->vg, item->node->uuid, &known);

	if (!lv || lv_is_unfinished(lv))
		return lv;
	if (!lv->store_of || !lv->store_of->merging || !item->live)
		return false;
	if (item->new_name || live_is(item->live, "error")) {
		found_device(i, FOUND_LVM2_MERGE, item, _("is as LVM2 has it while it merges"));
		return true;
	}
	return false;
}

/* What it means that there is such work to be done about a device. */
static const struct fault {
	enum finding_kind kind;
	const char *text; /* N_(); NULL: nothing */
} faults[] = {
	[ITEM_KEEP] = { FOUND_SOUND, NULL },
	[ITEM_CREATE] = { FOUND_MISSING_DEVICE, N_("is missing") },
	[ITEM_FILL] = { FOUND_MISSING_DEVICE, N_("has no table") },
	[ITEM_GROW] = { FOUND_WRONG_TABLE, N_("has another table than the metadata say") },
	[ITEM_SWAP] = { FOUND_WRONG_TABLE, N_("has another table than the metadata say") },
	[ITEM_FREEZE] = { FOUND_WRONG_TABLE, N_("has another table than the metadata say") },
	[ITEM_HAND_OVER] = { FOUND_STRAY, N_("stands for nothing in the metadata") },
	[ITEM_REMOVE] = { FOUND_STRAY, N_("stands for nothing in the metadata") },
	[ITEM_REMOVE_LATE] = { FOUND_STRAY, N_("stands for nothing in the metadata") },
	[ITEM_LEAVE] = { FOUND_SOUND, NULL },
};

static void inspect_item(const struct inspection *i, const struct item *item)
{
	const struct fault *fault = &faults[item->work];

	if (item->live && item->live->suspended)
		found_device(i, FOUND_SUSPENDED, item, _("is suspended: whoever uses it waits"));
	if (item->live && item->live->has_inactive)
		found_device(i, FOUND_INACTIVE_TABLE, item, _("has an inactive table"));
	/* one may be frozen for the sake of others */
	if (fault->text && (item->work != ITEM_FREEZE || item->load) &&
	    (fault->kind != FOUND_STRAY || !is_excused(i, item)))
		found_device(i, fault->kind, item, _(fault->text));
	if (item->new_name && !is_excused(i, item))
		found_device(i, FOUND_WRONG_NAME, item, _("has an old name"));
}

static int lay_out(const struct inspection *i, struct layout *wanted)
{
	struct live_device *device;
	const struct lv *lv;
	int r = 0;

	dm_list_iterate_items(device, &i->live->devices) {
		lv = tree_to_lay_out(i->vg, device);
		if (lv && !r)
			r = layout_add_tree(wanted, lv, tree_merge_now(i->live, lv));
	}
	return r;
}

static int compare(struct inspection *i, struct layout *wanted)
{
	struct comparison comparison = { 0 };
	unsigned k;
	int r = lay_out(i, wanted);

	r = r ? r : live_take_layout(i->live, wanted);
	r = r ? r : compare_devices(i->findings->mem, wanted, i->live, &comparison);
	for (k = 0; k < comparison.count; k++)
		inspect_item(i, &comparison.items[k]);
	return r;
}

int inspect_devices(struct inspection *i)
{
	AUTO(layout) struct layout *wanted = NULL;
	int r;

	findings_listen(i->findings);
	r = layout_new(&wanted);
	r = r < 0 ? r : live_take_group(i->live, i->vg);
	r = r < 0 ? r : compare(i, wanted);
	findings_hush(i->findings);
	if (r == -EEXIST)
		found_heard(i->findings, FOUND_DISAGREEMENT, NULL);
	else if (r < 0)
		found_heard(i->findings, FOUND_UNTOLD, NULL);
	return r == -ENOMEM ? r : 0;
}

/* --- snapshots --- */

/* What a store is filled by. */
struct fill {
	const struct snapshot_status *status;
	uint32_t chunk_sectors; /* as kernel or header have it; 0: neither does */
};

/* Beyond a certain size a store has room for every chunk of its origin. */
static bool can_fill_up(const struct snapshot *snapshot, const struct fill *fill)
{
	uint32_t chunk = fill->chunk_sectors;

	chunk = chunk ? chunk : snapshot->chunk_size_sectors;
	return !cow_chunk_is_valid(chunk) ||
	       fill->status->total_sectors <
		       cow_max_sectors(snapshot_size_sectors(snapshot), chunk);
}

static struct finding *tell_fill(const struct inspection *i, const struct snapshot *snapshot,
				 const struct fill *fill, const char *when)
{
	const struct snapshot_status *status = fill->status;
	const uint32_t percent = status_percent(status);
	enum finding_kind kind = snapshot->merging ? FOUND_MERGE_PENDING : FOUND_VALID;
	struct finding *finding;

	if (status->merge)
		kind = FOUND_MERGING;
	else if (percent >= i->warn_percent * 100 && can_fill_up(snapshot, fill))
		kind = FOUND_NEARLY_FULL;
	finding = found_lv(i->findings, kind, snapshot->store, _("%s, %u.%02u%% full"), when,
			   percent / 100, percent % 100);
	if (finding) {
		finding->used_sectors = status->used_sectors;
		finding->size_sectors = status->total_sectors;
	}
	return finding;
}

static const char *word_of(const struct snapshot *snapshot, const struct snapshot_status *status)
{
	if (status->merge)
		return _("valid, merging into its origin");
	return snapshot->merging ? _("valid, its merge waits until nobody uses it") : _("valid");
}

static const struct fault states[] = {
	[SNAPSHOT_UNKNOWN] = { FOUND_UNTOLD, N_("the kernel does not tell its state") },
	[SNAPSHOT_INVALID] = { FOUND_INVALID,
			       N_("is invalid: its store was full or had an error") },
	[SNAPSHOT_OVERFLOW] = { FOUND_OVERFLOW, N_("is invalid: its store is full") },
	[SNAPSHOT_MERGE_FAILED] = { FOUND_MERGE_FAILED, N_("its merge has failed") },
};

static void tell_status(const struct inspection *i, const struct snapshot *snapshot,
			const struct live_device *device)
{
	struct snapshot_status status = { 0 };
	const struct fill fill = { &status, table_store_chunk(device->table) };
	const struct fault *state;

	status_snapshot(device->name, &status);
	state = &states[status.state];
	if (status.state == SNAPSHOT_GOOD)
		tell_fill(i, snapshot, &fill, word_of(snapshot, &status));
	else
		found_lv(i->findings, state->kind, snapshot->store, "%s", _(state->text));
}

void inspect_snapshots(struct inspection *i)
{
	const struct snapshot *snapshot;
	const struct live_device *device;

	dm_list_iterate_items(snapshot, &i->vg->snapshots) {
		if (!findings_want(i->findings, snapshot->store))
			continue;
		device = tree_teller(i->live, snapshot);
		if (tree_runs_without(i->live, snapshot)) {
			found_lv(i->findings, FOUND_MISSED_WRITES, snapshot->store,
				 _("its origin is active without it: it may have missed writes"));
		} else if (device) {
			tell_status(i, snapshot, device);
		}
	}
}

/* --- stores --- */

struct reading {
	const struct inspection *inspection;
	const struct snapshot *snapshot;
	char name[2 * NAME_LEN + 2];
	bool active; /* the kernel has said how it is */
	bool given_up;		     /* and that it is invalid */
	uint32_t live_chunk_sectors; /* what the kernel takes for a chunk of it; 0: not active */
	struct cow_store store;
};

/* One that was read well, on the inspection's list. */
struct store_read {
	struct dm_list list;
	char id[ID_LEN + 1];
	const struct finding *finding; /* NULL: the kernel told how full it is */
};

static void note_read(const struct reading *reading, const struct finding *finding)
{
	const struct inspection *i = reading->inspection;
	struct store_read *noted = dm_pool_zalloc(i->findings->mem, sizeof(*noted));

	if (!noted)
		return;
	memcpy(noted->id, reading->snapshot->store->id, sizeof(noted->id));
	noted->finding = finding;
	dm_list_add(i->read, &noted->list);
}

/* Whether it has been read: then what was found is found again. */
static bool is_read(const struct reading *reading)
{
	const struct inspection *i = reading->inspection;
	const struct lv *store = reading->snapshot->store;
	const struct store_read *noted;
	struct finding *again;

	dm_list_iterate_items(noted, i->read) {
		if (strcmp(noted->id, store->id) != 0 || (!noted->finding && !reading->active))
			continue;
		if (reading->active)
			return true;
		again = found_lv(i->findings, noted->finding->kind, store, "%s",
				 noted->finding->text);
		if (again) {
			again->used_sectors = noted->finding->used_sectors;
			again->size_sectors = noted->finding->size_sectors;
		}
		return true;
	}
	return false;
}

static void found_flaw(const struct reading *reading, int r, const struct cow_twice *twice)
{
	struct findings *findings = reading->inspection->findings;
	const struct lv *lv = reading->snapshot->store;

	if (r == -EBADMSG)
		found_heard(findings, FOUND_BAD_EXCEPTION, lv);
	else if (r < 0)
		found_heard(findings, FOUND_UNTOLD, lv);
	else if (r)
		found_lv(findings, FOUND_TWICE, lv,
			 _("damaged exception store: chunk %" PRIu64 " of the %s is named twice"),
			 twice->chunk, twice->kind == COW_TWICE_STORE ? _("store") : _("origin"));
	else if (reading->store.disordered)
		found_lv(findings, FOUND_DISORDER, lv,
			 _("the exceptions in its store are not in order"));
}

static void read_exceptions(struct reading *reading)
{
	const struct snapshot *snapshot = reading->snapshot;
	struct cow_store *store = &reading->store;
	struct runs runs = { 0 };
	struct cow_twice twice;
	struct snapshot_status status = { .state = SNAPSHOT_GOOD };
	const struct fill fill = { &status, store->chunk_sectors };
	const struct finding *finding = NULL;
	int r;

	store->origin_sectors = snapshot_reach_sectors(snapshot);
	findings_listen(reading->inspection->findings);
	r = runs_read(store, &runs, &twice);
	findings_hush(reading->inspection->findings);
	runs_release(&runs);
	found_flaw(reading, r, &twice);
	if (r)
		return;
	status.used_sectors = cow_used_sectors(store);
	status.metadata_sectors = cow_metadata_sectors(store);
	status.total_sectors = store->size_sectors;
	if (!reading->active)
		finding = tell_fill(reading->inspection, snapshot, &fill, _("valid, inactive"));
	if (!store->disordered &&
	    (!store->chunk_sectors || store->chunk_sectors == snapshot->chunk_size_sectors))
		note_read(reading, finding);
}

/* LVM2 attaches a store that is kept with whatever chunk size it is told, and the header's holds; but that may
 * as well have been damaged.  Whether the exceptions are worth reading. */
static bool check_chunk(const struct reading *reading)
{
	struct findings *findings = reading->inspection->findings;
	const struct snapshot *snapshot = reading->snapshot;
	uint32_t chunk = reading->store.chunk_sectors;
	char size[SIZE_TEXT], other[SIZE_TEXT];

	size_print(chunk, size);
	if (chunk && reading->live_chunk_sectors && chunk != reading->live_chunk_sectors) {
		found_lv(findings, FOUND_BAD_HEADER, snapshot->store,
			 _("damaged exception store: its header has chunks of %s, the kernel of %s"),
			 size, size_print(reading->live_chunk_sectors, other));
		return false;
	}
	if (chunk && chunk != snapshot->chunk_size_sectors)
		found_lv(findings, FOUND_OTHER_CHUNK, snapshot->store,
			 _("the header of its store has chunks of %s, the metadata of %s"), size,
			 size_print(snapshot->chunk_size_sectors, other));
	return true;
}

/* The kernel writes the header while it loads the table (dm-snap-persistent.c: persistent_read_metadata), so that
 * what it has at work is never new. */
static enum cow_state state_of(const struct reading *reading)
{
	if (reading->store.state == COW_NEW && reading->live_chunk_sectors)
		return COW_UNSOUND;
	return reading->store.state;
}

/* Whether it is none that has lost its header. */
static bool check_new(struct reading *reading)
{
	struct findings *findings = reading->inspection->findings;
	const struct snapshot *snapshot = reading->snapshot;
	int lost;

	findings_listen(findings);
	lost = validity_lost_header(&reading->store, snapshot);
	findings_hush(findings);
	if (lost < 0)
		found_heard(findings, FOUND_UNTOLD, snapshot->store);
	else if (lost && (snapshot->merging || snapshot_was_hooked(snapshot)))
		found_lv(findings, FOUND_BAD_HEADER, snapshot->store,
			 _("damaged exception store: its header is gone"));
	else if (lost)
		found_lv(findings, FOUND_LOST_HEADER, snapshot->store,
			 _("its store has no header, as if it were new, but exceptions"));
	return !lost;
}

/* What the kernel calls invalid is so whatever lies on disk, but for as long as it runs. */
static void check_mark(struct reading *reading)
{
	if (reading->store.state == COW_VALID || reading->store.state == COW_NEW)
		found_lv(reading->inspection->findings, FOUND_UNMARKED, reading->snapshot->store,
			 "%s", _("is invalid, which its store does not say"));
}

static void read_store(struct reading *reading)
{
	struct findings *findings = reading->inspection->findings;
	const struct lv *lv = reading->snapshot->store;

	switch (state_of(reading)) {
	case COW_NEW:
		if (reading->active || check_new(reading))
			read_exceptions(reading);
		break;
	case COW_VALID:
		if (check_chunk(reading))
			read_exceptions(reading);
		break;
	case COW_INVALID:
		found_lv(findings, FOUND_INVALID, lv,
			 _("is invalid: the header of its store says so"));
		break;
	case COW_UNSOUND:
		found_lv(findings, FOUND_BAD_HEADER, lv,
			 _("damaged exception store: its header is not one"));
		break;
	}
}

static int open_store(struct reading *reading, const struct catalog *catalog, struct spans *spans)
{
	struct findings *findings = reading->inspection->findings;
	int r;

	findings_listen(findings);
	r = spans_of(catalog, reading->snapshot->store, spans);
	r = r < 0 ? r : cow_open(&reading->store, reading->name, spans->list, spans->count);
	findings_hush(findings);
	if (r < 0 && !reading->given_up)
		found_heard(findings, FOUND_UNTOLD, reading->snapshot->store);
	return r;
}

/* What lies on a missing device is found by others. */
static bool is_worth_reading(struct reading *reading)
{
	const struct inspection *i = reading->inspection;
	const struct snapshot *snapshot = reading->snapshot;
	const struct live_device *device = tree_teller(i->live, snapshot);
	struct snapshot_status status = { .state = SNAPSHOT_GOOD };

	reading->active = device != NULL;
	reading->live_chunk_sectors = device ? table_store_chunk(device->table) : 0;
	if (!findings_want(i->findings, snapshot->store) || lv_is_partial(snapshot->store) ||
	    tree_runs_without(i->live, snapshot))
		return false;
	if (device && status_snapshot(device->name, &status) <= 0)
		return false;
	reading->given_up = status.state == SNAPSHOT_INVALID;
	if (reading->given_up)
		return !lv_is_foreign(snapshot->store) && !i->vg->unknown;
	if (status.state != SNAPSHOT_GOOD)
		return false;
	if (!lv_is_foreign(snapshot->store))
		return true;
	found_lv(i->findings, FOUND_UNTOLD, snapshot->store, "%s",
		 device ? _("its store is of a type that cannot be read")
			: _("is inactive, and its store of a type that cannot be read"));
	return false;
}

void inspect_stores(struct inspection *i, const struct catalog *catalog)
{
	const struct snapshot *snapshot;

	dm_list_iterate_items(snapshot, &i->vg->snapshots) {
		struct reading reading = { .inspection = i, .snapshot = snapshot };
		struct spans spans = { 0 };

		snprintf(reading.name, sizeof(reading.name), "%s/%s", i->vg->name,
			 snapshot->store->name);
		if (!is_worth_reading(&reading) || (!reading.given_up && is_read(&reading)))
			continue;
		if (!open_store(&reading, catalog, &spans))
			(reading.given_up ? check_mark : read_store)(&reading);
		cow_close(&reading.store);
		spans_release(&spans);
	}
}

/* --- leavings --- */

/* What of it is given back goes with its device. */
static bool is_to_go(const struct inspection *i, const struct lv *lv)
{
	return lv_is_unfinished(lv) || (lv->store_of && tree_merge_is_done(i->live, lv->store_of));
}

static void found_node(void *data, enum node_fault fault, const char *path,
		       const struct dm_node *node)
{
	struct inspection *i = data;
	bool known;
	const struct lv *lv = node ? tree_lv_of(i->vg, node->uuid, &known) : NULL;

	if (!lv)
		found(i->findings, FOUND_STALE_NODE, "%s %s", path,
		      _("is of a device that is gone or has another name"));
	else if (is_to_go(i, lv))
		return;
	else if (fault == NODE_MISSING)
		found_lv(i->findings, FOUND_MISSING_NODE, lv, "%s %s", path, _("is missing"));
	else
		found_lv(i->findings, FOUND_WRONG_NODE, lv, "%s %s", path,
			 _("is not that of its device"));
}

static void inspect_nodes(struct inspection *i, const struct conf *conf)
{
	AUTO(layout) struct layout *wanted = NULL;
	struct nodes nodes = {
		.live = i->live,
		.vg_name = i->vg->name,
		.dev_dir = conf_text(conf, "devices/dir"),
		.tell = found_node,
		.data = i,
	};
	int r;

	findings_listen(i->findings);
	r = layout_new(&wanted);
	r = r < 0 ? r : lay_out(i, wanted);
	findings_hush(i->findings);
	if (r < 0 || i->live->failed)
		return;
	nodes.wanted = wanted;
	nodes_settle(&nodes);
}

void inspect_leavings(struct inspection *i, const struct conf *conf)
{
	const struct snapshot *snapshot;

	if (marker_exists(conf, i->vg->id))
		found(i->findings, FOUND_INTERRUPTED, _("a command died at work on it"));
	examine_unfinished(i->vg, i->findings);
	dm_list_iterate_items(snapshot, &i->vg->snapshots)
		if (tree_merge_is_done(i->live, snapshot))
			found_lv(i->findings, FOUND_MERGED, snapshot->store,
				 _("all of it is merged into %s/%s, which is to be finished"),
				 i->vg->name, snapshot->origin->name);
	if (conf_bool(conf, "activation/enabled"))
		inspect_nodes(i, conf);
}
