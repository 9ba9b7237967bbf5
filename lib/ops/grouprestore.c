/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/grouprestore.h"

#include "base/auto.h"
#include "base/log.h"
#include "base/text.h"
#include "base/units.h"
#include "device/blkdev.h"
#include "dm/live.h"
#include "dm/name.h"
#include "dm/tree.h"
#include "model/extents.h"
#include "model/renewal.h"
#include "model/snapshot.h"
#include "ops/admit.h"
#include "ops/change.h"
#include "ops/groupname.h"
#include "ops/hints.h"
#include "ops/recover.h"
#include "ops/session.h"
#include "ops/validity.h"
#include "store/backup.h"
#include "store/catalog.h"
#include "store/members.h"
#include "store/texts.h"

#include <string.h>

static int read_file(const char *path, const char *name, struct vg **vg)
{
	int r = backup_read(path, vg, NULL);

	if (r < 0)
		return r;
	if (strcmp((*vg)->name, name))
		return fail(-EINVAL, _("%s: describes group %s, not %s"), path, (*vg)->name, name);
	return 0;
}

static int begin(struct session *session, const char *name, struct change **change)
{
	const unsigned flags = CHANGE_GLOBAL | CHANGE_REPAIR | CHANGE_REPLACE | CHANGE_RENEW;
	const struct group *group;
	struct catalog *catalog;
	int r = session_catalog(session, &catalog);

	if (r < 0)
		return r;
	group = catalog_find_group(catalog, name, NULL);
	if (group && (group->mismatched || group->overlaid))
		return change_begin(session, name, flags, change);
	if (group && group->vg)
		return recover_and_begin(session, name, flags, change);
	return change_begin(session, name, CHANGE_GLOBAL | CHANGE_CREATE | CHANGE_UNREADABLE,
			    change);
}

static int check_identity(const struct change *change, const struct vg *vg, const char *path)
{
	const struct catalog *catalog = change_catalog(change);
	const struct group *same_name = catalog_find_group(catalog, vg->name, NULL);
	const struct group *same_id = catalog_find_group_id(catalog, vg->id);

	if (same_name && same_name->vg && strcmp(same_name->id, vg->id))
		return fail(-EEXIST, _("%s: describes another group of this name; remove %s first"),
			    path, vg->name);
	if (same_id && strcmp(same_id->name, vg->name))
		return fail(-EEXIST, _("%s: that group is called %s now; rename it first"), path,
			    same_id->name);
	return 0;
}

/* Extents must lie on the device and on no metadata area, whatever the file says. */
static int check_place(const struct disk *disk, const struct pv *pv, const char *file)
{
	const uint64_t start = pv->pe_start_sectors;
	const uint64_t end = start + pv->pe_count * pv->vg->extent_size_sectors;
	const struct byte_ranges *areas = &disk->label.areas;
	const char *path = disk->candidate->path;
	unsigned i;

	if (end > disk->dev->size_sectors)
		return fail(-ENOSPC, _("%s: ends before the extents that %s puts there"), path,
			    file);
	for (i = 0; i < areas->count; i++)
		if (areas->range[i].offset / SECTOR_SIZE < end &&
		    (areas->range[i].offset + areas->range[i].size) / SECTOR_SIZE > start)
			return fail(-EINVAL, _("%s: has metadata where %s puts extents"), path,
				    file);
	return start ? 0 : fail(-EINVAL, _("%s: has its label where %s puts extents"), path, file);
}

/* The file may have been written while it got another identity. */
static struct disk *find_disk(const struct catalog *catalog, const struct pv *pv)
{
	const char *next = renewal_next_id(pv);
	struct disk *disk = catalog_find_identity(catalog, pv->id);

	return disk || !next ? disk : catalog_find_identity(catalog, next);
}

static int find_device(struct change *change, struct pv *pv, const char *file)
{
	struct disk *disk = find_disk(change_catalog(change), pv);
	char id[ID_TEXT_LEN + 1];

	if (pv->flags & PV_MISSING)
		return fail(-EINVAL, _("%s: device %s was missing when that was written"), file,
			    uuid_print(pv->id, id));
	if (!disk)
		return fail(-ENOENT,
			    _("%s: device %s (last seen as %s) is not there; see svpvcreate "
			      "--restorefile"),
			    file, uuid_print(pv->id, id), pv->hint ? pv->hint : "?");
	if (disk->duplicate)
		return fail(-EBUSY, _("%s: another device has the same identity"),
			    disk->candidate->path);
	if (disk->rivals[0])
		return fail(-EBUSY, "%s: %s", disk->candidate->path,
			    _("is listed by two groups, of which one is outdated"));
	if (disk->outdated || (disk->group && strcmp(disk->group->id, pv->vg->id)))
		return fail(-EBUSY,
			    _("%s: holds metadata of another group or time; make it a PV anew"),
			    disk->candidate->path);
	renewal_settle(pv, disk->label.id);
	pv->path = vg_text(pv->vg, disk->candidate->path);
	return pv->path ? check_place(disk, pv, file) : -ENOMEM;
}

static int find_devices(struct change *change, struct vg *vg, const char *file)
{
	struct pv *pv;
	int r = 0;

	if (dm_list_empty(&vg->pvs))
		return fail(-EINVAL, _("%s: lists no devices"), file);
	dm_list_iterate_items(pv, &vg->pvs)
		r = r < 0 ? r : find_device(change, pv, file);
	return r;
}

/* What is not read of a device that leaves is not taken out of it either, and may be newer than what is written. */
static int check_leavers(const struct change *change, const struct vg *vg)
{
	const struct disk *disk;

	dm_list_iterate_items(disk, &change_catalog(change)->disks)
		if (disk->hides && disk->group && !strcmp(disk->group->id, vg->id) &&
		    !renewal_find(vg, disk->label.id))
			return fail(-EIO,
				    _("%s: may hold newer metadata of %s; try again, or see svgck "
				      "--updatemetadata"),
				    disk->candidate->path, vg->name);
	return 0;
}

static bool is_not_understood(const struct disk *disk, const struct group *group)
{
	unsigned i;

	for (i = 0; i < disk->area_count; i++)
		if (disk->texts[i] && disk->texts[i]->group == group && !disk->texts[i]->vg)
			return true;
	return false;
}

/* A text that nobody understands counts as long as nothing newer is written, and may be where nothing is. */
static int outnumber(const struct change *change, struct vg *vg, const char *file)
{
	const struct group *group = catalog_find_group_id(change_catalog(change), vg->id);
	const struct disk *disk;

	if (!group || group->vg)
		return 0;
	dm_list_iterate_items(disk, &change_catalog(change)->disks)
		if (is_not_understood(disk, group) && !renewal_find(vg, disk->label.id))
			return fail(-EBUSY,
				    _("%s: holds metadata of %s that are not understood, and %s "
				      "does not list it; make it a PV anew first"),
				    disk->candidate->path, vg->name, file);
	if (group->seqno < UINT32_MAX && group->seqno > vg->seqno)
		vg->seqno = group->seqno;
	return 0;
}

/* Nor is anything lost that this host alone has. */
static int check_copy(const struct change *change, const struct vg *vg)
{
	const struct session *session = change_session(change);
	const struct group *group = catalog_find_group_id(change_catalog(change), vg->id);
	AUTO(vg) struct vg *copy = NULL;
	AUTO_FREE char *path = NULL;
	int r = group && group->vg ? admit_newer_copy(session, group, &path) : 0;

	if (r < 0 || !path)
		return r;
	r = backup_read(path, &copy, NULL);
	return r < 0 || copy->seqno <= vg->seqno ? r : admit_newest(session, group);
}

static int count_active(struct live *live, const struct vg *vg, unsigned *active)
{
	const char *uuid = dm_uuid_prefix_of(live->mem, vg);
	const struct live_device *device;

	if (!uuid)
		return -ENOMEM;
	dm_list_iterate_items(device, &live->devices)
		*active += !strncmp(device->uuid, uuid, strlen(uuid));
	return 0;
}

static int ask_active(struct change *change, const struct vg *vg)
{
	const struct session *session = change_session(change);
	unsigned active = 0;
	int r = count_active(change_live(change), vg, &active);

	if (r < 0 || !active || session->test || session->force)
		return r;
	return session_confirm(session,
			       _("%s: devices of its volumes that are active: %u; they may not fit "
				 "what is restored"),
			       vg->name, active);
}

/* What the kernel merges, or does not merge any more, is not to be told otherwise: the next activation would take what has
 * been merged back, or merge what is old. */
static int check_merge(struct change *change, const struct lv *origin)
{
	struct live *live = change_live(change);
	const struct live_device *device = tree_device(live, origin);
	const struct snapshot *merging = lv_merging_snapshot(origin);

	if (live_is(device, "snapshot-merge"))
		return merging && tree_merges(live, merging)
			       ? 0
			       : fail(-EBUSY,
				      _("%s/%s: is merged into now; restore a file that says so, or "
					"wait until that is done"),
				      origin->vg->name, origin->name);
	if (!merging || !device || !*device->table ||
	    (live_is(device, "snapshot-origin") && !tree_runs_without(live, merging)))
		return 0;
	return fail(-EBUSY, _("%s/%s: is active, and not merged into any more; restore another file"),
		    origin->vg->name, origin->name);
}

/* The volume that has the place of the store's header by now, and is no store there; NULL: none has. */
static int find_header_owner(const struct vg *now, const struct lv *store, const struct lv **owner)
{
	const struct extent_use *use;
	struct extent_map map = { 0 };
	uint64_t sector, run, extent;
	const struct pv *pv;
	const struct lv *lv;
	size_t i;
	int r;

	*owner = NULL;
	if (!lv_map(store, 0, &pv, &sector, &run))
		return 0;
	r = extent_map_init(&map, now);
	for (i = 0; !r && i < map.count; i++) {
		use = &map.uses[i];
		lv = use->segment->lv;
		extent = (sector - use->pv->pe_start_sectors) / now->extent_size_sectors;
		if (!strcmp(use->pv->id, pv->id) && sector >= use->pv->pe_start_sectors &&
		    extent >= use->first && extent < (uint64_t)use->first + use->count &&
		    (strcmp(lv->id, store->id) || (!lv->store_of && !lv_is_unfinished(lv))))
			*owner = lv;
	}
	extent_map_release(&map);
	return r;
}

/* A store that may have to be marked is not written to where it is another volume's until then. */
static int check_store(struct change *change, const struct snapshot *snapshot)
{
	const struct lv *store = snapshot->store, *owner;
	const struct group *group = catalog_find_group_id(change_catalog(change), store->vg->id);
	int r;

	if (!group || !group->vg || !tree_device(change_live(change), snapshot->origin))
		return 0;
	r = find_header_owner(group->vg, store, &owner);
	return r < 0 || !owner
		       ? r
		       : fail(-EBUSY,
			      _("%s/%s: would be back in the place of %s, while its origin is active; "
				"deactivate that first"),
			      group->name, store->name, owner->name);
}

static int check_active(struct change *change)
{
	const struct snapshot *snapshot;
	const struct lv *lv;
	int r = 0;

	dm_list_iterate_items(lv, &change_vg(change)->lvs)
		r = r < 0 ? r : check_merge(change, lv);
	dm_list_iterate_items(snapshot, &change_vg(change)->snapshots)
		r = r < 0 ? r : check_store(change, snapshot);
	return r < 0 ? r : change_live(change)->failed;
}

/* A snapshot that comes back while its origin is active without it has missed what was written; that is put down
 * before anybody can take it for one. */
static int keep_validity(struct change *change)
{
	const struct lv *lv;
	int r = 0;

	dm_list_iterate_items(lv, &change_vg(change)->lvs)
		r = r < 0 ? r : validity_keep(change, lv);
	return r;
}

/* What can refuse does so before the first area is written: what is in a damaged one may be all there is of the newest
 * metadata. */
static int prepare(struct change *change)
{
	const struct pv *pv;
	int r = check_active(change);

	r = r < 0 ? r : change_open(change);
	dm_list_iterate_items(pv, &change_vg(change)->pvs)
		r = r < 0 ? r
			  : disk_prepare_to_mend(
				    catalog_find_disk_id(change_catalog(change), pv->id));
	return r < 0 ? r : keep_validity(change);
}

static int mend(struct change *change)
{
	struct session *session = change_session(change);
	struct disk *disk;
	struct pv *pv;
	int r = 0;

	dm_list_iterate_items(pv, &change_vg(change)->pvs) {
		if (r < 0)
			continue;
		disk = catalog_find_disk_id(change_catalog(change), pv->id);
		session->touched |= !session->test && disk_is_damaged(disk);
		r = disk_mend_areas(disk, pv, session->test);
	}
	if (!r && !session->test)
		hints_forget(session);
	return r;
}

static int run(struct change *change)
{
	int r = prepare(change);

	r = r < 0 ? r : mend(change);
	r = r < 0 ? r : change_stage(change, BEFORE_DEVICES);
	return r < 0 ? r : change_run(change);
}

int group_restore(struct session *session, const char *name, const char *file)
{
	AUTO(vg) struct vg *vg = NULL;
	AUTO(change) struct change *change = NULL;
	AUTO_FREE char *path = NULL;
	char own[NAME_LEN + 1];
	int r = groupname_take(session->conf, name, own);

	if (r < 0)
		return r;
	path = file ? strdup(file) : backup_path(session->conf, own);
	/* whatever is settled first may write the backup */
	r = path ? begin(session, own, &change) : fail_memory();
	r = r < 0 ? r : read_file(path, own, &vg);
	r = r < 0 ? r : check_identity(change, vg, path);
	r = r < 0 ? r : find_devices(change, vg, path);
	r = r < 0 ? r : check_leavers(change, vg);
	r = r < 0 ? r : outnumber(change, vg, path);
	r = r < 0 ? r : check_copy(change, vg);
	r = r < 0 ? r : ask_active(change, vg);
	r = r < 0 ? r : change_replace(change, &vg);
	r = r < 0 ? r : run(change);
	if (!r && !session->test)
		say(_("%s: restored from %s"), own, path);
	return r;
}
