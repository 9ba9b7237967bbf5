/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dm/holder.h"

#include "base/auto.h"
#include "base/process.h"
#include "base/text.h"
#include "dm/mount.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

enum { LIST_TEXT = 320, KERNEL_NAME = 64, MOST_NAMESPACES = 64 };

#define MORE " ..."

static void stream_free(FILE **stream)
{
	if (*stream)
		fclose(*stream);
}

#define AUTO_STREAM __attribute__((cleanup(stream_free)))

static void directory_free(DIR **directory)
{
	if (*directory)
		closedir(*directory);
}

/* "one, two, three ..." */
static void list_add(char list[LIST_TEXT], const char *word)
{
	const size_t len = strlen(list), more = sizeof(MORE) - 1;

	if (len >= more && !strcmp(list + len - more, MORE))
		return;
	if (len && len + strlen(word) + 2 + more >= LIST_TEXT)
		snprintf(list + len, LIST_TEXT - len, "%s", MORE);
	else
		snprintf(list + len, LIST_TEXT - more - len, "%s%s", len ? ", " : "", word);
}

/* Whether a path that the kernel tells is this device; what is not below /dev could be on a file
 * server that is dead. */
static bool is_device(const char *path, dev_t number)
{
	struct stat st;

	return !strncmp(path, "/dev/", 5) && stat(path, &st) == 0 && S_ISBLK(st.st_mode) &&
	       st.st_rdev == number;
}

static bool read_line(const char *path, char *line, size_t room)
{
	AUTO_STREAM FILE *file = fopen(path, "re");

	if (!file || !fgets(line, (int)room, file))
		return false;
	line[strcspn(line, "\n")] = 0;
	return true;
}

/* "dm-3", "sda1"; false if there is none. */
static bool kernel_name_of(dev_t number, char name[KERNEL_NAME])
{
	char path[64], target[PATH_MAX];
	const char *last;
	ssize_t len;

	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u", major(number), minor(number));
	len = readlink(path, target, sizeof(target) - 1);
	target[len > 0 ? len : 0] = 0;
	last = strrchr(target, '/');
	return last && snprintf(name, KERNEL_NAME, "%s", last + 1) < KERNEL_NAME;
}

static void list_device(char names[LIST_TEXT], const char *kernel_name)
{
	char path[PATH_MAX], dm[130], name[160];

	snprintf(path, sizeof(path), "/sys/block/%s/dm/name", kernel_name);
	if (read_line(path, dm, sizeof(dm)))
		snprintf(name, sizeof(name), "%s (%.20s)", dm, kernel_name);
	else
		snprintf(name, sizeof(name), "%.64s", kernel_name);
	list_add(names, name);
}

/* --- mounts --- */

/* Whether the device is of the same btrfs filesystem as the one that it is mounted from, which is the only one of
 * its devices that mountinfo tells. */
static bool is_beside(const char *source, dev_t number)
{
	__attribute__((cleanup(directory_free))) DIR *filesystems = NULL;
	char path[PATH_MAX], one[KERNEL_NAME], other[KERNEL_NAME];
	const struct dirent *entry;
	struct stat st;

	if (strncmp(source, "/dev/", 5) != 0 || stat(source, &st) < 0 || !S_ISBLK(st.st_mode) ||
	    !kernel_name_of(st.st_rdev, one) || !kernel_name_of(number, other))
		return false;
	filesystems = opendir("/sys/fs/btrfs");
	while (filesystems && (entry = readdir(filesystems))) {
		snprintf(path, sizeof(path), "/sys/fs/btrfs/%s/devices/%s", entry->d_name, one);
		if (access(path, F_OK) < 0)
			continue;
		snprintf(path, sizeof(path), "/sys/fs/btrfs/%s/devices/%s", entry->d_name, other);
		return access(path, F_OK) == 0;
	}
	return false;
}

static bool is_mounted_from(const struct mount *mount, dev_t number)
{
	if (mount->major)
		return makedev(mount->major, mount->minor) == number;
	return is_device(mount->source, number) || is_beside(mount->source, number);
}

/* Of xfs, which has them on other devices if that was wanted. */
static bool has_log_or_realtime_on(const struct mount *mount, dev_t number)
{
	char path[PATH_MAX];

	return (mount_option(mount, "logdev", path, sizeof(path)) && is_device(path, number)) ||
	       (mount_option(mount, "rtdev", path, sizeof(path)) && is_device(path, number));
}

static void list_mounts(const char *mountinfo, dev_t number,
			bool (*uses)(const struct mount *mount, dev_t number),
			char points[LIST_TEXT])
{
	AUTO_STREAM FILE *file = fopen(mountinfo, "re");
	AUTO_FREE char *line = NULL;
	struct mount mount;
	size_t room = 0;

	*points = 0;
	while (file && getline(&line, &room, file) >= 0)
		if (mount_parse(line, &mount) && uses(&mount, number))
			list_add(points, mount.point);
}

/* Another filesystem may be mounted over it.  A kernel before 5.8 does not tell which one is seen. */
static bool is_seen(const struct mount *mount)
{
	struct statx st;

	return statx(AT_FDCWD, mount->point, AT_SYMLINK_NOFOLLOW, STATX_MNT_ID, &st) == 0 &&
	       (!(st.stx_mask & STATX_MNT_ID) || st.stx_mnt_id == mount->id);
}

char *holder_mount_point(uint32_t major, uint32_t minor)
{
	AUTO_STREAM FILE *file = fopen("/proc/self/mountinfo", "re");
	AUTO_FREE char *line = NULL;
	struct mount mount;
	size_t room = 0;

	while (file && getline(&line, &room, file) >= 0)
		if (mount_parse(line, &mount) && is_mounted_from(&mount, makedev(major, minor)) &&
		    is_seen(&mount))
			return strdup(mount.point);
	return NULL;
}

static bool find_mount(dev_t number, char text[HOLDER_TEXT])
{
	char points[LIST_TEXT];

	list_mounts("/proc/self/mountinfo", number, is_mounted_from, points);
	if (*points)
		snprintf(text, HOLDER_TEXT, _("mounted on %s"), points);
	return *points;
}

struct namespaces {
	dev_t number;
	ino_t seen[MOST_NAMESPACES];
	unsigned count;
	char *text;
};

/* Whether the process's mount namespace is one that was not looked at yet. */
static bool is_new(struct namespaces *namespaces, const char *process)
{
	struct stat st;
	char path[64];
	unsigned i;

	snprintf(path, sizeof(path), "/proc/%s/ns/mnt", process);
	if (stat(path, &st) < 0)
		return false;
	for (i = 0; i < namespaces->count; i++)
		if (namespaces->seen[i] == st.st_ino)
			return false;
	if (namespaces->count < MOST_NAMESPACES)
		namespaces->seen[namespaces->count++] = st.st_ino;
	return true;
}

static bool look_into_namespace(void *data, pid_t pid)
{
	struct namespaces *namespaces = data;
	char points[LIST_TEXT], name[16], path[64], process[PROCESS_TEXT];

	snprintf(name, sizeof(name), "%d", pid);
	if (!is_new(namespaces, name))
		return false;
	snprintf(path, sizeof(path), "/proc/%d/mountinfo", pid);
	list_mounts(path, namespaces->number, is_mounted_from, points);
	if (!*points || !process_describe(pid, UINT64_MAX, process))
		return false;
	snprintf(namespaces->text, HOLDER_TEXT, _("mounted on %s in the mount namespace of %s"),
		 points, process);
	return true;
}

static bool find_mount_elsewhere(dev_t number, char text[HOLDER_TEXT])
{
	struct namespaces namespaces = { .number = number, .text = text };

	is_new(&namespaces, "self");
	return process_each(look_into_namespace, &namespaces);
}

/* --- logs --- */

/* A journal that has a device of its own is called after that alone, one that is a file after device and inode. */
static bool is_journal(const char *kernel_name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "/proc/fs/jbd2/%s", kernel_name);
	return access(path, F_OK) == 0;
}

/* Whether the thread that writes the ext4 filesystem's journal writes that one.  Kernels before 5.17 tell 15 bytes of
 * a thread's name. */
static bool has_journal_on(const char *filesystem, const char *kernel_name)
{
	enum { SHORT_NAME = 15 };
	char path[PATH_MAX], pid[32], thread[KERNEL_NAME + 8], wanted[KERNEL_NAME + 8];

	snprintf(path, sizeof(path), "/sys/fs/ext4/%s/journal_task", filesystem);
	if (!read_line(path, pid, sizeof(pid)))
		return false;
	snprintf(path, sizeof(path), "/proc/%s/comm", pid);
	snprintf(wanted, sizeof(wanted), "jbd2/%s", kernel_name);
	return read_line(path, thread, sizeof(thread)) &&
	       (!strcmp(thread, wanted) ||
		(strlen(thread) == SHORT_NAME && !strncmp(thread, wanted, SHORT_NAME)));
}

static void list_mounts_of(const char *kernel_name, char points[LIST_TEXT])
{
	char path[PATH_MAX], text[32];
	unsigned major, minor;

	*points = 0;
	snprintf(path, sizeof(path), "/sys/class/block/%s/dev", kernel_name);
	if (read_line(path, text, sizeof(text)) && sscanf(text, "%u:%u", &major, &minor) == 2)
		list_mounts("/proc/self/mountinfo", makedev(major, minor), is_mounted_from, points);
}

/* Where filesystems are mounted that have their journal there; and devices of those that are mounted elsewhere. */
static void list_ext4(dev_t number, char points[LIST_TEXT], char elsewhere[LIST_TEXT])
{
	__attribute__((cleanup(directory_free))) DIR *filesystems = NULL;
	char name[KERNEL_NAME], found[LIST_TEXT];
	const struct dirent *entry;

	if (!kernel_name_of(number, name) || !is_journal(name))
		return;
	filesystems = opendir("/sys/fs/ext4");
	while (filesystems && (entry = readdir(filesystems))) {
		if (entry->d_name[0] == '.' || !has_journal_on(entry->d_name, name))
			continue;
		list_mounts_of(entry->d_name, found);
		if (*found)
			list_add(points, found);
		else
			list_device(elsewhere, entry->d_name);
	}
}

static bool find_log(dev_t number, char text[HOLDER_TEXT])
{
	char points[LIST_TEXT], elsewhere[LIST_TEXT] = "";

	list_mounts("/proc/self/mountinfo", number, has_log_or_realtime_on, points);
	list_ext4(number, points, elsewhere);
	if (*points)
		snprintf(text, HOLDER_TEXT, _("part of the filesystem mounted on %s"), points);
	return *points;
}

static bool find_log_elsewhere(dev_t number, char text[HOLDER_TEXT])
{
	char points[LIST_TEXT] = "", elsewhere[LIST_TEXT] = "";

	list_ext4(number, points, elsewhere);
	if (*elsewhere)
		snprintf(text, HOLDER_TEXT, _("holds the journal of the filesystem on %s"),
			 elsewhere);
	return *elsewhere;
}

/* --- swap --- */

/* A line of /proc/swaps is "/dev/dm-3   partition   1048572  0  -2", under a line of headings. */
static bool find_swap(dev_t number, char text[HOLDER_TEXT])
{
	AUTO_STREAM FILE *file = fopen("/proc/swaps", "re");
	AUTO_FREE char *line = NULL;
	size_t room = 0;

	while (file && getline(&line, &room, file) >= 0) {
		line[strcspn(line, " \t\n")] = 0;
		if (!is_device(mount_unescape(line), number))
			continue;
		snprintf(text, HOLDER_TEXT, "%s", _("used as swap"));
		return true;
	}
	return false;
}

/* --- devices above --- */

static void list_holders(dev_t number, char names[LIST_TEXT])
{
	__attribute__((cleanup(directory_free))) DIR *holders = NULL;
	const struct dirent *entry;
	char path[64];

	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u/holders", major(number), minor(number));
	holders = opendir(path);
	while (holders && (entry = readdir(holders)))
		if (entry->d_name[0] != '.')
			list_device(names, entry->d_name);
}

/* Loop devices are no holders to sysfs. */
static void list_loops(dev_t number, char names[LIST_TEXT])
{
	__attribute__((cleanup(directory_free))) DIR *devices = opendir("/sys/block");
	const struct dirent *entry;
	char path[PATH_MAX], file[PATH_MAX];

	while (devices && (entry = readdir(devices))) {
		snprintf(path, sizeof(path), "/sys/block/%s/loop/backing_file", entry->d_name);
		if (!strncmp(entry->d_name, "loop", 4) && read_line(path, file, sizeof(file)) &&
		    is_device(file, number))
			list_device(names, entry->d_name);
	}
}

static bool find_device(dev_t number, char text[HOLDER_TEXT])
{
	char names[LIST_TEXT] = "";

	list_holders(number, names);
	list_loops(number, names);
	if (*names)
		snprintf(text, HOLDER_TEXT, _("used by device %s"), names);
	return *names;
}

/* --- processes --- */

struct users {
	dev_t number;
	char list[LIST_TEXT];
};

static bool is_on_device(void *data, const struct process_file *file)
{
	const struct users *users = data;

	return (file->is_block && file->number == users->number) || file->device == users->number;
}

static bool list_user(void *data, pid_t pid)
{
	struct users *users = data;
	char process[PROCESS_TEXT];

	if (process_each_file(pid, is_on_device, users) &&
	    process_describe(pid, UINT64_MAX, process))
		list_add(users->list, process);
	return false;
}

static bool find_process(dev_t number, char text[HOLDER_TEXT])
{
	struct users users = { .number = number };

	process_each(list_user, &users);
	if (*users.list)
		snprintf(text, HOLDER_TEXT, _("open in %s"), users.list);
	return *users.list;
}

/* --- all --- */

static const struct {
	bool (*find)(dev_t number, char text[HOLDER_TEXT]);
	enum holder_kind kind;
} kinds[] = {
	{ find_mount, HOLDER_MOUNT },	  { find_mount_elsewhere, HOLDER_MOUNT_ELSEWHERE },
	{ find_log, HOLDER_MOUNT },	  { find_log_elsewhere, HOLDER_MOUNT_ELSEWHERE },
	{ find_swap, HOLDER_SWAP },	  { find_device, HOLDER_DEVICE },
	{ find_process, HOLDER_PROCESS },
};

enum holder_kind holder_of(uint32_t major, uint32_t minor, char text[HOLDER_TEXT])
{
	unsigned i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].find(makedev(major, minor), text))
			return kinds[i].kind;
	snprintf(text, HOLDER_TEXT, "%s", _("in use"));
	return HOLDER_UNKNOWN;
}
