/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scratch.h"
#include "tap.h"

#include "base/auto.h"
#include "base/io.h"

static unsigned count_entries(const char *path)
{
	DIR *directory = opendir(path);
	unsigned count = 0;

	while (readdir(directory))
		count++;
	closedir(directory);
	return count - 2;
}

TEST("reading and writing are at an offset and whole")
{
	AUTO_CLOSE int fd = memfd_create("io", MFD_CLOEXEC);
	char text[8] = "";

	CHECK_INT(io_write(fd, "abcdef", 6, 10), 0);
	CHECK_INT(io_read(fd, text, 6, 10), 0);
	CHECK_TEXT(text, "abcdef");
	CHECK_INT(io_read(fd, text, 0, 1000), 0);
}

TEST("a file that ends early is an I/O error")
{
	AUTO_CLOSE int fd = memfd_create("io", MFD_CLOEXEC);
	char text[8];

	CHECK_INT(io_write(fd, "abc", 3, 0), 0);
	CHECK_INT(io_read(fd, text, 4, 0), -EIO);
	CHECK_INT(io_read(fd, text, 1, 3), -EIO);
}

TEST("errors of the kernel are given back")
{
	AUTO_CLOSE int full = open("/dev/full", O_RDWR | O_CLOEXEC);
	AUTO_CLOSE int fd = memfd_create("io", MFD_CLOEXEC);
	char text[8];

	CHECK_INT(io_write(full, "abc", 3, 0), -ENOSPC);
	CHECK_INT(io_append(full, "abc", 3), -ENOSPC);
	CHECK_INT(io_read(-1, text, 1, 0), -EBADF);
	CHECK_INT(io_write(fd, "abc", 3, UINT64_C(1) << 63), -EINVAL);
}

static void ignore_alarm(int number)
{
	(void)number;
}

static void read_slowly(int fd)
{
	char buffer[8192];

	while (read(fd, buffer, sizeof(buffer)) > 0)
		usleep(500);
	_exit(0);
}

/* A pipe takes what it has room for, and a signal ends a write that waits for room. */
TEST("a write that is interrupted or short goes on")
{
	const struct itimerval often = { { 0, 700 }, { 0, 700 } }, never = { 0 };
	const struct sigaction handler = { .sa_handler = ignore_alarm };
	enum { LEN = 1 << 20 };
	char *data = calloc(1, LEN);
	int ends[2];
	pid_t reader;

	CHECK_INT(pipe(ends), 0);
	reader = fork();
	if (!reader) {
		close(ends[1]);
		read_slowly(ends[0]);
	}
	close(ends[0]);
	sigaction(SIGALRM, &handler, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	CHECK_INT(io_append(ends[1], data, LEN), 0);
	setitimer(ITIMER_REAL, &never, NULL);
	close(ends[1]);
	waitpid(reader, NULL, 0);
	free(data);
}

TEST("a whole file is read as a string, up to a limit")
{
	struct scratch scratch;
	char path[SCRATCH_TEXT];
	AUTO_FREE char *text = NULL;

	scratch_init(&scratch);
	scratch_file(&scratch, "a", "hello\n");
	CHECK_INT(file_read(scratch_path(&scratch, "a", path), 5, &text), -EFBIG);
	CHECK(!text);
	CHECK_INT(file_read(path, 6, &text), 0);
	CHECK_TEXT(text, "hello\n");
	scratch_release(&scratch);
}

TEST("an empty file is an empty string")
{
	struct scratch scratch;
	char path[SCRATCH_TEXT];
	AUTO_FREE char *text = NULL;

	scratch_init(&scratch);
	scratch_file(&scratch, "a", "");
	CHECK_INT(file_read(scratch_path(&scratch, "a", path), 0, &text), 0);
	CHECK_TEXT(text, "");
	scratch_release(&scratch);
}

TEST("a file takes no more memory than it needs, be its limit beyond all memory")
{
	static const size_t len = 3000000;
	struct scratch scratch;
	char path[SCRATCH_TEXT];
	AUTO_FREE char *long_text = calloc(1, len + 1), *text = NULL;

	if (!long_text)
		abort();
	memset(long_text, 'x', len);
	scratch_init(&scratch);
	scratch_file(&scratch, "a", "hello\n");
	CHECK_INT(file_read(scratch_path(&scratch, "a", path), SIZE_MAX / 4, &text), 0);
	CHECK_TEXT(text, "hello\n");
	free(TAKE(text));
	CHECK_INT(file_replace(path, long_text, len, 0600), 0);
	CHECK_INT(file_read(path, len - 1, &text), -EFBIG);
	CHECK_INT(file_read(path, len, &text), 0);
	CHECK(text && !strcmp(text, long_text));
	scratch_release(&scratch);
}

TEST("files of /proc, whose size is not known beforehand, are read whole")
{
	AUTO_FREE char *text = NULL;

	CHECK_INT(file_read("/proc/self/status", 65536, &text), 0);
	CHECK(text && strstr(text, "\nPid:") && strstr(text, "_ctxt_switches:"));
}

TEST("what is not there, is no file or no text is refused")
{
	struct scratch scratch;
	char path[SCRATCH_TEXT];
	char *text = NULL;

	scratch_init(&scratch);
	CHECK_INT(file_read(scratch_path(&scratch, "none", path), 100, &text), -ENOENT);
	CHECK_INT(file_read(scratch.path, 100, &text), -EINVAL);
	CHECK_INT(file_read("/dev/zero", 100, &text), -EINVAL);
	CHECK_INT(file_replace(scratch_path(&scratch, "nul", path), "a\0b", 3, 0600), 0);
	CHECK_INT(file_read(path, 100, &text), -EILSEQ);
	CHECK(!text);
	scratch_release(&scratch);
}

TEST("a file is replaced whole, with the mode asked for, and nothing is left beside it")
{
	struct scratch scratch;
	char path[SCRATCH_TEXT];
	AUTO_FREE char *text = NULL;
	struct stat st;

	scratch_init(&scratch);
	scratch_file(&scratch, "a", "a longer old text");
	CHECK_INT(file_replace(scratch_path(&scratch, "a", path), "new", 3, 0600), 0);
	CHECK_INT(file_read(path, 100, &text), 0);
	CHECK_TEXT(text, "new");
	CHECK_INT(stat(path, &st), 0);
	CHECK_INT(st.st_mode & 07777, 0600);
	CHECK_INT(count_entries(scratch.path), 1);
	scratch_release(&scratch);
}

TEST("a replacement that fails leaves the old contents and nothing beside them")
{
	struct scratch scratch;
	char path[SCRATCH_TEXT];

	scratch_init(&scratch);
	scratch_file(&scratch, "a/inside", "");
	CHECK_INT(file_replace(scratch_path(&scratch, "a", path), "new", 3, 0600), -EISDIR);
	CHECK_INT(count_entries(scratch.path), 1);
	CHECK_INT(file_replace(scratch_path(&scratch, "none/a", path), "new", 3, 0600), -ENOENT);
	scratch_release(&scratch);
}

TEST("a file that a user names is replaced behind its link, and written to where it is a pipe")
{
	struct scratch scratch;
	char path[SCRATCH_TEXT], link[SCRATCH_TEXT], pipe[SCRATCH_TEXT], got[4] = "";
	AUTO_FREE char *text = NULL;
	AUTO_CLOSE int fd = -1;
	struct stat st;

	scratch_init(&scratch);
	scratch_file(&scratch, "a", "old");
	scratch_path(&scratch, "a", path);
	CHECK_INT(symlink("a", scratch_path(&scratch, "link", link)), 0);
	CHECK_INT(file_put(link, "new", 3, 0600), 0);
	CHECK_INT(lstat(link, &st), 0);
	CHECK(S_ISLNK(st.st_mode));
	CHECK_INT(file_read(path, 100, &text), 0);
	CHECK_TEXT(text, "new");

	CHECK_INT(mkfifo(scratch_path(&scratch, "pipe", pipe), 0600), 0);
	fd = open(pipe, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	CHECK_INT(file_put(pipe, "new", 3, 0600), 0);
	CHECK_INT(read(fd, got, sizeof(got)), 3);
	CHECK_TEXT(got, "new");
	CHECK_INT(file_put(scratch.path, "new", 3, 0600), -EISDIR);
	scratch_release(&scratch);
}

/* A file "one" that was told once, and which is then still there. */
static void note_one(const char *directory, const char *name)
{
	char path[SCRATCH_TEXT];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	CHECK_INT(access(path, F_OK), 0);
	snprintf(path, sizeof(path), "%s/%s.told", directory, name);
	CHECK_INT(mkdir(path, 0700), 0);
}

static bool is_there(const struct scratch *scratch, const char *name)
{
	char path[SCRATCH_TEXT];

	return access(scratch_path(scratch, name, path), F_OK) == 0;
}

TEST("of half replacements those go that nobody has locked, and are told, and no other files")
{
	struct scratch scratch;
	char path[SCRATCH_TEXT];
	AUTO_CLOSE int fd = -1;

	scratch_init(&scratch);
	scratch_file(&scratch, "a~snapvol-aB3dE6", "left");
	scratch_file(&scratch, "a~snapvol-living", "half");
	scratch_file(&scratch, "a~", "somebody's");
	scratch_file(&scratch, "a~backup", "somebody's");
	scratch_dir(&scratch, "a~snapvol-folder");
	scratch_link(&scratch, "a~snapvol-linked", "a~");
	fd = open(scratch_path(&scratch, "a~snapvol-living", path), O_RDWR | O_CLOEXEC);
	CHECK_INT(flock(fd, LOCK_EX), 0);
	dir_sweep(scratch.path, note_one);
	CHECK(!is_there(&scratch, "a~snapvol-aB3dE6") &&
	      is_there(&scratch, "a~snapvol-aB3dE6.told"));
	CHECK(is_there(&scratch, "a~snapvol-living") && is_there(&scratch, "a~"));
	CHECK(is_there(&scratch, "a~backup"));
	CHECK(is_there(&scratch, "a~snapvol-folder") && is_there(&scratch, "a~snapvol-linked"));
	CHECK_INT(count_entries(scratch.path), 6);
	flock(fd, LOCK_UN);
	dir_sweep(scratch.path, NULL);
	CHECK(!is_there(&scratch, "a~snapvol-living"));
	CHECK_INT(count_entries(scratch.path), 5);
	dir_sweep(scratch_path(&scratch, "none", path), note_one);
	scratch_release(&scratch);
}

/* The exit status: how it failed, negated. */
static int replace_often(const char *path)
{
	enum { TIMES = 400 };

	for (unsigned i = 0; i < TIMES; i++) {
		int r = file_replace(path, "text", 4, 0600);

		if (r < 0)
			return -r;
	}
	return 0;
}

TEST("who replaces a file is not disturbed by one who sweeps the directory all the time")
{
	struct scratch scratch;
	char path[SCRATCH_TEXT];
	int status = -1;
	pid_t pid;

	scratch_init(&scratch);
	scratch_path(&scratch, "a", path);
	pid = fork();
	if (!pid)
		_exit(replace_often(path));
	while (pid > 0 && !waitpid(pid, &status, WNOHANG))
		dir_sweep(scratch.path, NULL);
	CHECK_INT(status, 0);
	CHECK_INT(count_entries(scratch.path), 1);
	scratch_release(&scratch);
}

TEST("a directory is made with its parents, and may be there already")
{
	struct scratch scratch;
	char path[SCRATCH_TEXT];
	struct stat st;

	scratch_init(&scratch);
	CHECK_INT(dir_make(scratch_path(&scratch, "a/b/c", path), 0700), 0);
	CHECK_INT(stat(path, &st), 0);
	CHECK(S_ISDIR(st.st_mode));
	CHECK_INT(st.st_mode & 07777, 0700);
	CHECK_INT(dir_make(path, 0755), 0);
	scratch_file(&scratch, "file", "");
	CHECK_INT(dir_make(scratch_path(&scratch, "file", path), 0700), -ENOTDIR);
	CHECK_INT(dir_make(scratch_path(&scratch, "file/a", path), 0700), -ENOTDIR);
	scratch_release(&scratch);
}

TEST_MAIN
