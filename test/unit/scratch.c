/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scratch.h"

enum { DIR_MODE = 0700, FILE_MODE = 0600, OPEN_DIRS = 16 };

static void require(int holds)
{
	if (!holds) {
		perror("scratch");
		abort();
	}
}

void scratch_init(struct scratch *scratch)
{
	const char *top = getenv("TMPDIR");
	unsigned attempt = 0;
	int r;

	do {
		snprintf(scratch->path, SCRATCH_TEXT, "%s/snapvol-unit.%d.%u", top ? top : "/tmp",
			 (int)getpid(), attempt++);
		r = mkdir(scratch->path, DIR_MODE);
	} while (r < 0 && errno == EEXIST);
	require(r == 0);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *where)
{
	(void)st;
	(void)kind;
	(void)where;
	return remove(path);
}

void scratch_release(struct scratch *scratch)
{
	require(nftw(scratch->path, remove_one, OPEN_DIRS, FTW_DEPTH | FTW_PHYS) == 0);
}

const char *scratch_path(const struct scratch *scratch, const char *name, char text[SCRATCH_TEXT])
{
	require(snprintf(text, SCRATCH_TEXT, "%s/%s", scratch->path, name) < SCRATCH_TEXT);
	return text;
}

/* Make the directories that lead to path's last part. */
static void make_parents(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		require(mkdir(path, DIR_MODE) == 0 || errno == EEXIST);
		*slash = '/';
	}
}

void scratch_dir(const struct scratch *scratch, const char *name)
{
	char path[SCRATCH_TEXT];

	scratch_path(scratch, name, path);
	make_parents(path);
	require(mkdir(path, DIR_MODE) == 0 || errno == EEXIST);
}

static int make_file(const struct scratch *scratch, const char *name)
{
	char path[SCRATCH_TEXT];
	int fd;

	scratch_path(scratch, name, path);
	make_parents(path);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, FILE_MODE);
	require(fd >= 0);
	return fd;
}

void scratch_file(const struct scratch *scratch, const char *name, const char *contents)
{
	int fd = make_file(scratch, name);

	require(write(fd, contents, strlen(contents)) == (ssize_t)strlen(contents));
	close(fd);
}

void scratch_link(const struct scratch *scratch, const char *name, const char *target)
{
	char path[SCRATCH_TEXT];

	scratch_path(scratch, name, path);
	make_parents(path);
	require(symlink(target, path) == 0);
}

void scratch_image(const struct scratch *scratch, const char *name, size_t size)
{
	int fd = make_file(scratch, name);

	require(ftruncate(fd, (off_t)size) == 0);
	close(fd);
}
