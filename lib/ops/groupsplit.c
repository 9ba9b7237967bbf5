/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/groupsplit.h"

#include "base/auto.h"
#include "base/lock.h"
#include "base/log.h"
#include "base/text.h"
#include "model/part.h"
#include "model/snapshot.h"
#include "ops/admit.h"
#include "ops/areas.h"
#include "ops/change.h"
#include "ops/device.h"
#include "ops/groupname.h"
#include "ops/hints.h"
#include "ops/locks.h"
#include "ops/online.h"
#include "ops/owner.h"
#include "ops/recover.h"
#include "ops/refuse.h"
#include "ops/session.h"
#include "store/catalog.h"

#include <string.h>

enum role { FROM, TO };

/* Both groups, locked in the order of strcmp(); the one whose lock is taken last leads, as what is read
 * under that lock is true of both. */
struct pair {
	const char *names[2]; /* by enum role */
	unsigned flags[2];    /* enum change_flags */
	struct lock *global, *lock;
	struct change *leader, *beside;
	struct change *from, *to; /* these two */
};

static void pair_release(struct pair *pair)
{
	change_free(&pair->beside);
	change_free(&pair->leader);
	lock_free(&pair->lock);
	lock_free(&pair->global);
}

static int take_names(const struct session *session, struct pair *pair, char own[2][NAME_LEN + 1])
{
	int r = groupname_take(session->conf, pair->names[FROM], own[FROM]);

	if (r < 0)
		return r;
	/* As LVM2: that no group can have the other name is no fault of the command line's. */
	if (groupname_take(session->conf, pair->names[TO], own[TO]) < 0)
		return -EINVAL;
	if (!strcmp(own[FROM], own[TO]))
		return fail(-EINVAL, _("%s: is named as both groups"), own[TO]);
	pair->names[FROM] = own[FROM];
	pair->names[TO] = own[TO];
	return 0;
}

/* Of the group that does not lead: what an interrupted command left of it is settled, and no other command comes in
 * between from then on. */
static int settle_and_lock(struct session *session, const char *name, unsigned flags,
			   struct lock **lock)
{
	AUTO(change) struct change *change = NULL;
	int r;

	if (flags & CHANGE_CREATE)
		return lock_group(session, name, LOCK_EXCLUSIVE, lock);
	r = recover_and_begin(session, name, flags, &change);
	if (!r)
		change_free_but_lock(&change, lock);
	return r;
}

/* The devices that move may be those that hold the newest metadata of the group they leave, which are written
 * over before it is committed anew. */
static int bring_up_to_date(struct session *session, const char *name)
{
	const struct group *group;
	struct catalog *catalog;
	int r = session->test ? 0 : session_catalog(session, &catalog);

	if (r < 0 || session->test)
		return r;
	group = admit_find(session, catalog, name, NULL);
	return group && group->stale_areas ? recover_group(session, name, CHANGE_ACTIVATION_ONLY)
					   : 0;
}

static int begin_pair(struct session *session, struct pair *pair)
{
	enum role first = strcmp(pair->names[FROM], pair->names[TO]) < 0 ? FROM : TO;
	enum role last = first == FROM ? TO : FROM;
	int r;

	r = bring_up_to_date(session, pair->names[FROM]);
	r = r < 0 ? r
		  : settle_and_lock(session, pair->names[first], pair->flags[first], &pair->lock);
	r = r < 0 ? r
		  : recover_and_begin(session, pair->names[last], pair->flags[last], &pair->leader);
	r = r < 0 ? r
		  : change_begin_beside(pair->leader, pair->names[first], pair->flags[first],
					&pair->beside);
	pair->from = first == FROM ? pair->beside : pair->leader;
	pair->to = first == FROM ? pair->leader : pair->beside;
	return r < 0 ? r : refuse_torn(pair->from);
}

static int refuse_active_part(struct change *change)
{
	const struct lv *lv;

	dm_list_iterate_items(lv, &change_vg(change)->lvs)
		if (lv->flags & LV_LEAVING && change_lv_is_active(change, lv))
			return fail(-EBUSY, _("%s/%s: is active; deactivate it first"),
				    lv->vg->name, lv->name);
	return 0;
}

/* Whatever leaves from goes over to to, in memory. */
static int move(const struct pair *pair)
{
	struct vg *from = change_vg(pair->from), *to = change_vg(pair->to);
	struct disk *disk;
	struct pv *pv;
	int r = part_mark(from);

	r = r < 0 ? r : refuse_active_part(pair->from);
	if (r < 0)
		return r;
	dm_list_iterate_items(pv, &from->pvs) {
		disk = catalog_find_disk_id(change_catalog(pair->from), pv->id);
		if (disk && pv->flags & PV_LEAVING)
			disk->moves = true;
	}
	return part_move(from, to);
}

static int run(struct session *session, const struct pair *pair)
{
	if (!session->test)
		hints_forget(session);
	return change_run(pair->leader);
}

/* --- splitting --- */

static int leave_with_device(struct change *change, const char *path)
{
	struct disk *disk;
	struct pv *pv;
	int r = device_find(change_catalog(change), path, &disk);

	if (r < 0)
		return r;
	pv = disk->has_label ? vg_find_pv_id(change_vg(change), disk->label.id) : NULL;
	if (!pv)
		return fail(-ENOENT, _("%s: is no device of %s"), path, change_vg(change)->name);
	pv->flags |= PV_LEAVING;
	return 0;
}

static void leave_with_volume(const struct lv *lv)
{
	const struct segment *segment;
	uint32_t i;

	dm_list_iterate_items(segment, &lv->segments)
		for (i = 0; i < segment->stripe_count; i++)
			if (segment->stripes[i].pv)
				segment->stripes[i].pv->flags |= PV_LEAVING;
}

static int leave_with_tree(const struct vg *vg, const char *name)
{
	const struct lv *lv = vg_find_lv(vg, name), *top = lv ? lv_tree_top(lv) : NULL;
	const struct snapshot *snapshot;

	if (!lv)
		return fail(-ENOENT, _("%s/%s: no such volume"), vg->name, name);
	leave_with_volume(top);
	dm_list_iterate_items_gen(snapshot, &top->snapshots, origin_list)
		leave_with_volume(snapshot->store);
	return 0;
}

static int choose_devices(struct change *from, const struct split_request *request)
{
	unsigned i;
	int r = 0;

	if (request->volume)
		return leave_with_tree(change_vg(from), request->volume);
	for (i = 0; i < request->device_count && !r; i++)
		r = leave_with_device(from, request->devices[i]);
	return r;
}

static int set_limit(const char *name, const uint64_t *limit, uint32_t *field)
{
	if (limit && *limit > UINT32_MAX)
		return fail(-EDOM, _("%s: limit is too large"), name);
	if (limit)
		*field = (uint32_t)*limit;
	return 0;
}

/* A new group is as the other one, but for what the request says and for names and tags. */
static int edit_new(struct session *session, const struct pair *pair,
		    const struct split_request *request)
{
	const struct vg *from = change_vg(pair->from);
	struct vg *to = change_vg(pair->to);
	char own[OWNER_ID_SIZE];
	int r;

	to->extent_size_sectors = from->extent_size_sectors;
	to->max_lv = from->max_lv;
	to->max_pv = from->max_pv;
	to->metadata_copies = request->metadata_copies ? *request->metadata_copies : from->metadata_copies;
	to->alloc = request->alloc == ALLOC_INHERIT ? ALLOC_NORMAL : request->alloc;
	r = set_limit(to->name, request->max_lv, &to->max_lv);
	r = r < 0 ? r : set_limit(to->name, request->max_pv, &to->max_pv);
	if (r < 0 || !*owner_here(session->conf, own))
		return r;
	return vg_set_system_id(to, own);
}

static int check_resizeable(const struct vg *vg)
{
	if (vg->flags & VG_RESIZEABLE)
		return 0;
	return fail(-EPERM, _("%s: is not resizeable; say svgchange --resizeable y first"),
		    vg->name);
}

/* The metadata of the group that is split are written over where they go along, before they are committed anew:
 * others must stay that have them, or nothing would be left of it should that be all. */
static int refuse_bare(const struct pair *pair)
{
	const struct vg *from = change_vg(pair->from);
	const struct disk *disk;
	const struct pv *pv;

	dm_list_iterate_items(pv, &from->pvs) {
		disk = catalog_find_disk_id(change_catalog(pair->from), pv->id);
		if (disk && areas_any_used(disk))
			return 0;
	}
	return fail(-EBUSY,
		    _("%s: none of the devices that would stay has metadata of it; see svpvchange "
		      "--metadataignore n, or svgrename"),
		    from->name);
}

static int stage_split(const struct pair *pair)
{
	struct vg *to = change_vg(pair->to);
	int r = part_begin(to, change_vg(pair->from));

	r = r < 0 ? r : change_stage(pair->to, BEFORE_DEVICES);
	r = r < 0 ? r : areas_stage(pair->from, BEFORE_DEVICES);
	part_end(to);
	return r < 0 ? r : areas_stage(pair->to, BEFORE_DEVICES);
}

static int split(struct session *session, const struct pair *pair,
		 const struct split_request *request)
{
	bool is_new = pair->flags[TO] & CHANGE_CREATE;
	int r = is_new ? edit_new(session, pair, request) : 0;

	r = r < 0 ? r : check_resizeable(change_vg(pair->from));
	r = r < 0 ? r : check_resizeable(change_vg(pair->to));
	r = r < 0 ? r : choose_devices(pair->from, request);
	r = r < 0 ? r : move(pair);
	r = r < 0 ? r : refuse_bare(pair);
	r = r < 0 ? r : stage_split(pair);
	r = r < 0 ? r : run(session, pair);
	if (!r && !session->test)
		say(is_new ? _("%s: split from %s") : _("%s: took over a part of %s"),
		    pair->names[TO], pair->names[FROM]);
	return r;
}

/* Whether the other group is there is settled under the global lock. */
static int find_other(struct session *session, struct pair *pair,
		      const struct split_request *request)
{
	struct catalog *catalog;
	int r;

	session_forget(session);
	r = session_catalog(session, &catalog);
	if (r < 0)
		return r;
	if (!catalog_find_group(catalog, pair->names[TO], NULL)) {
		pair->flags[TO] = CHANGE_CREATE;
		return groupname_refuse_taken(session->conf, pair->names[TO]);
	}
	if (request->max_lv || request->max_pv || request->metadata_copies || request->alloc != ALLOC_INHERIT)
		return fail(-EINVAL, _("%s: exists; limits and policy are for a new group"),
			    pair->names[TO]);
	return 0;
}

int group_split(struct session *session, const char *from, const char *to,
		const struct split_request *request)
{
	__attribute__((cleanup(pair_release))) struct pair pair = { .names = { from, to } };
	char own[2][NAME_LEN + 1];
	int r = take_names(session, &pair, own);

	r = r < 0 ? r : lock_global(session, LOCK_EXCLUSIVE, &pair.global);
	r = r < 0 ? r : find_other(session, &pair, request);
	r = r < 0 ? r : begin_pair(session, &pair);
	return r < 0 ? r : split(session, &pair, request);
}

/* --- merging --- */

static int stage_merge(const struct pair *pair)
{
	struct vg *from = change_vg(pair->from);
	int r = part_begin(from, change_vg(pair->to));

	r = r < 0 ? r : change_stage(pair->from, BEFORE_DEVICES);
	part_end(from);
	if (r < 0)
		return r;
	part_take_all(from);
	r = move(pair);
	r = r < 0 ? r : change_stage(pair->to, BEFORE_DEVICES);
	return r < 0 ? r : change_stage(pair->from, BEFORE_DEVICES);
}

static int merge(struct session *session, const struct pair *pair)
{
	int r = check_resizeable(change_vg(pair->to));

	r = r < 0 ? r : check_resizeable(change_vg(pair->from));
	r = r < 0 ? r : stage_merge(pair);
	r = r < 0 ? r : run(session, pair);
	if (r < 0 || session->test)
		return r;
	online_end_group(pair->names[FROM]);
	say(_("%s: merged into %s"), pair->names[FROM], pair->names[TO]);
	return 0;
}

int group_merge(struct session *session, const char *to, const char *from)
{
	__attribute__((cleanup(pair_release))) struct pair pair = { .names = { from, to } };
	char own[2][NAME_LEN + 1];
	int r = take_names(session, &pair, own);

	r = r < 0 ? r : lock_global(session, LOCK_EXCLUSIVE, &pair.global);
	r = r < 0 ? r : begin_pair(session, &pair);
	return r < 0 ? r : merge(session, &pair);
}
