/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/group.h"

#include "base/auto.h"
#include "base/log.h"
#include "base/text.h"
#include "dm/tree.h"
#include "model/name.h"
#include "model/snapshot.h"
#include "ops/areas.h"
#include "ops/change.h"
#include "ops/device.h"
#include "ops/groupmodify.h"
#include "ops/groupname.h"
#include "ops/hints.h"
#include "ops/newcomer.h"
#include "ops/owner.h"
#include "ops/recover.h"
#include "ops/session.h"
#include "store/catalog.h"

#include <stdio.h>
#include <string.h>

/* --- what create and extend share --- */

/* Newcomers that were made for a change that failed are unmade, if the group has not got them. */
static int commit_newcomers(struct change *change, struct newcomers *newcomers,
			    const struct pv_format *format)
{
	struct vg *vg = change_vg(change);
	int r;

	hints_forget(change_session(change));
	r = newcomers_make(newcomers, format);
	if (r < 0)
		return r;
	r = newcomers_join(newcomers, vg);
	r = r < 0 ? r : areas_stage(change, BEFORE_DEVICES);
	r = r < 0 ? r : change_run(change);
	if (r < 0 && !change_left_something(change))
		newcomers_unmake(newcomers);
	if (!r && change_session(change)->as_lvm2)
		newcomers_say(newcomers);
	return r;
}

/* What is no PV yet has no room for extents to be counted, so under --test it is only told. */
static int test_newcomers(struct change *change, const struct newcomers *newcomers)
{
	struct vg *vg = change_vg(change);
	int r;

	if (newcomers_have_work(newcomers)) {
		newcomers_print(newcomers);
		printf("commit  %s seqno %u\n", vg->name, vg->seqno + 1);
		return 0;
	}
	r = newcomers_join(newcomers, vg);
	r = r < 0 ? r : areas_stage(change, BEFORE_DEVICES);
	return r < 0 ? r : change_run(change);
}

static int take_newcomers(struct change *change, const char *const *devices, unsigned count,
			  const struct pv_format *format)
{
	AUTO(newcomers) struct newcomers *newcomers = NULL;
	struct session *session = change_session(change);
	const struct vg *vg = change_vg(change);
	int r;

	if (vg->max_pv && dm_list_size(&vg->pvs) + count > vg->max_pv)
		return fail(-ENOSPC, _("%s: its limit of devices (max_pv) is %u"), vg->name,
			    vg->max_pv);
	r = newcomers_find(session, change_catalog(change), devices, count, 0, &newcomers);
	r = r < 0 ? r : newcomers_foresee(newcomers, format, vg);
	if (r < 0)
		return r;
	if (session->test)
		return test_newcomers(change, newcomers);
	return commit_newcomers(change, newcomers, format);
}

/* --- creating --- */

static int check_create(const char *name, const struct group_request *request)
{
	const char *reason;
	unsigned i;

	if (request->max_lv > UINT32_MAX || request->max_pv > UINT32_MAX)
		return fail(-EDOM, _("%s: limit is too large"), name);
	for (i = 0; i < request->tag_count; i++) {
		reason = name_refuse_tag(request->tags[i]);
		if (reason)
			return fail(-EDOM, "%s: %s", request->tags[i], reason);
	}
	return group_check_extent_size(name, &request->extent_size);
}

static int set_system_id(struct vg *vg, const char *system_id)
{
	if (!system_id || !*system_id)
		return 0;
	return vg_set_system_id(vg, system_id);
}

/* The new group as the request wants it, without devices. */
static int edit_new(struct change *change, const struct group_request *request)
{
	const struct conf *conf = change_session(change)->conf;
	struct vg *vg = change_vg(change);
	char own[OWNER_ID_SIZE];
	unsigned i;
	int r = 0;

	if (request->extent_size.given)
		vg->extent_size_sectors = request->extent_size.value;
	vg->max_lv = (uint32_t)request->max_lv;
	vg->max_pv = (uint32_t)request->max_pv;
	vg->metadata_copies = request->metadata_copies;
	vg->alloc = request->alloc == ALLOC_INHERIT ? ALLOC_NORMAL : request->alloc;
	if (request->no_autoactivation)
		vg->flags |= VG_NOAUTOACTIVATE;
	for (i = 0; i < request->tag_count && !r; i++)
		r = words_add(vg, &vg->tags, request->tags[i]);
	if (r < 0)
		return r;
	return set_system_id(vg, request->system_id ? request->system_id : owner_here(conf, own));
}

int group_create(struct session *session, const char *name, const char *const *devices,
		 unsigned count, const struct group_request *request)
{
	AUTO(change) struct change *change = NULL;
	char own[NAME_LEN + 1];
	int r;

	r = groupname_take(session->conf, name, own);
	r = r < 0 ? r : check_create(own, request);
	if (r < 0)
		return r;
	r = change_begin(session, own, CHANGE_CREATE | CHANGE_GLOBAL, &change);
	r = r < 0 ? r : groupname_refuse_taken(session->conf, own);
	r = r < 0 ? r : edit_new(change, request);
	r = r < 0 ? r : take_newcomers(change, devices, count, &request->format);
	if (!r && !session->test)
		say(_("%s: group created"), own);
	return r;
}

/* --- extending --- */

static int check_resizeable(const struct vg *vg)
{
	if (vg->flags & VG_RESIZEABLE)
		return 0;
	return fail(-EPERM, _("%s: takes no devices; allow it with svgchange --resizeable y"),
		    vg->name);
}

int group_extend(struct session *session, const char *name, const char *const *devices,
		 unsigned count, const struct pv_format *format)
{
	AUTO(change) struct change *change = NULL;
	char own[NAME_LEN + 1];
	int r;

	r = groupname_take(session->conf, name, own);
	r = r < 0 ? r : recover_and_begin(session, own, CHANGE_GLOBAL, &change);
	r = r < 0 ? r : check_resizeable(change_vg(change));
	r = r < 0 ? r : take_newcomers(change, devices, count, format);
	if (!r && !session->test)
		say(_("%s: group extended"), own);
	return r;
}

static int restore_one(struct change *change, const char *path)
{
	const struct vg *vg = change_vg(change);
	struct disk *disk;
	struct pv *pv;
	int r = device_find(change_catalog(change), path, &disk);

	if (r < 0)
		return r;
	pv = disk->has_label ? vg_find_pv_id(vg, disk->label.id) : NULL;
	if (!pv)
		return fail(-ENOENT, _("%s: is no device of %s"), path, vg->name);
	if (!(pv->flags & PV_MISSING))
		return fail(-EINVAL, _("%s: is not missing from %s"), path, vg->name);
	pv->flags &= ~(unsigned)PV_MISSING;
	return 0;
}

/* While its device was away the origin of a store may have been written to. */
static int distrust(struct change *change, struct snapshot *const *snapshots, unsigned count)
{
	const struct lv *store;
	unsigned i;
	bool told;
	int r = 0;

	for (i = 0; i < count && !r; i++) {
		store = snapshots[i]->store;
		told = tree_teller(change_live(change), snapshots[i]);
		/* a kernel that does not answer has not said that nothing is active */
		r = change_live(change)->failed;
		if (r < 0 || told || lv_is_partial(store) ||
		    lv_is_virtual_origin(snapshots[i]->origin))
			continue;
		if (!change_session(change)->test)
			r = session_confirm(change_session(change),
					    _("%s/%s: may have missed writes to its origin; it "
					      "will be invalid"),
					    store->vg->name, store->name);
		r = r < 0 ? r : change_invalidate_store(change, store, BEFORE_DEVICES);
	}
	return r;
}

static int restore_all(struct change *change, const char *const *devices, unsigned count)
{
	struct vg *vg = change_vg(change);
	AUTO_FREE struct snapshot **partial =
		calloc(dm_list_size(&vg->snapshots) + 1, sizeof(struct snapshot *));
	struct snapshot *snapshot;
	unsigned i, partial_count = 0;
	int r = 0;

	if (!partial)
		return fail_memory();
	dm_list_iterate_items(snapshot, &vg->snapshots)
		if (lv_is_partial(snapshot->store))
			partial[partial_count++] = snapshot;
	for (i = 0; i < count && !r; i++)
		r = restore_one(change, devices[i]);
	return r < 0 ? r : distrust(change, partial, partial_count);
}

int group_restore_missing(struct session *session, const char *name, const char *const *devices,
			  unsigned count)
{
	AUTO(change) struct change *change = NULL;
	char own[NAME_LEN + 1];
	int r;

	r = groupname_take(session->conf, name, own);
	r = r < 0 ? r : recover_and_begin(session, own, CHANGE_GLOBAL | CHANGE_REPAIR, &change);
	r = r < 0 ? r : restore_all(change, devices, count);
	r = r < 0 ? r : change_stage(change, BEFORE_DEVICES);
	r = r < 0 ? r : change_run(change);
	if (!r && !session->test)
		say(_("%s: missing devices are back"), own);
	return r;
}
