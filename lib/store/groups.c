/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Groups out of what was found.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "store/groups.h"

#include "base/log.h"
#include "base/text.h"
#include "base/units.h"
#include "device/blkdev.h"
#include "model/name.h"
#include "model/part.h"
#include "model/lost.h"
#include "model/renewal.h"
#include "model/vg.h"
#include "store/catalog.h"
#include "store/members.h"
#include "store/texts.h"

/* Whose a text is, and how new. */
struct text_identity {
	char id[ID_LEN + 1];
	const char *name;
	uint32_t seqno;
};

static struct group *add_group(struct catalog *catalog, const char *name, const char *id)
{
	struct group *group = dm_pool_zalloc(catalog->mem, sizeof(*group));

	if (!group) {
		fail_memory();
		return NULL;
	}
	group->name = name;
	memcpy(group->id, id, ID_LEN);
	dm_list_add(&catalog->groups, &group->list);
	return group;
}

/* What stands behind the first "key" of a text's first section; "" if there is none. */
static const char *value_of(const struct found_text *text, const char *key)
{
	const char *found = strstr(text->bytes, key);

	return found ? found + strlen(key) : "";
}

/* A text that is not understood still says whose it is, in its first words: NAME { id = "ID" seqno = N.
 * One that does not say how new it is may be newer than all others. */
static bool read_identity(struct catalog *catalog, const struct found_text *text,
			  struct text_identity *identity)
{
	size_t len = strcspn(text->bytes, " \t\n{");
	char id_text[ID_TEXT_LEN + 1], digits[24] = "";
	const char *seqno = value_of(text, "seqno = ");
	uint64_t number;

	snprintf(id_text, sizeof(id_text), "%s", value_of(text, "id = \""));
	snprintf(digits, sizeof(digits), "%.*s", (int)strspn(seqno, "0123456789"), seqno);
	identity->seqno = UINT32_MAX;
	if (number_parse(digits, &number) == 0 && number <= UINT32_MAX)
		identity->seqno = (uint32_t)number;
	identity->name = dm_pool_strndup(catalog->mem, text->bytes, len);
	return identity->name && name_is_legal(identity->name) &&
	       uuid_read(id_text, identity->id) == 0;
}

static bool identify(struct catalog *catalog, const struct found_text *text,
		     struct text_identity *identity)
{
	if (!text->vg)
		return read_identity(catalog, text, identity);
	memcpy(identity->id, text->vg->id, sizeof(identity->id));
	identity->name = text->vg->name;
	identity->seqno = text->vg->seqno;
	return true;
}

/* The newest text counts, also if it is not understood: an older one in its place would be believed
 * and then written over it. */
static void believe(struct group *group, const struct found_text *text,
		    const struct text_identity *identity)
{
	if (group->text && group->seqno > identity->seqno)
		return;
	group->mismatched = group->text && group->seqno == identity->seqno;
	if (group->mismatched && (!group->vg || text->vg))
		return;
	group->seqno = identity->seqno;
	group->name = identity->name;
	group->vg = text->vg;
	group->text = text->bytes;
	group->text_len = text->len;
}

/* The group a text speaks of; a higher sequence number replaces what the group was known by. */
static int place_text(struct catalog *catalog, struct found_text *text)
{
	struct text_identity identity = { 0 };

	if (!identify(catalog, text, &identity))
		return 0;
	text->group = catalog_find_group_id(catalog, identity.id);
	if (!text->group)
		text->group = add_group(catalog, identity.name, identity.id);
	if (!text->group)
		return -ENOMEM;
	believe(text->group, text, &identity);
	return 0;
}

/* One of them may have another identity in the newer text, which the older one announces. */
static bool has_same_devices(const struct vg *a, const struct vg *b)
{
	const struct pv *pv;

	if (dm_list_size(&a->pvs) != dm_list_size(&b->pvs))
		return false;
	dm_list_iterate_items(pv, &a->pvs)
		if (!renewal_find(b, pv->id))
			return false;
	return true;
}

/* The group that this one has become: the same devices under the same name, of another identity and
 * newer.  Whoever gave it that was stopped before all areas knew. */
static struct group *find_successor(const struct catalog *catalog, const struct group *group)
{
	struct group *other;

	dm_list_iterate_items(other, &catalog->groups)
		if (group->vg && other->vg && other->vg->seqno > group->vg->seqno &&
		    strcmp(other->name, group->name) == 0 && has_same_devices(other->vg, group->vg))
			return other;
	return NULL;
}

static void join_successors(struct catalog *catalog)
{
	struct group *group, *next, *successor;
	struct found_text *text;

	dm_list_iterate_items_safe(group, next, &catalog->groups) {
		successor = find_successor(catalog, group);
		if (!successor)
			continue;
		dm_list_iterate_items(text, &catalog->texts)
			if (text->group == group)
				text->group = successor;
		dm_list_del(&group->list);
	}
}

static struct group *find_lister(const struct catalog *catalog, const struct vg *vg, const struct pv *pv)
{
	struct group *group;

	dm_list_iterate_items(group, &catalog->groups)
		if (group->vg && group->vg != vg && !part_is_unfinished(group->vg) &&
		    renewal_find(group->vg, pv->id))
			return group;
	return NULL;
}

static void forget_group(struct catalog *catalog, struct group *group)
{
	struct found_text *text;
	struct group *other;

	dm_list_iterate_items(text, &catalog->texts)
		if (text->group == group)
			text->group = NULL;
	dm_list_iterate_items(other, &catalog->groups)
		if (other->claimant == group)
			other->claimant = NULL;
	dm_list_del(&group->list);
}

static void mark_claims(struct catalog *catalog, struct group *group)
{
	struct group *lister;
	struct pv *pv;

	dm_list_iterate_items(pv, &group->vg->pvs) {
		lister = find_lister(catalog, group->vg, pv);
		if (!lister)
			continue;
		pv->flags |= PV_LEAVING;
		lister->claimant = group;
	}
}

static void drop_claims(struct group *group)
{
	struct pv *pv;

	if (part_mark(group->vg) == 0) {
		part_drop(group->vg);
		return;
	}
	dm_list_iterate_items(pv, &group->vg->pvs)
		pv->flags &= ~(unsigned)PV_LEAVING;
	group->vg->unknown = _("devices disagree about the group; see svgck");
}

/* Whoever moved devices from one group to another was stopped: of two that list a device it is the finished
 * one's.  An unfinished group that is left without any has not come to be, or is no more. */
static void settle_claims(struct catalog *catalog)
{
	struct group *group, *next;

	dm_list_iterate_items_safe(group, next, &catalog->groups) {
		if (!group->vg || !part_is_unfinished(group->vg))
			continue;
		mark_claims(catalog, group);
		drop_claims(group);
		if (dm_list_empty(&group->vg->pvs))
			forget_group(catalog, group);
	}
}

static int attach(struct disk *disk, struct group *group, struct pv *pv)
{
	if (disk->group)
		return 0;

	disk->group = group;
	if (pv->path) {
		group->duplicated = true;
		disk->duplicate = true;
		warn(_("%s: has the same identity as %s"), disk->candidate->path, pv->path);
		return 0;
	}

	pv->path = vg_text(group->vg, disk->candidate->path);
	pv->major = disk->dev->major;
	pv->minor = disk->dev->minor;
	group->overlaid |= disk_is_overlaid(disk, pv);
	pv->cut_off = disk->dev->size_sectors <
		      pv->pe_start_sectors + pv->pe_count * group->vg->extent_size_sectors;
	return pv->path ? 0 : -ENOMEM;
}

/* By the identity that a device has, or that it is about to get. */
typedef struct pv *(*find_pv)(const struct vg *vg, const char *id);

/* A disk belongs to the group whose text it holds, if that group's newest text lists it. */
static int attach_by_text(struct disk *disk, find_pv find)
{
	struct group *group;
	struct pv *pv;
	unsigned i;
	int r;

	for (i = 0; i < disk->area_count; i++) {
		group = disk->texts[i] ? disk->texts[i]->group : NULL;
		pv = group && group->vg ? find(group->vg, disk->label.id) : NULL;
		if (pv) {
			r = attach(disk, group, pv);
			if (r < 0)
				return r;
		}
	}

	return 0;
}

/* One of them lists what was taken out of it, or what it had ended with, while the device that says so was away.
 * Nothing tells which, and on the same extents lie volumes of both. */
static bool is_contested(const struct catalog *catalog, struct disk *disk, find_pv find)
{
	const struct group *group, *first = NULL;

	dm_list_iterate_items(group, &catalog->groups) {
		if (!group->vg || part_is_unfinished(group->vg) || !find(group->vg, disk->label.id))
			continue;
		if (first) {
			disk->rivals[0] = first;
			disk->rivals[1] = group;
			return true;
		}
		first = group;
	}
	return false;
}

/* A disk without text belongs to whoever lists it. */
static int attach_by_identity(struct catalog *catalog, struct disk *disk, find_pv find)
{
	struct group *group;
	struct pv *pv;
	int r;

	if (is_contested(catalog, disk, find)) {
		warn(_("%s: is listed by both %s and %s, and counts for missing in both; give it "
		       "up in the one that is outdated: svgreduce --removemissing"),
		     disk->candidate->path, disk->rivals[0]->name, disk->rivals[1]->name);
		return 0;
	}
	dm_list_iterate_items(group, &catalog->groups) {
		pv = group->vg && !disk->group ? find(group->vg, disk->label.id) : NULL;
		if (pv) {
			r = attach(disk, group, pv);
			if (r < 0)
				return r;
		}
	}

	return 0;
}

static int attach_all(struct catalog *catalog, find_pv find)
{
	struct disk *disk;
	int r = 0;

	dm_list_iterate_items(disk, &catalog->disks)
		if (r >= 0 && disk->has_label)
			r = attach_by_text(disk, find);
	dm_list_iterate_items(disk, &catalog->disks)
		if (r >= 0 && disk->has_label && !disk->group && !disk->rivals[0])
			r = attach_by_identity(catalog, disk, find);
	return r;
}

/* Which of its two identities a device has is not asked where both are there. */
static void settle_renewals(struct catalog *catalog)
{
	struct disk *disk;
	struct pv *pv;

	dm_list_iterate_items(disk, &catalog->disks) {
		if (!disk->group || disk->group->duplicated)
			continue;
		pv = renewal_find(disk->group->vg, disk->label.id);
		if (pv)
			renewal_settle(pv, disk->label.id);
	}
}

static void mark_outdated(struct disk *disk)
{
	unsigned i;

	for (i = 0; i < disk->area_count && !disk->group && !disk->outdated; i++) {
		const struct found_text *text = disk->texts[i];

		if (!text || !text->group || !text->group->vg)
			continue;
		disk->outdated = true;
		if (!disk->label.used) { /* it was leaving (store/members.h) */
			text->group->stale_areas++;
			continue;
		}
		warn(_("%s: holds old metadata of group %s, which no longer lists it"),
		     disk->candidate->path, text->group->name);
	}
}

/* Areas that do not hold what their group believes, or for which nobody can tell. */
static void count_areas(struct disk *disk)
{
	struct group *group = disk->group;
	const struct pv *pv = renewal_find(group->vg, disk->label.id);
	unsigned i;

	if (!disk->label.used && !disk->label.foreign)
		group->unmarked++;
	for (i = 0; i < disk->area_count; i++) {
		struct area *area = &disk->areas[i];

		if (area->ignored)
			continue;
		area->lost = pv && lost_area(pv, i);
		group->lost_areas += area->lost;
		if (area->lost)
			continue;
		disk->hides |= area->unread;
		if (area->foreign) /* what it holds may be newer */
			group->vg->unknown = area->damage;
		if (area->damage || (disk->texts[i] && !disk->texts[i]->vg))
			group->damaged_areas++;
		else if (!disk->texts[i] || disk->texts[i]->bytes != group->text)
			group->stale_areas++;
		group->empty_areas += !area->damage && !disk->texts[i];
	}
	group->unread_areas |= disk->hides;
}

/* One that is in the same group as its twin has been warned of (attach()). */
static void set_twins(struct disk *first, struct disk *second)
{
	if (!second->group || second->group != first->group)
		warn(_("%s: has the same identity as %s"), second->candidate->path,
		     first->candidate->path);
	first->duplicate = second->duplicate = true;
	if (first->group)
		first->group->duplicated = true;
	if (second->group)
		second->group->duplicated = true;
}

/* Two of one identity wherever they are: what is looked for by it must not be another's disk. */
static int find_twins(struct catalog *catalog)
{
	struct dm_hash_table *seen = dm_hash_create(dm_list_size(&catalog->disks) + 1);
	struct disk *disk, *first;
	int r = seen ? 0 : fail_memory();

	dm_list_iterate_items(disk, &catalog->disks) {
		if (r < 0 || !disk->has_label)
			continue;
		first = dm_hash_lookup(seen, disk->label.id);
		if (first)
			set_twins(first, disk);
		else if (!dm_hash_insert(seen, disk->label.id, disk))
			r = fail_memory();
	}
	if (seen)
		dm_hash_destroy(seen);
	return r;
}

static bool are_the_same(const struct disk *a, const struct disk *b)
{
	const struct vg *vg = a->group && a->group == b->group ? a->group->vg : NULL;

	return b->has_label && (!strcmp(a->label.id, b->label.id) ||
				(vg && renewal_find(vg, a->label.id) == renewal_find(vg, b->label.id)));
}

static void mark_duplicates(struct catalog *catalog)
{
	struct disk *disk, *other;

	dm_list_iterate_items(disk, &catalog->disks) {
		if (!disk->duplicate)
			continue;
		dm_list_iterate_items(other, &catalog->disks)
			if (are_the_same(disk, other))
				other->duplicate = true;
	}
}

static void report_group(const struct group *group)
{
	char id[ID_TEXT_LEN + 1];
	struct pv *pv;

	if (!group->vg) {
		warn(_("%s: the newest metadata of this group is not understood, and nothing older "
		       "is believed"),
		     group->name);
		return;
	}

	dm_list_iterate_items(pv, &group->vg->pvs) {
		if (pv->path && pv->flags & PV_MISSING && pv_used_extents(pv)) {
			group->vg->flags |= VG_PARTIAL;
			warn(_("%s: device %s was away when the group was changed, its contents "
			       "may be old"),
			     group->name, pv->path);
		}
		if (pv->path)
			continue;
		group->vg->flags |= VG_PARTIAL;
		warn(_("%s: device %s is missing (last seen as %s)"), group->name,
		     uuid_print(pv->id, id), pv->hint ? pv->hint : "?");
	}

	if (group->mismatched)
		warn(_("%s: two metadata areas differ but have the same sequence number %u"),
		     group->name, group->vg->seqno);
	if (group->stale_areas)
		detail(_("%s: %u metadata areas are older than the newest"), group->name,
		       group->stale_areas);
}

/* What decides whose the devices are may lie in an area that could not be read, or be one of two texts of one age.
 * After report_group() has found out who is partial. */
static bool waits_for_other(const struct catalog *catalog, const struct vg *vg)
{
	const char *id = part_other(vg);
	const struct group *other = id ? catalog_find_group_id(catalog, id) : NULL;

	return id && !(other && other->vg && !(other->vg->flags & VG_PARTIAL) &&
		       !other->unread_areas && !other->mismatched);
}

int groups_form(struct catalog *catalog)
{
	struct found_text *text;
	struct group *group;
	struct disk *disk;
	int r = 0;

	dm_list_iterate_items(text, &catalog->texts)
		if (r >= 0)
			r = place_text(catalog, text);
	join_successors(catalog);
	settle_claims(catalog);
	r = r < 0 ? r : attach_all(catalog, vg_find_pv_id);
	r = r < 0 ? r : attach_all(catalog, renewal_find_next);
	r = r < 0 ? r : find_twins(catalog);
	if (r < 0)
		return r;

	mark_duplicates(catalog);
	settle_renewals(catalog);
	dm_list_iterate_items(disk, &catalog->disks) {
		mark_outdated(disk);
		if (disk->group)
			count_areas(disk);
	}
	dm_list_iterate_items(group, &catalog->groups)
		report_group(group);
	dm_list_iterate_items(group, &catalog->groups)
		group->waits = group->vg && waits_for_other(catalog, group->vg);
	return 0;
}
