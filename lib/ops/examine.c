/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/examine.h"

#include "base/auto.h"
#include "base/log.h"
#include "base/text.h"
#include "base/units.h"
#include "device/blkdev.h"
#include "model/check.h"
#include "model/snapshot.h"
#include "ops/change.h"
#include "ops/recover.h"
#include "ops/session.h"
#include "ops/target.h"
#include "store/catalog.h"
#include "store/import.h"

#include <stdbool.h>
#include <string.h>

/*
 * Building the catalog has warned already of what it could not read, of missing, outdated and
 * duplicated devices, and of areas of one sequence number that differ: these are only counted.
 */
enum { FOUND = 1 };

/* --- a device --- */

static unsigned examine_size(const struct group *group, const struct pv *pv,
			     const struct disk *disk)
{
	uint64_t end = pv->pe_start_sectors + pv->pe_count * group->vg->extent_size_sectors;
	char size[SIZE_TEXT], wanted[SIZE_TEXT];

	if (!pv->cut_off || !disk->dev)
		return 0;
	warn(_("%s: ends at %s, but %s has extents on it up to %s"), pv->path,
	     size_print(disk->dev->size_sectors, size), group->name, size_print(end, wanted));
	return FOUND;
}

static unsigned examine_member(const struct catalog *catalog, const struct group *group,
			       const struct pv *pv)
{
	const struct disk *disk = catalog_find_disk_id(catalog, pv->id);
	unsigned count = 0;

	if (!pv->path || !disk)
		return FOUND;
	if (pv->flags & PV_MISSING) {
		warn(_("%s: was missing when %s was changed; see svgextend --restoremissing"),
		     pv->path, group->name);
		count += FOUND;
	}
	if (!disk->label.used) {
		warn(_("%s: its label does not say that a group uses it"), pv->path);
		count += FOUND;
	}
	return count + examine_size(group, pv, disk);
}

/* --- a group --- */

static unsigned examine_areas(const struct group *group)
{
	if (group->stale_areas)
		warn(_("%s: metadata areas older than the newest: %u"), group->name,
		     group->stale_areas);
	if (group->damaged_areas)
		warn(_("%s: damaged metadata areas: %u"), group->name, group->damaged_areas);
	return group->stale_areas + group->damaged_areas + (group->mismatched ? FOUND : 0) +
	       (group->duplicated ? FOUND : 0);
}

static unsigned examine_volumes(const struct vg *vg)
{
	const struct lv *lv;
	unsigned count = 0;

	dm_list_iterate_items(lv, &vg->lvs) {
		if (lv_is_unfinished(lv)) {
			warn(_("%s/%s: was left by an interrupted command; see svrecover"),
			     vg->name, lv->name);
			count += FOUND;
		}
		if (lv_is_visible(lv) && lv_is_partial(lv)) {
			warn(_("%s/%s: lies on a missing device"), vg->name, lv->name);
			count += FOUND;
		}
	}
	return count;
}

static unsigned examine_vg(const struct catalog *catalog, const struct group *group)
{
	const struct vg *vg = group->vg;
	unsigned count = examine_areas(group) + examine_volumes(vg);
	const struct pv *pv;

	if (vg->unknown) {
		warn("%s: %s", group->name, vg->unknown);
		count += FOUND;
	}
	if (vg_check(vg) < 0)
		count += FOUND;
	dm_list_iterate_items(pv, &vg->pvs)
		count += examine_member(catalog, group, pv);
	return count;
}

static bool holds_text_of(struct disk *disk, const struct group *group)
{
	unsigned i;

	for (i = 0; i < disk->area_count; i++) {
		AUTO_FREE char *text = NULL;
		AUTO(vg) struct vg *vg = NULL;
		size_t len;

		if (area_read(&disk->areas[i], NULL, &text, &len) > 0 &&
		    !vg_import(disk->candidate->path, text, len, &vg) && !strcmp(vg->id, group->id))
			return true;
	}
	return false;
}

static unsigned count_outdated(const struct catalog *catalog, const struct group *group)
{
	struct disk *disk;
	unsigned count = 0;

	dm_list_iterate_items(disk, &catalog->disks)
		if (disk->outdated && holds_text_of(disk, group))
			count += FOUND;
	return count;
}

static const char *advice(const struct group *group)
{
	if (!group->vg || group->mismatched)
		return _("; restore a backup with LVM2's vgcfgrestore");
	if (group->duplicated)
		return _("; take one of the two devices away");
	if (group->stale_areas || group->damaged_areas)
		return _("; old and damaged areas are mended by --updatemetadata");
	return "";
}

static unsigned examine_group(const struct catalog *catalog, const struct group *group)
{
	unsigned count = group->vg ? examine_vg(catalog, group) : FOUND;

	count += count_outdated(catalog, group);
	if (count)
		fail(-EUCLEAN, _("%s: faults found: %u%s"), group->name, count, advice(group));
	else
		detail(_("%s: all is well"), group->name);
	return count;
}

static unsigned examine_orphans(const struct catalog *catalog)
{
	const struct disk *disk;
	unsigned count = 0;

	dm_list_iterate_items(disk, &catalog->disks) {
		if (!disk->has_label || disk->group)
			continue;
		if (disk->label.used && !disk->outdated) {
			fail(-EUCLEAN, _("%s: says that a group uses it whose metadata is missing"),
			     disk->candidate->path);
			count += FOUND;
		}
		count += disk->damage ? FOUND : 0;
	}
	return count;
}

static unsigned examine_all(const struct catalog *catalog)
{
	const struct group *group;
	unsigned count = examine_orphans(catalog);

	dm_list_iterate_items(group, &catalog->groups)
		count += examine_group(catalog, group);
	return count;
}

/* Several groups may have the name. */
static unsigned examine_named(const struct catalog *catalog, const char *name)
{
	const struct group *group;
	unsigned count = 0, groups = 0;

	dm_list_iterate_items(group, &catalog->groups) {
		if (strcmp(group->name, name))
			continue;
		groups++;
		count += examine_group(catalog, group);
	}
	if (!groups) {
		fail(-ENOENT, _("%s: no such group"), name);
		return FOUND;
	}
	if (groups > 1) {
		fail(-ENOTUNIQ, _("%s: several groups have this name; rename one by its UUID"),
		     name);
		count += FOUND;
	}
	return count;
}

int groups_examine(struct session *session, const struct target *targets, unsigned count)
{
	struct catalog *catalog;
	unsigned i, findings = 0;
	int r;

	session_forget(session);
	r = session_catalog(session, &catalog);
	if (r < 0)
		return r;
	if (!count)
		findings = examine_all(catalog);
	for (i = 0; i < count; i++)
		findings += examine_named(catalog, targets[i].vg);
	return findings ? -EUCLEAN : 0;
}

/* --- renewing --- */

/* What is damaged is made an empty area; the commit that follows fills it. */
static int mend_disk(struct disk *disk)
{
	struct area *area;
	unsigned i;
	int r = catalog_open_for_write(disk);

	if (!r && !disk->label.used) {
		disk->label.used = true;
		r = label_write(disk->dev, &disk->label);
	}
	for (i = 0; i < disk->area_count && !r; i++) {
		area = &disk->areas[i];
		if (!area->damage || area->ignored)
			continue;
		r = area_format(area, false);
		r = r < 0 ? r : blkdev_sync(disk->dev);
	}
	return r;
}

static int mend_group(struct change *change)
{
	const struct pv *pv;
	struct disk *disk;
	int r = 0;

	if (change_session(change)->test)
		return 0;
	dm_list_iterate_items(pv, &change_vg(change)->pvs) {
		disk = catalog_find_disk_id(change_catalog(change), pv->id);
		if (!r && disk && pv->path)
			r = mend_disk(disk);
	}
	return r;
}

static int renew_one(void *data, const struct target *targets, unsigned count)
{
	AUTO(change) struct change *change = NULL;
	struct session *session = data;
	int r;

	(void)count;
	r = recover_and_begin(session, targets[0].vg, CHANGE_GLOBAL | CHANGE_REPAIR, &change);
	r = r < 0 ? r : mend_group(change);
	r = r < 0 ? r : change_stage(change, AFTER_DEVICES);
	r = r < 0 ? r : change_run(change);
	if (!r && !session->test)
		say(_("%s: metadata written to all its areas"), targets[0].vg);
	return r;
}

int groups_renew_areas(struct session *session, const struct target *targets, unsigned count)
{
	return targets_each_group(targets, count, renew_one, session);
}
