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

enum { LIST_TEXT = 320, MOST_NAMESPACES = 64 };

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

/* --- mounts --- */

static bool is_mounted_from(const struct mount *mount, dev_t number)
{
	if (mount->major)
		return makedev(mount->major, mount->minor) == number;
	return is_device(mount->source, number);
}

static void list_mounts(const char *mountinfo, dev_t number, char points[LIST_TEXT])
{
	AUTO_STREAM FILE *file = fopen(mountinfo, "re");
	AUTO_FREE char *line = NULL;
	struct mount mount;
	size_t room = 0;

	*points = 0;
	while (file && getline(&line, &room, file) >= 0)
		if (mount_parse(line, &mount) && is_mounted_from(&mount, number))
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

	list_mounts("/proc/self/mountinfo", number, points);
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
	list_mounts(path, namespaces->number, points);
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

static bool read_line(const char *path, char *line, size_t room)
{
	AUTO_STREAM FILE *file = fopen(path, "re");

	if (!file || !fgets(line, (int)room, file))
		return false;
	line[strcspn(line, "\n")] = 0;
	return true;
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
