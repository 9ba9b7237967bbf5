/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/remove.h"

#include "base/auto.h"
#include "base/log.h"
#include "base/text.h"
#include "model/snapshot.h"
#include "ops/change.h"
#include "ops/closed.h"
#include "ops/recover.h"
#include "ops/refuse.h"
#include "ops/session.h"
#include "ops/target.h"
#include "ops/validity.h"

#include <stdio.h>
#include <string.h>

/* What was asked for, of one group at a time. */
struct removal {
	struct session *session;
	const struct target *targets;
	unsigned count, flags;
};

/* The volumes to go, each once, snapshots before their origins. */
struct victims {
	struct lv **lvs;
	unsigned count;
};

static bool is_victim(const struct victims *victims, const struct lv *lv)
{
	unsigned i;

	for (i = 0; i < victims->count; i++)
		if (victims->lvs[i] == lv)
			return true;
	return false;
}

static int refuse_not_ours(const struct lv *lv)
{
	if (lv_is_foreign(lv))
		return fail(-EPERM, _("%s/%s: is of a type snapvol does not handle; use LVM2"),
			    lv->vg->name, lv->name);
	if (lv->flags & LV_LOCKED)
		return fail(-EPERM, _("%s/%s: is locked"), lv->vg->name, lv->name);
	return 0;
}

/* With what goes along. */
static int add_victim(struct victims *victims, struct lv *lv)
{
	struct snapshot *snapshot;
	struct lv **more;
	int r;

	if (is_victim(victims, lv))
		return 0;
	r = refuse_not_ours(lv);
	if (r < 0)
		return r;
	dm_list_iterate_items_gen(snapshot, &lv->snapshots, origin_list) {
		r = add_victim(victims, snapshot->store);
		if (r < 0)
			return r;
	}
	more = reallocarray(victims->lvs, victims->count + 1, sizeof(*more));
	if (!more)
		return fail_memory();
	victims->lvs = more;
	victims->lvs[victims->count++] = lv;
	return 0;
}

/* A sparse volume's hidden origin goes with its last snapshot. */
static int add_with_origin(struct victims *victims, struct lv *lv)
{
	struct lv *origin = lv->store_of ? lv->store_of->origin : NULL;

	if (origin && lv_is_virtual_origin(origin) && dm_list_size(&origin->snapshots) == 1)
		lv = origin;
	return add_victim(victims, lv);
}

/* One that is invalid merges no further, whatever it had begun. */
static int refuse_valid(struct change *change, const struct lv *lv)
{
	int r = validity_of(change, lv->store_of);

	return r <= 0 ? r : refuse_merging(lv);
}

static int refuse_removal(struct change *change, const struct lv *lv)
{
	int r = refuse_not_ours(lv);

	return !r && lv->store_of && lv->store_of->merging ? refuse_valid(change, lv) : r;
}

/* A target of just a group names all its volumes. */
static int find_victims(struct change *change, const struct target *target, unsigned flags,
			struct victims *victims)
{
	struct vg *vg = change_vg(change);
	struct lv *lv;
	int r;

	if (target->lv[0]) {
		if ((flags & REMOVE_IF_EXISTS) && !target->id[0] && !vg_find_lv(vg, target->lv))
			return 0;
		lv = target_lv(vg, target);
		if (!lv)
			return -ENOENT;
		if (flags & REMOVE_AS_NAMED && strcmp(lv->name, target->lv))
			return fail(-ENOENT, _("%s: is %s/%s, which is none of those named"),
				    target->word, vg->name, lv->name);
		r = target_check_chosen(vg, lv, target);
		r = r < 0 ? r : refuse_removal(change, lv);
		return r < 0 ? r : add_with_origin(victims, lv);
	}

	r = target_check_chosen(vg, NULL, target);
	if (r < 0)
		return r;
	dm_list_iterate_items(lv, &vg->lvs) {
		if (!lv_is_visible(lv))
			continue;
		r = refuse_removal(change, lv);
		r = r < 0 ? r : add_with_origin(victims, lv);
		if (r < 0)
			return r;
	}
	return 0;
}

/* --- before anything is changed --- */

/* A sparse volume is a snapshot to the kernel, but the only copy of what it holds. */
static bool is_mere_snapshot(const struct lv *lv)
{
	return lv->store_of && !lv_is_virtual_origin(lv->store_of->origin);
}

/* Its sparse volume is judged instead of an origin that nobody sees. */
static bool is_meant(const struct lv *lv, const struct target *targets, unsigned count)
{
	unsigned i;

	for (i = 0; i < count; i++)
		if (!targets[i].id[0] || !strcmp(targets[i].id, lv->id))
			return true;
	return lv_is_virtual_origin(lv);
}

static int check_meant(const struct removal *removal, const struct victims *victims)
{
	const struct lv *lv;
	unsigned i;

	for (i = 0; i < victims->count; i++) {
		lv = victims->lvs[i];
		if (!is_meant(lv, removal->targets, removal->count))
			return fail(-EBUSY, _("%s/%s: would go with its origin; say its UUID, too"),
				    lv->vg->name, lv->name);
		if (removal->flags & REMOVE_ONLY_SNAPSHOTS && !is_mere_snapshot(lv))
			return fail(-EPERM,
				    _("%s/%s: is no snapshot, and only snapshots may be removed"),
				    lv->vg->name, lv->name);
	}
	return 0;
}

static int check_unused(struct change *change, const struct victims *victims)
{
	unsigned i;
	int r = 0;

	for (i = 0; i < victims->count && !r; i++)
		r = closed_or_fail(change, victims->lvs[i], _("cannot be removed"));
	return r;
}

/* "NAME, NAME": its snapshots. */
static const char *what_goes_with(const struct lv *lv)
{
	const size_t room = (dm_list_size(&lv->snapshots) + 1) * (NAME_LEN + 2);
	char *names = vg_alloc(lv->vg, room);
	const struct snapshot *snapshot;
	size_t len = 0;

	if (!names)
		return NULL;
	dm_list_iterate_items_gen(snapshot, &lv->snapshots, origin_list)
		len += (size_t)snprintf(names + len, room - len, "%s%s", len ? ", " : "",
					snapshot->store->name);
	return names;
}

static int ask_about(const struct session *session, const struct lv *lv)
{
	const char *names = what_goes_with(lv);

	if (!names)
		return -ENOMEM;
	if (*names && !lv_is_virtual_origin(lv))
		return session_confirm(session,
				       _("%s/%s: active volume is to be removed with its contents, "
					 "and its snapshots with it: %s"),
				       lv->vg->name, lv->name, names);
	return session_confirm(session, _("%s/%s: active volume is to be removed with its contents"),
			       lv->vg->name, lv->name);
}

/* A snapshot that goes with its origin is named by the question about that. */
static int ask(struct change *change, const struct victims *victims)
{
	const struct session *session = change_session(change);
	const struct lv *lv;
	unsigned i;
	int r = 0;

	if (session->force || session->test)
		return 0;
	for (i = 0; i < victims->count && !r; i++) {
		lv = victims->lvs[i];
		if (change_lv_is_active(change, lv) &&
		    !(lv->store_of && is_victim(victims, lv->store_of->origin)))
			r = ask_about(session, lv);
	}
	return r;
}

/* --- the change --- */

static int touch_all(struct change *change, const struct victims *victims, bool *any_active)
{
	unsigned i;
	int r;

	for (i = 0; i < victims->count; i++) {
		*any_active |= change_lv_is_active(change, victims->lvs[i]);
		r = change_touch_tree(change, victims->lvs[i]);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Origins that lose a snapshot but stay: their trees are wanted without it. */
static int want_rest(struct change *change, struct lv *const *origins, const bool *active,
		     unsigned count)
{
	unsigned i;
	int r;

	for (i = 0; i < count; i++) {
		if (!origins[i] || !active[i])
			continue;
		r = change_want_tree(change, origins[i], change_merge_now(change, origins[i]));
		if (r < 0)
			return r;
	}
	return 0;
}

/* The stores become plain volumes that are on their way out.  That is committed before their
 * headers are invalidated, and both before the kernel lets go of them. */
static int stage_interim(struct change *change, const struct victims *victims, bool any_active)
{
	AUTO_FREE bool *was_store = calloc(victims->count + 1, sizeof(*was_store));
	struct lv *lv;
	unsigned i;
	int r = 0;

	if (!was_store)
		return fail_memory();
	for (i = 0; i < victims->count && !r; i++) {
		lv = victims->lvs[i];
		was_store[i] = lv->store_of;
		if (lv->store_of)
			snapshot_detach(lv->store_of);
		r = words_add(lv->vg, &lv->tags, UNFINISHED_TAG);
	}
	if (r < 0 || !any_active)
		return r;

	r = change_stage(change, BEFORE_DEVICES);
	/* what is missing cannot be written, and comes back as no store */
	for (i = 0; i < victims->count && !r; i++)
		if (was_store[i] && !lv_is_partial(victims->lvs[i]))
			r = change_disown_store(change, victims->lvs[i], BEFORE_DEVICES);
	return r;
}

static int stage_removal(struct change *change, const struct victims *victims)
{
	AUTO_FREE struct lv **origins = calloc(victims->count + 1, sizeof(*origins));
	AUTO_FREE bool *active = calloc(victims->count + 1, sizeof(*active));
	bool any_active = false;
	unsigned i;
	int r;

	if (!origins || !active)
		return fail_memory();
	r = touch_all(change, victims, &any_active);
	if (r < 0)
		return r;
	for (i = 0; i < victims->count; i++) {
		if (!victims->lvs[i]->store_of ||
		    is_victim(victims, victims->lvs[i]->store_of->origin))
			continue;
		origins[i] = victims->lvs[i]->store_of->origin;
		active[i] = change_lv_is_active(change, origins[i]);
	}

	r = stage_interim(change, victims, any_active);
	r = r < 0 ? r : want_rest(change, origins, active, victims->count);
	for (i = 0; i < victims->count && !r; i++)
		lv_remove(victims->lvs[i]);
	return r < 0 ? r : change_stage(change, AFTER_DEVICES);
}

static int remove_victims(struct change *change, const struct removal *removal,
			  const struct victims *victims)
{
	const struct session *session = removal->session;
	unsigned i;
	int r;

	r = check_meant(removal, victims);
	r = r < 0 ? r : check_unused(change, victims);
	r = r < 0 ? r : ask(change, victims);
	r = r < 0 ? r : stage_removal(change, victims);
	r = r < 0 ? r : change_run(change);
	for (i = 0; i < victims->count && !r && !session->test; i++)
		say(_("%s/%s: removed"), change_vg(change)->name, victims->lvs[i]->name);
	return r;
}

static int remove_from(void *data, const struct target *targets, unsigned count)
{
	struct removal *removal = data;
	AUTO(change) struct change *change = NULL;
	struct victims victims = { 0 };
	unsigned i;
	int r;

	removal->targets = targets;
	removal->count = count;
	r = recover_and_begin(removal->session, targets[0].vg,
			      removal->flags & REMOVE_PARTIAL ? CHANGE_REPAIR : 0, &change);
	for (i = 0; i < count && !r; i++)
		r = find_victims(change, &targets[i], removal->flags, &victims);
	if (!r && victims.count)
		r = remove_victims(change, removal, &victims);
	free(victims.lvs);
	return r;
}

int remove_volumes(struct session *session, const struct target *targets, unsigned count,
		   unsigned flags)
{
	struct removal removal = { .session = session, .flags = flags };

	return targets_each_group(targets, count, remove_from, &removal);
}
