/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A device of a group that gets another identity, with the power cut at each write: the group is complete, and the
 * device has one of the two.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "disks.h"
#include "tap.h"

#include "base/auto.h"
#include "model/renewal.h"
#include "model/vg.h"
#include "store/catalog.h"
#include "store/pvinit.h"

enum { SEEDS = 16 };

static const char OLD_ID[] = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
static const char NEW_ID[] = "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn";

static void set_up_group(struct disks *disks)
{
	AUTO(catalog) struct catalog *catalog = NULL;
	AUTO(vg) struct vg *vg = NULL;

	disks_format(disks, 0, 1);
	disks_format(disks, 1, 2);
	catalog = disks_catalog(disks);
	vg = disks_group("vg0", 2);
	CHECK_INT(disks_commit(catalog, NULL, vg), 0);
	memlog_clear(disks->log);
}

static void set_up(struct disks *disks)
{
	disks_init(disks, 2);
	set_up_group(disks);
}

static void announce(struct disks *disks)
{
	AUTO(catalog) struct catalog *catalog = disks_catalog(disks);
	struct group *group = catalog_find_group(catalog, "vg0", NULL);

	CHECK_INT(renewal_begin(vg_find_pv_id(group->vg, OLD_ID), NEW_ID), 0);
	CHECK_INT(disks_commit(catalog, group, group->vg), 0);
}

static void write_label(struct disks *disks)
{
	AUTO(catalog) struct catalog *catalog = disks_catalog(disks);

	CHECK_INT(pv_set_id(catalog_find_disk(catalog, "/dev/sdb"), NEW_ID), 0);
}

/* Commit what the catalog makes of it. */
static void finish(struct disks *disks)
{
	AUTO(catalog) struct catalog *catalog = disks_catalog(disks);
	struct group *group = catalog_find_group(catalog, "vg0", NULL);

	CHECK_INT(disks_commit(catalog, group, group->vg), 0);
}

static bool is_whole(const struct catalog *catalog)
{
	const struct group *group = catalog_find_group(catalog, "vg0", NULL);
	const struct pv *pv;

	if (!group || !group->vg || group->vg->flags & VG_PARTIAL || group->duplicated ||
	    group->mismatched || dm_list_size(&group->vg->pvs) != 2)
		return false;
	dm_list_iterate_items(pv, &group->vg->pvs)
		if (!catalog_find_disk_id(catalog, pv->id) || !dm_list_empty(&pv->tags))
			return false;
	return true;
}

static void check_state(struct disks *disks, const char *id, bool unfinished)
{
	AUTO(catalog) struct catalog *catalog = disks_catalog(disks);
	const struct vg *vg = catalog_find_group(catalog, "vg0", NULL)->vg;

	CHECK(is_whole(catalog) && vg_find_pv_id(vg, id));
	CHECK_INT(renewal_is_unfinished(vg), unfinished);
}

TEST("its label says which of the two identities a device has, until the metadata know")
{
	struct disks disks;

	set_up(&disks);
	announce(&disks);
	check_state(&disks, OLD_ID, true);
	write_label(&disks);
	check_state(&disks, NEW_ID, true);
	finish(&disks);
	check_state(&disks, NEW_ID, false);
	disks_release(&disks);
}

TEST("a renewal that was only announced is taken back by the next commit")
{
	struct disks disks;

	set_up(&disks);
	announce(&disks);
	finish(&disks);
	check_state(&disks, OLD_ID, false);
	disks_release(&disks);
}

TEST("a device that is away keeps what it was to become")
{
	AUTO(catalog) struct catalog *catalog = NULL;
	struct group *group;
	struct disks disks;

	set_up(&disks);
	announce(&disks);
	write_label(&disks);
	disks.count = 1;
	catalog = disks_catalog(&disks);
	group = catalog_find_group(catalog, "vg0", NULL);
	CHECK(group->vg->flags & VG_PARTIAL && !renewal_is_unfinished(group->vg));
	CHECK_INT(disks_commit(catalog, group, group->vg), 0);
	disks.count = 2;
	check_state(&disks, NEW_ID, true);
	disks_release(&disks);
}

/* Commit, when writes to one disk fail. */
static void commit_past(struct disks *disks, unsigned number, const char *group_id)
{
	AUTO(catalog) struct catalog *catalog = disks_catalog(disks);
	struct group *group = catalog_find_group(catalog, "vg0", NULL);

	if (group_id)
		memcpy(group->vg->id, group_id, ID_LEN);
	memdev_fail(disks->device[number], MEMDEV_WRITE, 1, EIO, MEMDEV_FOR_EVER);
	CHECK_INT(disks_commit(catalog, group, group->vg), 0);
	memdev_fail(disks->device[number], MEMDEV_WRITE, 0, EIO, MEMDEV_ONCE);
}

TEST("a group whose device and then itself got other identities on some areas only is one group")
{
	AUTO(catalog) struct catalog *catalog = NULL;
	struct disks disks;

	set_up(&disks);
	announce(&disks);
	write_label(&disks);
	commit_past(&disks, 0, NULL);
	commit_past(&disks, 1, "gggggggggggggggggggggggggggggggg");
	catalog = disks_catalog(&disks);
	CHECK_INT(dm_list_size(&catalog->groups), 1);
	CHECK(is_whole(catalog));
	disks_release(&disks);
}

/* Another disk whose label has that identity. */
static void add_copy(struct disks *disks, unsigned number, const char *id)
{
	AUTO(catalog) struct catalog *catalog = NULL;
	char path[] = "/dev/sda";

	disks_format(disks, number, 1);
	catalog = disks_catalog(disks);
	path[7] = (char)('a' + number);
	CHECK_INT(pv_set_id(catalog_find_disk(catalog, path), id), 0);
}

static void check_duplicated(struct disks *disks)
{
	AUTO(catalog) struct catalog *catalog = disks_catalog(disks);
	const struct group *group = catalog_find_group(catalog, "vg0", NULL);

	CHECK(group->duplicated);
	CHECK(catalog_find_disk(catalog, "/dev/sdb")->duplicate);
	CHECK(catalog_find_disk(catalog, "/dev/sdc")->duplicate);
	CHECK(!renewal_is_unfinished(group->vg));
}

TEST("a disk for each of a device's two identities is one too many")
{
	struct disks disks;

	disks_init(&disks, 3);
	set_up_group(&disks);
	announce(&disks);
	add_copy(&disks, 2, NEW_ID);
	check_duplicated(&disks);
	disks_release(&disks);

	disks_init(&disks, 3);
	set_up_group(&disks);
	announce(&disks);
	write_label(&disks);
	add_copy(&disks, 2, OLD_ID);
	check_duplicated(&disks);
	disks_release(&disks);
}

TEST("power is cut at each write of a renewal")
{
	AUTO(catalog) struct catalog *catalog = NULL;
	struct disks disks, left;
	size_t count, events;
	uint64_t seed;

	set_up(&disks);
	announce(&disks);
	write_label(&disks);
	finish(&disks);
	count = memlog_count(disks.log);
	CHECK(count > 6);
	for (events = 0; events <= count; events++) {
		for (seed = 0; seed < SEEDS; seed++) {
			disks_cut(&disks, events, seed ? seed + events * SEEDS : 0, &left);
			catalog = disks_catalog(&left);
			if (!is_whole(catalog)) {
				printf("# cut after %zu of %zu events, seed %" PRIu64 "\n", events,
				       count, seed);
				CHECK(!"the group is complete");
			}
			catalog_free(&catalog);
			finish(&left);
			catalog = disks_catalog(&left);
			CHECK(is_whole(catalog) &&
			      !renewal_is_unfinished(catalog_find_group(catalog, "vg0", NULL)->vg));
			catalog_free(&catalog);
			disks_release(&left);
		}
	}
	disks_release(&disks);
}

TEST_MAIN
