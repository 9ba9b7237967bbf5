/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/groupremove.h"

#include "base/auto.h"
#include "base/log.h"
#include "base/text.h"
#include "model/lost.h"
#include "model/vg.h"
#include "ops/admit.h"
#include "ops/change.h"
#include "ops/hints.h"
#include "ops/locks.h"
#include "ops/online.h"
#include "ops/recover.h"
#include "ops/remove.h"
#include "ops/session.h"
#include "ops/target.h"
#include "store/catalog.h"

#include <stdio.h>

/* A first look without the group's lock: what is asked about is looked at again under it. */
static int count_volumes(struct session *session, const char *name, unsigned *count)
{
	struct catalog *catalog;
	const struct group *group;
	int r = session_catalog(session, &catalog);

	if (r < 0)
		return r;
	group = admit_find(session, catalog, name, NULL);
	*count = group && group->vg ? dm_list_size(&group->vg->lvs) : 0;
	return 0;
}

static int remove_its_volumes(struct session *session, const struct target *target)
{
	unsigned count;
	int r = count_volumes(session, target->vg, &count);

	if (r < 0 || !count)
		return r;
	if (!session->force && !session->test)
		r = session_confirm(session,
				    _("%s: its volumes (%u) are to be removed with it"),
				    target->vg, count);
	return r < 0 ? r : remove_volumes(session, target, 1, session->force ? REMOVE_PARTIAL : 0);
}

/* Under --test its volumes are still there. */
static int refuse_volumes(const struct session *session, const struct vg *vg)
{
	if (dm_list_empty(&vg->lvs) || session->test)
		return 0;
	return fail(-EBUSY, _("%s: has volumes; remove them first"), vg->name);
}

static void warn_of_absent(const struct vg *vg)
{
	const struct pv *pv;
	char id[ID_TEXT_LEN + 1];

	dm_list_iterate_items(pv, &vg->pvs) {
		if (!pv->path)
			warn(_("%s: its missing device %s will show the group again if it comes "
			       "back"),
			     vg->name, uuid_print(pv->id, id));
		else if (lost_area(pv, 0) || lost_area(pv, 1))
			warn(_("%s: its lost metadata area will show the group again if it can be "
			       "read again"),
			     pv->path);
	}
}

static int stage_removal(struct change *change)
{
	struct vg *vg = change_vg(change);
	struct pv *pv, *next;

	warn_of_absent(vg);
	dm_list_iterate_items_safe(pv, next, &vg->pvs)
		vg_remove_pv(pv);
	return change_stage(change, AFTER_DEVICES);
}

static int remove_empty(struct session *session, const struct target *target)
{
	AUTO(change) struct change *change = NULL;
	const char *name = target->vg;
	int r;

	r = recover_and_begin(session, name, session->force ? CHANGE_REPAIR : 0, &change);
	r = r < 0 ? r : target_check_chosen(change_vg(change), NULL, target);
	r = r < 0 ? r : refuse_volumes(session, change_vg(change));
	if (r < 0)
		return r;
	if (session->test) {
		if (session->plan)
			fprintf(session->plan, "remove  %s\n", name);
		return 0;
	}
	hints_forget(session);
	r = stage_removal(change);
	r = r < 0 ? r : change_run(change);
	if (r < 0)
		return r;
	online_end_group(name);
	say(_("%s: group removed"), name);
	return 0;
}

static int remove_one(void *data, const struct target *targets, unsigned count)
{
	struct session *session = data;
	int r;

	(void)count;
	r = remove_its_volumes(session, targets);
	return r < 0 ? r : remove_empty(session, targets);
}

int groups_remove(struct session *session, const struct target *targets, unsigned count)
{
	AUTO(lock) struct lock *global = NULL;
	int r = lock_global(session, LOCK_EXCLUSIVE, &global);

	return r < 0 ? r : targets_each_group(targets, count, remove_one, session);
}
