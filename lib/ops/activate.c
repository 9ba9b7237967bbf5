/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/activate.h"

#include "base/auto.h"
#include "base/conf.h"
#include "base/log.h"
#include "base/text.h"
#include "dm/tree.h"
#include "dm/live.h"
#include "dm/name.h"
#include "model/snapshot.h"
#include "ops/admit.h"
#include "ops/change.h"
#include "ops/claim.h"
#include "ops/closed.h"
#include "ops/online.h"
#include "ops/recover.h"
#include "ops/session.h"
#include "ops/target.h"
#include "ops/validity.h"
#include "ops/volumelist.h"
#include "store/catalog.h"

#include <stdio.h>
#include <string.h>

enum { MAX_CLAIMS = 64, MAX_GIVEN_UP = 64 };

struct activating {
	struct session *session;
	struct change *change;
	enum activation what;
	unsigned flags;
	struct claim claims[MAX_CLAIMS]; /* merges that begin with this refresh */
	unsigned claim_count;
	char given_up[MAX_GIVEN_UP][ID_LEN + 1]; /* trees that stay active, which has been told */
	unsigned given_up_count;
	bool again; /* without the last of these */
	bool newest_asked;
	int newest; /* what came of it, which has been told */
};

/* Why a volume is left out of an activation nobody asked for by name; NULL if it is not. */
static const char *skip_reason(const struct activating *a, const struct lv *lv, bool named)
{
	if (a->what == DEACTIVATE || a->what == REFRESH)
		return NULL;
	if (lv->flags & LV_ACTIVATION_SKIP && !(a->flags & ACTIVATE_SKIPPED))
		return _("not activated (skip flag; say --ignoreactivationskip)");
	if (a->what == ACTIVATE_AUTO &&
	    (lv->flags & LV_NOAUTOACTIVATE || lv->vg->flags & VG_NOAUTOACTIVATE))
		return _("not activated (autoactivation is off for it)");
	if (lv_is_foreign(lv))
		return named ? NULL
			     : _("not activated (of a type snapvol does not handle; use LVM2)");
	return NULL;
}

/* --- out of the kernel --- */

static int check_closed(struct change *change, const struct lv *top, const char *consequence)
{
	const struct snapshot *snapshot;
	int r = closed_or_fail(change, top, consequence);

	dm_list_iterate_items_gen(snapshot, &top->snapshots, origin_list)
		r = r < 0 ? r : closed_or_fail(change, snapshot->store, consequence);
	return r;
}

static bool is_given_up(const struct activating *a, const struct lv *top)
{
	unsigned i;

	for (i = 0; i < a->given_up_count; i++)
		if (!strcmp(a->given_up[i], top->id))
			return true;
	return false;
}

static bool give_up(struct activating *a, const struct lv *top)
{
	if (a->given_up_count == MAX_GIVEN_UP)
		return false;
	snprintf(a->given_up[a->given_up_count++], sizeof(a->given_up[0]), "%s", top->id);
	return true;
}

/* As with one that is found in use, so with one that the kernel does not let go: the others go without it. */
static bool go_without(struct activating *a)
{
	const struct lv *lv = a->what == DEACTIVATE ? change_failed_at(a->change) : NULL;

	return lv && give_up(a, lv_tree_top(lv));
}

static int take_out(struct activating *a, const struct lv *top)
{
	const struct snapshot *merging = lv_merging_snapshot(top);
	int r = check_closed(a->change, top, _("cannot be deactivated"));

	if (!r && merging && recover_calls_off(a->change, merging))
		return fail(
			-EBUSY,
			_("%s/%s: its merge is to be called off first, for which all devices of "
			  "the group must be there"),
			top->vg->name, merging->store->name);
	r = r < 0 ? r : validity_keep(a->change, top);
	return r < 0 ? r : change_touch_tree(a->change, top);
}

static bool merge_has_failed(struct change *change, const struct lv *top)
{
	const struct snapshot *merging = lv_merging_snapshot(top);

	return merging && tree_merge_has_failed(change_live(change), merging);
}

/* If nobody was quicker.  It is for recovery, whoever it is done by, to make what is missing of a tree that is there. */
static int take_top_out(struct activating *a, const struct lv *top)
{
	int r;

	if (!merge_has_failed(a->change, top))
		return 0;
	r = check_closed(a->change, top, _("cannot be deactivated"));
	if (r < 0)
		return r;
	change_leave_marker(a->change);
	return change_touch_top(a->change, top);
}

static int deactivate(struct activating *a, const struct lv *top)
{
	int r = 0;

	if (!is_given_up(a, top))
		r = a->flags & ACTIVATE_ANEW ? take_top_out(a, top) : take_out(a, top);

	if (r < 0)
		give_up(a, top);
	return r;
}

/* --- into it --- */

/* A held merge begins with a refresh if nobody is in the way. */
static int merge_on_refresh(struct activating *a, const struct lv *top, enum layout_merge *merge)
{
	const struct snapshot *snapshot = lv_merging_snapshot(top);
	struct claim *claim = &a->claims[a->claim_count];
	int r;

	*merge = change_merge_now(a->change, top);
	if (!snapshot || *merge == LAYOUT_MERGE_LIVE || a->what != REFRESH ||
	    a->claim_count == MAX_CLAIMS || recover_calls_off(a->change, snapshot))
		return 0;
	r = validity_of(a->change, snapshot);
	if (!r)
		warn(_("%s/%s: is invalid and can only be removed"), top->vg->name,
		     snapshot->store->name);
	if (r <= 0)
		return r;
	r = claim_take(a->change, snapshot, claim);
	if (r < 0)
		return r;
	if (!r) {
		claim_tell(claim, snapshot);
		return 0;
	}
	a->claim_count++;
	*merge = LAYOUT_MERGE_LIVE;
	return 0;
}

static int check_newest(struct activating *a)
{
	if (!a->newest_asked)
		a->newest = change_check_newest(a->change);
	a->newest_asked = true;
	return a->newest;
}

static int fail_foreign(const struct lv *lv)
{
	return fail(-EPERM, _("%s/%s: is of a type snapvol does not handle; use LVM2"),
		    lv->vg->name, lv->name);
}

/* Of a merging one without its header the kernel would say at once that all of it is merged. */
static int check_headers(struct activating *a, const struct lv *top)
{
	const struct snapshot *merging = lv_merging_snapshot(top);
	int r = 0;

	if (merging && !change_lv_is_active(a->change, top))
		r = validity_of_waiting(a->change, merging);
	return r < 0 ? r : validity_invalidate_lost(a->change, top);
}

static int bring_in(struct activating *a, const struct lv *top)
{
	enum layout_merge merge;
	int r;

	if (a->what == REFRESH && !change_lv_is_active(a->change, top))
		return 0;
	if (a->what == REFRESH && merge_has_failed(a->change, top))
		return fail(-EBUSY, _("%s/%s: its merge failed; svrecover begins it anew"),
			    top->vg->name, top->name);
	if (lv_is_foreign(top))
		return fail_foreign(top);
	if (change_is_doubtful(a->change)) {
		if (change_lv_is_active(a->change, top))
			return a->what == REFRESH ? change_tell_doubt(a->change) : 0;
		r = check_newest(a);
		if (r < 0)
			return r;
	}
	r = check_headers(a, top);
	r = r < 0 ? r : merge_on_refresh(a, top, &merge);
	/* taken into the plan only when all of it could be laid out */
	r = r < 0 ? r : change_want_tree(a->change, top, merge);
	return r < 0 ? r : change_touch_tree(a->change, top);
}

/* Once for a tree, whichever of its volumes are named. */
static int activate(struct activating *a, const struct lv *top)
{
	int r = change_wants_tree(a->change, top);

	if (r || is_given_up(a, top))
		return r < 0 ? r : 0;
	r = bring_in(a, top);
	if (r < 0)
		give_up(a, top);
	return r;
}

/* Whoever activates all there is need not know what is for other hosts. */
static bool is_for_others(const struct activating *a, const struct lv *top)
{
	const struct conf *conf = a->session->conf;

	if (a->what == DEACTIVATE || a->what == REFRESH)
		return false;
	if (a->what == ACTIVATE_AUTO ? volumelist_allows_automatic(conf, top)
				     : volumelist_allows(conf, top))
		return false;
	detail(_("%s/%s: not activated (a volume_list of this host leaves it out)"), top->vg->name,
	       top->name);
	return true;
}

static int one(struct activating *a, const struct lv *lv, bool named)
{
	const struct lv *top = lv_tree_top(lv);
	const char *reason = skip_reason(a, lv, named);

	if (!reason && is_for_others(a, top))
		return 0;
	if (reason) {
		say("%s/%s: %s", lv->vg->name, lv->name, reason);
		return 0;
	}
	return a->what == DEACTIVATE ? deactivate(a, top) : activate(a, top);
}

/* Every volume a target names; trouble with one does not keep the others from it. */
static int all_of(struct activating *a, const struct target *target)
{
	const struct vg *vg = change_vg(a->change);
	const struct lv *lv;
	int r, result = 0;

	if (target->lv[0]) {
		lv = target_lv(vg, target);
		return lv ? one(a, lv, true) : -ENOENT;
	}
	r = target_check_group(vg, target);
	if (r < 0)
		return r;
	dm_list_iterate_items(lv, &vg->lvs) {
		if ((!lv_is_visible(lv) && !lv_is_virtual_origin(lv)))
			continue;
		r = one(a, lv, false);
		result = result ? result : r;
	}
	return result;
}

/* --- groups --- */

/* A device that was away once, and has come back, is there. */
static bool is_left_alone(const struct activating *a, struct change *change)
{
	const struct pv *pv;

	if (!(a->flags & ACTIVATE_COMPLETE))
		return false;
	dm_list_iterate_items(pv, &change_vg(change)->pvs)
		if (!pv->path)
			return true;
	return false;
}

/* A group that is left alone is for whoever tells of the missing device.  He may have been here already, and have found the
 * group claimed: so once it is not any more, it is looked at again. */
static int begin(struct activating *a, const char *vg_name, struct change **change)
{
	int r = recover_and_begin(a->session, vg_name, CHANGE_ACTIVATION_ONLY, change);

	if (r < 0 || a->session->test || !is_left_alone(a, *change))
		return r;
	change_free(change);
	online_forget_group(vg_name);
	r = recover_and_begin(a->session, vg_name, CHANGE_ACTIVATION_ONLY, change);
	return r < 0 || is_left_alone(a, *change) ? r : online_claim_group(vg_name);
}

static int tell_active(struct change *change)
{
	const struct vg *vg = change_vg(change);
	AUTO(live) struct live *now = NULL;
	const struct lv *lv;
	const char *uuid;
	unsigned active = 0;
	int r = live_list(&now);

	if (r < 0)
		return r;
	dm_list_iterate_items(lv, &vg->lvs) {
		uuid = dm_uuid_of(now->mem, lv, NULL);
		if (!uuid)
			return -ENOMEM;
		active += lv_is_visible(lv) && live_find_uuid(now, uuid);
	}
	say(_("%s: %u logical volume(s) now active"), vg->name, active);
	return 0;
}

static int run_in(struct activating *a, const struct target *targets, unsigned count)
{
	AUTO(change) struct change *change = NULL;
	int r, result = 0;
	unsigned i;

	r = begin(a, targets[0].vg, &change);
	if (r < 0)
		return r;
	if (a->what == MAKE_NODES)
		return recover_nodes(change);
	if (is_left_alone(a, change)) {
		say(_("%s: is incomplete"), targets[0].vg);
		return 0;
	}
	a->change = change;
	if (a->flags & ACTIVATE_PARTIAL)
		change_allow_partial(change);
	for (i = 0; i < count; i++) {
		r = all_of(a, &targets[i]);
		result = result ? result : r;
	}
	if (result && a->flags & ACTIVATE_GROUPS && a->what == DEACTIVATE)
		return result;
	r = change_run(change);
	a->again = r < 0 && go_without(a);
	if (!r && a->what == DEACTIVATE && a->flags & ACTIVATE_GROUPS && !a->given_up_count &&
	    !a->session->test)
		online_forget_group(targets[0].vg);
	if (!r && a->flags & ACTIVATE_GROUPS && a->what != REFRESH && !a->session->test)
		r = tell_active(change);
	while (a->claim_count)
		claim_release(&a->claims[--a->claim_count]);
	return result ? result : r;
}

/* What failed is settled first, as far as it could not be undone. */
static int activate_in(void *data, const struct target *targets, unsigned count)
{
	struct activating *a = data;
	int r, result = 0;

	a->given_up_count = 0;
	a->newest_asked = false;
	do {
		a->again = false;
		r = run_in(a, targets, count);
		result = result ? result : r;
		if (a->again)
			recover_failed(a->session);
	} while (a->again);
	return result;
}

int activate_volumes(struct session *session, const struct target *targets, unsigned count,
		     enum activation what, unsigned flags)
{
	AUTO_FREE struct activating *a = calloc(1, sizeof(*a));

	if (!count)
		return 0;
	if (!a)
		return fail_memory();
	if (what != DEACTIVATE && what != MAKE_NODES &&
	    !conf_bool(session->conf, "activation/enabled"))
		return fail(-EPERM, _("%s: the setting activation/enabled is off"),
			    targets[0].word);
	a->session = session;
	a->what = what;
	a->flags = flags;
	return targets_each_group(targets, count, activate_in, a);
}

int activate_groups(struct session *session, const char *const *words, unsigned count,
		    enum activation what, unsigned flags)
{
	AUTO_FREE struct target *targets = NULL;
	unsigned target_count = 0;
	int r;

	if (count)
		r = targets_parse_any(session, words, count, TARGET_VG, &targets, &target_count);
	else
		r = targets_all_groups(session, &targets, &target_count);
	if (!r && (!count || words[0][0] == '@' || flags & ACTIVATE_OURS))
		r = targets_keep(session, targets, &target_count, admit_unnamed);
	if (r < 0 || !target_count)
		return r;
	return activate_volumes(session, targets, target_count, what, flags | ACTIVATE_GROUPS);
}

/* --- merges that failed --- */

/* What is taken out must be such that it can be brought back, by what it holds. */
static int check_failed_merge(struct change *change, const struct lv *origin)
{
	const struct snapshot *merging = lv_merging_snapshot(origin);
	int r = tree_is_foreign(origin) ? fail_foreign(origin) : 0;

	r = r < 0 ? r : change_lay_out(change, origin, LAYOUT_MERGE_LIVE);
	r = r < 0 ? r : validity_of_merging(change, merging);
	return r < 0 ? r
		     : check_closed(change, origin,
				    _("its merge failed, and begins anew only when all of it is "
				      "closed"));
}

/* *targets has room for every volume of the group. */
static int find_failed_merges(struct session *session, const char *vg_name, struct target **targets,
			      unsigned *count)
{
	AUTO(change) struct change *change = NULL;
	int checked, r = change_begin(session, vg_name, CHANGE_ACTIVATION_ONLY, &change);
	const struct lv *lv;

	if (r < 0)
		return r;
	*targets = calloc(dm_list_size(&change_vg(change)->lvs) + 1, sizeof(**targets));
	if (!*targets)
		return fail_memory();
	dm_list_iterate_items(lv, &change_vg(change)->lvs) {
		if (!merge_has_failed(change, lv))
			continue;
		checked = check_failed_merge(change, lv);
		r = r < 0 ? r : checked;
		if (checked < 0)
			continue;
		say(_("%s/%s: its merge failed; will be begun anew"), lv->vg->name, lv->name);
		(*targets)[*count] = (struct target) { .word = vg_name, .order = *count };
		snprintf((*targets)[*count].vg, NAME_LEN + 1, "%s", lv->vg->name);
		snprintf((*targets)[*count].lv, NAME_LEN + 1, "%s", lv->name);
		snprintf((*targets)[*count].id, ID_LEN + 1, "%s", lv->id);
		(*count)++;
	}
	return r;
}

int activate_failed_merges(struct session *session, const char *vg_name)
{
	AUTO_FREE struct target *targets = NULL;
	unsigned count = 0;
	int r, result = find_failed_merges(session, vg_name, &targets, &count);

	if (count && !session->test) {
		r = activate_volumes(session, targets, count, DEACTIVATE, ACTIVATE_ANEW);
		result = result < 0 ? result : r;
		r = recover_own(session, vg_name);
		result = result < 0 ? result : r;
	}
	return result < 0 ? result : (int)count;
}
