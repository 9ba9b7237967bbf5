/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * writer fill BLOCKS NUMBER COUNT DEVICE...: write COUNT numbers after NUMBER, each to its device and block, and
 * sync.
 * writer run BLOCKS NUMBER DIR DEVICE...: the same until SIGTERM, one number after the other; some are followed by a
 * sync of all devices, and then by the mark "kept NUMBER" for the recorder of DIR.  DIR/writing is there after the
 * first of these.
 *
 * Devices, blocks and numbers are those of numbered.h.
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

/* Each device is written to before the first sync. */
_Static_assert((int)SYNC_EACH >= (int)NUMBERED_DEVICES, "a device would be left out");

static volatile sig_atomic_t stop;

static void on_term(int signal)
{
	(void)signal;
	stop = 1;
}

struct writer {
	int fds[NUMBERED_DEVICES];
	unsigned devices;
	uint32_t blocks;
	uint64_t number; /* the last that was written */
	uint8_t *buffer;
};

static int complain(const char *what)
{
	perror(what);
	return -1;
}

static int write_next(struct writer *writer)
{
	const uint64_t number = ++writer->number;
	const uint32_t block = numbered_place(number, writer->blocks);
	const int fd = writer->fds[numbered_device(number, writer->devices)];
	uint64_t i, first = (uint64_t)block * NUMBERED_BLOCK / NUMBERED_SECTOR;

	for (i = 0; i < NUMBERED_BLOCK / NUMBERED_SECTOR; i++)
		numbered_sector(number, first + i, writer->buffer + i * NUMBERED_SECTOR);
	if (pwrite(fd, writer->buffer, NUMBERED_BLOCK, (off_t)block * NUMBERED_BLOCK) ==
	    NUMBERED_BLOCK)
		return 0;
	return complain("writer");
}

static int sync_all(const struct writer *writer)
{
	unsigned i;

	for (i = 0; i < writer->devices; i++)
		if (fdatasync(writer->fds[i]))
			return complain("writer");
	return 0;
}

static int keep(const struct writer *writer, int recorder)
{
	char text[32];

	if (sync_all(writer) < 0)
		return -1;
	snprintf(text, sizeof(text), "kept %" PRIu64, writer->number);
	return trace_mark(recorder, text);
}

static int fill(struct writer *writer, unsigned long count)
{
	for (; count; count--)
		if (write_next(writer) < 0)
			return 1;
	return sync_all(writer) < 0;
}

static int run(struct writer *writer, const char *directory)
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
		if (write_next(writer) < 0)
			return 1;
		if (count % SYNC_EACH == 0 && keep(writer, recorder) < 0)
			return 1;
		if (count == SYNC_EACH)
			close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
		usleep(PAUSE_US);
	}
	return 0;
}

static int open_devices(struct writer *writer, char **names)
{
	unsigned i;

	for (i = 0; i < writer->devices; i++) {
		writer->fds[i] = open(names[i], O_RDWR | O_DIRECT | O_CLOEXEC);
		if (writer->fds[i] < 0)
			return complain(names[i]);
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct writer writer = { .devices = argc > 5 ? (unsigned)argc - 5 : 0 };
	void *buffer;

	if (!writer.devices || writer.devices > NUMBERED_DEVICES ||
	    posix_memalign(&buffer, NUMBERED_BLOCK, NUMBERED_BLOCK)) {
		fprintf(stderr, "usage: writer fill|run BLOCKS NUMBER COUNT|DIR DEVICE...\n");
		return 2;
	}
	writer.blocks = (uint32_t)strtoul(argv[2], NULL, 10);
	writer.number = strtoull(argv[3], NULL, 10);
	writer.buffer = buffer;
	if (!writer.blocks)
		return 2;
	if (open_devices(&writer, argv + 5) < 0)
		return 1;
	if (!strcmp(argv[1], "fill"))
		return fill(&writer, strtoul(argv[4], NULL, 10));
	return run(&writer, argv[4]);
}
