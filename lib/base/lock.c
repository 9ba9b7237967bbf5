/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/lock.h"

#include "base/auto.h"
#include "base/io.h"
#include "base/log.h"
#include "base/text.h"

#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>

enum { FIRST_PAUSE_US = 500, LONGEST_PAUSE_US = 50000, HOLDER_SIZE = 128 };

struct lock {
	int fd;
	char path[];
};

static uint64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* --- who holds it --- */

static void name_process(int pid, char holder[HOLDER_SIZE])
{
	char path[64], command[32] = "?";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	file = fopen(path, "re");
	if (file) {
		if (fgets(command, sizeof(command), file))
			command[strcspn(command, "\n")] = 0;
		fclose(file);
	}
	snprintf(holder, HOLDER_SIZE, _("PID %d (%s)"), pid, command);
}

/* A line of /proc/locks: "1: FLOCK  ADVISORY  WRITE 1234 00:19:5678 0 EOF"; waiters have "->". */
static void find_holder(int fd, char holder[HOLDER_SIZE])
{
	FILE *file = fopen("/proc/locks", "re");
	unsigned major, minor;
	unsigned long inode;
	char line[256];
	struct stat st;
	int pid;

	snprintf(holder, HOLDER_SIZE, "%s", _("a process that can't be named"));
	if (!file)
		return;
	while (fstat(fd, &st) == 0 && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%*d: FLOCK %*s %*s %d %x:%x:%lu", &pid, &major, &minor, &inode) != 4)
			continue;
		if (inode == st.st_ino && makedev(major, minor) == st.st_dev) {
			name_process(pid, holder);
			break;
		}
	}
	fclose(file);
}

/* --- one file --- */

/* flock() has no time limit of its own, and a signal to end it could arrive before the call:
 * so it is tried, at intervals that grow. */
static int flock_until(int fd, int operation, uint64_t deadline_us)
{
	useconds_t pause = FIRST_PAUSE_US;
	uint64_t now;

	for (;;) {
		if (flock(fd, operation | LOCK_NB) == 0)
			return 0;
		if (errno != EWOULDBLOCK && errno != EINTR)
			return -errno;
		now = now_us();
		if (now >= deadline_us)
			return -ETIMEDOUT;
		if (pause > deadline_us - now)
			pause = (useconds_t)(deadline_us - now);
		usleep(pause);
		pause = pause * 2 > LONGEST_PAUSE_US ? LONGEST_PAUSE_US : pause * 2;
	}
}

/* Whoever unlocked may have unlinked the file we waited for. */
static bool is_still_there(const char *path, int fd)
{
	struct stat named, open;

	return stat(path, &named) == 0 && fstat(fd, &open) == 0 && named.st_dev == open.st_dev &&
	       named.st_ino == open.st_ino;
}

static int refused(const char *path, int fd, int r)
{
	char holder[HOLDER_SIZE];

	if (r != -ETIMEDOUT) {
		errno = -r;
		return fail_errno(_("%s: cannot lock"), path);
	}
	find_holder(fd, holder);
	return fail(r, _("%s: locked by %s; gave up waiting"), path, holder);
}

static int take_file(const char *path, int operation, uint64_t deadline_us, int *fd)
{
	int r;

	for (;;) {
		*fd = open(path, O_CREAT | O_APPEND | O_RDWR | O_CLOEXEC, 0777);
		if (*fd < 0)
			return fail_errno(_("%s: cannot open the lock"), path);
		r = flock_until(*fd, operation, deadline_us);
		if (r < 0) {
			r = refused(path, *fd, r);
			close(*fd);
			return r;
		}
		if (is_still_there(path, *fd))
			return 0;
		close(*fd);
	}
}

static void drop_file(const char *path, int fd)
{
	flock(fd, LOCK_UN);
	if (flock(fd, LOCK_EX | LOCK_NB) == 0 && is_still_there(path, fd))
		unlink(path);
	close(fd);
}

/* --- both --- */

/* The auxiliary file lets a waiting writer keep new readers out (lvm-flock.c: _do_write_priority_flock). */
static int take_both(struct lock *lock, enum lock_mode mode, uint64_t deadline_us)
{
	char aux[PATH_MAX];
	int aux_fd, r;

	if (snprintf(aux, sizeof(aux), "%s:aux", lock->path) >= PATH_MAX)
		return fail(-ENAMETOOLONG, _("%s: cannot lock"), lock->path);
	r = take_file(aux, LOCK_EX, deadline_us, &aux_fd);
	if (r < 0)
		return r;
	if (mode == LOCK_SHARED) {
		drop_file(aux, aux_fd);
		return take_file(lock->path, LOCK_SH, deadline_us, &lock->fd);
	}
	r = take_file(lock->path, LOCK_EX, deadline_us, &lock->fd);
	drop_file(aux, aux_fd);
	return r;
}

int lock_take(const char *directory, const char *name, enum lock_mode mode, unsigned timeout_ms,
	      struct lock **lock)
{
	size_t room = strlen(directory) + strlen(name) + 2;
	AUTO_FREE struct lock *new = calloc(1, sizeof(*new) + room);
	int r;

	if (!new)
		return fail_memory();
	snprintf(new->path, room, "%s/%s", directory, name);
	r = dir_make(directory, 0700);
	if (r < 0) {
		errno = -r;
		return fail_errno(_("%s: cannot make the directory for locks"), directory);
	}
	r = take_both(new, mode, now_us() + (uint64_t)timeout_ms * 1000);
	if (r < 0)
		return r;
	*lock = TAKE(new);
	return 0;
}

int lock_fd(const struct lock *lock)
{
	return lock->fd;
}

void lock_free(struct lock **lock)
{
	if (!*lock)
		return;
	drop_file((*lock)->path, (*lock)->fd);
	free(*lock);
	*lock = NULL;
}
