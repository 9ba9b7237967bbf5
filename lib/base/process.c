/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/process.h"

#include "base/auto.h"
#include "base/io.h"
#include "base/text.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>

/* From the state of /proc/PID/stat to the start time, the twentieth word. */
#define STAT_STATE_AND_START                                                                       \
	" %c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu"

enum { STAT_MAX = 4096 };

static void directory_free(DIR **directory)
{
	if (*directory)
		closedir(*directory);
}

static uint64_t age_of(unsigned long long started_ticks)
{
	struct timespec now;
	uint64_t started = started_ticks / (unsigned long)sysconf(_SC_CLK_TCK);

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec > started ? (uint64_t)now.tv_sec - started : 0;
}

/* /proc/PID/stat: "PID (COMMAND) STATE ...", where the command may have parentheses and spaces in
 * it; the start is in ticks since boot (proc(5)). */
bool process_describe(pid_t pid, uint64_t longest_s, char text[PROCESS_TEXT])
{
	AUTO_FREE char *stat = NULL;
	unsigned long long started;
	char path[64], *command, *end, state;
	uint64_t age_s;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	if (file_read(path, STAT_MAX, &stat) < 0)
		return false;
	command = strchr(stat, '(');
	end = strrchr(stat, ')');
	if (!command || !end || sscanf(end + 1, STAT_STATE_AND_START, &state, &started) != 2)
		return false;
	*end = 0;
	age_s = age_of(started);
	snprintf(text, PROCESS_TEXT,
		 state == 'T' ? _("PID %d (%s, stopped, since %llu s)")
			      : _("PID %d (%s, since %llu s)"),
		 pid, command + 1, (unsigned long long)(age_s < longest_s ? age_s : longest_s));
	return true;
}

bool process_each(bool (*visit)(void *data, pid_t pid), void *data)
{
	__attribute__((cleanup(directory_free))) DIR *processes = opendir("/proc");
	const struct dirent *entry;
	pid_t pid;

	while (processes && (entry = readdir(processes))) {
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		pid = (pid_t)strtol(entry->d_name, NULL, 10);
		if (pid != getpid() && visit(data, pid))
			return true;
	}
	return false;
}

static bool look_at(int directory, const char *name, struct process_file *file)
{
	struct statx st;

	if (statx(directory, name, AT_STATX_DONT_SYNC, STATX_TYPE | STATX_INO, &st) < 0)
		return false;
	file->is_block = S_ISBLK(st.stx_mode);
	file->number = makedev(st.stx_rdev_major, st.stx_rdev_minor);
	file->device = makedev(st.stx_dev_major, st.stx_dev_minor);
	file->inode = st.stx_ino;
	return true;
}

bool process_each_file(pid_t pid, bool (*visit)(void *data, const struct process_file *file),
		       void *data)
{
	__attribute__((cleanup(directory_free))) DIR *fds = NULL;
	struct process_file file = { .fd = -1 };
	static const char *const others[] = { "cwd", "root", "exe" };
	const struct dirent *entry;
	char path[64];
	unsigned i;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		snprintf(path, sizeof(path), "/proc/%d/%s", pid, others[i]);
		if (look_at(AT_FDCWD, path, &file) && visit(data, &file))
			return true;
	}
	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	fds = opendir(path);
	while (fds && (entry = readdir(fds))) {
		file.fd = (int)strtol(entry->d_name, NULL, 10);
		if (isdigit((unsigned char)entry->d_name[0]) &&
		    look_at(dirfd(fds), entry->d_name, &file) && visit(data, &file))
			return true;
	}
	return false;
}
