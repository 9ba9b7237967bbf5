/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/lock.h"

#include "base/auto.h"
#include "base/io.h"
#include "base/limit.h"
#include "base/log.h"
#include "base/process.h"
#include "base/text.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>

enum { SUFFIX_ROOM = 8, INFO_MAX = 4096, LOCKS_MAX = 256 * 1024 };

struct lock {
	int fd;
	bool stays; /* its file, which was there before */
	char path[];
};

/* When to give up, and how long that was at first. */
struct patience {
	struct limit limit;
	unsigned timeout_ms;
};

/* --- who holds it --- */

struct search {
	dev_t device;
	uint64_t inode;
	pid_t pid;
	uint64_t age_s;
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
	       process_describe(pid, search->age_s, search->holder);
}

/* Nothing is ever written to it, and who unlocks unlinks it or leaves it to those who wait; of us a writer renews its
 * time then.  So it is as old as the lock, or, if a reader or LVM2 has waited for it, older. */
static uint64_t age_of(const struct stat *st)
{
	const time_t now = time(NULL);

	return now > st->st_mtime ? (uint64_t)(now - st->st_mtime) : 0;
}

static bool find_holder(const char *path, char holder[PROCESS_TEXT])
{
	struct search search = { .holder = holder };
	struct stat st;

	if (stat(path, &st) < 0)
		return false;
	search.device = st.st_dev;
	search.inode = st.st_ino;
	search.age_s = age_of(&st);
	return process_each(is_holder, &search);
}

static void describe_holder(const char *path, const char *aux, char holder[PROCESS_TEXT])
{
	if (!find_holder(path, holder) && !(aux && find_holder(aux, holder)))
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
 * Who waits inside flock() is not overtaken by those who come later: the kernel queues a request behind the one that
 * waits for the same (__locks_insert_block() in fs/locks.c, since 5.0).
 */
static int flock_within(int fd, int operation, const struct patience *patience)
{
	if (flock(fd, operation | LOCK_NB) == 0)
		return 0;
	if (errno != EWOULDBLOCK)
		return -errno;
	if (patience->timeout_ms && flock(fd, operation) == 0)
		return 0;
	if (patience->timeout_ms && !(errno == EINTR && limit_is_over(&patience->limit)))
		return -errno;
	return -ETIMEDOUT;
}

/* Whoever unlocked may have unlinked the file we waited for. */
static bool is_still_there(const char *path, int fd)
{
	struct stat named, open;

	return stat(path, &named) == 0 && fstat(fd, &open) == 0 && named.st_dev == open.st_dev &&
	       named.st_ino == open.st_ino;
}

static int take_file(const char *path, int operation, const struct patience *patience, int *fd)
{
	int r;

	for (;;) {
		*fd = open(path, O_CREAT | O_APPEND | O_RDWR | O_CLOEXEC, 0777);
		if (*fd < 0)
			return -errno;
		r = flock_within(*fd, operation, patience);
		if (!r && is_still_there(path, *fd))
			return 0;
		close(*fd);
		if (r < 0)
			return r;
	}
}

/* In /proc/locks a line "NUMBER: FLOCK  ADVISORY  WRITE PID MAJOR:MINOR:INODE 0 EOF" is of one who has it, and one with
 * "-> FLOCK" of one who waits. */
static bool is_listed(const struct stat *st, const char *word)
{
	AUTO_FREE char *locks = NULL;
	char *rest = NULL, file[64];

	if (file_read("/proc/locks", LOCKS_MAX, &locks) < 0)
		return false;
	snprintf(file, sizeof(file), " %02x:%02x:%ju ", major(st->st_dev), minor(st->st_dev),
		 (uintmax_t)st->st_ino);
	for (char *line = strtok_r(locks, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		if (strstr(line, word) && strstr(line, file))
			return true;
	}
	return false;
}

static bool is_waited_for(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && is_listed(&st, "-> FLOCK ");
}

/* The file is left to those who wait for it: if they had to open another, their order would be lost. */
static void drop_file(const char *path, int fd)
{
	const bool waited_for = is_waited_for(fd);

	flock(fd, LOCK_UN);
	if (!waited_for && flock(fd, LOCK_EX | LOCK_NB) == 0 && is_still_there(path, fd))
		unlink(path);
	close(fd);
}

/* Since when we have it, see age_of(); the lock is as good without. */
static void note_time(const struct lock *lock)
{
	if (futimens(lock->fd, NULL) < 0)
		debug("%s: %m", lock->path);
}

/* --- both --- */

/* The auxiliary file lets a waiting writer keep new readers out, see lock.h. */
static int take_both(struct lock *lock, const char *aux, enum lock_mode mode,
		     const struct patience *patience)
{
	int aux_fd, r;

	r = take_file(aux, LOCK_EX, patience, &aux_fd);
	if (r < 0)
		return r;
	if (mode == LOCK_SHARED) {
		drop_file(aux, aux_fd);
		return take_file(lock->path, LOCK_SH, patience, &lock->fd);
	}
	r = take_file(lock->path, LOCK_EX, patience, &lock->fd);
	if (!r)
		note_time(lock);
	drop_file(aux, aux_fd);
	return r;
}

static int take_within(struct lock *lock, const char *aux, enum lock_mode mode,
		       struct patience *patience)
{
	int r;

	limit_begin(&patience->limit, LIMIT_LETS_SIGNALS);
	limit_set(&patience->limit, patience->timeout_ms);
	r = take_both(lock, aux, mode, patience);
	limit_end(&patience->limit);
	return r;
}

static int take(struct lock *lock, enum lock_mode mode, unsigned timeout_ms)
{
	struct patience patience = { .timeout_ms = timeout_ms };
	const size_t room = strlen(lock->path) + SUFFIX_ROOM;
	AUTO_FREE char *aux = malloc(room);
	int r;

	if (!aux)
		return fail_memory();
	snprintf(aux, room, "%s:aux", lock->path);
	r = take_within(lock, aux, mode, &patience);
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
	r = take_both(new, aux, LOCK_EXCLUSIVE, &(struct patience) { 0 });
	if (r == -ETIMEDOUT)
		return 0;
	if (r < 0) {
		errno = -r;
		return fail_errno(_("%s: cannot lock"), new->path);
	}
	*lock = TAKE(new);
	return 1;
}

static bool borrow(struct lock *lock)
{
	lock->fd = open(lock->path, O_RDWR | O_CLOEXEC);
	return lock->fd >= 0 && flock(lock->fd, LOCK_EX | LOCK_NB) == 0 &&
	       is_still_there(lock->path, lock->fd) && flock(lock->fd, LOCK_SH | LOCK_NB) == 0;
}

int lock_borrow(const char *directory, const char *name, struct lock **lock)
{
	AUTO_FREE struct lock *new = NULL;
	int r = prepare(directory, name, &new);

	if (r < 0)
		return r;
	if (!borrow(new)) {
		if (new->fd >= 0)
			close(new->fd);
		return 0;
	}
	new->stays = true;
	*lock = TAKE(new);
	return 1;
}

void lock_describe_holder(const char *path, char holder[PROCESS_TEXT])
{
	describe_holder(path, NULL, holder);
}

int lock_open_file(int fd, unsigned timeout_ms)
{
	struct patience patience = { .timeout_ms = timeout_ms };
	int r;

	limit_begin(&patience.limit, LIMIT_LETS_SIGNALS);
	limit_set(&patience.limit, timeout_ms);
	r = flock_within(fd, LOCK_EX, &patience);
	limit_end(&patience.limit);
	return r;
}

bool lock_is_seen(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && is_listed(&st, "FLOCK ");
}

bool lock_is_free(const char *path)
{
	AUTO_CLOSE int fd = -1;

	if (lock_is_seen(path))
		return false;
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	return fd < 0 ? errno == ENOENT : flock(fd, LOCK_EX | LOCK_NB) == 0;
}

int lock_fd(const struct lock *lock)
{
	return lock->fd;
}

void lock_free(struct lock **lock)
{
	if (!*lock)
		return;
	if ((*lock)->stays)
		close((*lock)->fd);
	else
		drop_file((*lock)->path, (*lock)->fd);
	free(*lock);
	*lock = NULL;
}
