/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Groups that are split and merged, with the power cut at each write: whatever is left, each device
 * and each volume is in one group that is not unfinished, and that is complete.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "disks.h"
#include "tap.h"

#include "base/auto.h"
#include "model/lv.h"
#include "model/part.h"
#include "store/catalog.h"
#include "store/transaction.h"

enum { SEEDS = 4 };

/* One group's part in the change. */
struct side {
	struct vg *vg;
	struct transaction *transaction;
};

static void add_volume(struct vg *vg, const char *name, unsigned pv_number)
{
	struct lv *lv = lv_new(vg, name);
	struct stripe stripe = { 0 };
	struct pv *pv;

	dm_list_iterate_items(pv, &vg->pvs)
		if (!pv_number--)
			stripe.pv = pv;
	stripe.extent = 10;
	CHECK(lv && lv_append(lv, SEGMENT_STRIPED, &stripe, 1, 0, 4) == 0);
}

/* vg0 on the first two of three disks, each with two areas, and vg1 on the third. */
static struct catalog *set_up(struct disks *disks, bool with_other)
{
	struct catalog *catalog;
	struct vg *vg;

	disks_init(disks, 3);
	for (unsigned i = 0; i < 3; i++)
		disks_format(disks, i, 2);
	catalog = disks_catalog(disks);
	vg = disks_group("vg0", 2);
	add_volume(vg, "data", 1);
	CHECK_INT(disks_commit(catalog, NULL, vg), 0);
	vg_free(&vg);
	if (with_other) {
		vg = vg_new("vg1", EXTENT_SECTORS);
		disks_add_pv(vg, 2);
		add_volume(vg, "other", 0);
		CHECK_INT(disks_commit(catalog, NULL, vg), 0);
		vg_free(&vg);
	}
	catalog_free(&catalog);
	return disks_catalog(disks);
}

static void begin(struct catalog *catalog, const char *name, struct side *side)
{
	struct group *group = catalog_find_group(catalog, name, NULL);

	side->vg = group ? group->vg : vg_new(name, EXTENT_SECTORS);
	CHECK_INT(transaction_begin(catalog, group, "test", &side->transaction), 0);
}

static void mark(struct catalog *catalog, struct vg *vg, const char *path)
{
	struct pv *pv;

	dm_list_iterate_items(pv, &vg->pvs) {
		if (path && strcmp(pv->path, path) != 0)
			continue;
		pv->flags |= PV_LEAVING;
		catalog_find_disk(catalog, pv->path)->moves = true;
	}
	CHECK_INT(part_mark(vg), 0);
}

static void stage_split(struct side *from, struct side *to)
{
	CHECK_INT(part_move(from->vg, to->vg), 0);
	CHECK_INT(part_begin(to->vg, from->vg), 0);
	CHECK_INT(transaction_stage(to->transaction, to->vg), 0);
	CHECK_INT(transaction_stage(from->transaction, from->vg), 0);
	part_end(to->vg);
	CHECK_INT(transaction_stage(to->transaction, to->vg), 0);
}

static void stage_merge(struct catalog *catalog, struct side *from, struct side *to)
{
	CHECK_INT(part_begin(from->vg, to->vg), 0);
	CHECK_INT(transaction_stage(from->transaction, from->vg), 0);
	part_end(from->vg);
	part_take_all(from->vg);
	mark(catalog, from->vg, NULL);
	CHECK_INT(part_move(from->vg, to->vg), 0);
	CHECK_INT(transaction_stage(to->transaction, to->vg), 0);
	CHECK_INT(transaction_stage(from->transaction, from->vg), 0);
}

static unsigned count_owners(const struct catalog *catalog, const char *volume)
{
	const struct group *group;
	unsigned count = 0;

	dm_list_iterate_items(group, &catalog->groups)
		count += group->vg && vg_find_lv(group->vg, volume) != NULL;
	return count;
}

/* What is still unfinished is complete, too: to finish it is no more than to say so. */
static bool is_whole(const struct catalog *catalog, unsigned disk_count, bool with_other)
{
	const struct group *group;
	unsigned pvs = 0;

	dm_list_iterate_items(group, &catalog->groups) {
		if (!group->vg || group->duplicated || group->mismatched ||
		    group->vg->flags & VG_PARTIAL)
			return false;
		pvs += dm_list_size(&group->vg->pvs);
	}
	return pvs == disk_count && count_owners(catalog, "base") == 1 &&
	       count_owners(catalog, "data") == 1 && count_owners(catalog, "other") == with_other;
}

static void check_cuts(const struct disks *disks, unsigned disk_count, bool with_other)
{
	size_t count = memlog_count(disks->log), events;
	struct catalog *catalog;
	struct disks left;
	uint64_t seed;

	for (events = 0; events <= count; events++) {
		for (seed = 0; seed < SEEDS; seed++) {
			disks_cut(disks, events, seed ? seed + events * SEEDS : 0, &left);
			catalog = disks_catalog(&left);
			if (!is_whole(catalog, disk_count, with_other)) {
				printf("# cut after %zu of %zu events, seed %" PRIu64 "\n", events,
				       count, seed);
				CHECK(!"each device and volume has one owner");
			}
			catalog_free(&catalog);
			disks_release(&left);
		}
	}
}

static const char *owner_of(const struct disks *disks, const char *volume)
{
	AUTO(catalog) struct catalog *catalog = disks_catalog((struct disks *)disks);
	const struct group *group;

	dm_list_iterate_items(group, &catalog->groups)
		if (group->vg && vg_find_lv(group->vg, volume))
			return !strcmp(group->name, "vg0") ? "vg0" : "vg1";
	return "nobody";
}

/* The texts that were staged, in the order of the calls. */
static void commit(struct disks *disks, struct side *first, struct side *second, struct side *third)
{
	memlog_clear(disks->log);
	CHECK_INT(transaction_commit(first->transaction), 0);
	CHECK_INT(transaction_commit(second->transaction), 0);
	CHECK_INT(transaction_commit(third->transaction), 0);
}

static void split_and_cut(struct disks *disks, struct catalog *catalog, unsigned disk_count,
			  bool with_other)
{
	bool is_new = !catalog_find_group(catalog, "vg1", NULL);
	struct side from = { 0 }, to = { 0 };

	begin(catalog, "vg0", &from);
	begin(catalog, "vg1", &to);
	mark(catalog, from.vg, "/dev/sdb");
	stage_split(&from, &to);
	commit(disks, &to, &from, &to);
	transaction_free(&from.transaction);
	transaction_free(&to.transaction);
	if (is_new)
		vg_free(&to.vg);
	catalog_free(&catalog);
	CHECK_TEXT(owner_of(disks, "base"), "vg0");
	CHECK_TEXT(owner_of(disks, "data"), "vg1");
	check_cuts(disks, disk_count, with_other);
	disks_release(disks);
}

static void check_split(bool with_other)
{
	struct disks disks;
	struct catalog *catalog = set_up(&disks, with_other);

	split_and_cut(&disks, catalog, with_other ? 3 : 2, with_other);
}

TEST("a split into a new group is cut at any write")
{
	check_split(false);
}

TEST("a split into a group that exists is cut at any write")
{
	check_split(true);
}

TEST("a merge is cut at any write")
{
	struct side from = { 0 }, to = { 0 };
	struct catalog *catalog;
	struct disks disks;

	catalog = set_up(&disks, true);
	begin(catalog, "vg0", &from);
	begin(catalog, "vg1", &to);
	stage_merge(catalog, &from, &to);
	commit(&disks, &from, &to, &from);
	transaction_free(&from.transaction);
	transaction_free(&to.transaction);
	catalog_free(&catalog);
	CHECK_TEXT(owner_of(&disks, "base"), "vg1");
	check_cuts(&disks, 3, true);
	disks_release(&disks);
}

TEST("a split that cannot go on is undone on all its devices")
{
	struct side from = { 0 }, to = { 0 };
	struct catalog *catalog;
	struct disks disks;

	catalog = set_up(&disks, true);
	begin(catalog, "vg0", &from);
	begin(catalog, "vg1", &to);
	mark(catalog, from.vg, "/dev/sdb");
	stage_split(&from, &to);
	CHECK_INT(transaction_commit(to.transaction), 0);
	CHECK_INT(transaction_restore(to.transaction), 0);
	CHECK_INT(transaction_restore(from.transaction), 0);
	transaction_free(&from.transaction);
	transaction_free(&to.transaction);
	catalog_free(&catalog);
	catalog = disks_catalog(&disks);
	CHECK(is_whole(catalog, 3, true));
	CHECK_INT(catalog_find_group(catalog, "vg0", NULL)->stale_areas, 0);
	CHECK_INT(catalog_find_group(catalog, "vg1", NULL)->stale_areas, 0);
	CHECK_INT(catalog_find_group(catalog, "vg1", NULL)->vg->flags & VG_EXPORTED, 0);
	catalog_free(&catalog);
	CHECK_TEXT(owner_of(&disks, "data"), "vg0");
	disks_release(&disks);
}

/* A commit of one more volume that does not reach the first disk. */
static void commit_past_first(struct disks *disks, const char *volume)
{
	AUTO(catalog) struct catalog *catalog = disks_catalog(disks);
	struct group *group = catalog_find_group(catalog, "vg0", NULL);

	add_volume(group->vg, volume, 0);
	memdev_fail(disks->device[0], MEMDEV_WRITE, 1, EIO, MEMDEV_FOR_EVER);
	CHECK_INT(disks_commit(catalog, group, group->vg), 0);
	memdev_fail(disks->device[0], MEMDEV_WRITE, 0, EIO, MEMDEV_ONCE);
}

static bool is_everywhere(struct disks *disks, bool renew)
{
	AUTO(catalog) struct catalog *catalog = disks_catalog(disks);
	struct group *group = catalog_find_group(catalog, "vg0", NULL);

	if (renew)
		CHECK_INT(disks_commit(catalog, group, group->vg), 0);
	return group_is_everywhere(group);
}

TEST("what only the device that leaves holds is on all areas before a split")
{
	struct catalog *catalog;
	struct disks disks;

	catalog = set_up(&disks, false);
	catalog_free(&catalog);
	CHECK(is_everywhere(&disks, false));
	commit_past_first(&disks, "other");
	CHECK(!is_everywhere(&disks, true));
	CHECK(is_everywhere(&disks, false));
	split_and_cut(&disks, disks_catalog(&disks), 2, true);
}

/* Where a split into a group that exists is killed behind its first commit. */
static struct catalog *set_up_killed(struct disks *disks, bool across)
{
	struct catalog *catalog = set_up(disks, true);
	struct side from = { 0 }, to = { 0 };
	struct stripe stripe = { .extent = 20 };
	struct pv *pv;

	begin(catalog, "vg0", &from);
	begin(catalog, "vg1", &to);
	mark(catalog, from.vg, "/dev/sdb");
	CHECK_INT(part_move(from.vg, to.vg), 0);
	dm_list_iterate_items(pv, &to.vg->pvs)
		if (!strcmp(pv->path, "/dev/sdb"))
			stripe.pv = pv;
	if (across)
		CHECK_INT(lv_append(vg_find_lv(to.vg, "other"), SEGMENT_STRIPED, &stripe, 1, 0, 4), 0);
	CHECK_INT(part_begin(to.vg, from.vg), 0);
	CHECK_INT(transaction_stage(to.transaction, to.vg), 0);
	CHECK_INT(transaction_commit(to.transaction), 0);
	transaction_free(&from.transaction);
	transaction_free(&to.transaction);
	catalog_free(&catalog);
	return disks_catalog(disks);
}

static void give_up(struct disks *disks)
{
	AUTO(catalog) struct catalog *catalog = disks_catalog(disks);
	struct group *group = catalog_find_group(catalog, "vg0", NULL);
	struct pv *pv, *next;

	CHECK(group->claimant == NULL);
	lv_remove(vg_find_lv(group->vg, "data"));
	CHECK_INT(disks_commit(catalog, group, group->vg), 0);
	dm_list_iterate_items_safe(pv, next, &group->vg->pvs)
		if (!strcmp(pv->path, "/dev/sdb"))
			vg_remove_pv(pv);
	CHECK_INT(disks_commit(catalog, group, group->vg), 0);
}

TEST("the group whose claim fell is known, and once it is finished does not claim again")
{
	struct catalog *catalog;
	struct group *group;
	struct disks disks;

	catalog = set_up_killed(&disks, false);
	group = catalog_find_group(catalog, "vg0", NULL)->claimant;
	CHECK(group && !strcmp(group->name, "vg1"));
	part_end(group->vg);
	CHECK_INT(disks_commit(catalog, group, group->vg), 0);
	catalog_free(&catalog);
	give_up(&disks);
	CHECK_TEXT(owner_of(&disks, "data"), "nobody");
	catalog = disks_catalog(&disks);
	CHECK_INT(dm_list_size(&catalog_find_group(catalog, "vg1", NULL)->vg->pvs), 1);
	CHECK(catalog_find_disk(catalog, "/dev/sdb")->group == NULL);
	catalog_free(&catalog);
	disks_release(&disks);
}

TEST("a claim that can't be dropped keeps the unfinished group from being changed")
{
	struct catalog *catalog;
	struct disks disks;
	struct pv *pv;
	struct lv *lv;
	struct vg *vg;

	catalog = set_up_killed(&disks, true);
	vg = catalog_find_group(catalog, "vg1", NULL)->vg;
	CHECK(vg->unknown != NULL);
	CHECK_INT(dm_list_size(&vg->pvs), 2);
	dm_list_iterate_items(pv, &vg->pvs)
		CHECK_INT(pv->flags & PV_LEAVING, 0);
	dm_list_iterate_items(lv, &vg->lvs)
		CHECK_INT(lv->flags & LV_LEAVING, 0);
	catalog_free(&catalog);
	disks_release(&disks);
}

/* The group's waits while only some of the disks are there. */
static bool waits_without(struct disks *disks, unsigned missing, const char *name)
{
	AUTO(catalog) struct catalog *catalog = NULL;
	struct disks seen = *disks;
	const struct group *group;
	unsigned i;

	for (seen.count = i = 0; i < disks->count; i++) {
		if (i == missing)
			continue;
		seen.device[seen.count] = disks->device[i];
		seen.candidate[seen.count++] = disks->candidate[i];
	}
	catalog = disks_catalog(&seen);
	group = catalog_find_group(catalog, name, NULL);
	CHECK(group != NULL);
	return group && group->waits;
}

TEST("whose the devices of an unfinished group are is not decided while the other group is away")
{
	struct disks disks;
	struct catalog *catalog = set_up_killed(&disks, false);

	catalog_free(&catalog);
	CHECK(waits_without(&disks, 0, "vg1")); /* nothing of vg0 is to be seen */
	CHECK(waits_without(&disks, 1, "vg1")); /* and now not all */
	CHECK(!waits_without(&disks, 1, "vg0"));
	CHECK(!waits_without(&disks, disks.count, "vg1"));
	disks_release(&disks);
}

/* vg0 is changed on the first disk, and otherwise on the second. */
static void disagree(struct disks *disks)
{
	unsigned char *old = malloc(DISK_SECTORS * 512);
	const unsigned count = disks->count;

	if (!old)
		abort();
	memcpy(old, memdev_bytes(disks->device[0]), DISK_SECTORS * 512);
	for (unsigned others = 0; others < 2; others++) {
		AUTO(catalog) struct catalog *catalog = NULL;
		struct group *group;

		disks->count = others ? 1 : count;
		catalog = disks_catalog(disks);
		group = catalog_find_group(catalog, "vg0", NULL);
		add_volume(group->vg, others ? "one" : "two", 0);
		CHECK_INT(disks_commit(catalog, group, group->vg), 0);
		if (!others)
			memcpy(memdev_bytes(disks->device[0]), old, DISK_SECTORS * 512);
	}
	disks->count = count;
	free(old);
}

TEST("nor while not all is read that it says, or its devices disagree")
{
	struct disks disks;
	struct catalog *catalog = set_up_killed(&disks, false);

	catalog_free(&catalog);
	tap_log_capture();
	memdev_fail(disks.device[0], MEMDEV_READ, 2, EIO, MEMDEV_FOR_EVER);
	CHECK(waits_without(&disks, disks.count, "vg1"));
	memdev_fail(disks.device[0], MEMDEV_READ, 2, EIO, MEMDEV_FOR_EVER);
	CHECK(!waits_without(&disks, disks.count, "vg0"));
	memdev_fail(disks.device[0], MEMDEV_READ, 0, EIO, MEMDEV_ONCE);
	CHECK(!waits_without(&disks, disks.count, "vg1"));
	disagree(&disks);
	CHECK(waits_without(&disks, disks.count, "vg1"));
	disks_release(&disks);
}

TEST_MAIN
