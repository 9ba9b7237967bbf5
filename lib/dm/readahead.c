/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dm/readahead.h"

#include "base/log.h"
#include "dm/layout.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { SECTORS_PER_KIB = 2, PATH_ROOM = 96 };

static void path_of(uint32_t major, uint32_t minor, char path[PATH_ROOM])
{
	snprintf(path, PATH_ROOM, "/sys/dev/block/%" PRIu32 ":%" PRIu32 "/queue/read_ahead_kb",
		 major, minor);
}

static uint64_t read_kib(const char *path)
{
	FILE *file = fopen(path, "re");
	uint64_t kib = 0;

	if (!file)
		return 0;
	if (fscanf(file, "%" SCNu64, &kib) != 1)
		kib = 0;
	fclose(file);
	return kib;
}

static void write_kib(const char *path, uint64_t kib)
{
	FILE *file = fopen(path, "we");
	int r = -1;

	if (file) {
		r = fprintf(file, "%" PRIu64 "\n", kib);
		if (fclose(file))
			r = -1;
	}
	if (r < 0)
		debug("%s: cannot be written: %s", path, strerror(errno));
}

void readahead_set(const struct dm_node *node, uint32_t major, uint32_t minor)
{
	uint64_t least = node->least_read_ahead_sectors / SECTORS_PER_KIB;
	char path[PATH_ROOM];

	path_of(major, minor, path);
	if (node->read_ahead_sectors > 0)
		write_kib(path, (uint64_t)node->read_ahead_sectors / SECTORS_PER_KIB);
	else if (node->read_ahead_sectors < 0)
		write_kib(path, 0);
	else if (least && read_kib(path) < least)
		write_kib(path, least);
}
