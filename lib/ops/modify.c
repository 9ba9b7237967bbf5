/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/modify.h"

#include "base/auto.h"
#include "base/log.h"
#include "base/text.h"
#include "model/snapshot.h"
#include "ops/change.h"
#include "ops/recover.h"
#include "ops/session.h"
#include "ops/target.h"

#include <stdio.h>

struct modifying {
	struct session *session;
	const struct modify_request *request;
};

/* --- permission, flags --- */

static int set_permission(struct change *change, struct lv *lv, enum modify_permission permission)
{
	unsigned before = lv->flags;

	if (permission == PERMISSION_KEEP)
		return 0;
	if (lv_is_foreign(lv))
		return fail(-EPERM, _("%s/%s: is of a type snapvol does not handle; use LVM2"),
			    lv->vg->name, lv->name);
	if (lv->store_of && lv->store_of->merging)
		return fail(-EBUSY, _("%s/%s: is merging"), lv->vg->name, lv->name);
	if (lv_merging_snapshot(lv))
		return fail(-EBUSY, _("%s/%s: a snapshot is merging into it"), lv->vg->name,
			    lv->name);
	if (permission == PERMISSION_READ)
		lv->flags &= ~(unsigned)LV_WRITE;
	else
		lv->flags |= LV_WRITE;
	if (lv->flags == before)
		return fail(-EINVAL,
			    permission == PERMISSION_READ ? _("%s/%s: is read-only already")
							  : _("%s/%s: is writable already"),
			    lv->vg->name, lv->name);
	if (!change_lv_is_active(change, lv))
		return 0;
	return change_want_tree(change, lv, change_merge_now(change, lv));
}

static void set_flag(struct lv *lv, unsigned flag, bool on)
{
	if (on)
		lv->flags |= flag;
	else
		lv->flags &= ~flag;
}

static void set_flags(struct lv *lv, const struct modify_request *request)
{
	if (request->activation_skip != SWITCH_KEEP)
		set_flag(lv, LV_ACTIVATION_SKIP, request->activation_skip == SWITCH_ON);
	if (request->autoactivation != SWITCH_KEEP)
		set_flag(lv, LV_NOAUTOACTIVATE, request->autoactivation == SWITCH_OFF);
}

static int modify_one(struct change *change, struct lv *lv, const struct modify_request *request)
{
	int r = tags_edit(lv->vg, &lv->tags, &request->tags);

	if (r < 0)
		return r;
	set_flags(lv, request);
	return set_permission(change, lv, request->permission);
}

static int modify_target(struct change *change, const struct target *target,
			 const struct modify_request *request)
{
	struct vg *vg = change_vg(change);
	struct lv *lv;
	int r = 0;

	if (target->lv[0]) {
		lv = target_lv(vg, target);
		return lv ? modify_one(change, lv, request) : -ENOENT;
	}
	dm_list_iterate_items(lv, &vg->lvs)
		if (!r && lv_is_visible(lv))
			r = modify_one(change, lv, request);
	return r;
}

static int modify_in(void *data, const struct target *targets, unsigned count)
{
	const struct modifying *m = data;
	AUTO(change) struct change *change = NULL;
	unsigned i;
	int r;

	r = recover_and_begin(m->session, targets[0].vg, 0, &change);
	for (i = 0; i < count && !r; i++)
		r = modify_target(change, &targets[i], m->request);
	r = r < 0 ? r : change_stage(change, BEFORE_DEVICES);
	r = r < 0 ? r : change_run(change);
	for (i = 0; i < count && !r && !m->session->test; i++)
		say(_("%s: changed"), targets[i].word);
	return r;
}

int modify_volumes(struct session *session, const struct target *targets, unsigned count,
		   const struct modify_request *request)
{
	struct modifying m = { session, request };

	return targets_each_group(targets, count, modify_in, &m);
}

/* --- names --- */

static int check_rename(const struct lv *lv, const char *new_name)
{
	const char *vg = lv->vg->name, *reason = name_refuse_lv(vg, new_name);

	if (reason)
		return fail(-EDOM, "%s/%s: %s", vg, new_name, reason);
	if (!strcmp(lv->name, new_name))
		return fail(-EDOM, _("%s/%s: has that name already"), vg, new_name);
	if (vg_find_lv(lv->vg, new_name))
		return fail(-EEXIST, _("%s/%s: volume exists already"), vg, new_name);
	if (lv_is_foreign(lv) || lv_is_virtual_origin(lv))
		return fail(-EPERM, _("%s/%s: can't be renamed by itself"), vg, lv->name);
	if (lv->store_of && lv->store_of->merging)
		return fail(-EBUSY, _("%s/%s: is merging"), vg, lv->name);
	return 0;
}

/* A sparse volume's hidden origin bears its name. */
static int rename_zero_origin(struct lv *store, const char *new_name)
{
	struct lv *origin = store->store_of ? store->store_of->origin : NULL;
	char hidden[NAME_LEN + 16];

	if (!origin || !lv_is_virtual_origin(origin))
		return 0;
	snprintf(hidden, sizeof(hidden), "%s_vorigin", new_name);
	return lv_rename(origin, hidden);
}

static int rename_in(struct change *change, struct lv *lv, const char *new_name)
{
	bool active = change_lv_is_active(change, lv);
	enum layout_merge merge = change_merge_now(change, lv);
	int r;

	r = change_touch_tree(change, lv);
	r = r < 0 ? r : rename_zero_origin(lv, new_name);
	r = r < 0 ? r : lv_rename(lv, new_name);
	r = r < 0 ? r : change_stage(change, BEFORE_DEVICES);
	if (!r && active)
		r = change_want_tree(change, lv, merge);
	return r < 0 ? r : change_run(change);
}

int rename_volume(struct session *session, const struct target *target, const char *new_name)
{
	AUTO(change) struct change *change = NULL;
	struct lv *lv;
	int r;

	r = recover_and_begin(session, target->vg, 0, &change);
	if (r < 0)
		return r;
	lv = target_lv(change_vg(change), target);
	if (!lv)
		return -ENOENT;
	r = check_rename(lv, new_name);
	r = r < 0 ? r : rename_in(change, lv, new_name);
	if (!r && !session->test)
		say(_("%s/%s: renamed to %s"), target->vg, target->lv, new_name);
	return r;
}
