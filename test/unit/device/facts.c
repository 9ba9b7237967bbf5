/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <linux/major.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "scratch.h"
#include "tap.h"

#include "device/facts.h"

/* The facts of directory name in a recorded tree. */
static struct device_facts facts_of_number(const struct scratch *tree, const char *name,
					   unsigned number)
{
	char path[SCRATCH_TEXT];
	struct device_facts facts;

	facts_read(&facts, makedev(number, 3), scratch_path(tree, name, path));
	return facts;
}

static struct device_facts facts_of(const struct scratch *tree, const char *name)
{
	return facts_of_number(tree, name, 8);
}

static void disk_make(struct scratch *tree)
{
	scratch_init(tree);
	scratch_file(tree, "sda/size", "62914560\n");
	scratch_file(tree, "sda/ro", "0\n");
	scratch_dir(tree, "sda/holders");
	scratch_dir(tree, "sda/queue");
}

TEST("a plain disk has a number, a size and nothing against it")
{
	struct scratch tree;
	struct device_facts facts;

	disk_make(&tree);
	facts = facts_of(&tree, "sda");
	CHECK_INT(facts.major, 8);
	CHECK_INT(facts.minor, 3);
	CHECK_INT(facts.size_sectors, 62914560);
	CHECK_INT(facts.flags, 0);
	CHECK_TEXT(facts.dm_uuid, "");
	scratch_release(&tree);
}

TEST("partitions are told from partitioned disks")
{
	struct scratch tree;

	disk_make(&tree);
	scratch_file(&tree, "sda/sda1/partition", "1\n");
	scratch_file(&tree, "sda/sda1/size", "2048000\n");
	scratch_file(&tree, "sda/sda1/ro", "1\n");
	CHECK_INT(facts_of(&tree, "sda").flags, FACTS_PARTITIONED);
	CHECK_INT(facts_of(&tree, "sda/sda1").flags, FACTS_PARTITION | FACTS_READ_ONLY);
	CHECK_INT(facts_of(&tree, "sda/sda1").size_sectors, 2048000);
	scratch_release(&tree);
}

TEST("members of sets are known by what holds them")
{
	struct scratch tree;

	disk_make(&tree);
	scratch_file(&tree, "sda/sda1/partition", "1\n");
	scratch_dir(&tree, "md0/md");
	scratch_link(&tree, "sda/sda1/holders/md0", "../../../md0");
	CHECK_INT(facts_of(&tree, "sda/sda1").flags, FACTS_PARTITION | FACTS_RAID_MEMBER);
	CHECK_INT(facts_of(&tree, "sda").flags, FACTS_PARTITIONED);

	scratch_file(&tree, "dm-0/dm/uuid", "mpath-3600140\n");
	scratch_link(&tree, "sda/holders/dm-0", "../../dm-0");
	CHECK_INT(facts_of(&tree, "sda").flags, FACTS_PARTITIONED | FACTS_MULTIPATH_MEMBER);
	CHECK(facts_of(&tree, "sda/sda1").flags & FACTS_MULTIPATH_MEMBER);
	scratch_release(&tree);
}

TEST("a device that volumes or encryption lie on is no member of a set")
{
	struct scratch tree;

	disk_make(&tree);
	scratch_file(&tree, "dm-0/dm/uuid", "LVM-abcdef\n");
	scratch_file(&tree, "dm-1/dm/uuid", "CRYPT-LUKS2-0-x\n");
	scratch_file(&tree, "dm-2/dm/uuid", "\n");
	scratch_link(&tree, "sda/holders/dm-0", "../../dm-0");
	scratch_link(&tree, "sda/holders/dm-1", "../../dm-1");
	scratch_link(&tree, "sda/holders/dm-2", "../../dm-2");
	scratch_link(&tree, "sda/holders/dm-3", "../../gone");
	CHECK_INT(facts_of(&tree, "sda").flags, 0);
	scratch_release(&tree);
}

TEST("a dm device has a name, a UUID and may be suspended; kpartx partitions it")
{
	struct scratch tree;
	struct device_facts facts;

	scratch_init(&tree);
	scratch_file(&tree, "dm-0/size", "8192\n");
	scratch_file(&tree, "dm-0/dm/name", "mpatha\n");
	scratch_file(&tree, "dm-0/dm/uuid", "mpath-3600140\n");
	scratch_file(&tree, "dm-0/dm/suspended", "1\n");
	scratch_file(&tree, "dm-1/dm/uuid", "part1-mpath-3600140\n");
	scratch_link(&tree, "dm-0/holders/dm-1", "../../dm-1");
	facts = facts_of(&tree, "dm-0");
	CHECK_TEXT(facts.dm_name, "mpatha");
	CHECK_TEXT(facts.dm_uuid, "mpath-3600140");
	CHECK_INT(facts.flags, FACTS_SUSPENDED | FACTS_PARTITIONED);
	scratch_file(&tree, "dm-0/dm/suspended", "0\n");
	CHECK_INT(facts_of(&tree, "dm-0").flags, FACTS_PARTITIONED);
	scratch_release(&tree);
}

static bool waits(const struct scratch *tree, const char *name, unsigned number)
{
	const struct device_facts facts = facts_of_number(tree, name, number);
	char path[SCRATCH_TEXT];

	return facts_read_waits(&facts, scratch_path(tree, name, path));
}

TEST("what lies on a suspended device waits, through however many others")
{
	struct scratch tree;

	disk_make(&tree);
	scratch_file(&tree, "dm-0/dm/suspended", "0\n");
	scratch_link(&tree, "dm-0/slaves/sda", "../../sda");
	scratch_dir(&tree, "md0/md");
	scratch_link(&tree, "md0/slaves/sda", "../../sda");
	scratch_link(&tree, "md0/slaves/dm-0", "../../dm-0");
	scratch_file(&tree, "dm-1/dm/suspended", "0\n");
	scratch_link(&tree, "dm-1/slaves/md0", "../../md0");
	scratch_file(&tree, "dm-0/dm/name", "base\n");
	scratch_file(&tree, "dm-1/dm/name", "crypt\n");
	CHECK(!waits(&tree, "md0", MD_MAJOR) && !waits(&tree, "dm-1", 253));
	scratch_file(&tree, "dm-0/dm/suspended", "1\n");
	CHECK(waits(&tree, "dm-0", 253));
	CHECK(waits(&tree, "md0", MD_MAJOR));
	CHECK(waits(&tree, "dm-1", 253));
	CHECK(!waits(&tree, "sda", 8));
	scratch_file(&tree, "virtual/md0/md0p1/partition", "1\n");
	scratch_file(&tree, "virtual/md0/slaves/dm-0/dm/suspended", "1\n");
	CHECK(waits(&tree, "virtual/md0/md0p1", 259));
	CHECK(!waits(&tree, "virtual/md0", 259));
	scratch_release(&tree);
}

/* Whether the entry of the tree is taken for a volume. */
static bool is_volume(const struct scratch *tree, const char *name, struct device_facts *facts)
{
	char path[SCRATCH_TEXT];
	int dir = open(scratch_path(tree, "", path), O_RDONLY | O_DIRECTORY);
	bool yes = facts_read_volume(facts, dir, name);

	close(dir);
	return yes;
}

TEST("a volume is known by its UUID alone")
{
	struct scratch tree;
	struct device_facts facts;

	disk_make(&tree);
	scratch_file(&tree, "dm-7/dm/uuid", "LVM-0123\n");
	scratch_file(&tree, "dm-7/dm/name", "vg0-base\n");
	scratch_file(&tree, "dm-7/dev", "254:7\n");
	scratch_file(&tree, "dm-7/size", "8192\n");
	scratch_file(&tree, "dm-8/dm/uuid", "CRYPT-LUKS2-0123\n");
	scratch_file(&tree, "dm-9/dm/uuid", "LVM-4567\n");
	scratch_file(&tree, "dm-9/dev", "nonsense\n");

	CHECK(is_volume(&tree, "dm-7", &facts));
	CHECK_TEXT(facts.dm_uuid, "LVM-0123");
	CHECK_TEXT(facts.dm_name, "vg0-base");
	CHECK_INT(facts.major, 254);
	CHECK_INT(facts.minor, 7);
	CHECK_INT(facts.size_sectors, 8192);
	CHECK(is_volume(&tree, "dm-9", &facts));
	CHECK_INT(facts.minor, 0);
	CHECK(!is_volume(&tree, "dm-8", &facts));
	CHECK(!is_volume(&tree, "dm-10", &facts));
	CHECK(!is_volume(&tree, "sda", &facts));
	scratch_release(&tree);
}

TEST("a loop device has a file or not; drives are known by number")
{
	struct scratch tree;

	scratch_init(&tree);
	scratch_file(&tree, "loop0/size", "0\n");
	scratch_file(&tree, "sr0/size", "8388607\n");
	CHECK_INT(facts_of_number(&tree, "loop0", LOOP_MAJOR).flags, FACTS_DETACHED);
	scratch_file(&tree, "loop0/loop/backing_file", "/image\n");
	CHECK_INT(facts_of_number(&tree, "loop0", LOOP_MAJOR).flags, 0);
	CHECK_INT(facts_of_number(&tree, "sr0", SCSI_CDROM_MAJOR).flags, FACTS_REMOVABLE_DRIVE);
	scratch_release(&tree);
}

TEST("a device that has gone, or whose attributes are nonsense, has no size")
{
	struct scratch tree;

	scratch_init(&tree);
	CHECK_INT(facts_of(&tree, "sdx").size_sectors, 0);
	scratch_file(&tree, "sdy/size", "-1\n");
	CHECK_INT(facts_of(&tree, "sdy").size_sectors, 0);
	scratch_release(&tree);
}

TEST("udev's properties add what sysfs cannot know")
{
	struct device_facts facts = { 0 };

	facts_add_property(&facts, "DM_MULTIPATH_DEVICE_PATH", "0");
	facts_add_property(&facts, "ID_FS_TYPE", "");
	CHECK_INT(facts.flags, 0);
	facts_add_property(&facts, "ID_FS_TYPE", "LVM2_member");
	CHECK_INT(facts.flags, FACTS_LVM2_MEMBER);
	facts.flags = 0;
	facts_add_property(&facts, "ID_FS_TYPE", "ext4");
	CHECK_INT(facts.flags, FACTS_OTHER_CONTENT);
	facts_add_property(&facts, "ID_FS_TYPE", "linux_raid_member");
	CHECK_INT(facts.flags, FACTS_OTHER_CONTENT | FACTS_RAID_MEMBER);
	facts_add_property(&facts, "DM_MULTIPATH_DEVICE_PATH", "1");
	CHECK_INT(facts.flags, FACTS_OTHER_CONTENT | FACTS_RAID_MEMBER | FACTS_MULTIPATH_MEMBER);
	facts_add_property(&facts, "ID_CDROM", "1");
	CHECK(facts.flags & FACTS_REMOVABLE_DRIVE);
}

TEST_MAIN
