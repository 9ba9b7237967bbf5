/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "disks.h"
#include "scratch.h"
#include "tap.h"

#include "base/auto.h"
#include "base/conf.h"
#include "base/crc.h"
#include "device/blkdev.h"
#include "model/lv.h"
#include "store/catalog.h"
#include "store/pvinit.h"

enum { FIRST_AREA = 4096, SLOT = FIRST_AREA + 40 };

/* Disks with one area each and a group "vg0" on all of them. */
static void set_up(struct disks *disks, unsigned count)
{
	AUTO(catalog) struct catalog *catalog = NULL;
	AUTO(vg) struct vg *vg = NULL;

	disks_init(disks, count);
	for (unsigned i = 0; i < count; i++)
		disks_format(disks, i, 1);
	catalog = disks_catalog(disks);
	vg = disks_group("vg0", count);
	CHECK_INT(disks_commit(catalog, NULL, vg), 0);
}

/* Commit the group once more. */
static void change(struct disks *disks)
{
	AUTO(catalog) struct catalog *catalog = disks_catalog(disks);
	struct group *group = catalog_find_group(catalog, "vg0", NULL);

	CHECK_INT(disks_commit(catalog, group, group->vg), 0);
}

static unsigned char *copy_of(struct memdev *device)
{
	unsigned char *copy = malloc(DISK_SECTORS * 512);

	if (!copy)
		abort();
	return memcpy(copy, memdev_bytes(device), DISK_SECTORS * 512);
}

TEST("an empty disk is looked at with one read and not kept open")
{
	AUTO(catalog) struct catalog *catalog = NULL;
	struct disks disks;
	struct disk *disk;

	disks_init(&disks, 1);
	catalog = disks_catalog(&disks);
	disk = catalog_find_disk(catalog, "/dev/sda");
	CHECK(disk && !disk->has_label && !disk->dev && !disk->damage);
	CHECK_INT(memdev_calls(disks.device[0], MEMDEV_READ), 1);
	CHECK(dm_list_empty(&catalog->groups));
	disks_release(&disks);
}

TEST("a group is found with its devices, in one read a disk")
{
	AUTO(catalog) struct catalog *catalog = NULL;
	struct disks disks;
	struct group *group;
	struct disk *disk;
	struct pv *pv;
	unsigned reads;

	set_up(&disks, 2);
	reads = memdev_calls(disks.device[1], MEMDEV_READ);
	catalog = disks_catalog(&disks);
	CHECK_INT(memdev_calls(disks.device[1], MEMDEV_READ) - reads, 1);

	group = catalog_find_group(catalog, "vg0", NULL);
	if (!group || !group->vg) {
		CHECK(!"the group is there");
		return;
	}
	CHECK(group == catalog_find_group_id(catalog, group->vg->id));
	CHECK_INT(group->vg->seqno, 1);
	CHECK_INT(group->stale_areas + group->damaged_areas, 0);
	CHECK(!group->mismatched && !group->duplicated);
	CHECK(!(group->vg->flags & VG_PARTIAL));
	disk = catalog_find_disk(catalog, "/dev/sdb");
	CHECK(disk->group == group && disk->label.used && !disk->outdated);
	CHECK_INT(disk->areas[0].seqno, 1);
	CHECK(disk == catalog_find_disk_id(catalog, "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"));
	pv = vg_find_pv(group->vg, "pv1");
	CHECK_TEXT(pv->path, "/dev/sdb");
	CHECK_INT(dm_list_size(&catalog->texts), 1);
	CHECK(!catalog_find_group(catalog, "vg1", NULL));
	disks_release(&disks);
}

TEST("a disk without areas belongs to the group that lists it")
{
	AUTO(catalog) struct catalog *catalog = NULL;
	AUTO(vg) struct vg *vg = NULL;
	struct disks disks;
	struct disk *disk;

	disks_init(&disks, 3);
	disks_format(&disks, 0, 0);
	disks_format(&disks, 1, 2);
	disks_format(&disks, 2, 0);
	catalog = disks_catalog(&disks);
	vg = disks_group("vg0", 2);
	CHECK_INT(disks_commit(catalog, NULL, vg), 0);
	catalog_free(&catalog);
	catalog = disks_catalog(&disks);
	disk = catalog_find_disk(catalog, "/dev/sda");
	CHECK(disk->group && disk->group->vg && !strcmp(disk->group->name, "vg0"));
	disk = catalog_find_disk(catalog, "/dev/sdc");
	CHECK(disk->has_label && !disk->group && !disk->outdated);
	disks_release(&disks);
}

TEST("a disk without areas that two groups list is neither's until one gives it up")
{
	AUTO(catalog) struct catalog *catalog = NULL;
	AUTO(vg) struct vg *vg = NULL;
	struct group *vg0, *vg1;
	struct disks disks;
	struct disk *disk;

	disks_init(&disks, 3);
	for (unsigned i = 0; i < 3; i++)
		disks_format(&disks, i, i > 0);
	catalog = disks_catalog(&disks);
	vg = disks_group("vg0", 1);
	disks_add_pv(vg, 2);
	CHECK_INT(disks_commit(catalog, NULL, vg), 0);
	catalog_free(&catalog);
	vg_free(&vg);

	disks.count = 2; /* nobody sees vg0 */
	catalog = disks_catalog(&disks);
	vg = disks_group("vg1", 2);
	CHECK_INT(disks_commit(catalog, NULL, vg), 0);
	catalog_free(&catalog);

	disks.count = 3;
	tap_log_capture();
	catalog = disks_catalog(&disks);
	CHECK(strstr(tap_log_text(), "/dev/sda: is listed by both vg") != NULL);
	vg0 = catalog_find_group(catalog, "vg0", NULL);
	vg1 = catalog_find_group(catalog, "vg1", NULL);
	disk = catalog_find_disk(catalog, "/dev/sda");
	CHECK(!disk->group && disk->rivals[0] && disk->rivals[1]);
	CHECK(catalog_find_disk_id(catalog, disk->label.id) == NULL);
	CHECK(catalog_find_identity(catalog, disk->label.id) == disk);
	CHECK(vg0->vg->flags & VG_PARTIAL && vg1->vg->flags & VG_PARTIAL);
	CHECK_INT(disks_commit(catalog, vg1, vg1->vg), 0);

	lv_remove(vg_find_lv(vg0->vg, "base"));
	vg_remove_pv(vg_find_pv(vg0->vg, "pv0"));
	CHECK_INT(disks_commit(catalog, vg0, vg0->vg), 0);
	catalog_free(&catalog);
	catalog = disks_catalog(&disks);
	disk = catalog_find_disk(catalog, "/dev/sda");
	vg1 = catalog_find_group(catalog, "vg1", NULL);
	CHECK(disk->group == vg1 && !disk->rivals[0]);
	CHECK(!(vg1->vg->flags & VG_PARTIAL));
	disks_release(&disks);
}

TEST("the highest sequence number is believed, older areas are stale")
{
	AUTO(catalog) struct catalog *catalog = NULL;
	AUTO_FREE unsigned char *old = NULL;
	struct disks disks;
	struct group *group;

	set_up(&disks, 2);
	old = copy_of(disks.device[0]);
	change(&disks);
	memcpy(memdev_bytes(disks.device[0]), old, DISK_SECTORS * 512);
	catalog = disks_catalog(&disks);
	group = catalog_find_group(catalog, "vg0", NULL);
	CHECK_INT(group->vg->seqno, 2);
	CHECK_INT(group->stale_areas, 1);
	CHECK(!group->mismatched);
	CHECK_INT(dm_list_size(&catalog->texts), 2);
	catalog_free(&catalog);

	change(&disks);
	catalog = disks_catalog(&disks);
	group = catalog_find_group(catalog, "vg0", NULL);
	CHECK_INT(group->vg->seqno, 3);
	CHECK_INT(group->stale_areas, 0);
	disks_release(&disks);
}

TEST("a renamed group is one group, whichever area is older")
{
	AUTO(catalog) struct catalog *catalog = NULL;
	AUTO_FREE unsigned char *old = NULL;
	struct disks disks;
	struct group *group;

	set_up(&disks, 2);
	old = copy_of(disks.device[0]);
	catalog = disks_catalog(&disks);
	group = catalog_find_group(catalog, "vg0", NULL);
	group->vg->name = "new";
	CHECK_INT(disks_commit(catalog, group, group->vg), 0);
	catalog_free(&catalog);
	memcpy(memdev_bytes(disks.device[0]), old, DISK_SECTORS * 512);
	catalog = disks_catalog(&disks);
	CHECK(!catalog_find_group(catalog, "vg0", NULL));
	group = catalog_find_group(catalog, "new", NULL);
	CHECK(group && group->stale_areas == 1);
	disks_release(&disks);
}

TEST("a group that was given another identity is one group, whichever area is older")
{
	struct disks disks;

	for (unsigned older = 0; older < 2; older++) {
		AUTO(catalog) struct catalog *catalog = NULL;
		AUTO_FREE unsigned char *old = NULL;
		struct group *group;
		char id[ID_LEN + 1];

		set_up(&disks, 2);
		old = copy_of(disks.device[older]);
		catalog = disks_catalog(&disks);
		group = catalog_find_group(catalog, "vg0", NULL);
		uuid_new(group->vg->id);
		memcpy(id, group->vg->id, sizeof(id));
		CHECK_INT(disks_commit(catalog, group, group->vg), 0);
		catalog_free(&catalog);
		memcpy(memdev_bytes(disks.device[older]), old, DISK_SECTORS * 512);
		catalog = disks_catalog(&disks);
		CHECK_INT(dm_list_size(&catalog->groups), 1);
		group = catalog_find_group_id(catalog, id);
		CHECK(group && group->stale_areas == 1 && !(group->vg->flags & VG_PARTIAL));
		CHECK(catalog_find_disk(catalog, "/dev/sda")->group == group);
		CHECK(catalog_find_disk(catalog, "/dev/sdb")->group == group);
		disks_release(&disks);
	}
}

TEST("a missing device makes its group partial")
{
	AUTO(catalog) struct catalog *catalog = NULL;
	struct disks disks;
	struct group *group;

	set_up(&disks, 2);
	tap_log_capture();
	memset(memdev_bytes(disks.device[1]), 0, DISK_SECTORS * 512);
	catalog = disks_catalog(&disks);
	group = catalog_find_group(catalog, "vg0", NULL);
	CHECK(group->vg->flags & VG_PARTIAL);
	CHECK(!vg_find_pv(group->vg, "pv1")->path);
	CHECK(strstr(tap_log_text(), "is missing (last seen as /dev/sdb)") != NULL);
	disks_release(&disks);
}

TEST("a disk that the newest text no longer lists is outdated and may not join")
{
	AUTO(catalog) struct catalog *catalog = NULL;
	AUTO_FREE unsigned char *old = NULL;
	struct disks disks;
	struct group *group;
	struct disk *disk;

	set_up(&disks, 2);
	old = copy_of(disks.device[1]);
	catalog = disks_catalog(&disks);
	group = catalog_find_group(catalog, "vg0", NULL);
	vg_remove_pv(vg_find_pv(group->vg, "pv1"));
	CHECK_INT(disks_commit(catalog, group, group->vg), 0);
	catalog_free(&catalog);
	memcpy(memdev_bytes(disks.device[1]), old, DISK_SECTORS * 512);

	tap_log_capture();
	catalog = disks_catalog(&disks);
	disk = catalog_find_disk(catalog, "/dev/sdb");
	CHECK(disk->outdated && !disk->group);
	group = catalog_find_group(catalog, "vg0", NULL);
	CHECK_INT(dm_list_size(&group->vg->pvs), 1);
	CHECK_INT(group->stale_areas, 0);
	disks_add_pv(group->vg, 1);
	CHECK_INT(disks_commit(catalog, group, group->vg), -EBUSY);
	disks_release(&disks);
}

TEST("two disks of one identity make their group duplicated")
{
	AUTO(catalog) struct catalog *catalog = NULL;
	struct disks disks, both;
	struct group *group;

	set_up(&disks, 1);
	disks_init(&both, 2);
	for (unsigned i = 0; i < 2; i++)
		memcpy(memdev_bytes(both.device[i]), memdev_bytes(disks.device[0]),
		       DISK_SECTORS * 512);
	tap_log_capture();
	catalog = disks_catalog(&both);
	group = catalog_find_group(catalog, "vg0", NULL);
	CHECK(group->duplicated);
	CHECK(catalog_find_disk(catalog, "/dev/sda")->duplicate);
	CHECK(catalog_find_disk(catalog, "/dev/sdb")->duplicate);
	CHECK_INT(disks_commit(catalog, group, group->vg), -EBUSY);
	disks_release(&disks);
	disks_release(&both);
}

/* As dd would. */
static void copy_disk(struct memdev *to, struct memdev *from)
{
	memcpy(memdev_bytes(to), memdev_bytes(from), DISK_SECTORS * 512);
}

static unsigned count_writes(const struct disks *disks)
{
	unsigned i, count = 0;

	for (i = 0; i < disks->count; i++)
		count += memdev_calls(disks->device[i], MEMDEV_WRITE);
	return count;
}

TEST("two disks of one identity that are in no group are duplicates, and neither joins one")
{
	AUTO(catalog) struct catalog *catalog = NULL;
	AUTO(vg) struct vg *vg = NULL;
	struct disks disks;
	unsigned writes;

	disks_init(&disks, 2);
	disks_format(&disks, 0, 1);
	copy_disk(disks.device[1], disks.device[0]);
	tap_log_capture();
	catalog = disks_catalog(&disks);
	CHECK_TEXT(tap_log_text(), "/dev/sdb: has the same identity as /dev/sda\n");
	CHECK(catalog_find_disk(catalog, "/dev/sda")->duplicate);
	CHECK(catalog_find_disk(catalog, "/dev/sdb")->duplicate);
	writes = count_writes(&disks);
	vg = disks_group("vg0", 1);
	CHECK_INT(disks_commit(catalog, NULL, vg), -EBUSY);
	CHECK_INT(count_writes(&disks), writes);
	disks_release(&disks);
}

TEST("of two disks of one identity one that is made a PV anew leaves the other alone with it")
{
	const struct pv_format format = { .copies = 1 };
	AUTO(catalog) struct catalog *catalog = NULL;
	struct disks disks;
	struct disk *disk;

	disks_init(&disks, 2);
	disks_format(&disks, 0, 1);
	memdev_free(&disks.device[1]);
	disks.device[1] = memdev_new("/dev/sdb", 8192, disks.log);
	copy_disk(disks.device[1], disks.device[0]);
	tap_log_capture();
	catalog = disks_catalog(&disks);
	disk = catalog_find_disk(catalog, "/dev/sdb");
	CHECK_INT(pv_initialise(catalog, disk, &format), 0);
	CHECK(!disk->duplicate);
	catalog_free(&catalog);
	catalog = disks_catalog(&disks);
	CHECK(!catalog_find_disk(catalog, "/dev/sda")->duplicate);
	CHECK(!catalog_find_disk(catalog, "/dev/sdb")->duplicate);
	disks_release(&disks);
}

/* Two groups, each on one disk, and both disks have the identity of the first. */
static void set_up_alike(struct disks *disks)
{
	AUTO_FREE unsigned char *first = NULL;
	AUTO(catalog) struct catalog *catalog = NULL;
	AUTO(vg) struct vg *vg = NULL;
	struct disks alone;

	set_up(disks, 1);
	disks_init(&alone, 1);
	disks_format(&alone, 0, 1);
	catalog = disks_catalog(&alone);
	vg = disks_group("vg1", 1);
	CHECK_INT(disks_commit(catalog, NULL, vg), 0);
	catalog_free(&catalog);
	first = copy_of(disks->device[0]);
	disks_release(disks);
	disks_init(disks, 2);
	memcpy(memdev_bytes(disks->device[0]), first, DISK_SECTORS * 512);
	copy_disk(disks->device[1], alone.device[0]);
	disks_release(&alone);
}

TEST("two disks of one identity in two groups make both of them duplicated")
{
	AUTO(catalog) struct catalog *catalog = NULL;
	struct group *vg0, *vg1;
	struct disks disks;
	struct disk *disk;
	unsigned writes;

	set_up_alike(&disks);
	tap_log_capture();
	catalog = disks_catalog(&disks);
	CHECK_TEXT(tap_log_text(), "/dev/sdb: has the same identity as /dev/sda\n");
	vg0 = catalog_find_group(catalog, "vg0", NULL);
	vg1 = catalog_find_group(catalog, "vg1", NULL);
	CHECK(vg0->duplicated && vg1->duplicated);
	disk = catalog_find_disk(catalog, "/dev/sda");
	CHECK(disk->group == vg0 && disk->duplicate);
	CHECK(catalog_find_device(catalog, vg0->vg, disk->label.id) == disk);
	disk = catalog_find_disk(catalog, "/dev/sdb");
	CHECK(disk->group == vg1 && disk->duplicate);
	CHECK(catalog_find_device(catalog, vg1->vg, disk->label.id) == disk);
	writes = count_writes(&disks);
	CHECK_INT(disks_commit(catalog, vg0, vg0->vg), -EBUSY);
	CHECK_INT(disks_commit(catalog, vg1, vg1->vg), -EBUSY);
	CHECK_INT(count_writes(&disks), writes);
	disks_release(&disks);
}

TEST("two texts of one sequence number are a mismatch")
{
	AUTO(catalog) struct catalog *catalog = NULL;
	AUTO_FREE unsigned char *old = NULL;
	struct disks disks;
	struct group *group;

	set_up(&disks, 2);
	old = copy_of(disks.device[0]);
	change(&disks);
	memcpy(memdev_bytes(disks.device[0]), old, DISK_SECTORS * 512);
	/* The first disk alone, with a change of its own. */
	tap_log_capture();
	disks.count = 1;
	catalog = disks_catalog(&disks);
	group = catalog_find_group(catalog, "vg0", NULL);
	words_add(group->vg, &group->vg->tags, "other");
	CHECK_INT(disks_commit(catalog, group, group->vg), 0);
	catalog_free(&catalog);
	disks.count = 2;
	catalog = disks_catalog(&disks);
	group = catalog_find_group(catalog, "vg0", NULL);
	CHECK_INT(group->vg->seqno, 2);
	CHECK(group->mismatched);
	disks_release(&disks);
}

TEST("groups of one name are told apart by identity")
{
	AUTO(catalog) struct catalog *catalog = NULL;
	AUTO(vg) struct vg *vg = NULL;
	struct disks disks;
	bool ambiguous = false;

	set_up(&disks, 1);
	disks.device[1] = memdev_new("/dev/sdb", DISK_SECTORS, NULL);
	disks.candidate[1] = disks.candidate[0];
	disks.candidate[1].path = "/dev/sdb";
	disks.count = 2;
	disks_format(&disks, 1, 1);
	catalog = disks_catalog(&disks);
	catalog_find_group(catalog, "vg0", &ambiguous);
	CHECK(!ambiguous);
	vg = vg_new("vg0", EXTENT_SECTORS);
	disks_add_pv(vg, 1);
	CHECK_INT(disks_commit(catalog, NULL, vg), 0);
	catalog_free(&catalog);
	catalog = disks_catalog(&disks);
	CHECK_INT(dm_list_size(&catalog->groups), 2);
	CHECK(catalog_find_group(catalog, "vg0", &ambiguous) != NULL);
	CHECK(ambiguous);
	CHECK(catalog_find_group_id(catalog, vg->id) != NULL);
	disks_release(&disks);
}

TEST("a damaged area is counted and left alone, the others carry the group")
{
	AUTO(catalog) struct catalog *catalog = NULL;
	AUTO_FREE unsigned char *before = NULL;
	struct disks disks;
	struct group *group;

	set_up(&disks, 2);
	memdev_bytes(disks.device[0])[SLOT] ^= 0xff;
	before = copy_of(disks.device[0]);
	tap_log_capture();
	catalog = disks_catalog(&disks);
	group = catalog_find_group(catalog, "vg0", NULL);
	CHECK_INT(group->damaged_areas, 1);
	CHECK(catalog_find_disk(catalog, "/dev/sda")->damage != NULL);
	CHECK_INT(disks_commit(catalog, group, group->vg), 0);
	CHECK(memcmp(memdev_bytes(disks.device[0]), before, DISK_SECTORS * 512) == 0);
	disks_release(&disks);
}

TEST("a group with an area of another version is shown and not changed")
{
	AUTO(catalog) struct catalog *catalog = NULL;
	struct disks disks;
	struct group *group;
	unsigned char *header;
	uint32_t crc;

	set_up(&disks, 2);
	header = memdev_bytes(disks.device[1]) + FIRST_AREA;
	header[20]++;
	crc = crc_update(CRC_INITIAL, header + 4, 508);
	for (unsigned i = 0; i < 4; i++)
		header[i] = (unsigned char)(crc >> 8 * i);
	tap_log_capture();
	catalog = disks_catalog(&disks);
	group = catalog_find_group(catalog, "vg0", NULL);
	CHECK_INT(group->vg->seqno, 1);
	CHECK(strstr(group->vg->unknown, "version that is not known") != NULL);
	CHECK_INT(disks_commit(catalog, group, group->vg), -ENOTSUP);
	disks_release(&disks);
}

TEST("a group of which no text can be understood is there without metadata")
{
	AUTO(catalog) struct catalog *catalog = NULL;
	struct disks disks;
	struct group *group;
	struct disk *disk;
	struct area area;
	char text[] = "vg9 {\nid = \"cccccc-cccc-cccc-cccc-cccc-cccc-cccccc\"\nwhat = ever\n}\n";
	struct blkdev *dev = NULL;

	disks_init(&disks, 1);
	disks_format(&disks, 0, 1);
	memdev_open(disks.device[0], BLKDEV_WRITE, &dev);
	area_init(&area, dev, FIRST_AREA, 60 * 1024);
	CHECK_INT(area_stage(&area, text, sizeof(text)), 0);
	CHECK_INT(area_publish(&area), 0);
	blkdev_free(&dev);

	tap_log_capture();
	catalog = disks_catalog(&disks);
	group = catalog_find_group(catalog, "vg9", NULL);
	CHECK(group && !group->vg);
	disk = catalog_find_disk(catalog, "/dev/sda");
	CHECK(disk->damage != NULL);
	disks_release(&disks);
}

/* The first disk's text with another word in a place of the old one's length, and a checksum that is right. */
static void edit_text(struct disks *disks, const char *from, const char *to)
{
	AUTO_FREE char *text = NULL;
	struct blkdev *dev = NULL;
	struct area area;
	size_t len = 0;
	char *at;

	memdev_open(disks->device[0], BLKDEV_WRITE, &dev);
	area_init(&area, dev, FIRST_AREA, 60 * 1024);
	CHECK_INT(area_read(&area, NULL, &text, &len), 1);
	at = strstr(text, from);
	CHECK(at && strlen(from) == strlen(to));
	memcpy(at, to, strlen(to));
	CHECK_INT(area_stage(&area, text, len), 0);
	CHECK_INT(area_publish(&area), 0);
	blkdev_free(&dev);
}

TEST("an older text is not believed in place of a newest one that is not understood")
{
	static const struct {
		const char *from, *to;
		bool believed;
	} cases[] = {
		{ "version = 1", "version = 2", false },
		{ "format = \"lvm2\"", "format = \"lvm9\"", false },
		{ "seqno = 2", "seqno = x", false }, /* may be the newest */
		{ "seqno = 2\nformat = \"lvm2\"", "seqno = 1\nformat = \"lvm9\"", false },
		{ "seqno = 2\nformat = \"lvm2\"", "seqno = 0\nformat = \"lvm9\"", true },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (unsigned turn = 0; turn < 2; turn++) {
			AUTO(catalog) struct catalog *catalog = NULL;
			AUTO_FREE unsigned char *old = NULL;
			struct disks disks;
			struct group *group;

			set_up(&disks, 2);
			old = copy_of(disks.device[1]);
			change(&disks);
			memcpy(memdev_bytes(disks.device[1]), old, DISK_SECTORS * 512);
			edit_text(&disks, cases[i].from, cases[i].to);
			if (turn) {
				struct memdev *first = disks.device[0];

				disks.device[0] = disks.device[1];
				disks.device[1] = first;
			}
			tap_log_capture();
			catalog = disks_catalog(&disks);
			CHECK_INT(dm_list_size(&catalog->groups), 1);
			group = catalog_find_group(catalog, "vg0", NULL);
			CHECK_INT(group && group->vg, cases[i].believed);
			if (!cases[i].believed)
				CHECK(strstr(tap_log_text(), "the newest metadata of this group"));
			else
				CHECK_INT(disks_commit(catalog, group, group->vg), 0);
			disks_release(&disks);
		}
	}
}

TEST("a disk that cannot be read is noted and does no harm")
{
	AUTO(catalog) struct catalog *catalog = NULL;
	struct disks disks;
	struct group *group;

	set_up(&disks, 2);
	memdev_fail(disks.device[0], MEMDEV_READ, 1, EIO, MEMDEV_FOR_EVER);
	tap_log_capture();
	catalog = disks_catalog(&disks);
	group = catalog_find_group(catalog, "vg0", NULL);
	CHECK(group && group->vg && group->vg->flags & VG_PARTIAL);
	CHECK(catalog_find_disk(catalog, "/dev/sda")->damage != NULL);
	CHECK(catalog_find_disk(catalog, "/dev/sda")->unread);
	CHECK(!catalog_find_disk(catalog, "/dev/sda")->has_label);
	disks_release(&disks);
}

TEST("a broken label is damage")
{
	AUTO(catalog) struct catalog *catalog = NULL;
	struct disks disks;

	set_up(&disks, 1);
	memdev_bytes(disks.device[0])[512 + 40] ^= 1;
	tap_log_capture();
	catalog = disks_catalog(&disks);
	CHECK(catalog_find_disk(catalog, "/dev/sda")->damage != NULL);
	CHECK(dm_list_empty(&catalog->groups));
	disks_release(&disks);
}

TEST("a text that lies far behind the header costs one read more")
{
	AUTO(catalog) struct catalog *catalog = NULL;
	struct disks disks;
	struct group *group;
	unsigned reads;
	char tag[101];

	set_up(&disks, 1);
	catalog = disks_catalog(&disks);
	group = catalog_find_group(catalog, "vg0", NULL);
	for (unsigned i = 0; i < 150; i++) {
		snprintf(tag, sizeof(tag), "%0100u", i);
		words_add(group->vg, &group->vg->tags, tag);
	}
	CHECK_INT(disks_commit(catalog, group, group->vg), 0);
	catalog_free(&catalog);
	reads = memdev_calls(disks.device[0], MEMDEV_READ);
	catalog = disks_catalog(&disks);
	CHECK_INT(memdev_calls(disks.device[0], MEMDEV_READ) - reads, 2);
	CHECK_INT(dm_list_size(&catalog_find_group(catalog, "vg0", NULL)->vg->tags), 150);
	disks_release(&disks);
}

TEST("devices that the settings name are scanned, opened and opened again for writing")
{
	AUTO(catalog) struct catalog *catalog = NULL;
	AUTO(conf) struct conf *conf = conf_new();
	const struct pv_format format = { .copies = 2 };
	char path[SCRATCH_TEXT], other[SCRATCH_TEXT], text[3 * SCRATCH_TEXT];
	struct scratch scratch;
	struct disk *disk;

	scratch_init(&scratch);
	scratch_image(&scratch, "image", 8 * 1024 * 1024);
	scratch_image(&scratch, "other", 700);
	snprintf(text, sizeof(text), "devices { only = [\"%s\", \"%s\"] }",
		 scratch_path(&scratch, "image", path), scratch_path(&scratch, "other", other));
	CHECK_INT(conf_override(conf, text), 0);
	CHECK_INT(catalog_build(conf, &catalog), 0);
	disk = catalog_find_disk(catalog, path);
	CHECK(disk && !disk->has_label && !disk->dev);
	CHECK_INT(pv_initialise(catalog, disk, &format), 0);
	catalog_free(&catalog);

	CHECK_INT(catalog_build(conf, &catalog), 0);
	disk = catalog_find_disk(catalog, path);
	CHECK(disk && disk->has_label && disk->area_count == 2 && !disk->dev->writable);
	CHECK_INT(catalog_open_for_write(disk), 0);
	CHECK(disk->dev->writable && disk->areas[1].dev == disk->dev);
	CHECK(!catalog_find_disk(catalog, "/dev/nothing"));
	scratch_release(&scratch);
}

TEST_MAIN
