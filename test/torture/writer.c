/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * writer fill DEVICE BLOCKS NUMBER COUNT: write COUNT numbers after NUMBER, each to its block, and sync.
 * writer run DEVICE BLOCKS NUMBER DIR: the same until SIGTERM; each fourth is followed by a sync, and then by the mark "kept NUMBER" for the recorder of DIR.
 * DIR/writing is there after the first of these.
 *
 * Blocks and numbers are those of numbered.h.
 */
#include "numbered.h"
#include "trace.h"

#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { SYNC_EACH = 4, PAUSE_US = 2000 };

static volatile sig_atomic_t stop;

static void on_term(int signal)
{
	(void)signal;
	stop = 1;
}

static int write_block(int fd, uint32_t block, uint64_t number, uint8_t *buffer)
{
	uint64_t i, first = (uint64_t)block * NUMBERED_BLOCK / NUMBERED_SECTOR;

	for (i = 0; i < NUMBERED_BLOCK / NUMBERED_SECTOR; i++)
		numbered_sector(number, first + i, buffer + i * NUMBERED_SECTOR);
	if (pwrite(fd, buffer, NUMBERED_BLOCK, (off_t)block * NUMBERED_BLOCK) == NUMBERED_BLOCK)
		return 0;
	perror("writer");
	return -1;
}

static int keep(int fd, int recorder, uint64_t number)
{
	char text[32];

	if (fdatasync(fd)) {
		perror("writer");
		return -1;
	}
	snprintf(text, sizeof(text), "kept %" PRIu64, number);
	return trace_mark(recorder, text);
}

static int fill(int fd, uint32_t blocks, uint64_t number, unsigned long count, uint8_t *buffer)
{
	for (; count; count--) {
		number++;
		if (write_block(fd, numbered_place(number, blocks), number, buffer) < 0)
			return 1;
	}
	return fdatasync(fd) ? 1 : 0;
}

static int run(int fd, uint32_t blocks, uint64_t number, const char *directory, uint8_t *buffer)
{
	const struct sigaction action = { .sa_handler = on_term, .sa_flags = SA_RESTART };
	int recorder = trace_connect(directory);
	char path[256];
	unsigned count;

	if (recorder < 0)
		return 1;
	sigaction(SIGTERM, &action, NULL);
	snprintf(path, sizeof(path), "%s/writing", directory);
	for (count = 1; !stop; count++) {
		number++;
		if (write_block(fd, numbered_place(number, blocks), number, buffer) < 0)
			return 1;
		if (count % SYNC_EACH == 0 && keep(fd, recorder, number) < 0)
			return 1;
		if (count == SYNC_EACH)
			close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
		usleep(PAUSE_US);
	}
	return 0;
}

int main(int argc, char **argv)
{
	uint32_t blocks = argc > 3 ? (uint32_t)strtoul(argv[3], NULL, 10) : 0;
	uint64_t number = argc > 4 ? strtoull(argv[4], NULL, 10) : 0;
	void *buffer;
	int fd;

	if (argc != 6 || !blocks || posix_memalign(&buffer, NUMBERED_BLOCK, NUMBERED_BLOCK)) {
		fprintf(stderr, "usage: writer fill|run DEVICE BLOCKS NUMBER COUNT|DIR\n");
		return 2;
	}
	fd = open(argv[2], O_RDWR | O_DIRECT | O_CLOEXEC);
	if (fd < 0) {
		perror(argv[2]);
		return 1;
	}
	if (!strcmp(argv[1], "fill"))
		return fill(fd, blocks, number, strtoul(argv[5], NULL, 10), buffer);
	return run(fd, blocks, number, argv[5], buffer);
}
