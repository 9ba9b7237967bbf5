/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/modify.h"

#include "base/auto.h"
#include "base/log.h"
#include "base/text.h"
#include "dm/layout.h"
#include "dm/live.h"
#include "dm/readahead.h"
#include "model/snapshot.h"
#include "ops/activate.h"
#include "ops/change.h"
#include "ops/number.h"
#include "ops/recover.h"
#include "ops/refuse.h"
#include "ops/session.h"
#include "ops/target.h"

#include <stdio.h>

struct modifying {
	struct session *session;
	const struct modify_request *request;
	struct change *change;
	struct lv **changed; /* of one group, in its arena */
	unsigned changed_count;
	int result;
};

/* --- permission, flags --- */

static int set_permission(struct lv *lv, enum modify_permission permission)
{
	int r;

	if (permission == PERMISSION_KEEP)
		return 0;
	if (lv_is_foreign(lv))
		return fail(-EPERM, _("%s/%s: is of a type snapvol does not handle; use LVM2"),
			    lv->vg->name, lv->name);
	r = refuse_merging(lv);
	if (r < 0)
		return r;
	if (permission == PERMISSION_READ)
		lv->flags &= ~(unsigned)LV_WRITE;
	else
		lv->flags |= LV_WRITE;
	return 0;
}

/* When all that are named have it: a tree is laid out once. */
static int want_permissions(struct modifying *m)
{
	struct change *change = m->change;
	struct lv *lv;
	unsigned i;
	int r = 0;

	if (m->request->permission == PERMISSION_KEEP)
		return 0;
	for (i = 0; i < m->changed_count && !r; i++) {
		lv = m->changed[i];
		if (change_lv_is_active(change, lv))
			r = change_want_tree(change, lv, change_merge_now(change, lv));
	}
	return r;
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

static int set_number(struct change *change, struct lv *lv, const struct modify_request *request)
{
	if (request->fixed_minor == SWITCH_KEEP)
		return 0;
	if (request->fixed_minor == SWITCH_ON) {
		if (change_lv_is_active(change, lv))
			return fail(-EBUSY,
				    _("%s/%s: is active; its device cannot have another number"),
				    lv->vg->name, lv->name);
		number_fix(lv, request->minor);
		return 0;
	}
	number_free(lv);
	return 0;
}

/* --- read-ahead, which the kernel takes without another table --- */

struct read_ahead_act {
	struct dm_node node;
	uint32_t major, minor;
};

static int run_read_ahead(void *data)
{
	const struct read_ahead_act *act = data;

	readahead_set(&act->node, act->major, act->minor);
	return 0;
}

static int act_on_device(struct change *change, const struct lv *lv)
{
	const struct live_device *device = change_device(change, lv);
	struct read_ahead_act *data;
	char *text;

	if (!device)
		return 0;
	data = vg_alloc(lv->vg, sizeof(*data));
	text = vg_alloc(lv->vg, 2 * NAME_LEN + 32);
	if (!data || !text)
		return -ENOMEM;
	data->node.read_ahead_sectors = lv->read_ahead_sectors;
	data->major = device->major;
	data->minor = device->minor;
	snprintf(text, 2 * NAME_LEN + 32, "readahead %s/%s", lv->vg->name, lv->name);
	return change_act(change, AFTER_DEVICES,
			  &(struct plan_act){ .text = text, .run = run_read_ahead, .data = data });
}

static int set_read_ahead(struct change *change, struct lv *lv, const int64_t *sectors)
{
	if (!sectors)
		return 0;
	lv->read_ahead_sectors = *sectors;
	return act_on_device(change, lv);
}

/* What of the request the volume has already; NULL if nothing. */
static const char *refuse_same(const struct lv *lv, const struct modify_request *request)
{
	const bool writable = lv->flags & LV_WRITE;

	if (request->permission == PERMISSION_READ && !writable)
		return _("is read-only already");
	if (request->permission == PERMISSION_READ_WRITE && writable)
		return _("is writable already");
	if (request->alloc && *request->alloc == lv->alloc)
		return _("has that allocation policy already");
	if (request->fixed_minor == SWITCH_OFF && !(lv->flags & LV_FIXED_MINOR))
		return _("already has no fixed number");
	if (request->read_ahead && *request->read_ahead == lv->read_ahead_sectors)
		return _("has that read-ahead already");
	return NULL;
}

static void note_changed(struct modifying *m, struct lv *lv)
{
	unsigned i;

	for (i = 0; i < m->changed_count; i++)
		if (m->changed[i] == lv)
			return;
	m->changed[m->changed_count++] = lv;
}

/* One that is as it should be already is an error, but does not keep the others from it. */
static int modify_one(struct modifying *m, struct lv *lv)
{
	const struct modify_request *request = m->request;
	const char *same = refuse_same(lv, request);
	int r;

	if (same) {
		m->result = fail(-EINVAL, "%s/%s: %s", lv->vg->name, lv->name, same);
		return 0;
	}
	r = tags_edit(lv->vg, &lv->tags, &request->tags);
	r = r < 0 ? r : set_number(m->change, lv, request);
	r = r < 0 ? r : set_read_ahead(m->change, lv, request->read_ahead);
	if (r < 0)
		return r;
	if (request->alloc)
		lv->alloc = *request->alloc;
	set_flags(lv, request);
	note_changed(m, lv);
	return set_permission(lv, request->permission);
}

static int modify_target(struct modifying *m, const struct target *target)
{
	struct vg *vg = change_vg(m->change);
	struct lv *lv;
	int r = 0;

	if (target->lv[0]) {
		lv = target_lv(vg, target);
		r = lv ? modify_one(m, lv) : -ENOENT;
	} else {
		r = target_check_chosen(vg, NULL, target);
		dm_list_iterate_items(lv, &vg->lvs)
			if (!r && lv_is_visible(lv))
				r = modify_one(m, lv);
	}
	return r;
}

static int begin(struct modifying *m, const char *name, struct change **change)
{
	int r = recover_and_begin(m->session, name, 0, change);

	if (r < 0)
		return r;
	m->change = *change;
	m->result = 0;
	m->changed_count = 0;
	m->changed = vg_alloc(change_vg(*change),
			      (dm_list_size(&change_vg(*change)->lvs) + 1) * sizeof(struct lv *));
	return m->changed ? 0 : -ENOMEM;
}

static int modify_in(void *data, const struct target *targets, unsigned count)
{
	struct modifying *m = data;
	AUTO(change) struct change *change = NULL;
	unsigned i;
	int r = begin(m, targets[0].vg, &change);

	for (i = 0; i < count && !r; i++)
		r = modify_target(m, &targets[i]);
	if (r < 0 || !m->changed_count)
		return r < 0 ? r : m->result;
	r = want_permissions(m);
	r = r < 0 ? r : change_stage(change, BEFORE_DEVICES);
	r = r < 0 ? r : change_run(change);
	for (i = 0; i < m->changed_count && !r && !m->session->test; i++)
		say(_("%s/%s: changed"), targets[0].vg, m->changed[i]->name);
	return r < 0 ? r : m->result;
}

int modify_volumes(struct session *session, const struct target *targets, unsigned count,
		   const struct modify_request *request)
{
	struct modifying m = { .session = session, .request = request };

	return targets_each_group(targets, count, modify_in, &m);
}

/* A first look: whether its devices have to go and come again. */
static int is_active(struct session *session, const struct target *target, bool *active)
{
	AUTO(change) struct change *change = NULL;
	const struct lv *lv;
	int r = recover_and_begin(session, target->vg, 0, &change);

	if (r < 0)
		return r;
	lv = target_lv(change_vg(change), target);
	*active = lv && change_lv_is_active(change, lv);
	return lv ? 0 : -ENOENT;
}

int modify_number(struct session *session, const struct target *target, int32_t minor)
{
	const struct modify_request request = { .fixed_minor = SWITCH_ON, .minor = minor };
	bool active = false;
	int r = is_active(session, target, &active);

	if (!r && active && !session->force && !session->test)
		r = session_confirm(session,
				    _("%s/%s: will be deactivated for a moment to get its number"),
				    target->vg, target->lv);
	if (!r && active)
		r = activate_volumes(session, target, 1, DEACTIVATE, 0);
	if (r < 0 || (active && session->test))
		return r;
	r = modify_volumes(session, target, 1, &request);
	if (active && activate_volumes(session, target, 1, ACTIVATE, ACTIVATE_SKIPPED) < 0)
		return -EIO;
	return r;
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
	return lv->store_of ? refuse_merging(lv) : 0;
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
