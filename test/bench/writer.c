/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * writer DEVICE READY FILE: write the first 4 KiB of DEVICE again and again, past the page cache,
 * until SIGTERM; then add a line to FILE, the longest time in microseconds between the ends of two
 * writes one after the other.  READY is made after the first write.
 *
 * It is always the same block, so that a snapshot copies one chunk and no more on its behalf.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BLOCK = 4096 };

static volatile sig_atomic_t stop;

static void on_term(int signal)
{
	(void)signal;
	stop = 1;
}

static uint64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static int add_line(const char *path, uint64_t us)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);

	if (fd < 0 || dprintf(fd, "%" PRIu64 "\n", us) < 0) {
		perror(path);
		return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	const struct sigaction action = { .sa_handler = on_term };
	uint64_t last = 0, now, longest = 0;
	void *block;
	int fd;

	if (argc != 4) {
		fprintf(stderr, "usage: writer DEVICE READY FILE\n");
		return 2;
	}
	sigaction(SIGTERM, &action, NULL);
	fd = open(argv[1], O_RDWR | O_DIRECT | O_CLOEXEC);
	if (fd < 0 || posix_memalign(&block, BLOCK, BLOCK)) {
		perror(argv[1]);
		return 1;
	}
	memset(block, 0x5a, BLOCK);
	while (!stop) {
		if (pwrite(fd, block, BLOCK, 0) != BLOCK) {
			perror(argv[1]);
			return 1;
		}
		now = now_us();
		if (!last)
			close(open(argv[2], O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
		else if (now - last > longest)
			longest = now - last;
		last = now;
	}
	return add_line(argv[3], longest);
}
