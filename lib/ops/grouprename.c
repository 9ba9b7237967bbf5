/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/grouprename.h"

#include "base/auto.h"
#include "base/log.h"
#include "base/text.h"
#include "model/lv.h"
#include "model/name.h"
#include "ops/change.h"
#include "ops/groupname.h"
#include "ops/hints.h"
#include "ops/locks.h"
#include "ops/online.h"
#include "ops/recover.h"
#include "ops/session.h"
#include "store/catalog.h"

#include <stdio.h>
#include <string.h>

/* A tree that is in the kernel and goes on under its new name. */
struct live_tree {
	struct lv *top;
	enum layout_merge merge;
};

/* An identity is also a legal name: a group of that name is meant before one of that identity. */
static int find_group(struct session *session, const char *old, char name[NAME_LEN + 1],
		      char id[ID_LEN + 1])
{
	struct catalog *catalog;
	const struct group *group;
	bool ambiguous = false;
	int r = session_catalog(session, &catalog);

	if (r < 0)
		return r;
	id[0] = 0;
	group = catalog_find_group(catalog, name, &ambiguous);
	if (!group && !uuid_read(old, id))
		group = catalog_find_group_id(catalog, id);
	if (!group)
		return fail(-ENOENT, _("%s: no such group"), old);
	if (ambiguous)
		return fail(-ENOTUNIQ,
			    _("%s: several groups have this name; rename one by its UUID"), old);
	snprintf(name, NAME_LEN + 1, "%s", group->name);
	return 0;
}

static int refuse_new_name(struct session *session, const char *name, const char *new_name)
{
	struct catalog *catalog;
	int r = session_catalog(session, &catalog);

	if (r < 0)
		return r;
	if (!strcmp(name, new_name))
		return fail(-EINVAL, _("%s: has that name already"), name);
	if (catalog_find_group(catalog, new_name, NULL))
		return fail(-EEXIST, _("%s: group exists already"), new_name);
	return groupname_refuse_taken(session->conf, new_name);
}

/* --- under the locks --- */

static int check_names(const struct vg *vg, const char *new_name)
{
	const struct lv *lv;

	dm_list_iterate_items(lv, &vg->lvs)
		if (!name_fits(new_name, lv->name))
			return fail(-ENAMETOOLONG,
				    _("%s/%s: together with its group's name it is too long for "
				      "the kernel"),
				    new_name, lv->name);
	return 0;
}

static int find_live_trees(struct change *change, struct live_tree *trees, unsigned *count)
{
	struct vg *vg = change_vg(change);
	struct lv *lv;
	int r;

	*count = 0;
	dm_list_iterate_items(lv, &vg->lvs) {
		if (lv->store_of || !change_lv_is_active(change, lv))
			continue;
		if (lv_is_foreign(lv))
			return fail(-EPERM,
				    _("%s/%s: is active and of a type snapvol does not handle; "
				      "deactivate it first"),
				    vg->name, lv->name);
		trees[*count] = (struct live_tree) { lv, change_merge_now(change, lv) };
		(*count)++;
		r = change_touch_tree(change, lv);
		if (r < 0)
			return r;
	}
	return 0;
}

static int edit_name(struct change *change, const char *new_name)
{
	struct vg *vg = change_vg(change);
	unsigned room = dm_list_size(&vg->lvs) + 1;
	AUTO_FREE struct live_tree *trees = calloc(room, sizeof(*trees));
	unsigned i, count = 0;
	int r;

	if (!trees)
		return fail_memory();
	r = check_names(vg, new_name);
	r = r < 0 ? r : find_live_trees(change, trees, &count);
	if (r < 0)
		return r;
	vg->name = vg_text(vg, new_name);
	if (!vg->name)
		return -ENOMEM;
	r = change_stage(change, BEFORE_DEVICES);
	for (i = 0; i < count && !r; i++)
		r = change_want_tree(change, trees[i].top, trees[i].merge);
	return r;
}

static int run(struct change *change, const char *name, const char *new_name)
{
	const struct session *session = change_session(change);
	int r;

	if (session->test)
		return change_run(change);
	hints_forget(session);
	r = change_run(change);
	if (r < 0)
		return r;
	online_rename_group(name, new_name);
	say(_("%s: renamed to %s"), name, new_name);
	return 0;
}

/* Locks of groups are taken in the order of strcmp(), whichever of the two names comes first. */
static int rename_locked(struct session *session, const char *name, const char *new_name)
{
	AUTO(lock) struct lock *before = NULL;
	AUTO(lock) struct lock *after = NULL;
	AUTO(change) struct change *change = NULL;
	int r = 0;

	if (strcmp(new_name, name) < 0)
		r = lock_group(session, new_name, LOCK_EXCLUSIVE, &before);
	/* one that is exported can be called otherwise to be imported */
	r = r < 0 ? r : recover_and_begin(session, name, CHANGE_EXPORTED, &change);
	if (!r && !before)
		r = lock_group(session, new_name, LOCK_EXCLUSIVE, &after);
	r = r < 0 ? r : edit_name(change, new_name);
	return r < 0 ? r : run(change, name, new_name);
}

int group_rename(struct session *session, const char *old, const char *new_name)
{
	AUTO(lock) struct lock *global = NULL;
	char name[NAME_LEN + 1], new_own[NAME_LEN + 1], id[ID_LEN + 1];
	int r;

	r = groupname_take(session->conf, old, name);
	if (r < 0)
		return r;
	/* As LVM2: that no group can have the new name is no fault of the command line's. */
	if (groupname_take(session->conf, new_name, new_own) < 0)
		return -EINVAL;
	r = lock_global(session, LOCK_EXCLUSIVE, &global);
	if (r < 0)
		return r;
	session_forget(session);
	r = find_group(session, old, name, id);
	r = r < 0 ? r : refuse_new_name(session, name, new_own);
	if (r < 0)
		return r;
	session->group_id = id[0] ? id : NULL;
	r = rename_locked(session, name, new_own);
	session->group_id = NULL;
	return r;
}
