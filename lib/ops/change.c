/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/change.h"

#include "base/auto.h"
#include "base/conf.h"
#include "base/log.h"
#include "base/text.h"
#include "base/units.h"
#include "dm/name.h"
#include "dm/nodes.h"
#include "dm/run.h"
#include "dm/status.h"
#include "dm/tree.h"
#include "model/check.h"
#include "model/snapshot.h"
#include "ops/admit.h"
#include "ops/discard.h"
#include "ops/locks.h"
#include "ops/marker.h"
#include "ops/session.h"
#include "ops/span.h"
#include "ops/volumelist.h"
#include "store/catalog.h"
#include "store/transaction.h"

#include <stdio.h>
#include <string.h>

enum {
	PASSING_MS = 200, /* for one device */
	MOST_NAMES = 4,	  /* that a group gets while its lock is waited for */
};

struct act_list {
	struct plan_act *acts; /* malloc'd */
	unsigned count;
};

struct store_act {
	struct store_act *next; /* of the change's */
	struct change *change;
	const char *name, *uuid;
	struct spans spans;
	uint32_t chunk_sectors; /* of one that is zeroed */
	struct cow_header was;
};

struct change {
	struct session *session;
	const char *vg_name;
	unsigned flags; /* enum change_flags */
	struct lock *global, *lock;
	struct catalog *catalog;	 /* the session's, read under the lock */
	struct live *live;		 /* likewise */
	struct group *group;		 /* NULL while it is being created */
	struct vg *vg;			 /* the group's, or own */
	struct vg *own;			 /* being created, or in the other's place; or NULL */
	unsigned had_pvs, had_lvs;	 /* devices and visible volumes at the beginning */
	struct transaction *transaction; /* begun by the first stage or act on a store */
	struct layout *wanted;
	struct dm_pool *mem;
	struct act_list acts[2]; /* by enum when */
	struct store_act *store_acts;
	const char *handovers; /* what the marker says of merges (ops/marker.h) */
	struct change *leader, *beside; /* the other group of two, if there is one */
	struct run_result result;	/* of the last run, also while it runs */
	struct used_extents *used;	/* before; NULL: freed ones are not discarded */
	bool records_freeze;
	bool keeps_marker, keeps_marker_though_done, leaves_marker;
	enum { NOT_ASKED, CERTAIN, DOUBTFUL } doubt; /* whether the metadata are the newest */
	uint64_t kept_size; /* of the marker that is kept */
	bool did_something;
	bool left_something; /* by a run that failed */
	bool left_unmarked;
};

static uint64_t extent_size_of_new(const struct conf *conf)
{
	static const uint64_t sectors_of_kib = 2;

	return conf_number(conf, "allocation/physical_extent_size") * sectors_of_kib;
}

/* Its devices are known by its identity. */
static int stand_in_for_unread(struct change *change, const char *id)
{
	change->own = vg_new(change->vg_name, extent_size_of_new(change->session->conf));
	if (!change->own)
		return fail_memory();
	snprintf(change->own->id, sizeof(change->own->id), "%s", id);
	change->vg = change->own;
	return 0;
}

/* What a dead command left frozen does not wait until the group can be changed; recover_failed(), which names the group
 * by its identity, is at that already. */
static int leave_frozen(const struct change *change, int r)
{
	struct session *session = change->session;

	if (!session->test && !session->group_id && marker_exists(session->conf, change->group->id))
		session_left_unsettled(session, change->group->id);
	return r;
}

/* Who makes a group, restores one or is about exported ones may mean any of several. */
static struct group *find_named(const struct change *change, bool *ambiguous)
{
	const char *id = change->session->group_id;

	*ambiguous = false;
	if (id)
		return catalog_find_group_id(change->catalog, id);
	if (change->flags & (CHANGE_CREATE | CHANGE_EXPORTED | CHANGE_REPLACE))
		return catalog_find_group(change->catalog, change->vg_name, ambiguous);
	return admit_find(change->session, change->catalog, change->vg_name, ambiguous);
}

static int find_group(struct change *change)
{
	const char *id = change->session->group_id;
	bool ambiguous;
	int r;

	change->group = find_named(change, &ambiguous);
	if (change->flags & CHANGE_CREATE) {
		if (change->group && (change->group->vg || !(change->flags & CHANGE_UNREADABLE)))
			return fail(-EEXIST, _("%s: group exists already"), change->vg_name);
		change->group = NULL;
		change->own = vg_new(change->vg_name, extent_size_of_new(change->session->conf));
		change->vg = change->own;
		return change->vg ? 0 : fail_memory();
	}

	if (!change->group && id && change->flags & CHANGE_NONE)
		return stand_in_for_unread(change, id);
	if (!change->group)
		return fail(-ENOENT, _("%s: no such group"), change->vg_name);
	if (ambiguous)
		return fail(-ENOTUNIQ,
			    _("%s: several groups have this name; rename one by its UUID"),
			    change->vg_name);
	change->vg = change->group->vg;
	if (!change->vg && change->flags & CHANGE_NONE)
		return stand_in_for_unread(change, change->group->id);
	r = admit_change(change->session, change->catalog, change->group, change->flags);
	return r < 0 ? leave_frozen(change, r) : r;
}

static void count_members(struct change *change)
{
	change->had_pvs = dm_list_size(&change->vg->pvs);
	change->had_lvs = vg_visible_lvs(change->vg);
}

int change_replace(struct change *change, struct vg **vg)
{
	vg_free(&change->own);
	change->own = TAKE(*vg);
	change->vg = change->own;
	volumelist_mark(change->session->conf, change->vg);
	count_members(change);
	return admit_vg(change->session, change->group, change->vg, change->flags);
}

static int read_group(struct change *change)
{
	int r = find_group(change);

	if (r < 0)
		return r;
	count_members(change);
	r = session_live(change->session, &change->live);
	if (r < 0)
		return r;
	/* another group of this name may be active, too: its devices are not ours to plan with */
	change->live->owner = dm_uuid_prefix_of(change->live->mem, change->vg);
	if (!change->live->owner)
		return -ENOMEM;
	if (change->own || !conf_bool(change->session->conf, "devices/issue_discards"))
		return 0;
	return used_extents_new(change->vg, &change->used);
}

static int take_locks(struct change *change)
{
	int r;

	if (change->flags & CHANGE_TRY) {
		r = lock_try_group(change->session, change->vg_name, &change->lock);
		return r ? r : -EAGAIN;
	}
	if (change->flags & CHANGE_GLOBAL) {
		r = lock_global(change->session, LOCK_EXCLUSIVE, &change->global);
		if (r < 0)
			return r;
	}
	return lock_group(change->session, change->vg_name, LOCK_EXCLUSIVE, &change->lock);
}

static int lock_and_look(struct change *change)
{
	int r = take_locks(change);

	if (r < 0)
		return r;
	session_forget(change->session);
	return session_catalog(change->session, &change->catalog);
}

/* Of a group that is meant by its identity: another one than that whose lock was taken, or NULL. */
static const char *other_name(const struct change *change)
{
	const char *id = change->session->group_id;
	const struct group *group = id ? catalog_find_group_id(change->catalog, id) : NULL;

	return group && *group->name && strcmp(group->name, change->vg_name) != 0 ? group->name
										  : NULL;
}

/* The name was read without a lock, and may have been changed while that was waited for. */
static int lock_by_its_name(struct change *change)
{
	unsigned tries = MOST_NAMES;
	const char *name;
	int r;

	while (tries--) {
		r = lock_and_look(change);
		name = r < 0 ? NULL : other_name(change);
		if (!name)
			return r;
		change->vg_name = dm_pool_strdup(change->mem, name);
		lock_free(&change->lock);
		lock_free(&change->global);
		if (!change->vg_name)
			return fail_memory();
	}
	return fail(-EAGAIN, _("%s: gets other names all the time; try again"), change->vg_name);
}

static int begin(struct change *change)
{
	int r = lock_by_its_name(change);

	if (r < 0)
		return r;
	r = layout_new(&change->wanted);
	return r < 0 ? r : read_group(change);
}

static struct change *new_change(struct session *session, const char *vg_name, unsigned flags)
{
	struct dm_pool *mem = dm_pool_create("change", 1024);
	struct change *new = mem ? dm_pool_zalloc(mem, sizeof(*new)) : NULL;

	if (!new) {
		if (mem)
			dm_pool_destroy(mem);
		fail_memory();
		return NULL;
	}
	new->mem = mem;
	new->handovers = "";
	new->session = session;
	new->vg_name = dm_pool_strdup(mem, vg_name);
	new->flags = flags;
	return new;
}

int change_begin(struct session *session, const char *vg_name, unsigned flags,
		 struct change **change)
{
	struct change *new = new_change(session, vg_name, flags);
	int r;

	if (!new)
		return -ENOMEM;
	r = new->vg_name ? begin(new) : fail_memory();
	if (r < 0) {
		change_free(&new);
		return r;
	}
	*change = new;
	return 0;
}

int change_begin_beside(struct change *leader, const char *vg_name, unsigned flags,
			struct change **change)
{
	struct change *new = new_change(leader->session, vg_name, flags);
	int r;

	if (!new)
		return -ENOMEM;
	new->leader = leader;
	new->catalog = leader->catalog;
	new->live = leader->live;
	r = new->vg_name ? find_group(new) : fail_memory();
	if (r < 0) {
		change_free(&new);
		return r;
	}
	leader->beside = new;
	*change = new;
	return 0;
}

void change_free(struct change **change)
{
	struct change *old = *change;
	struct store_act *act;

	if (!old)
		return;
	*change = NULL;
	used_extents_free(&old->used);
	transaction_free(&old->transaction);
	vg_free(&old->own);
	layout_free(&old->wanted);
	free(old->acts[BEFORE_DEVICES].acts);
	free(old->acts[AFTER_DEVICES].acts);
	for (act = old->store_acts; act; act = act->next)
		spans_release(&act->spans);
	if (!old->leader)
		session_forget(old->session);
	lock_free(&old->lock);
	lock_free(&old->global);
	dm_pool_destroy(old->mem);
}

void change_free_but_lock(struct change **change, struct lock **lock)
{
	*lock = TAKE((*change)->lock);
	change_free(change);
}

struct vg *change_vg(const struct change *change)
{
	return change->vg;
}

bool change_is_doubtful(struct change *change)
{
	if (change->doubt == NOT_ASKED)
		change->doubt = change->group && admit_doubts(change->session, change->catalog,
							      change->group)
					? DOUBTFUL
					: CERTAIN;
	return change->doubt == DOUBTFUL;
}

int change_tell_doubt(const struct change *change)
{
	return admit_change(change->session, change->catalog, change->group, 0);
}

int change_check_newest(const struct change *change)
{
	return change->group && !change->own ? admit_newest(change->session, change->group) : 0;
}

static const struct disk *find_read_only(const struct change *change)
{
	const struct disk *disk;

	if (change->group)
		dm_list_iterate_items(disk, &change->catalog->disks)
			if (disk->group == change->group && disk->candidate->read_only)
				return disk;
	return NULL;
}

int change_check_writable(const struct change *change)
{
	const struct disk *disk = find_read_only(change);

	return disk ? fail(-EROFS, _("%s: is read-only"), disk->candidate->path) : 0;
}

bool change_may_commit(const struct change *change)
{
	const struct vg *vg = change->vg;

	return !vg->unknown && !(vg->flags & VG_PARTIAL) && (vg->flags & VG_WRITE) &&
	       !find_read_only(change) &&
	       !(change->group && (change->group->mismatched || change->group->duplicated ||
				   change->group->unread_areas || change->group->overlaid));
}

struct live *change_live(const struct change *change)
{
	return change->live;
}

struct catalog *change_catalog(const struct change *change)
{
	return change->catalog;
}

bool change_did_something(const struct change *change)
{
	return change->did_something;
}

struct session *change_session(const struct change *change)
{
	return change->session;
}

int change_lock_fd(const struct change *change)
{
	return lock_fd(change->lock);
}

uint64_t change_freeze_ns(const struct change *change)
{
	return change->result.freeze_ns;
}

/* --- what the kernel has --- */

bool change_lv_is_active(const struct change *change, const struct lv *lv)
{
	return tree_device(change->live, lv_tree_top(lv)) != NULL;
}

struct live_device *change_device(struct change *change, const struct lv *lv)
{
	return tree_device(change->live, lv);
}

enum layout_merge change_merge_now(struct change *change, const struct lv *lv)
{
	return tree_merge_now(change->live, lv);
}

static int touch(struct change *change, const struct lv *lv, const char *layer)
{
	const char *uuid = dm_uuid_of(change->mem, lv, layer);
	int r = uuid ? live_take(change->live, uuid) : -ENOMEM;

	return r < 0 ? r : 0;
}

int change_touch_top(struct change *change, const struct lv *lv)
{
	return touch(change, lv_tree_top(lv), NULL);
}

int change_touch_tree(struct change *change, const struct lv *lv)
{
	const struct lv *top = lv_tree_top(lv);
	const struct snapshot *snapshot;
	int r = change_touch_top(change, top);

	r = r < 0 ? r : touch(change, top, LAYER_REAL);
	r = r < 0 ? r : touch(change, top, LAYER_COW);
	dm_list_iterate_items_gen(snapshot, &top->snapshots, origin_list) {
		r = r < 0 ? r : touch(change, snapshot->store, NULL);
		r = r < 0 ? r : touch(change, snapshot->store, LAYER_COW);
	}
	return r;
}

/* --- steps of our own --- */

int change_act(struct change *change, enum when when, const struct plan_act *act)
{
	struct act_list *list = &(change->leader ? change->leader : change)->acts[when];
	struct plan_act *more = reallocarray(list->acts, list->count + 1, sizeof(*more));

	if (!more)
		return fail_memory();
	list->acts = more;
	list->acts[list->count++] = *act;
	return 0;
}

int change_open(struct change *change)
{
	if (change->transaction)
		return 0;
	return transaction_begin(change->catalog, change->group, change->session->command,
				 &change->transaction);
}

void change_record_freeze(struct change *change)
{
	change->records_freeze = true;
}

static void fill_freeze(struct change *change)
{
	const uint64_t ms = divide_up(change->result.freeze_ns, 1000000);
	char text[sizeof(FREEZE_TAG_BLANK)];

	snprintf(text, sizeof(text), FREEZE_TAG "=%07u",
		 ms < FREEZE_MS_MAX ? (unsigned)ms : FREEZE_MS_MAX);
	transaction_fill(change->transaction, FREEZE_TAG_BLANK, text);
}

static int run_commit(void *data)
{
	struct change *change = data;

	if (change->records_freeze && change->result.freeze_ns)
		fill_freeze(change);
	return transaction_commit(change->transaction);
}

/* Devices that both groups of two list hold the text of the one that wrote last. */
static int undo_commit(void *data)
{
	struct change *change = data, *other = change->leader ? change->leader : change->beside;
	int r = transaction_restore(change->transaction);

	return r < 0 || !other ? r : transaction_restore(other->transaction);
}

int change_stage(struct change *change, enum when when)
{
	struct plan_act act = { .run = run_commit, .data = change };
	int r;

	r = vg_check(change->vg);
	r = r < 0 ? r : vg_check_limits(change->vg, change->had_pvs, change->had_lvs);
	if (r < 0)
		return r;
	r = change_open(change);
	if (r < 0)
		return r;
	r = transaction_stage(change->transaction, change->vg);
	if (r < 0)
		return r;

	act.text = dm_pool_zalloc(change->mem, NAME_LEN + 32);
	if (!act.text)
		return fail_memory();
	snprintf((char *)act.text, NAME_LEN + 32, "commit  %s seqno %u", change->vg->name,
		 change->vg->seqno);
	if (when == BEFORE_DEVICES &&
	    (!(change->flags & CHANGE_CREATE) || change->leader || change->beside))
		act.undo = undo_commit;
	return change_act(change, when, &act);
}

static int run_zero(void *data)
{
	struct store_act *act = data;

	return cow_zero(act->name, act->spans.list, act->spans.count, act->chunk_sectors);
}

static int run_sync(void *data)
{
	struct store_act *act = data;

	return cow_sync(act->spans.list, act->spans.count, act->chunk_sectors);
}

static int run_invalidate(void *data)
{
	struct store_act *act = data;

	return cow_invalidate(act->name, act->spans.list, act->spans.count, &act->was);
}

/* Should the kernel have given the snapshot up meanwhile, its word stands.  It tells its state only when it has
 * written it. */
static int revalidate(struct store_act *act)
{
	struct snapshot_status status = { 0 };
	int r = cow_revalidate(act->spans.list, &act->was);

	if (r < 0 || !act->was.changed)
		return r;
	r = status_snapshot_of(act->uuid, act->name, &status);
	if (r > 0 && (status.state == SNAPSHOT_INVALID || status.state == SNAPSHOT_OVERFLOW))
		r = run_invalidate(act);
	return r;
}

/* What has failed is said already; that this does, too, is seen by whoever settles it. */
static int undo_disown(void *data)
{
	const bool was_hushed = log_hush(true);
	int r = revalidate(data);

	log_hush(was_hushed);
	return r;
}

static int run_disown(void *data)
{
	int r = run_invalidate(data);

	if (r < 0)
		undo_disown(data);
	return r;
}

/* Its devices are open for writing. */
static int act_on_open_store(struct change *change, const struct lv *store, enum when when,
			     struct plan_act *act)
{
	struct store_act *data = dm_pool_zalloc(change->mem, sizeof(*data));
	size_t room = 2 * NAME_LEN + 32;
	char *text = dm_pool_zalloc(change->mem, room);
	const char *verb = act->text;
	int r;

	if (!data || !text)
		return fail_memory();
	snprintf(text, room, "%s%s/%s", verb, store->vg->name, store->name);
	data->name = text + strlen(verb);
	data->change = change;
	data->uuid = dm_uuid_of(change->mem, store, NULL);
	if (!data->uuid)
		return -ENOMEM;
	act->text = text;
	act->data = data;

	data->next = change->store_acts;
	change->store_acts = data;
	r = spans_of(change->catalog, store, &data->spans);
	if (r < 0)
		return r;
	return change_act(change, when, act);
}

static int act_on_store(struct change *change, const struct lv *store, enum when when,
			struct plan_act *act)
{
	int r = change_open(change);

	return r < 0 ? r : act_on_open_store(change, store, when, act);
}

static int act_on_new_store(struct change *change, const struct lv *store, uint32_t chunk_sectors,
			    enum when when, struct plan_act *act)
{
	int r = act_on_store(change, store, when, act);

	if (!r)
		((struct store_act *)act->data)->chunk_sectors = chunk_sectors;
	return r;
}

int change_zero_store(struct change *change, const struct lv *store, uint32_t chunk_sectors)
{
	/* what was there has been given up by whoever asked for it */
	struct plan_act act = { .text = "zero    ", .run = run_zero, .undo = plan_undo_nothing };

	return act_on_new_store(change, store, chunk_sectors, BEFORE_DEVICES, &act);
}

int change_sync_store(struct change *change, const struct lv *store, uint32_t chunk_sectors)
{
	struct plan_act act = { .text = "sync    ", .run = run_sync, .undo = plan_undo_nothing };

	return act_on_new_store(change, store, chunk_sectors, AFTER_DEVICES, &act);
}

int change_invalidate_store(struct change *change, const struct lv *store, enum when when)
{
	struct plan_act act = { .text = "invalidate ", .run = run_invalidate };

	return act_on_store(change, store, when, &act);
}

int change_write_off_store(struct change *change, const struct lv *store)
{
	struct plan_act act = { .text = "invalidate ",
				.run = run_invalidate,
				.undo = plan_undo_nothing };

	return act_on_store(change, store, BEFORE_DEVICES, &act);
}

bool change_left_unmarked(const struct change *change)
{
	return change->left_unmarked;
}

static int tell_unmarked(struct change *change, const char *name, const char *why)
{
	change->left_unmarked = true;
	warn(_("%s: is invalid, which could not be put into its store (%s)"), name, why);
	return 0;
}

static int run_mark(void *data)
{
	const struct store_act *act = data;
	const char *why;
	int r;

	log_catch();
	r = run_invalidate(data);
	why = log_caught();
	return r < 0 ? tell_unmarked(act->change, act->name, why) : 0;
}

/* Those of the group that it does not lie on may be read-only. */
static int open_disks_of(const struct change *change, const struct lv *lv)
{
	const struct segment *segment;
	struct disk *disk;
	uint32_t i;
	int r = 0;

	dm_list_iterate_items(segment, &lv->segments) {
		for (i = 0; i < segment->stripe_count && r >= 0; i++) {
			disk = segment->stripes[i].pv
				       ? catalog_find_device(change->catalog, lv->vg,
							     segment->stripes[i].pv->id)
				       : NULL;
			r = disk ? catalog_open_for_write(disk) : 0;
		}
	}
	return r;
}

int change_mark_store(struct change *change, const struct lv *store)
{
	struct plan_act act = { .text = "invalidate ", .run = run_mark, .undo = plan_undo_nothing };
	char name[2 * NAME_LEN + 2];
	const char *why;
	int r;

	log_catch();
	r = open_disks_of(change, store);
	why = log_caught();
	if (r >= 0)
		return act_on_open_store(change, store, BEFORE_DEVICES, &act);
	snprintf(name, sizeof(name), "%s/%s", store->vg->name, store->name);
	return tell_unmarked(change, name, why);
}

int change_disown_store(struct change *change, const struct lv *store, enum when when)
{
	struct plan_act act = { .text = "invalidate ", .run = run_disown, .undo = undo_disown };

	return act_on_store(change, store, when, &act);
}

/* --- devices wanted --- */

/* An origin that runs without a snapshot the metadata give it has been written to, or may have been,
 * without anything being copied: that snapshot is invalid from now on and for ever.  (One that
 * merges has no device of its own.) */
static int invalidate_missed(struct change *change, const struct lv *top)
{
	const struct snapshot *snapshot;
	struct live_device *device;
	int r;

	dm_list_iterate_items_gen(snapshot, &top->snapshots, origin_list) {
		if (!tree_runs_without(change->live, snapshot))
			continue;
		device = tree_device(change->live, snapshot->store);
		if (live_is(device, "snapshot"))
			live_outdate(device);
		warn(_("%s/%s: its origin was active without it; it may have missed writes and is "
		       "invalid now"),
		     change->vg->name, snapshot->store->name);
		r = change_invalidate_store(change, snapshot->store, BEFORE_DEVICES);
		if (r < 0)
			return r;
	}
	return 0;
}

int change_lay_out(struct change *change, const struct lv *lv, enum layout_merge merge)
{
	/* what is new has not been read */
	volumelist_mark(change->session->conf, change->vg);
	return layout_add_tree(change->wanted, lv_tree_top(lv), merge);
}

int change_wants_tree(const struct change *change, const struct lv *lv)
{
	const char *uuid = dm_uuid_of(change->mem, lv_tree_top(lv), NULL);

	return uuid ? layout_find_uuid(change->wanted, uuid) != NULL : -ENOMEM;
}

int change_want_tree(struct change *change, const struct lv *lv, enum layout_merge merge)
{
	int r = change_wants_tree(change, lv);

	if (!r)
		r = invalidate_missed(change, lv_tree_top(lv));
	return r < 0 ? r : change_lay_out(change, lv, merge);
}

int change_hand_over(struct change *change, const struct lv *store)
{
	const size_t len = strlen(change->handovers) + ID_LEN + 2;
	char *text = dm_pool_alloc(change->mem, len);

	if (!text)
		return fail_memory();
	snprintf(text, len, "%s%s\n", change->handovers, store->id);
	change->handovers = text;
	return 0;
}

void change_keep_marker(struct change *change, bool though_done)
{
	change->keeps_marker_though_done = though_done;
	change->keeps_marker = marker_exists(change->session->conf, change->vg->id);
	change->kept_size = marker_size(change->session->conf, change->vg->id);
}

void change_leave_marker(struct change *change)
{
	change->leaves_marker = true;
}

void change_allow_partial(struct change *change)
{
	change->wanted->partial = true;
}

int change_want_branch(struct change *change, const struct snapshot *snapshot)
{
	const struct live_device *origin = tree_device(change->live, snapshot->origin);

	/* one that has been made and has never run would begin to, without its other snapshots */
	if (!origin || !*origin->table)
		return change_want_tree(change, snapshot->origin, LAYOUT_MERGE_HELD);
	volumelist_mark(change->session->conf, change->vg);
	return layout_add_branch(change->wanted, snapshot);
}

/* --- running --- */

static unsigned limit_of(const struct change *change, const char *setting)
{
	const unsigned limit_ms = conf_limit_ms(change->session->conf, setting);

	return change->flags & CHANGE_IN_PASSING && limit_ms > PASSING_MS ? PASSING_MS : limit_ms;
}

static void run_options_of(const struct change *change, struct run_options *options)
{
	const struct conf *conf = change->session->conf;
	const bool in_passing = change->flags & CHANGE_IN_PASSING;

	*options = (struct run_options) {
		.lock_fd = lock_fd(change->lock),
		.udev_sync = !in_passing && conf_bool(conf, "activation/udev_sync"),
		.udev_timeout_ms = limit_of(change, "activation/udev_timeout"),
		.suspend_timeout_ms = limit_of(change, "activation/suspend_timeout"),
		.remove_timeout_ms = limit_of(change, "activation/remove_timeout"),
		.dev_dir = conf_text(conf, "devices/dir"),
	};
}

/* What is left of one of two groups that is new, or ends, is known by its tag; when it has ended nobody would
 * ask for its marker. */
static int make_marker(const struct change *change)
{
	const bool is_of_two = change->leader || change->beside;

	if (is_of_two && (change->flags & CHANGE_CREATE || dm_list_empty(&change->vg->pvs)))
		return 0;
	return marker_make(change->session->conf, change->vg->id, change->handovers);
}

static void end_markers(const struct change *change, bool is_done)
{
	if (is_done && change->leaves_marker)
		return;
	if (change->keeps_marker && (!is_done || change->keeps_marker_though_done))
		marker_shorten(change->session->conf, change->vg->id, change->kept_size);
	else
		marker_remove(change->session->conf, change->vg->id);
	if (change->beside)
		marker_remove(change->session->conf, change->beside->vg->id);
}

static void leave_unsettled(const struct change *change)
{
	session_left_unsettled(change->session, change->vg->id);
	if (change->beside)
		session_left_unsettled(change->session, change->beside->vg->id);
}

static void archive(const struct change *change)
{
	if (change->transaction)
		transaction_archive(change->transaction, change->session->conf);
}

static int backup(const struct change *change)
{
	if (!change->transaction)
		return 0;
	transaction_backup(change->transaction, change->session->conf);
	return transaction_has_leavings(change->transaction) ? -EIO : 0;
}

/* A group that has been replaced as a whole may be wanted back; and whoever only looks does not wait for devices. */
static void discard_unused(const struct change *change)
{
	if (change->flags & CHANGE_IN_PASSING)
		return;
	if (change->used && change->transaction && !change->own)
		discard_freed(change->used, change->vg);
}

static int run_plan(struct change *change, const struct plan *plan)
{
	struct run_options options;
	const bool touched = change->session->touched;
	const bool marked = !plan_is_empty(plan) || change->beside;
	int r = 0;

	archive(change);
	if (change->beside)
		archive(change->beside);

	if (marked)
		r = make_marker(change);
	if (!r && marked && change->beside)
		r = make_marker(change->beside);
	if (r < 0)
		return r;
	run_options_of(change, &options);
	change->result = (struct run_result) { 0 };
	r = plan_run(plan, &options, &change->result);
	/* else the markers stay: whoever comes next looks for leavings */
	if (marked && (r >= 0 || change->result.undone))
		end_markers(change, r >= 0);
	change->session->touched = touched || r >= 0 || !change->result.undone;
	change->left_something = r < 0 && !change->result.undone;
	if (change->left_something)
		leave_unsettled(change);

	if (r < 0)
		return r;
	r = backup(change);
	r = r < 0 || !change->beside ? r : backup(change->beside);
	discard_unused(change);
	return r;
}

/* What stands in the way is put away, but not the device of a volume that the group has: LVM2 that dies while renaming
 * one leaves it under its old name, and nobody asked for it to be deactivated. */
static int refuse_misnamed(const struct change *change)
{
	const struct live_device *other;
	const struct dm_node *node;
	const struct lv *lv;
	bool known;

	dm_list_iterate_items(node, &change->wanted->nodes) {
		other = live_find(change->live, node->name);
		if (!other || other->in_plan || layout_find_uuid(change->wanted, other->uuid))
			continue;
		lv = tree_lv_of(change->vg, other->uuid, &known);
		if (lv)
			return fail(-EEXIST,
				    _("%s: the device of %s/%s still has the name %s; run "
				      "svrecover first"),
				    node->label, change->vg->name, lv->name, node->name);
	}
	return 0;
}

int change_run(struct change *change)
{
	struct plan_frame frame = {
		.first = change->acts[BEFORE_DEVICES].acts,
		.first_count = change->acts[BEFORE_DEVICES].count,
		.last = change->acts[AFTER_DEVICES].acts,
		.last_count = change->acts[AFTER_DEVICES].count,
	};
	AUTO(plan) struct plan *plan = NULL;
	int r;

	r = refuse_misnamed(change);
	r = r < 0 ? r : live_take_layout(change->live, change->wanted);
	if (r < 0)
		return r;
	r = plan_make(change->wanted, change->live, &frame, &plan);
	if (r < 0)
		return r;

	if (!plan_is_empty(plan) && !conf_bool(change->session->conf, "activation/enabled"))
		return fail(-EPERM,
			    _("%s: devices in the kernel would have to change, but the setting "
			      "activation/enabled is off"),
			    change->vg_name);
	if (!plan_is_empty(plan) && live_available() < 0)
		return fail(-ENODEV,
			    _("%s: volumes cannot be active: this kernel has no device-mapper; "
			      "load its module dm_mod"),
			    change->vg_name);

	if (plan->count || change->session->test)
		log_tell();
	if (change->session->test) {
		if (change->session->plan)
			plan_print(plan, change->session->plan);
		return 0;
	}
	if (!plan->count)
		return 0;
	change->did_something = true;
	return run_plan(change, plan);
}

const struct lv *change_failed_at(const struct change *change)
{
	bool known;

	return change->result.failed ? tree_lv_of(change->vg, change->result.failed, &known) : NULL;
}

bool change_left_something(const struct change *change)
{
	return change->left_something;
}

/* The group in memory is edited already, and what is staged is never committed. */
int change_pretend(struct change *change)
{
	int r = live_pretend(change->live, change->wanted);

	change->acts[BEFORE_DEVICES].count = 0;
	change->acts[AFTER_DEVICES].count = 0;
	layout_free(&change->wanted);
	return r < 0 ? r : layout_new(&change->wanted);
}

void change_settle_nodes(const struct change *change)
{
	const struct conf *conf = change->session->conf;

	if (conf_bool(conf, "activation/enabled"))
		nodes_settle(&(struct nodes) {
			.wanted = change->wanted,
			.live = change->live,
			.vg_name = change->vg->name,
			.dev_dir = conf_text(conf, "devices/dir"),
		});
}
