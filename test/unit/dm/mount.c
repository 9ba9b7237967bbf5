/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dm/mount.h"

#include "tap.h"

#include <stdio.h>

static bool parse(const char *text, char line[256], struct mount *mount)
{
	*mount = (struct mount) { 0 };
	snprintf(line, 256, "%s", text);
	return mount_parse(line, mount);
}

TEST("lines of mountinfo are taken apart")
{
	static const struct {
		const char *line;
		unsigned major, minor;
		const char *point, *source;
	} table[] = {
		{ "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw\n", 98, 0,
		  "/mnt2", "/dev/root" },
		{ "36 35 254:7 / /srv rw - ext4 /dev/mapper/vg-lv rw\n", 254, 7, "/srv",
		  "/dev/mapper/vg-lv" },
		{ "36 35 0:51 / /a rw shared:1 master:2 propagate_from:3 - btrfs /dev/sdb rw", 0,
		  51, "/a", "/dev/sdb" },
		{ "36 35 8:1 / /with\\040two\\040blanks rw - xfs /dev/sda1 rw", 8, 1,
		  "/with two blanks", "/dev/sda1" },
		{ "36 35 8:1 / /back\\134slash\\012line rw - xfs /dev/sda1 rw", 8, 1,
		  "/back\\slash\\012line", "/dev/sda1" },
	};
	struct mount mount;
	char line[256];
	unsigned i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		CHECK(parse(table[i].line, line, &mount));
		CHECK_INT(mount.id, 36);
		CHECK_INT(mount.major, table[i].major);
		CHECK_INT(mount.minor, table[i].minor);
		CHECK_TEXT(mount.point, table[i].point);
		CHECK_TEXT(mount.source, table[i].source);
	}
}

TEST("options of the filesystem have values")
{
	struct mount mount;
	char line[256], value[64];

	CHECK(parse(
		"36 35 8:1 / /srv rw - xfs /dev/sda1 rw,attr2,logdev=/dev/a\\040b,rtdev=/dev/c\n",
		line, &mount));
	CHECK(mount_option(&mount, "logdev", value, sizeof(value)));
	CHECK_TEXT(value, "/dev/a b");
	CHECK(mount_option(&mount, "rtdev", value, sizeof(value)));
	CHECK_TEXT(value, "/dev/c");
	CHECK(mount_option(&mount, "rtdev", value, 4));
	CHECK_TEXT(value, "/de");
	CHECK(!mount_option(&mount, "attr2", value, sizeof(value)));
	CHECK(!mount_option(&mount, "dev", value, sizeof(value)));
	CHECK(parse("36 35 8:1 / /srv rw - xfs /dev/sda1", line, &mount));
	CHECK(!mount_option(&mount, "logdev", value, sizeof(value)));
}

TEST("what is no such line is told")
{
	static const char *const table[] = {
		"",
		"36 35",
		"36 35 98:0 /mnt1 /mnt2 rw,noatime",
		"36 35 98:0 /mnt1 /mnt2 rw - ext4",
		"36 35 x:0 / /mnt rw - ext3 /dev/root rw",
		"36 35 98:0 / - ext3 /dev/root rw",
	};
	struct mount mount;
	char line[256];
	unsigned i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		CHECK(!parse(table[i], line, &mount));
}

TEST("escapes that are none stay as they are")
{
	char text[] = "/a\\0\\04x\\940\\";

	CHECK_TEXT(mount_unescape(text), "/a\\0\\04x\\940\\");
}

TEST_MAIN
