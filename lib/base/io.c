/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/io.h"

#include "base/auto.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int io_read(int fd, void *buffer, size_t len, uint64_t offset)
{
	char *at = buffer;
	ssize_t got;

	while (len) {
		got = pread(fd, at, len, (off_t)offset);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (!got)
			return -EIO;
		at += got;
		len -= (size_t)got;
		offset += (uint64_t)got;
	}
	return 0;
}

int io_write(int fd, const void *buffer, size_t len, uint64_t offset)
{
	const char *at = buffer;
	ssize_t put;

	while (len) {
		put = pwrite(fd, at, len, (off_t)offset);
		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return put ? -errno : -EIO;
		at += put;
		len -= (size_t)put;
		offset += (uint64_t)put;
	}
	return 0;
}

int io_append(int fd, const void *data, size_t len)
{
	const char *at = data;
	ssize_t put;

	while (len) {
		put = write(fd, at, len);
		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return put ? -errno : -EIO;
		at += put;
		len -= (size_t)put;
	}
	return 0;
}

enum { MOST_FDS = 1024 };

void io_close_inherited(int first)
{
	int fd, flags;

	for (fd = first; fd < MOST_FDS; fd++) {
		flags = fcntl(fd, F_GETFD);
		if (flags >= 0 && !(flags & FD_CLOEXEC))
			close(fd);
	}
}

void io_close_from(int first)
{
	int fd;

#ifdef SYS_close_range
	if (!syscall(SYS_close_range, first, ~0U, 0))
		return;
#endif
	for (fd = first; fd < MOST_FDS; fd++)
		close(fd);
}

/* Files of /proc and /sys have no size beforehand, so the end is where nothing more comes. */
static int read_all(int fd, char *buffer, size_t room, size_t *len)
{
	ssize_t got;

	for (*len = 0; *len < room; *len += (size_t)got) {
		do {
			got = read(fd, buffer + *len, room - *len);
		} while (got < 0 && errno == EINTR);
		if (got <= 0)
			return got ? -errno : 0;
	}
	return 0;
}

/* From room for its size on, or for little if it says to have none, as much as there is, up to the limit. */
static int read_growing(int fd, off_t size, size_t limit, char **text, size_t *len)
{
	enum { LITTLE = 4096 };
	size_t room = size < LITTLE ? LITTLE : (size_t)size, got;
	AUTO_FREE char *found = NULL;
	char *grown;
	int r;

	for (*len = 0;; room *= 2) {
		room = room < limit ? room : limit;
		grown = realloc(found, room + 2);
		if (!grown)
			return -ENOMEM;
		found = grown;
		r = read_all(fd, found + *len, room + 1 - *len, &got);
		if (r < 0)
			return r;
		*len += got;
		if (*len <= room)
			break;
		if (room == limit)
			return -EFBIG;
	}
	found[*len] = 0;
	*text = TAKE(found);
	return 0;
}

int file_read(const char *path, size_t limit, char **text)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	AUTO_FREE char *found = NULL;
	struct stat st;
	size_t len;
	int r;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	r = read_growing(fd, st.st_size, limit, &found, &len);
	if (r < 0)
		return r;
	if (memchr(found, '\0', len))
		return -EILSEQ;
	*text = TAKE(found);
	return 0;
}

static int sync_directory_of(const char *path)
{
	char directory[PATH_MAX];
	AUTO_CLOSE int fd = -1;
	char *slash;

	snprintf(directory, sizeof(directory), "%s", path);
	slash = strrchr(directory, '/');
	if (slash)
		slash[slash == directory] = 0;
	fd = open(slash ? directory : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) < 0)
		return -errno;
	return 0;
}

static int write_temporary(const char *temporary, int fd, const void *data, size_t len, mode_t mode)
{
	int r = fchmod(fd, mode) < 0 ? -errno : io_append(fd, data, len);

	if (!r && fsync(fd) < 0)
		r = -errno;
	if (r < 0)
		unlink(temporary);
	return r;
}

/* The directories are not ours alone: of "~backup" it could not be told who made it. */
static const char temporary_mark[] = "~snapvol-", temporary_letters[] = "XXXXXX";

/* A file system that knows no locks lets nobody sweep, either. */
static bool is_ours_to_write(int fd)
{
	struct stat st;

	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return errno != EWOULDBLOCK;
	return fstat(fd, &st) == 0 && st.st_nlink > 0;
}

/* Who sweeps the directory may find it before it is locked: then it is his, and we take another. */
static int make_temporary(const char *path, char temporary[PATH_MAX])
{
	enum { TRIES = 16 };
	unsigned tries;
	int fd;

	for (tries = 0; tries < TRIES; tries++) {
		if (snprintf(temporary, PATH_MAX, "%s%s%s", path, temporary_mark,
			     temporary_letters) >= PATH_MAX)
			return -ENAMETOOLONG;
		fd = mkostemp(temporary, O_CLOEXEC);
		if (fd < 0)
			return -errno;
		if (is_ours_to_write(fd))
			return fd;
		unlink(temporary);
		close(fd);
	}
	return -EBUSY;
}

int file_replace(const char *path, const void *data, size_t len, mode_t mode)
{
	char temporary[PATH_MAX];
	AUTO_CLOSE int fd = make_temporary(path, temporary);
	int r;

	if (fd < 0)
		return fd;
	r = write_temporary(temporary, fd, data, len, mode);
	if (r < 0)
		return r;
	if (rename(temporary, path) < 0) {
		r = -errno;
		unlink(temporary);
		return r;
	}
	return sync_directory_of(path);
}

/* What is written to there, not replaced. */
static int put_to(const char *path, const void *data, size_t len)
{
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC);

	return fd < 0 ? -errno : io_append(fd, data, len);
}

int file_put(const char *path, const void *data, size_t len, mode_t mode)
{
	AUTO_FREE char *target = NULL;
	struct stat st;

	if (stat(path, &st) < 0)
		return file_replace(path, data, len, mode);
	if (S_ISCHR(st.st_mode) || S_ISFIFO(st.st_mode))
		return put_to(path, data, len);
	if (!S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode) ? -EISDIR : -EEXIST;
	target = realpath(path, NULL);
	return target ? file_replace(target, data, len, mode) : -errno;
}

bool file_is_temporary(const char *name)
{
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	const size_t len = strlen(temporary_mark);
	const char *mark = strrchr(name, *temporary_mark);

	return mark && !strncmp(mark, temporary_mark, len) &&
	       strlen(mark + len) == strlen(temporary_letters) &&
	       !mark[len + strspn(mark + len, letters)];
}

static bool is_there(int directory, const char *name, struct stat *st)
{
	return !fstatat(directory, name, st, AT_SYMLINK_NOFOLLOW) && S_ISREG(st->st_mode);
}

/* Whoever wrote it may have given it its name before we had the lock. */
static bool is_forsaken(int directory, const char *name, int fd)
{
	struct stat open, named;

	return flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &open) == 0 &&
	       is_there(directory, name, &named) && named.st_dev == open.st_dev &&
	       named.st_ino == open.st_ino;
}

void dir_sweep(const char *path, void (*tell)(const char *directory, const char *name))
{
	DIR *directory = opendir(path);
	struct dirent *entry;
	struct stat st;

	if (!directory)
		return;
	for (entry = readdir(directory); entry; entry = readdir(directory)) {
		const char *name = entry->d_name;
		AUTO_CLOSE int fd = -1;

		if (file_is_temporary(name) && is_there(dirfd(directory), name, &st))
			fd = openat(dirfd(directory), name,
				    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
		if (fd < 0 || !is_forsaken(dirfd(directory), name, fd))
			continue;
		if (tell)
			tell(path, name);
		unlinkat(dirfd(directory), name, 0);
	}
	closedir(directory);
}

int dir_make(const char *path, mode_t mode)
{
	char made[PATH_MAX];
	struct stat st;
	char *slash;

	if (snprintf(made, sizeof(made), "%s", path) >= PATH_MAX)
		return -ENAMETOOLONG;
	for (slash = strchr(made + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = 0;
		if (mkdir(made, 0755) < 0 && errno != EEXIST)
			return -errno;
		*slash = '/';
	}
	if (mkdir(made, mode) == 0)
		return 0;
	if (errno != EEXIST)
		return -errno;
	return stat(made, &st) == 0 && S_ISDIR(st.st_mode) ? 0 : -ENOTDIR;
}
