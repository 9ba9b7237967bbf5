/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/examine.h"

#include "base/auto.h"
#include "base/log.h"
#include "base/text.h"
#include "base/units.h"
#include "device/blkdev.h"
#include "model/part.h"
#include "model/renewal.h"
#include "model/snapshot.h"
#include "ops/change.h"
#include "ops/finding.h"
#include "ops/recover.h"
#include "ops/session.h"
#include "ops/target.h"
#include "store/catalog.h"
#include "store/import.h"
#include "store/members.h"
#include "store/texts.h"

#include <stdbool.h>
#include <string.h>

/* --- a device --- */

static void examine_size(const struct group *group, const struct pv *pv, const struct disk *disk,
			 struct findings *findings)
{
	uint64_t end = pv->pe_start_sectors + pv->pe_count * group->vg->extent_size_sectors;
	char size[SIZE_TEXT], wanted[SIZE_TEXT];

	if (disk->dev && pv->cut_off)
		found_at(findings, FOUND_SMALL_PV, pv->path,
			 _("ends at %s, but %s has extents on it up to %s"),
			 size_print(disk->dev->size_sectors, size), group->name,
			 size_print(end, wanted));
}

static void examine_member(const struct catalog *catalog, const struct group *group,
			   const struct pv *pv, struct findings *findings)
{
	const struct disk *disk = catalog_find_identity(catalog, pv->id);
	char id[ID_TEXT_LEN + 1];

	if (!pv->path && disk && disk->rivals[0]) {
		found_at(findings, FOUND_CONTESTED, disk->candidate->path,
			 _("is listed by both %s and %s, and counts for missing in both"),
			 disk->rivals[0]->name, disk->rivals[1]->name);
		return;
	}
	if (!pv->path || !disk) {
		found(findings, FOUND_MISSING_PV, _("device %s is missing (last seen as %s)"),
		      uuid_print(pv->id, id), pv->hint ? pv->hint : "?");
		return;
	}
	if (pv->flags & PV_MISSING)
		found_at(findings, FOUND_RETURNED_PV, pv->path,
			 _("was missing when %s was changed"), group->name);
	if (!disk->label.used && !disk->label.foreign)
		found_at(findings, FOUND_UNUSED_LABEL, pv->path,
			 _("its label does not say that a group uses it"));
	if (disk_is_overlaid(disk, pv))
		found_at(findings, FOUND_OVERLAP, pv->path,
			 _("extents of %s lie over its label or a metadata area"), group->name);
	examine_size(group, pv, disk, findings);
}

/* --- a group --- */

static void examine_disks(const struct catalog *catalog, const struct group *group,
			  struct findings *findings)
{
	const struct disk *disk;

	dm_list_iterate_items(disk, &catalog->disks) {
		if (disk->group != group)
			continue;
		if (disk->damage)
			found_at(findings, FOUND_DAMAGED_AREA, disk->candidate->path,
				 _("damaged metadata area: %s"), disk->damage);
		if (disk->duplicate)
			found_at(findings, FOUND_DUPLICATE, disk->candidate->path,
				 _("another device has the same identity"));
	}
}

static void examine_areas(const struct group *group, struct findings *findings)
{
	if (group->stale_areas)
		found(findings, FOUND_STALE_AREA, _("metadata areas older than the newest: %u"),
		      group->stale_areas);
	if (group->lost_areas)
		found(findings, FOUND_LOST_AREA, _("metadata areas that were given up: %u"),
		      group->lost_areas);
	if (group->mismatched)
		found(findings, FOUND_MISMATCH,
		      _("metadata areas differ but have the same sequence number %u"),
		      group->vg->seqno);
}

void examine_unfinished(const struct vg *vg, struct findings *findings)
{
	const struct lv *lv;

	if (part_is_unfinished(vg) || renewal_is_unfinished(vg))
		found(findings, FOUND_UNFINISHED, _("was left by an interrupted command"));
	dm_list_iterate_items(lv, &vg->lvs)
		if (lv_is_unfinished(lv))
			found_lv(findings, FOUND_UNFINISHED, lv,
				 _("was left by an interrupted command"));
}

/* A store that merges is no volume that users see, and its origin is worth nothing without it. */
static void examine_volumes(const struct vg *vg, struct findings *findings)
{
	const struct lv *lv;

	dm_list_iterate_items(lv, &vg->lvs)
		if ((lv_is_visible(lv) || lv->store_of) && lv_is_partial(lv))
			found_lv(findings, FOUND_PARTIAL, lv, _("lies on a missing device"));
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

static void examine_outdated(const struct catalog *catalog, const struct group *group,
			     struct findings *findings)
{
	struct disk *disk;

	dm_list_iterate_items(disk, &catalog->disks)
		if (disk->outdated && disk->label.used && holds_text_of(disk, group))
			found_at(findings, FOUND_OUTDATED_PV, disk->candidate->path,
				 _("holds old metadata of group %s, which no longer lists it"),
				 group->name);
}

static const char *holder_of(const struct catalog *catalog, const struct group *group)
{
	const struct disk *disk;
	unsigned i;

	dm_list_iterate_items(disk, &catalog->disks)
		for (i = 0; i < disk->area_count; i++)
			if (disk->texts[i] && disk->texts[i]->bytes == group->text)
				return disk->candidate->path;
	return group->name;
}

/* Why, is said by reading the text once more. */
static void examine_text(const struct catalog *catalog, const struct group *group,
			 struct findings *findings)
{
	AUTO(vg) struct vg *vg = NULL;

	findings_listen(findings);
	vg_import(holder_of(catalog, group), group->text, group->text_len, &vg);
	findings_hush(findings);
	found(findings, FOUND_UNREADABLE,
	      _("the newest metadata of this group is not understood: %s"), findings->heard);
}

void examine_group(const struct catalog *catalog, const struct group *group,
		   struct findings *findings)
{
	const struct pv *pv;

	examine_disks(catalog, group, findings);
	examine_outdated(catalog, group, findings);
	if (!group->vg) {
		examine_text(catalog, group, findings);
		return;
	}
	examine_areas(group, findings);
	if (group->vg->unknown)
		found(findings, FOUND_NOT_UNDERSTOOD, "%s", group->vg->unknown);
	examine_volumes(group->vg, findings);
	dm_list_iterate_items(pv, &group->vg->pvs)
		examine_member(catalog, group, pv, findings);
}

void examine_orphans(const struct catalog *catalog, struct findings *findings)
{
	const struct disk *disk;

	dm_list_iterate_items(disk, &catalog->disks) {
		if (disk->unread && disk_may_be_pv(disk))
			found_at(findings, FOUND_UNREAD, disk->candidate->path, "%s", disk->damage);
		if (disk->group || disk->unread)
			continue;
		if (disk->has_label && disk->label.used && !disk->outdated && !disk->rivals[0])
			found_at(findings, FOUND_ORPHAN, disk->candidate->path,
				 _("is marked as used by a group, but no metadata of it is found"));
		if (disk->damage)
			found_at(findings, FOUND_DAMAGED_LABEL, disk->candidate->path, "%s",
				 disk->damage);
	}
}

/* A group that is not there may lie on devices that nobody can tell whose they are. */
static void examine_absent(const struct catalog *catalog, struct findings *findings)
{
	const char *vg = findings->vg;

	found(findings, FOUND_NO_GROUP, _("no such group"));
	findings->vg = "";
	examine_orphans(catalog, findings);
	findings->vg = vg;
}

void examine_name(const struct catalog *catalog, const char *name, struct findings *findings)
{
	bool several;

	if (!catalog_find_group(catalog, name, &several))
		examine_absent(catalog, findings);
	else if (several)
		found(findings, FOUND_AMBIGUOUS, _("several groups have this name"));
}

int examine_read(struct session *session, struct findings *findings, struct catalog **catalog)
{
	int r;

	session_forget(session);
	findings_listen(findings);
	r = session_catalog(session, catalog);
	findings_hush(findings);
	return r < 0 ? fail(r, "%s", findings->heard) : 0;
}

/* --- what svgck does --- */

/* Groups of that name, or all. */
static void examine_groups(const struct catalog *catalog, const char *name,
			   struct findings *findings)
{
	const struct group *group;
	unsigned before;

	dm_list_iterate_items(group, &catalog->groups) {
		if (name && strcmp(group->name, name))
			continue;
		before = findings_count(findings);
		findings->vg = group->name;
		examine_group(catalog, group, findings);
		if (group->vg)
			examine_unfinished(group->vg, findings);
		if (findings_count(findings) == before)
			detail(_("%s: all is well"), group->name);
	}
}

static void tell(const struct findings *findings)
{
	const struct finding *finding;
	const char *advice;

	dm_list_iterate_items(finding, &findings->list) {
		advice = finding_advice(findings, finding);
		fail(-EUCLEAN, "%s: %s%s%s", finding->object, finding->text, *advice ? "; " : "",
		     advice);
	}
}

int groups_examine(struct session *session, const struct target *targets, unsigned count)
{
	AUTO(findings) struct findings *findings = NULL;
	struct catalog *catalog;
	unsigned i;
	int r;

	r = findings_new(&findings);
	r = r < 0 ? r : examine_read(session, findings, &catalog);
	if (r < 0)
		return r;
	if (!count) {
		examine_orphans(catalog, findings);
		examine_groups(catalog, NULL, findings);
	}
	for (i = 0; i < count; i++) {
		findings->vg = targets[i].vg;
		examine_name(catalog, targets[i].vg, findings);
		examine_groups(catalog, targets[i].vg, findings);
	}
	tell(findings);
	return findings->failed ? findings->failed : findings_count(findings) ? -EUCLEAN : 0;
}

/* --- renewing --- */

typedef int (*disk_work)(struct session *session, struct disk *disk, struct pv *pv);

static int each_disk(struct change *change, disk_work work)
{
	struct disk *disk;
	struct pv *pv;
	int r = 0;

	dm_list_iterate_items(pv, &change_vg(change)->pvs) {
		disk = catalog_find_disk_id(change_catalog(change), pv->id);
		if (!r && disk && pv->path)
			r = work(change_session(change), disk, pv);
	}
	return r;
}

static int prepare_disk(struct session *session, struct disk *disk, struct pv *pv)
{
	(void)session;
	(void)pv;
	return disk_prepare_to_mend(disk);
}

static int mark_disk(struct session *session, struct disk *disk, struct pv *pv)
{
	(void)pv;
	if (disk->label.used)
		return 0;
	disk->label.used = true;
	session->touched = true;
	return label_write(disk->dev, &disk->label);
}

static int mend_disk(struct session *session, struct disk *disk, struct pv *pv)
{
	session->touched |= disk_is_damaged(disk);
	return disk_mend_areas(disk, pv, false);
}

/* What is damaged is made an empty area, which the commit that follows fills; but not before all that can refuse has:
 * in it may be all there is of the newest metadata. */
static int mend_group(struct change *change)
{
	int r;

	if (change_session(change)->test)
		return 0;
	r = change_open(change);
	r = r < 0 ? r : each_disk(change, prepare_disk);
	r = r < 0 ? r : each_disk(change, mark_disk);
	return r < 0 ? r : each_disk(change, mend_disk);
}

static int renew_one(void *data, const struct target *targets, unsigned count)
{
	AUTO(change) struct change *change = NULL;
	struct session *session = data;
	int r;

	(void)count;
	r = recover_and_begin(session, targets[0].vg, CHANGE_GLOBAL | CHANGE_REPAIR | CHANGE_RENEW, &change);
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
