/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/convert.h"

#include "base/auto.h"
#include "base/log.h"
#include "base/text.h"
#include "cow/store.h"
#include "model/snapshot.h"
#include "ops/change.h"
#include "ops/closed.h"
#include "ops/create.h"
#include "ops/recover.h"
#include "ops/session.h"
#include "ops/span.h"
#include "ops/target.h"
#include "ops/validity.h"

#include <string.h>

static int check_closed(struct change *change, const struct lv *lv)
{
	return closed_or_fail(change, lv, _("close it first"));
}

/* --- apart --- */

static int split(struct change *change, struct lv *store)
{
	struct lv *origin = store->store_of->origin;
	enum layout_merge merge = change_merge_now(change, origin);
	bool active = change_lv_is_active(change, store);
	int r;

	r = change_touch_tree(change, store);
	r = r < 0 ? r : validity_keep(change, origin);
	if (r < 0)
		return r;
	snapshot_detach(store->store_of);
	r = change_stage(change, BEFORE_DEVICES);
	if (!r && active)
		r = change_want_tree(change, origin, merge);
	if (!r && active)
		r = change_want_tree(change, store, LAYOUT_MERGE_LIVE);
	return r < 0 ? r : change_run(change);
}

int convert_split(struct session *session, const struct target *target)
{
	AUTO(change) struct change *change = NULL;
	const char *reason;
	struct lv *lv;
	int r;

	r = recover_and_begin(session, target->vg, 0, &change);
	if (r < 0)
		return r;
	lv = target_lv(change_vg(change), target);
	if (!lv || target_check_chosen(change_vg(change), lv, target) < 0)
		return -ENOENT;
	if (!lv->store_of)
		return fail(-EINVAL, _("%s/%s: is no snapshot"), target->vg, target->lv);
	reason = snapshot_refuse_detach(lv->store_of);
	if (reason)
		return fail(-EINVAL, "%s/%s: %s", target->vg, target->lv, reason);

	r = check_closed(change, lv);
	if (r >= 0 && change_lv_is_active(change, lv) && !session->force && !session->test)
		r = session_confirm(session, _("%s/%s: is to be split from its origin"), target->vg,
				    target->lv);
	r = r < 0 ? r : split(change, lv);
	if (!r && !session->test)
		say(_("%s/%s: split from its origin"), target->vg, target->lv);
	return r;
}

/* --- together --- */

static const char *refuse_store(const struct lv *origin, const struct lv *store)
{
	if (store == origin)
		return _("can't be a snapshot of itself");
	if (store->store_of || lv_is_origin(store))
		return _("is a snapshot or has one");
	if (lv_is_foreign(store) || !(store->flags & LV_VISIBLE))
		return _("is no plain volume");
	if (!(store->flags & LV_WRITE))
		return _("is read-only: use svchange -p rw");
	return NULL;
}

/* A store that is kept tells its chunk size itself, and must be one. */
static int chunk_of_kept(struct change *change, const struct lv *store, uint32_t *chunk)
{
	struct cow_store cow;
	struct spans spans;
	int r;

	r = spans_of(change_catalog(change), store, &spans);
	if (r < 0)
		return r;
	r = cow_open(&cow, store->name, spans.list, spans.count);
	if (!r) {
		if (cow.state != COW_VALID)
			r = fail(-EINVAL,
				 _("%s/%s: holds no valid exception store; --zero y makes it one"),
				 store->vg->name, store->name);
		else
			*chunk = cow.chunk_sectors;
		cow_close(&cow);
	}
	spans_release(&spans);
	return r;
}

static int attach(struct change *change, struct lv *origin, struct lv *store, uint32_t chunk,
		  bool keep)
{
	struct snapshot *snapshot;
	int r;

	r = change_touch_tree(change, store);
	if (!r && !keep)
		r = change_zero_store(change, store, chunk);
	if (r < 0)
		return r;
	snapshot = snapshot_attach(origin, store, chunk);
	if (!snapshot)
		return fail_memory();
	if (keep)
		r = validity_of_exceptions(change, snapshot);
	if (!r && change_lv_is_active(change, origin))
		r = change_want_branch(change, snapshot);
	r = r < 0 ? r : change_stage(change, AFTER_DEVICES);
	return r < 0 ? r : change_run(change);
}

static int find_both(struct change *change, const struct target *origin, const struct target *store,
		     struct lv **origin_lv, struct lv **store_lv)
{
	const char *reason;

	*origin_lv = target_lv(change_vg(change), origin);
	*store_lv = *origin_lv ? target_lv(change_vg(change), store) : NULL;
	if (!*store_lv)
		return -ENOENT;
	reason = snapshot_refuse_origin(*origin_lv);
	if (reason)
		return fail(-EINVAL, "%s/%s: %s", origin->vg, origin->lv, reason);
	reason = refuse_store(*origin_lv, *store_lv);
	if (reason)
		return fail(-EINVAL, "%s/%s: %s", store->vg, store->lv, reason);
	return check_closed(change, *store_lv);
}

int convert_attach(struct session *session, const struct target *origin,
		   const struct target *store, uint32_t chunk_size_sectors, bool keep)
{
	AUTO(change) struct change *change = NULL;
	uint32_t chunk = 0;
	struct lv *origin_lv, *store_lv;
	int r;

	if (strcmp(origin->vg, store->vg))
		return fail(-EDOM, _("%s: is not in the group of %s"), store->word, origin->word);
	r = recover_and_begin(session, origin->vg, 0, &change);
	r = r < 0 ? r : find_both(change, origin, store, &origin_lv, &store_lv);
	if (!r && keep)
		r = chunk_of_kept(change, store_lv, &chunk);
	else if (!r)
		r = create_chunk_size(session, chunk_size_sectors, &chunk);
	if (!r && !session->test)
		r = session_confirm(session, keep ? _("%s/%s: has missed what was written to the origin since it was split")
						  : _("%s/%s: its contents are to be lost to a new store"),
				    store->vg, store->lv);
	r = r < 0 ? r : attach(change, origin_lv, store_lv, chunk, keep);
	if (!r && !session->test)
		say(_("%s/%s: is a snapshot of %s now"), store->vg, store->lv, origin->lv);
	return r;
}
