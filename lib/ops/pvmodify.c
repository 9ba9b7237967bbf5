/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/pvmodify.h"

#include "base/auto.h"
#include "base/log.h"
#include "base/text.h"
#include "device/blkdev.h"
#include "model/extents.h"
#include "ops/areas.h"
#include "ops/change.h"
#include "ops/device.h"
#include "ops/hints.h"
#include "ops/locks.h"
#include "ops/pvrenew.h"
#include "ops/recover.h"
#include "ops/session.h"
#include "store/catalog.h"
#include "store/pvinit.h"

#include <stdio.h>
#include <string.h>

/* One PV and what is done with it. */
struct work {
	struct session *session;
	const struct pv_edit *edit;
	const char *path;
	struct disk *disk;
	struct pv *pv;	       /* NULL: in no group */
	uint64_t size_sectors; /* wanted */
	unsigned areas;	       /* (areas.h) those that are to be used, or not, from now on */
};

/* --- finding it --- */

static int find(struct work *work, struct catalog *catalog)
{
	struct disk *disk;
	int r = device_find(catalog, work->path, &disk);

	if (r < 0)
		return r;
	if (!disk->has_label)
		return fail(-ENOENT, _("%s: is no PV"), work->path);
	if (disk->duplicate && disk->group)
		return fail(-EBUSY, _("%s: another device has the same identity"), work->path);
	work->disk = disk;
	return disk->group ? 0 : device_refuse_member(disk);
}

static int find_size(struct work *work)
{
	const struct amount *size = &work->edit->size;
	const uint64_t there = work->disk->dev->size_sectors;

	if (size->given && (size->sign || !size->value))
		return fail(-EDOM, _("%s: the size must be more than zero and have no sign"),
			    work->path);
	if (size->given && size->value > there)
		return fail(-ENOSPC, _("%s: is smaller than that size"), work->path);
	work->size_sectors = size->given ? size->value : there;
	return work->edit->resize ? pv_refuse_resize(work->disk) : 0;
}

/* --- writes --- */

static int run_label(void *data)
{
	struct work *work = data;

	return pv_resize(work->disk, work->size_sectors);
}

static int run_id(void *data)
{
	struct work *work = data;
	char id[ID_LEN + 1];

	uuid_new(id);
	return pv_set_id(work->disk, id);
}

static bool ignores(const struct work *work)
{
	return work->edit->ignore_metadata == SWITCH_ON;
}

static void find_areas(struct work *work)
{
	if (work->edit->ignore_metadata != SWITCH_KEEP)
		work->areas = areas_to_switch(work->disk, ignores(work));
}

static int run_areas(void *data)
{
	struct work *work = data;

	return areas_write(work->disk, work->areas, ignores(work));
}

/* --- in a group --- */

/* A step of ours with a line for --test; undo may be NULL. */
static int add_act(struct change *change, enum when when, struct work *work, const char *verb,
		   struct plan_act act)
{
	const size_t room = strlen(verb) + strlen(work->path) + 16;
	char *text = vg_alloc(change_vg(change), room);

	if (!text)
		return -ENOMEM;
	snprintf(text, room, "%-7s %s", verb, work->path);
	act.text = text;
	act.data = work;
	return change_act(change, when, &act);
}

static int check_other_areas(const struct change *change, const struct work *work)
{
	const struct disk *disk;

	dm_list_iterate_items(disk, &change_catalog(change)->disks)
		if (disk != work->disk && disk->group == work->disk->group && areas_any_used(disk))
			return 0;
	return fail(-EBUSY, _("%s: no other device of %s has a metadata area in use"), work->path,
		    change_vg(change)->name);
}

/* Who chooses devices himself has it so from then on. */
static int override_copies(struct change *change)
{
	struct vg *vg = change_vg(change);
	int r = 0;

	if (vg->metadata_copies && !change_session(change)->force && !change_session(change)->test)
		r = session_confirm(
			change_session(change),
			_("%s: chooses itself which of its devices have metadata (copies: %u); "
			  "from now on you do"),
			vg->name, vg->metadata_copies);
	if (!r)
		vg->metadata_copies = 0;
	return r;
}

static int switch_areas(struct change *change, struct work *work)
{
	int r;

	find_areas(work);
	if (!work->areas)
		return 0;
	r = ignores(work) ? check_other_areas(change, work) : 0;
	r = r < 0 ? r : override_copies(change);
	return r < 0 ? r : areas_switch(change, work->disk, work->areas, ignores(work));
}

static int edit_member(struct change *change, struct work *work)
{
	const struct pv_edit *edit = work->edit;
	int r;

	if (edit->allocatable == SWITCH_ON)
		work->pv->flags |= PV_ALLOCATABLE;
	if (edit->allocatable == SWITCH_OFF)
		work->pv->flags &= ~(unsigned)PV_ALLOCATABLE;
	r = tags_edit(change_vg(change), &work->pv->tags, &edit->tags);
	if (!r && edit->resize)
		r = pv_set_size(work->pv, work->size_sectors);
	r = r < 0 ? r : switch_areas(change, work);
	r = r < 0 ? r : change_stage(change, BEFORE_DEVICES);
	if (!r && edit->resize)
		r = add_act(change, AFTER_DEVICES, work, "label",
			    (struct plan_act) { .run = run_label });
	return r < 0 ? r : change_run(change);
}

static bool edits_member(const struct pv_edit *edit)
{
	return edit->allocatable != SWITCH_KEEP || edit->ignore_metadata != SWITCH_KEEP || edit->resize ||
	       edit->tags.add_count || edit->tags.remove_count;
}

static int change_member(struct work *work, const char *group)
{
	AUTO(change) struct change *change = NULL;
	int r = recover_and_begin(work->session, group, CHANGE_GLOBAL, &change);

	r = r < 0 ? r : find(work, change_catalog(change));
	if (r < 0)
		return r;
	work->pv = vg_find_pv_id(change_vg(change), work->disk->label.id);
	if (!work->pv)
		return fail(-EAGAIN, _("%s: has left %s meanwhile"), work->path, group);
	r = find_size(work);
	return r < 0 ? r : edit_member(change, work);
}

static int modify_member(struct work *work, const char *group)
{
	int r = edits_member(work->edit) ? change_member(work, group) : 0;

	return r < 0 || !work->edit->new_id ? r : renew_member(work->session, work->path, group);
}

/* --- outside --- */

static int run_orphan(struct work *work, const char *what, int (*run)(void *data))
{
	if (work->session->test) {
		printf("%-7s %s\n", what, work->path);
		return 0;
	}
	work->session->touched = true;
	return run(work);
}

static int edit_orphan(struct work *work)
{
	const struct pv_edit *edit = work->edit;
	int r = 0;

	if (edit->allocatable != SWITCH_KEEP || edit->tags.add_count || edit->tags.remove_count)
		return fail(-EINVAL, _("%s: is in no group, and only a group keeps that"),
			    work->path);
	if (!work->session->test)
		hints_forget(work->session);
	if (edit->resize)
		r = run_orphan(work, "label", run_label);
	if (!r && edit->new_id)
		r = run_orphan(work, "label", run_id);
	find_areas(work);
	if (!r && work->areas)
		r = run_orphan(work, "areas", run_areas);
	return r;
}

static int modify_orphan(struct work *work)
{
	AUTO(lock) struct lock *lock = NULL;
	struct catalog *catalog;
	int r = lock_global(work->session, LOCK_EXCLUSIVE, &lock);

	session_forget(work->session);
	r = r < 0 ? r : session_catalog(work->session, &catalog);
	r = r < 0 ? r : find(work, catalog);
	if (!r && work->disk->group)
		r = fail(-EAGAIN, _("%s: has joined %s meanwhile"), work->path,
			 work->disk->group->name);
	r = r < 0 ? r : find_size(work);
	return r < 0 ? r : edit_orphan(work);
}

/* As LVM2 counts them: what is no PV is none that failed. */
struct tally {
	unsigned done, failed;
};

static int modify_one(struct session *session, const char *path, const struct pv_edit *edit,
		      struct tally *tally)
{
	struct work work = { .session = session, .edit = edit, .path = path };
	struct catalog *catalog;
	char group[NAME_LEN + 1];
	int r;

	session_forget(session);
	r = session_catalog(session, &catalog);
	r = r < 0 ? r : find(&work, catalog);
	if (r < 0)
		return r;
	snprintf(group, sizeof(group), "%s", work.disk->group ? work.disk->group->name : "");
	r = group[0] ? modify_member(&work, group) : modify_orphan(&work);
	*(r < 0 ? &tally->failed : &tally->done) += 1;
	if (!r && !session->test)
		say(_("%s: changed"), path);
	return r;
}

/* --- several --- */

/* What LVM2 ends with. */
static void say_tally(const struct session *session, const struct pv_edit *edit,
		      const struct tally *tally)
{
	if (session->as_lvm2 && edit->resize)
		say("%u physical volume(s) resized or updated / %u physical volume(s) not resized",
		    tally->done, tally->failed);
	else if (session->as_lvm2)
		say("%u physical volume%s changed / %u physical volume%s not changed", tally->done,
		    tally->done == 1 ? "" : "s", tally->failed, tally->failed == 1 ? "" : "s");
}

static bool is_meant(const struct disk *disk, const char *tag)
{
	const struct vg *vg = disk->group ? disk->group->vg : NULL;
	const struct pv *pv = vg ? vg_find_pv_id(vg, disk->label.id) : NULL;

	return disk->has_label && (!tag || (pv && words_have(&pv->tags, tag)));
}

/* All PVs there are, or those with the tag.  Their names are copied, as each change reads anew. */
static int modify_these(struct session *session, const char *tag, const struct pv_edit *edit,
			struct tally *tally)
{
	AUTO_FREE char **paths = NULL;
	const struct disk *disk;
	struct catalog *catalog;
	unsigned count = 0, i;
	int one, result, r = session_catalog(session, &catalog);

	if (r < 0)
		return r;
	paths = calloc(dm_list_size(&catalog->disks) + 1, sizeof(*paths));
	if (!paths)
		return fail_memory();
	dm_list_iterate_items(disk, &catalog->disks) {
		if (!is_meant(disk, tag))
			continue;
		paths[count] = strdup(disk->candidate->path);
		if (!paths[count++])
			r = fail_memory();
	}
	result = r;
	for (i = 0; i < count; i++) {
		one = r < 0 ? r : modify_one(session, paths[i], edit, tally);
		result = result ? result : one;
		free(paths[i]);
	}
	return result;
}

int modify_pvs(struct session *session, const char *const *operands, unsigned count,
	       const struct pv_edit *edit)
{
	const char *operand;
	struct tally tally = { 0 };
	unsigned i;
	int r, result = 0;

	for (i = 0; i < count; i++) {
		operand = operands[i];
		r = operand[0] == '@' ? modify_these(session, operand + 1, edit, &tally)
				      : modify_one(session, operand, edit, &tally);
		result = result ? result : r;
	}
	say_tally(session, edit, &tally);
	return result;
}

int modify_all_pvs(struct session *session, const struct pv_edit *edit)
{
	struct tally tally = { 0 };
	int r = modify_these(session, NULL, edit, &tally);

	say_tally(session, edit, &tally);
	return r;
}
