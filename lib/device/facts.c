/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Facts from sysfs (Documentation/ABI/stable/sysfs-block and testing/sysfs-block-dm) and from udev
 * properties.  Everything is read relative to the directory of the device, so that a recorded
 * tree serves as well as /sys; but loop devices are asked what they lie on.  Machines have thousands of
 * devices: a system call counts.
 */
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/loop.h>
#include <linux/major.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "device/facts.h"

#include "base/auto.h"
#include "base/units.h"

enum { ATTRIBUTE_SIZE = DM_TEXT, MAX_DEPTH = 32 };

static bool exists(int dir, const char *name)
{
	return faccessat(dir, name, F_OK, 0) == 0;
}

/* The first line of an attribute, empty if there is none. */
static void read_attribute(int dir, const char *name, char text[ATTRIBUTE_SIZE])
{
	AUTO_CLOSE int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? -1 : read(fd, text, ATTRIBUTE_SIZE - 1);

	text[len > 0 ? len : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
}

static uint64_t read_number(int dir, const char *name)
{
	char text[ATTRIBUTE_SIZE];
	uint64_t number;

	read_attribute(dir, name, text);
	return number_parse(text, &number) < 0 ? 0 : number;
}

static bool starts_with(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

static bool ends_with(const char *text, const char *suffix)
{
	size_t len = strlen(text), suffix_len = strlen(suffix);

	return len >= suffix_len && strcmp(text + len - suffix_len, suffix) == 0;
}

/* What a device built upon this one tells about it. */
static unsigned holder_flags(int holders, const char *holder, unsigned depth)
{
	char path[NAME_MAX + sizeof("/dm/uuid")], uuid[ATTRIBUTE_SIZE];

	(void)depth;
	snprintf(path, sizeof(path), "%s/dm/uuid", holder);
	read_attribute(holders, path, uuid);
	snprintf(path, sizeof(path), "%s/md", holder);
	if (!uuid[0])
		return exists(holders, path) ? FACTS_RAID_MEMBER : 0;
	if (starts_with(uuid, "mpath-"))
		return FACTS_MULTIPATH_MEMBER;
	if (starts_with(uuid, "DMRAID-"))
		return FACTS_RAID_MEMBER;
	/* kpartx: "part1-mpath-…" */
	if (starts_with(uuid, "part") && isdigit((unsigned char)uuid[4]))
		return FACTS_PARTITIONED;
	return 0;
}

/* A partition is a subdirectory that has an attribute of that name. */
static unsigned child_flags(int dir, const char *child, unsigned depth)
{
	char path[NAME_MAX + sizeof("/partition")];

	(void)depth;
	snprintf(path, sizeof(path), "%s/partition", child);
	return exists(dir, path) ? FACTS_PARTITIONED : 0;
}

/* The names in a subdirectory that begin with prefix, and what is to be made of each. */
struct visit {
	const char *subdirectory;
	const char *prefix;
	unsigned (*flags_of)(int dir, const char *name, unsigned depth);
	unsigned depth; /* how many devices this was come to through */
};

static unsigned visit_names(int dir, const struct visit *visit)
{
	int fd = openat(dir, visit->subdirectory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *stream = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	unsigned flags = 0;

	if (!stream) {
		if (fd >= 0)
			close(fd);
		return 0;
	}
	for (entry = readdir(stream); entry; entry = readdir(stream))
		if (entry->d_name[0] != '.' && starts_with(entry->d_name, visit->prefix))
			flags |= visit->flags_of(fd, entry->d_name, visit->depth);
	closedir(stream);
	return flags;
}

/* Partitions are named after their disk, which is the last part of sysfs_path. */
static void read_relations(struct device_facts *facts, int dir, const char *sysfs_path)
{
	const struct visit holders = { "holders", "", holder_flags, 0 };
	const struct visit disk_holders = { "../holders", "", holder_flags, 0 };
	const char *slash = strrchr(sysfs_path, '/');
	const struct visit partitions = { ".", slash ? slash + 1 : sysfs_path, child_flags, 0 };

	facts->flags |= visit_names(dir, &holders);
	if (!exists(dir, "partition")) {
		facts->flags |= visit_names(dir, &partitions);
		return;
	}

	/* A disk that belongs to a set as a whole takes its partitions with it. */
	facts->flags |= FACTS_PARTITION;
	facts->flags |= visit_names(dir, &disk_holders) &
			(FACTS_RAID_MEMBER | FACTS_MULTIPATH_MEMBER);
}

static void read_kind(struct device_facts *facts, int dir)
{
	if (facts->major == LOOP_MAJOR && !exists(dir, "loop") &&
	    !(facts->flags & FACTS_PARTITION))
		facts->flags |= FACTS_DETACHED;
	if (facts->major == FLOPPY_MAJOR || facts->major == SCSI_CDROM_MAJOR)
		facts->flags |= FACTS_REMOVABLE_DRIVE;
	if (read_number(dir, "ro"))
		facts->flags |= FACTS_READ_ONLY;
	if (!exists(dir, "dm"))
		return;
	read_attribute(dir, "dm/name", facts->dm_name);
	read_attribute(dir, "dm/uuid", facts->dm_uuid);
	if (read_number(dir, "dm/suspended"))
		facts->flags |= FACTS_SUSPENDED;
}

void facts_read(struct device_facts *facts, dev_t number, const char *sysfs_path)
{
	AUTO_CLOSE int dir = open(sysfs_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	*facts = (struct device_facts) { .major = major(number), .minor = minor(number) };
	if (dir < 0)
		return;
	facts->size_sectors = read_number(dir, "size");
	read_relations(facts, dir, sysfs_path);
	read_kind(facts, dir);
}

static unsigned waits(int dir, unsigned depth);

static unsigned waits_at(int dir, const char *name, unsigned depth)
{
	AUTO_CLOSE int device = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return device < 0 || depth == MAX_DEPTH ? 0 : waits(device, depth + 1);
}

/* What a loop device's file is, if that is a device, or the device of the filesystem that it is on: it is asked itself,
 * for a path may have come to name another file.  0 if that is none, or cannot be told.  Its node is named as in
 * sysfs.  To open it waits for nothing that reading it would not wait for. */
static dev_t device_of_file(int dir)
{
	char link[sizeof("/proc/self/fd/") + 12], node[PATH_MAX];
	struct loop_info64 info;
	AUTO_CLOSE int fd = -1;
	ssize_t len;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", dir);
	len = readlink(link, node, sizeof(node) - 1);
	node[len > 0 ? len : 0] = '\0';
	if (!strrchr(node, '/'))
		return 0;
	snprintf(link, sizeof(link), "/dev/%s", strrchr(node, '/') + 1);
	fd = open(link, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 || ioctl(fd, LOOP_GET_STATUS64, &info) < 0)
		return 0;
	return (dev_t)(info.lo_rdevice ? info.lo_rdevice : info.lo_device);
}

static unsigned file_waits(int dir, unsigned depth)
{
	const dev_t number = device_of_file(dir);
	char path[64];

	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u", major(number), minor(number));
	return number ? waits_at(AT_FDCWD, path, depth) : 0;
}

/* FACTS_SUSPENDED if a device is suspended, or what it lies on is, through however many others. */
static unsigned waits(int dir, unsigned depth)
{
	const struct visit slaves = { "slaves", "", waits_at, depth };

	if (read_number(dir, "dm/suspended"))
		return FACTS_SUSPENDED;
	if (exists(dir, "partition"))
		return waits_at(dir, "..", depth);
	return visit_names(dir, &slaves) | (exists(dir, "loop") ? file_waits(dir, depth) : 0);
}

bool facts_read_waits(const struct device_facts *facts, const char *sysfs_path)
{
	const bool lies_on_others =
		facts->dm_name[0] || facts->major == MD_MAJOR || facts->major == LOOP_MAJOR ||
		(facts->flags & FACTS_PARTITION && strstr(sysfs_path, "/virtual/"));

	if (facts->flags & FACTS_SUSPENDED || !lies_on_others)
		return facts->flags & FACTS_SUSPENDED;
	return waits_at(AT_FDCWD, sysfs_path, 0) != 0;
}

/* "254:3" */
static void read_device_number(struct device_facts *facts, int dir)
{
	char text[ATTRIBUTE_SIZE];

	read_attribute(dir, "dev", text);
	if (sscanf(text, "%" SCNu32 ":%" SCNu32, &facts->major, &facts->minor) != 2)
		facts->major = facts->minor = 0;
}

bool facts_read_volume(struct device_facts *facts, int class_dir, const char *name)
{
	AUTO_CLOSE int dir = -1;

	*facts = (struct device_facts) { 0 };
	if (!starts_with(name, "dm-"))
		return false;
	dir = openat(class_dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return false;
	read_attribute(dir, "dm/uuid", facts->dm_uuid);
	if (!starts_with(facts->dm_uuid, "LVM-"))
		return false;
	read_attribute(dir, "dm/name", facts->dm_name);
	read_device_number(facts, dir);
	facts->size_sectors = read_number(dir, "size");
	return true;
}

/* What signatures by libblkid's names make of a device. */
static unsigned type_flags(const char *type)
{
	if (strcmp(type, "mpath_member") == 0)
		return FACTS_OTHER_CONTENT | FACTS_MULTIPATH_MEMBER;
	if (strcmp(type, "LVM2_member") == 0)
		return FACTS_LVM2_MEMBER;
	if (!*type)
		return 0;
	return FACTS_OTHER_CONTENT | (ends_with(type, "_raid_member") ? FACTS_RAID_MEMBER : 0);
}

void facts_add_property(struct device_facts *facts, const char *name, const char *value)
{
	if (strcmp(name, "ID_FS_TYPE") == 0)
		facts->flags |= type_flags(value);
	else if (strcmp(value, "1") != 0)
		return;
	else if (strcmp(name, "DM_MULTIPATH_DEVICE_PATH") == 0)
		facts->flags |= FACTS_MULTIPATH_MEMBER;
	else if (strcmp(name, "ID_CDROM") == 0 || strcmp(name, "ID_DRIVE_FLOPPY") == 0)
		facts->flags |= FACTS_REMOVABLE_DRIVE;
}
