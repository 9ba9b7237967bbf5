/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tap.h"

#include "base/process.h"

TEST("a process is named with how long it has run, or less if it was asked for something newer")
{
	char text[PROCESS_TEXT];

	/* the first one has been there for a while */
	CHECK(process_describe(1, UINT64_MAX, text));
	CHECK(!strncmp(text, "PID 1 (", 7));
	CHECK(!strstr(text, ", since 0 s)"));
	CHECK(process_describe(1, 0, text));
	CHECK(strstr(text, ", since 0 s)") != NULL);
}

static bool is_this(void *data, const struct process_file *file)
{
	const struct process_file *wanted = data;

	return file->fd == -1 && file->inode == wanted->inode && file->device == wanted->device;
}

/* What the links of this process in /proc lead to is among what it has open. */
static bool finds(const char *link)
{
	struct process_file wanted = { 0 };
	struct stat st;

	if (stat(link, &st) < 0)
		return false;
	wanted.inode = st.st_ino;
	wanted.device = st.st_dev;
	return process_each_file(getpid(), is_this, &wanted);
}

TEST("directories and the program itself are open as well")
{
	CHECK(finds("/proc/self/cwd"));
	CHECK(finds("/proc/self/root"));
	CHECK(finds("/proc/self/exe"));
}

TEST_MAIN
