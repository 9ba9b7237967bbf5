/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/recover.h"

#include "base/auto.h"
#include "base/conf.h"
#include "base/limit.h"
#include "base/log.h"
#include "base/text.h"
#include "dm/name.h"
#include "dm/tree.h"
#include "model/part.h"
#include "model/renewal.h"
#include "model/snapshot.h"
#include "ops/absent.h"
#include "ops/change.h"
#include "ops/finding.h"
#include "ops/inspect.h"
#include "ops/marker.h"
#include "ops/session.h"
#include "ops/validity.h"
#include "store/catalog.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Whoever only looks is answered within a second; what is left then, others finish. */
enum { MOST_GROUPS = 16, PASSING_MS = 300 };

/* --- which devices --- */

/* Devices of volumes that are not ours to change are taken out of the plan; of every other tree
 * that has a device all are wanted.  A merge that has not begun is not begun by recovery. */
static int want_live_trees(struct change *change)
{
	struct live_device *device;
	const struct lv *lv;
	int r = 0;

	dm_list_iterate_items(device, &change_live(change)->devices) {
		lv = tree_to_lay_out(change_vg(change), device);
		if (lv && !r)
			r = change_want_tree(change, lv, change_merge_now(change, lv));
	}
	return r;
}

/* Nothing is changed but nodes: what a tree has missed is for others to say. */
int recover_nodes(struct change *change)
{
	struct live_device *device;
	const struct lv *lv;
	int r = live_take_group(change_live(change), change_vg(change));

	dm_list_iterate_items(device, &change_live(change)->devices) {
		lv = tree_to_lay_out(change_vg(change), device);
		if (lv && r >= 0)
			r = change_lay_out(change, lv, change_merge_now(change, lv));
	}
	if (!r && !change_session(change)->test)
		change_settle_nodes(change);
	return r;
}

/* --- what is to be settled --- */

/* As far as it is cheaply known. */
static bool needs_recovery(struct change *change)
{
	const struct vg *vg = change_vg(change);
	const struct snapshot *snapshot;
	const struct lv *lv;

	if (marker_exists(change_session(change)->conf, vg->id) || part_is_unfinished(vg) ||
	    renewal_is_unfinished(vg))
		return true;
	dm_list_iterate_items(lv, &vg->lvs)
		if (lv_is_unfinished(lv))
			return true;
	dm_list_iterate_items(snapshot, &vg->snapshots)
		if (tree_merge_is_done(change_live(change), snapshot))
			return true;
	return false;
}

/* A store the kernel still copies to is marked invalid before it is let go of: it must be, or else may. */
static int invalidate(struct change *change, const struct lv *lv, bool must)
{
	const char *cow = dm_uuid_of(change_live(change)->mem, lv, LAYER_COW);

	if (!cow)
		return -ENOMEM;
	if (!live_find_uuid(change_live(change), cow))
		return 0;
	return must ? change_invalidate_store(change, lv, BEFORE_DEVICES)
		    : change_mark_store(change, lv);
}

static int give_back_unfinished(struct change *change, unsigned *given_back)
{
	struct lv *lv, *next;
	int r;

	dm_list_iterate_items_safe(lv, next, &change_vg(change)->lvs) {
		if (!lv_is_to_be_given_back(lv))
			continue;
		r = invalidate(change, lv, true);
		if (r < 0)
			return r;
		lv_remove(lv);
		(*given_back)++;
	}
	return 0;
}

/* Where the metadata cannot say that they are given back.  That they are no snapshots they say already. */
static int invalidate_unfinished(struct change *change)
{
	const struct lv *lv;
	int r = 0;

	dm_list_iterate_items(lv, &change_vg(change)->lvs)
		if (!r && lv_is_to_be_given_back(lv) && !lv_is_partial(lv) && !lv->vg->unknown)
			r = invalidate(change, lv, false);
	return r;
}

static void announce_unfinished(const struct vg *vg)
{
	const struct lv *lv;

	dm_list_iterate_items(lv, &vg->lvs)
		if (lv_is_to_be_given_back(lv))
			say(_("%s/%s: giving back what an interrupted command left"), vg->name,
			    lv->name);
}

/* The stores of merges that are done become unfinished volumes, which is committed before the kernel lets go
 * of them: an origin that is found without its merging snapshot may have missed writes, and nobody
 * could tell that from a merge whose end was not committed. */
static int end_merges(struct change *change)
{
	struct vg *vg = change_vg(change);
	struct snapshot *snapshot, *next;
	struct lv *store;
	bool any = false;
	int r = 0;

	dm_list_iterate_items_safe(snapshot, next, &vg->snapshots) {
		if (r < 0 || !tree_merge_is_done(change_live(change), snapshot))
			continue;
		store = snapshot->store;
		say(_("%s/%s: merged into %s/%s"), vg->name, store->name, vg->name,
		    snapshot->origin->name);
		snapshot_detach(snapshot);
		r = words_add(vg, &store->tags, UNFINISHED_TAG);
		any = true;
	}
	return any && !r ? change_stage(change, BEFORE_DEVICES) : r;
}

bool recover_calls_off(struct change *change, const struct snapshot *snapshot)
{
	return snapshot->merging && change_lv_is_active(change, snapshot->origin) &&
	       change_merge_now(change, snapshot->origin) == LAYOUT_MERGE_HELD &&
	       marker_names(change_session(change)->conf, change_vg(change)->id,
			    snapshot->store->id);
}

static void call_off_merges(struct change *change, unsigned *edits)
{
	struct vg *vg = change_vg(change);
	struct snapshot *snapshot;

	dm_list_iterate_items(snapshot, &vg->snapshots) {
		if (!recover_calls_off(change, snapshot))
			continue;
		snapshot_cancel_merge(snapshot);
		say(_("%s/%s: will not merge"), vg->name, snapshot->store->name);
		(*edits)++;
	}
}

/* What it was to give or to get is settled by what other groups list, and which identity a device has by its label
 * (groups.c). */
static void finish_group(struct vg *vg, unsigned *edits)
{
	if (!part_is_unfinished(vg) && !renewal_is_unfinished(vg))
		return;
	say(_("%s: finishing what an interrupted command left"), vg->name);
	if (part_is_unfinished(vg))
		part_end(vg);
	(*edits)++;
}

static int settle_metadata(struct change *change, unsigned *edits)
{
	int r;

	finish_group(change_vg(change), edits);
	announce_unfinished(change_vg(change));
	call_off_merges(change, edits);
	r = end_merges(change);
	return r < 0 ? r : give_back_unfinished(change, edits);
}

/* A commit that was cut off after its first area: the newest metadata stand, and are to stand everywhere.
 * Or before the labels had been told, or had the areas of what left emptied. */
static bool is_half_written(struct change *change)
{
	const struct group *group =
		catalog_find_group_id(change_catalog(change), change_vg(change)->id);

	return group && (group->stale_areas || group->unmarked);
}

/* Devices of volumes that we could lay out, did they not lie on a missing device. */
static bool is_put_off(struct change *change)
{
	const struct live_device *device;
	const struct lv *lv;
	bool known;

	dm_list_iterate_items(device, &change_live(change)->devices) {
		if (!device->left_alone)
			continue;
		lv = tree_lv_of(change_vg(change), device->uuid, &known);
		if (lv && known && !tree_is_foreign(lv_tree_top(lv)))
			return true;
	}
	return false;
}

/* Merges that it names are to be called off, for which metadata must be written. */
static bool may_end_marker(struct change *change)
{
	return !is_put_off(change) &&
	       (change_may_commit(change) ||
		!marker_size(change_session(change)->conf, change_vg(change)->id));
}

/* A plan that was done has ended it; without one it is a dead command's, which may have come to its end but for what
 * users see. */
static void end_marker(struct change *change)
{
	change_settle_nodes(change);
	if (may_end_marker(change))
		marker_remove(change_session(change)->conf, change_vg(change)->id);
}

/* With the lock held and the kernel asked about everything of the group.  1 if there was more to be done than was
 * explained. */
static int settle(struct change *change)
{
	struct vg *vg = change_vg(change);
	struct live *live = change_live(change);
	unsigned edits = 0;
	int r, marked;

	r = live_take_group(live, vg);
	if (r < 0)
		return r;
	r = change_may_commit(change) ? settle_metadata(change, &edits)
				      : invalidate_unfinished(change);
	r = r < 0 ? r : want_live_trees(change);
	marked = r < 0 ? r : validity_mark(change);
	if (marked < 0)
		return marked;
	if (edits || (is_half_written(change) && change_may_commit(change))) {
		r = change_stage(change, AFTER_DEVICES);
		if (r < 0)
			return r;
	}
	change_keep_marker(change, !may_end_marker(change));
	r = change_run(change);
	if (r < 0)
		return r;
	if (!change_session(change)->test)
		end_marker(change);
	return marked > 0;
}

static void explain_frozen(const struct change *change, const struct live_device *device)
{
	char text[DM_NAME_LIMIT + 256];

	snprintf(text, sizeof(text), _("device %s %s"), device->name,
		 _("is suspended: whoever uses it waits"));
	say(_("%s: %s; will be %s"), change_vg(change)->name, text, _("resumed"));
}

/* All that may be done where nobody can tell what is wanted: a device that is frozen helps nobody.  No command is
 * at it, as the group's lock is held. */
static int thaw(struct change *change)
{
	struct live_device *device;
	int r = live_take_group(change_live(change), change_vg(change));

	if (r < 0)
		return r;
	dm_list_iterate_items(device, &change_live(change)->devices) {
		if (!device->in_plan)
			continue;
		live_leave_alone(device);
		if (device->suspended)
			explain_frozen(change, device);
	}
	change_keep_marker(change, true);
	return change_run(change);
}

/* What kept the kernel from being asked about everything was heard as a finding. */
static int tell_untold(const struct findings *findings, int code)
{
	const struct finding *finding;

	dm_list_iterate_items(finding, &findings->list)
		if (finding->kind == FOUND_UNTOLD)
			return fail(code, "%s: %s", finding->object, finding->text);
	return code;
}

static bool explain_half_written(struct change *change)
{
	const char *name = change_vg(change)->name;
	const char *text = _("its metadata or labels are not the newest on every device");

	if (!is_half_written(change))
		return false;
	if (change_may_commit(change))
		say(_("%s: %s; will be %s"), name, text, _("written to all"));
	else
		warn(_("%s: %s, and stays so while the group cannot be changed"), name, text);
	return true;
}

/* One line for each thing that is to be settled, but for those that are said when they are done.  How
 * many things there are. */
static int explain(struct change *change)
{
	AUTO(findings) struct findings *findings = NULL;
	struct inspection inspection = { .vg = change_vg(change), .live = change_live(change) };
	const struct finding *finding;
	int r, count = 0;

	r = findings_new(&findings);
	if (r < 0)
		return r;
	findings->vg = change_vg(change)->name;
	inspection.findings = findings;
	r = inspect_devices(&inspection);
	if (r < 0 || inspection.live->failed)
		return tell_untold(findings, r < 0 ? r : inspection.live->failed);
	inspect_leavings(&inspection, change_session(change)->conf);
	dm_list_iterate_items(finding, &findings->list) {
		const char *settled = finding_row(finding)->settled;

		count += settled != NULL;
		if (settled && *settled)
			say(_("%s: %s; will be %s"), finding->object, finding->text, _(settled));
		else if (settled && !change_may_commit(change))
			warn(_("%s: %s, and stays so while the group cannot be changed"),
			     finding->object, finding->text);
	}
	if (marker_exists(change_session(change)->conf, change_vg(change)->id) &&
	    is_put_off(change))
		say(_("%s: what lies on a missing device will be looked after when that is back"),
		    change_vg(change)->name);
	return count + explain_half_written(change);
}

/* A snapshot whose last commit could not be read would be let go of as one that was never finished. */
static int explain_and_settle(struct change *change)
{
	int r, count;

	if (change_is_doubtful(change)) {
		r = thaw(change);
		return r < 0 ? r : change_did_something(change);
	}
	count = explain(change);
	r = count < 0 ? count : settle(change);
	return r < 0 ? r : r || count || change_did_something(change);
}

static const struct group *claimant_of(const struct change *change)
{
	const struct group *group =
		catalog_find_group_id(change_catalog(change), change_vg(change)->id);

	return group ? group->claimant : NULL;
}

static bool any_merge_failed(struct change *change)
{
	const struct snapshot *snapshot;

	dm_list_iterate_items(snapshot, &change_vg(change)->snapshots)
		if (tree_merge_has_failed(change_live(change), snapshot))
			return true;
	return false;
}

/* What the claimant waits for is what this change does: once the newest is on all areas, the claim is settled by it. */
static bool decides_claim(const struct change *change, unsigned flags)
{
	const struct group *group =
		catalog_find_group_id(change_catalog(change), change_vg(change)->id);

	return flags & CHANGE_RENEW && group->unread_areas &&
	       !(change_vg(change)->flags & VG_PARTIAL);
}

/* Its claim fell to this group's, and would rise again once this one has given the device up.  The session may name
 * this one by its identity. */
static int settle_claimant(struct session *session, const char *vg_name, unsigned flags,
			   struct change **change)
{
	const char *own_id = session->group_id;
	char name[NAME_LEN + 1], id[ID_LEN + 1];
	int r;

	snprintf(name, sizeof(name), "%s", claimant_of(*change)->name);
	memcpy(id, claimant_of(*change)->id, sizeof(id));
	change_free(change);
	session->group_id = own_id ? id : NULL;
	r = recover_group(session, name, CHANGE_ACTIVATION_ONLY);
	session->group_id = own_id;
	r = r < 0 ? r : change_begin(session, vg_name, flags, change);
	if (r < 0 || !claimant_of(*change))
		return r;
	change_free(change);
	return fail(-EPERM, "%s: %s", name, _("devices disagree about the group; see svgck"));
}

/* A group that is not to be changed. */
static int thaw_group(struct session *session, const char *vg_name, unsigned flags)
{
	AUTO(change) struct change *change = NULL;
	int r = change_begin(session, vg_name, flags | CHANGE_NONE, &change);

	return r < 0 ? r : thaw(change);
}

/* One where that failed: what keeps it from being looked at has been said. */
static int thaw_failed(struct session *session, const char *vg_name, unsigned flags)
{
	AUTO(change) struct change *change = NULL;
	const bool was_hushed = log_hush(true);
	int r = change_begin(session, vg_name, flags | CHANGE_NONE, &change);

	r = r < 0 ? r : live_take_group(change_live(change), change_vg(change));
	log_hush(was_hushed);
	return r < 0 ? r : thaw(change);
}

int recover_and_begin(struct session *session, const char *vg_name, unsigned flags,
		      struct change **change)
{
	int r = change_begin(session, vg_name, flags, change);

	if (r < 0 || (flags & CHANGE_CREATE))
		return r;
	if (!(flags & CHANGE_ACTIVATION_ONLY) && !session->test && claimant_of(*change) &&
	    !decides_claim(*change, flags))
		r = settle_claimant(session, vg_name, flags, change);
	if (r < 0 || !needs_recovery(*change))
		return r;
	if (session->test)
		say(_("%s: an interrupted command left work that would be settled first"), vg_name);

	r = explain_and_settle(*change);
	if (session->test)
		return r < 0 ? r : change_pretend(*change);
	change_free(change);
	if (r < 0)
		thaw_failed(session, vg_name, flags);
	r = r < 0 ? r : change_begin(session, vg_name, flags, change);
	if (r < 0)
		return r;
	/* what is put off is not done by what comes now */
	change_keep_marker(*change, true);
	return 0;
}

int recover_group(struct session *session, const char *vg_name, unsigned flags)
{
	AUTO(change) struct change *change = NULL;
	int r = change_begin(session, vg_name, flags, &change);
	const bool is_refused = r == -EPERM || r == -EBADMSG;
	int unwritten;

	if (is_refused)
		thaw_group(session, vg_name, flags);
	if (r < 0)
		return r;
	r = explain_and_settle(change);
	if (r < 0) {
		change_free(&change);
		thaw_failed(session, vg_name, flags);
		return r;
	}
	if (change_is_doubtful(change))
		return change_tell_doubt(change);
	/* what metadata would have to say is left */
	unwritten = needs_recovery(change) || is_half_written(change)
			    ? change_check_writable(change)
			    : 0;
	if (unwritten < 0)
		return unwritten;
	return r | (any_merge_failed(change) ? RECOVERED_MERGE_FAILED : 0) |
	       (change_left_unmarked(change) ? RECOVERED_UNMARKED : 0);
}

/* 1 or 0; negative, reported.  Those that may see the group have locks of their own: unless it is named, it is left to
 * them. */
static int is_frozen(struct session *session, const struct absent *absent, bool named)
{
	struct live_device *device, *next;
	bool frozen = false, hidden = false;
	struct catalog *catalog;
	struct live *live;
	int r = session_catalog(session, &catalog);

	r = r < 0 ? r : session_live(session, &live);
	if (r < 0)
		return r;
	dm_list_iterate_items_safe(device, next, &live->devices) {
		if (!absent_has(live->mem, absent, device) || live_ask(live, device) <= 0)
			continue;
		frozen |= device->suspended;
		hidden |= absent_is_hidden(catalog, live, device);
	}
	return live->failed ? live->failed : frozen && (named || !hidden);
}

/* Others have the lock of another name. */
static int thaw_absent(struct session *session, const struct absent *absent)
{
	AUTO(change) struct change *change = NULL;
	struct live_device *device, *next;
	int r;

	session->group_id = absent->id;
	r = change_begin(session, absent->name, CHANGE_ACTIVATION_ONLY | CHANGE_NONE, &change);
	session->group_id = NULL;
	if (r < 0)
		return r;
	dm_list_iterate_items_safe(device, next, &change_live(change)->devices)
		if (!absent_has(change_live(change)->mem, absent, device))
			dm_list_del(&device->list);
	r = thaw(change);
	return r < 0 ? r : session->test || change_did_something(change);
}

int recover_absent(struct session *session, const char *vg_name)
{
	struct dm_pool *mem = dm_pool_create("absent", 512);
	struct absent *absents = NULL;
	int i, count, r, result = 0;

	if (!mem)
		return fail_memory();
	count = absent_list(session, mem, &absents);
	for (i = 0; i < count; i++) {
		if (vg_name && strcmp(absents[i].name, vg_name) != 0)
			continue;
		r = is_frozen(session, &absents[i], vg_name);
		r = r > 0 ? thaw_absent(session, &absents[i]) : r;
		result = result < 0 || !r ? result : r;
	}
	dm_pool_destroy(mem);
	return count < 0 ? count : result;
}

int recover_own(struct session *session, const char *vg_name)
{
	const int verbosity = log_verbosity();
	int r;

	log_tell();
	if (verbosity == 0)
		log_set_verbosity(-1);
	r = recover_group(session, vg_name, CHANGE_ACTIVATION_ONLY);
	log_tell();
	log_set_verbosity(verbosity);
	return r < 0 ? r : 0;
}

/* A sink for whom details do not interest. */
static void tell_nobody(void *data, enum log_level level, const char *line)
{
	(void)data;
	(void)level;
	(void)line;
}

static void recover_id(struct session *session, const char *vg_id, unsigned flags)
{
	struct catalog *catalog;
	const struct group *group;
	char name[NAME_LEN + 1];

	if (!*vg_id || session_catalog(session, &catalog) < 0)
		return;
	group = catalog_find_group_id(catalog, vg_id);
	if (!group)
		return;
	snprintf(name, sizeof(name), "%s", group->name);
	session->group_id = vg_id;
	recover_group(session, name, CHANGE_ACTIVATION_ONLY | CHANGE_TRY | flags);
	session->group_id = NULL;
}

static void recover_unsettled(struct session *session, unsigned flags)
{
	log_sink sink = tell_nobody;
	void *data = NULL;
	/* what fails now is left unsettled, too */
	char ids[2][ID_LEN + 1];

	memcpy(ids, session->unsettled, sizeof(ids));
	if (!ids[0][0])
		return;
	log_tell();
	if (log_verbosity() < 1)
		log_swap_sink(&sink, &data);
	recover_id(session, ids[0], flags);
	recover_id(session, ids[1], flags);
	log_tell();
	if (log_verbosity() < 1)
		log_swap_sink(&sink, &data);
}

void recover_failed(struct session *session)
{
	recover_unsettled(session, 0);
}

static bool any_merge_is_done(struct live *live, const struct vg *vg)
{
	const struct snapshot *snapshot;

	dm_list_iterate_items(snapshot, &vg->snapshots)
		if (tree_merge_is_done(live, snapshot))
			return true;
	return false;
}

enum { PASSING_LINES = 16, PASSING_LINE = 512 };

/* What was said while something was done in passing. */
struct passing {
	struct {
		enum log_level level;
		char line[PASSING_LINE];
	} said[PASSING_LINES];
	unsigned count;
};

static void keep_line(void *data, enum log_level level, const char *line)
{
	struct passing *passing = data;

	if (level > MSG_SAY || passing->count == PASSING_LINES)
		return;
	passing->said[passing->count].level = level;
	snprintf(passing->said[passing->count++].line, PASSING_LINE, "%s", line);
}

/* It is done, or it is not, and then nobody is told that it is; what took too long here may be done by those who take
 * their time.  LVM2 says what was done where a program that lists reads its rows. */
static void tell_passing(const struct session *session, const struct passing *passing, int r)
{
	const bool is_late = r == -ETIMEDOUT || r == -EBUSY;
	unsigned i;

	for (i = 0; i < passing->count; i++)
		if (passing->said[i].level == MSG_SAY && r >= 0 && session->as_lvm2)
			detail("%s", passing->said[i].line);
		else if (passing->said[i].level == MSG_SAY && r >= 0)
			say("%s", passing->said[i].line);
		else if (passing->said[i].level != MSG_SAY && !is_late)
			warn("%s", passing->said[i].line);
}

static int settle_in_passing(struct change *change)
{
	struct passing passing = { .count = 0 };
	void *data = &passing;
	log_sink sink = keep_line;
	int r;

	if (change_is_doubtful(change))
		return -EPERM;
	if (!change_may_commit(change))
		return change_check_writable(change) < 0 ? -EROFS : -EPERM;
	log_tell();
	log_swap_sink(&sink, &data);
	r = settle(change);
	log_tell();
	log_swap_sink(&sink, &data);
	tell_passing(change_session(change), &passing, r);
	return r < 0 ? r : 0;
}

/* One group's merges; its names are copied, as settling forgets the catalog that they stand in. */
static bool settle_one(struct session *session)
{
	struct catalog *catalog;
	struct change *change;
	char name[NAME_LEN + 1], id[ID_LEN + 1];
	struct group *group;
	struct live *live;
	int r;

	if (session_catalog(session, &catalog) < 0 || session_live(session, &live) < 0)
		return false;
	dm_list_iterate_items(group, &catalog->groups) {
		if (!group->vg || !any_merge_is_done(live, group->vg))
			continue;
		snprintf(name, sizeof(name), "%s", group->name);
		memcpy(id, group->id, sizeof(id));
		session->group_id = id;
		r = change_begin(session, name,
				 CHANGE_ACTIVATION_ONLY | CHANGE_TRY | CHANGE_IN_PASSING, &change);
		session->group_id = NULL;
		if (r < 0)
			return false;
		r = settle_in_passing(change);
		change_free(&change);
		if (r < 0)
			recover_unsettled(session, CHANGE_IN_PASSING);
		return !r; /* what failed now would fail again */
	}
	return false;
}

void recover_merged(struct session *session)
{
	const uint64_t end_ns = clock_ns() + PASSING_MS * MS_NS;
	unsigned tries = MOST_GROUPS;

	if (geteuid() != 0 || session->test || !conf_bool(session->conf, "activation/enabled"))
		return;
	while (tries-- && settle_one(session) && clock_ns() < end_ns)
		;
	/* recover_failed() would wait */
	session->unsettled[0][0] = '\0';
}
