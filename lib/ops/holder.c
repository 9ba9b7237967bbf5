/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/holder.h"

#include "base/text.h"

#include <ctype.h>
#include <dirent.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

/* Field 3 of a line of mountinfo is the device's number, field 5 the mount point (proc(5)). */
static bool find_mount(uint32_t major, uint32_t minor, char text[HOLDER_TEXT])
{
	FILE *file = fopen("/proc/self/mountinfo", "re");
	char line[4096], point[HOLDER_TEXT - 32];
	unsigned on_major, on_minor;
	bool found = false;

	if (!file)
		return false;
	while (!found && fgets(line, sizeof(line), file))
		found = sscanf(line, "%*d %*d %u:%u %*s %223s", &on_major, &on_minor, point) == 3 &&
			on_major == major && on_minor == minor;
	fclose(file);
	if (found)
		snprintf(text, HOLDER_TEXT, _("mounted on %s"), point);
	return found;
}

static bool find_device(uint32_t major, uint32_t minor, char text[HOLDER_TEXT])
{
	char path[64];
	const struct dirent *entry;
	bool found = false;
	DIR *dir;

	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u/holders", major, minor);
	dir = opendir(path);
	if (!dir)
		return false;
	while (!found && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(text, HOLDER_TEXT, _("used by device %s"), entry->d_name);
		found = true;
	}
	closedir(dir);
	return found;
}

static bool process_has_open(const char *pid, dev_t number)
{
	char path[PATH_MAX];
	const struct dirent *entry;
	struct stat st;
	bool found = false;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%s/fd", pid);
	dir = opendir(path);
	if (!dir)
		return false;
	while (!found && (entry = readdir(dir)))
		found = fstatat(dirfd(dir), entry->d_name, &st, 0) == 0 && S_ISBLK(st.st_mode) &&
			st.st_rdev == number;
	closedir(dir);
	return found;
}

/* udevd's workers, which look at a device and close it again. */
static bool is_udev(const char *command)
{
	return strstr(command, "udev") != NULL;
}

static enum holder_kind name_process(const char *pid, char text[HOLDER_TEXT])
{
	char path[PATH_MAX], command[64] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%s/comm", pid);
	file = fopen(path, "re");
	if (file) {
		if (fgets(command, sizeof(command), file))
			command[strcspn(command, "\n")] = 0;
		fclose(file);
	}
	snprintf(text, HOLDER_TEXT, _("open in %s (PID %s)"), command, pid);
	return is_udev(command) ? HOLDER_UDEV : HOLDER_PROCESS;
}

static enum holder_kind find_process(uint32_t major, uint32_t minor, char text[HOLDER_TEXT])
{
	enum holder_kind found = HOLDER_UNKNOWN;
	const struct dirent *entry;
	DIR *dir = opendir("/proc");

	if (!dir)
		return found;
	while (!found && (entry = readdir(dir)))
		if (isdigit((unsigned char)entry->d_name[0]) &&
		    process_has_open(entry->d_name, makedev(major, minor)))
			found = name_process(entry->d_name, text);
	closedir(dir);
	return found;
}

enum holder_kind holder_of(uint32_t major, uint32_t minor, char text[HOLDER_TEXT])
{
	enum holder_kind kind;

	if (find_mount(major, minor, text))
		return HOLDER_MOUNT;
	if (find_device(major, minor, text))
		return HOLDER_DEVICE;
	kind = find_process(major, minor, text);
	if (!kind)
		snprintf(text, HOLDER_TEXT, "%s", _("in use"));
	return kind;
}
