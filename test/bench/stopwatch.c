/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stopwatch FILE COMMAND [ARGUMENT...]: run a command and add a line to FILE, the microseconds from
 * its start to its end.  A command that fails is not measured, and its exit status is ours.
 *
 * posix_spawn() does not copy this process as a shell's fork() would, which in a guest costs more
 * than many a command.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static uint64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

int main(int argc, char **argv)
{
	uint64_t begin, end;
	int status, fd, r;
	pid_t pid;

	if (argc < 3) {
		fprintf(stderr, "usage: stopwatch FILE COMMAND [ARGUMENT...]\n");
		return 2;
	}
	begin = now_us();
	r = posix_spawnp(&pid, argv[2], NULL, NULL, argv + 2, environ);
	if (r) {
		fprintf(stderr, "stopwatch: %s: %s\n", argv[2], strerror(r));
		return 127;
	}
	if (waitpid(pid, &status, 0) != pid)
		return 126;
	end = now_us();
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);

	fd = open(argv[1], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (fd < 0 || dprintf(fd, "%" PRIu64 "\n", end - begin) < 0) {
		perror(argv[1]);
		return 126;
	}
	return 0;
}
