/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/lock.h"

#include "base/auto.h"
#include "base/io.h"
#include "base/log.h"
#include "base/process.h"
#include "base/text.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

enum { FIRST_PAUSE_US = 500, LONGEST_PAUSE_US = 50000, SUFFIX_ROOM = 8, INFO_MAX = 4096 };

struct lock {
	int fd;
	char path[];
};

/* When to give up, and how long that was at first. */
struct patience {
	uint64_t deadline_us;
	unsigned timeout_ms;
};

static uint64_t clock_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* --- who holds it --- */

struct search {
	dev_t device;
	uint64_t inode;
	pid_t pid;
	char *holder;
};

/* A lock belongs to an open file, and /proc/PID/fdinfo/FD has a line "lock:" if that file has one.  Those
 * who wait have the file open, too. */
static bool is_locked_here(void *data, const struct process_file *file)
{
	const struct search *search = data;
	AUTO_FREE char *info = NULL;
	char path[64];

	if (file->inode != search->inode || file->device != search->device)
		return false;
	snprintf(path, sizeof(path), "/proc/%d/fdinfo/%d", search->pid, file->fd);
	return file_read(path, INFO_MAX, &info) == 0 && strstr(info, "\nlock:");
}

static bool is_holder(void *data, pid_t pid)
{
	struct search *search = data;

	search->pid = pid;
	return process_each_file(pid, is_locked_here, search) &&
	       process_describe(pid, search->holder);
}

static bool find_holder(const char *path, char holder[PROCESS_TEXT])
{
	struct search search = { .holder = holder };
	struct stat st;

	if (stat(path, &st) < 0)
		return false;
	search.device = st.st_dev;
	search.inode = st.st_ino;
	return process_each(is_holder, &search);
}

static void describe_holder(const char *path, const char *aux, char holder[PROCESS_TEXT])
{
	if (!find_holder(path, holder) && !find_holder(aux, holder))
		snprintf(holder, PROCESS_TEXT, "%s", _("a process that cannot be seen from here"));
}

static int refused(const char *path, const char *aux, const struct patience *patience, int r)
{
	char holder[PROCESS_TEXT];

	if (r != -ETIMEDOUT) {
		errno = -r;
		return fail_errno(_("%s: cannot lock"), path);
	}
	describe_holder(path, aux, holder);
	if (!patience->timeout_ms)
		return fail(r, _("%s: locked by %s"), path, holder);
	return fail(r, _("%s: locked by %s; gave up after %u.%u s"), path, holder,
		    patience->timeout_ms / 1000, patience->timeout_ms % 1000 / 100);
}

/* --- one file --- */

/*
 * flock() has no time limit.  A timer's signal could end it, but also come just before the call and
 * be lost, and handlers and timers belong to the program; so it is tried at intervals that grow.
 */
static int flock_until(int fd, int operation, uint64_t deadline_us)
{
	useconds_t pause = FIRST_PAUSE_US;
	uint64_t now;

	for (;;) {
		if (flock(fd, operation | LOCK_NB) == 0)
			return 0;
		if (errno != EWOULDBLOCK && errno != EINTR)
			return -errno;
		now = clock_us();
		if (now >= deadline_us)
			return -ETIMEDOUT;
		if (pause > deadline_us - now)
			pause = (useconds_t)(deadline_us - now);
		if (usleep(pause) < 0)
			return -errno;
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

static int take_file(const char *path, int operation, uint64_t deadline_us, int *fd)
{
	int r;

	for (;;) {
		*fd = open(path, O_CREAT | O_APPEND | O_RDWR | O_CLOEXEC, 0777);
		if (*fd < 0)
			return -errno;
		r = flock_until(*fd, operation, deadline_us);
		if (!r && is_still_there(path, *fd))
			return 0;
		close(*fd);
		if (r < 0)
			return r;
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

/* The auxiliary file lets a waiting writer keep new readers out, see lock.h. */
static int take_both(struct lock *lock, const char *aux, enum lock_mode mode, uint64_t deadline_us)
{
	int aux_fd, r;

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

static int take(struct lock *lock, enum lock_mode mode, unsigned timeout_ms)
{
	const struct patience patience = {
		.deadline_us = clock_us() + (uint64_t)timeout_ms * 1000,
		.timeout_ms = timeout_ms,
	};
	const size_t room = strlen(lock->path) + SUFFIX_ROOM;
	AUTO_FREE char *aux = malloc(room);
	int r;

	if (!aux)
		return fail_memory();
	snprintf(aux, room, "%s:aux", lock->path);
	r = take_both(lock, aux, mode, patience.deadline_us);
	return r < 0 ? refused(lock->path, aux, &patience, r) : 0;
}

static int prepare(const char *directory, const char *name, struct lock **lock)
{
	const size_t room = strlen(directory) + strlen(name) + 2;
	struct lock *new = calloc(1, sizeof(*new) + room);
	int r;

	if (!new)
		return fail_memory();
	snprintf(new->path, room, "%s/%s", directory, name);
	r = dir_make(directory, 0700);
	if (r < 0) {
		free(new);
		errno = -r;
		return fail_errno(_("%s: cannot make the directory for locks"), directory);
	}
	*lock = new;
	return 0;
}

int lock_take(const char *directory, const char *name, enum lock_mode mode, unsigned timeout_ms,
	      struct lock **lock)
{
	AUTO_FREE struct lock *new = NULL;
	int r = prepare(directory, name, &new);

	r = r < 0 ? r : take(new, mode, timeout_ms);
	if (r < 0)
		return r;
	*lock = TAKE(new);
	return 0;
}

int lock_try(const char *directory, const char *name, struct lock **lock)
{
	AUTO_FREE struct lock *new = NULL;
	const size_t room = strlen(directory) + strlen(name) + 1 + SUFFIX_ROOM;
	AUTO_FREE char *aux = malloc(room);
	int r = aux ? prepare(directory, name, &new) : fail_memory();

	if (r < 0)
		return r;
	snprintf(aux, room, "%s:aux", new->path);
	r = take_both(new, aux, LOCK_EXCLUSIVE, 0);
	if (r < 0)
		return r == -ETIMEDOUT ? 0 : fail(r, _("%s: cannot lock"), new->path);
	*lock = TAKE(new);
	return 1;
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
