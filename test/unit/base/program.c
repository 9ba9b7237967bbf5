/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "scratch.h"
#include "tap.h"

#include "base/auto.h"
#include "base/program.h"

/* What sh makes of the script: status and output. */
static int run_script(const char *script, int lock_fd, char **output)
{
	const char *const argv[] = { "sh", "-c", script, NULL };
	const struct program program = { .label = "vg0/base", .argv = argv, .lock_fd = lock_fd };

	return program_run(&program, output);
}

static void check_script(const char *script, int status, const char *wanted)
{
	AUTO_FREE char *output = NULL;

	CHECK_INT(run_script(script, STDOUT_FILENO, &output), status);
	CHECK_TEXT(output, wanted);
}

TEST("a program's status and all that it says come back")
{
	check_script("echo one; echo two >&2", 0, "one\ntwo\n");
	check_script("exit 7", 7, "");
	check_script("kill -9 $$", 128 + SIGKILL, "");
}

TEST("a program has no input, the C locale, a process group of its own, and the lock")
{
	setenv("LC_ALL", "de_DE.UTF-8", 1);
	/* what whoever runs this has left open */
	CHECK_INT(close_range(STDERR_FILENO + 1, ~0u, CLOSE_RANGE_CLOEXEC), 0);
	check_script("cat; echo $LC_ALL", 0, "C\n");
	check_script("test \"$(ps -o pgid= -p $$ | tr -d ' ')\" = $$", 0, "");
	/* 4 is the directory that ls reads */
	check_script("exec ls /proc/self/fd", 0, "0\n1\n2\n3\n4\n");
}

TEST("a program that takes its time is told of")
{
	const char *const argv[] = { "sh", "-c", "sleep 0.35", NULL };
	const struct program program = {
		.label = "vg0/base", .argv = argv, .lock_fd = 1, .tell_ms = 100
	};
	AUTO_FREE char *output = NULL;

	tap_log_capture();
	CHECK_INT(program_run(&program, &output), 0);
	CHECK(!strncmp(tap_log_text(), "vg0/base: sh (PID ", strlen("vg0/base: sh (PID ")));
	CHECK(strstr(tap_log_text(), ") has been at work for 0 s\n") != NULL);
}

TEST("a program is found where only root looks, too, and what is nowhere is told apart")
{
	const char *const argv[] = { "no-such-program", NULL };
	const struct program program = { .argv = argv };
	AUTO_FREE char *output = NULL;

	setenv("PATH", "/nowhere", 1);
	CHECK(program_exists("sh"));
	CHECK(!program_exists("no-such-program"));
	check_script("echo found", 0, "found\n");
	CHECK_INT(program_run(&program, &output), 127);
	CHECK(strstr(output, "no-such-program: No such file") != NULL);
}

TEST("a lock lasts as long as the program, even if its caller gives it up")
{
	struct scratch scratch;
	char path[SCRATCH_TEXT];
	AUTO_FREE char *output = NULL;
	int first, second;

	scratch_init(&scratch);
	scratch_file(&scratch, "lock", "");
	scratch_path(&scratch, "lock", path);
	first = open(path, O_RDWR | O_CLOEXEC);
	second = open(path, O_RDWR | O_CLOEXEC);
	CHECK_INT(flock(first, LOCK_EX), 0);
	CHECK_INT(run_script("sleep 60 >/dev/null 2>&1 & echo $!", first, &output), 0);
	close(first);
	CHECK(flock(second, LOCK_EX | LOCK_NB) < 0);
	kill((pid_t)strtol(output, NULL, 10), SIGKILL);
	CHECK_INT(flock(second, LOCK_EX), 0);
	close(second);
	scratch_release(&scratch);
}

TEST_MAIN
