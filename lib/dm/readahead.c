/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dm/readahead.h"

#include "base/log.h"
#include "base/units.h"
#include "dm/layout.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { SECTORS_PER_KIB = 2, PATH_ROOM = 96 };

static void path_of(uint32_t major, uint32_t minor, char path[PATH_ROOM])
{
	snprintf(path, PATH_ROOM, "/sys/dev/block/%" PRIu32 ":%" PRIu32 "/queue/read_ahead_kb",
		 major, minor);
}

bool readahead_get(uint32_t major, uint32_t minor, uint64_t *sectors)
{
	char path[PATH_ROOM];
	FILE *file;
	bool got;

	path_of(major, minor, path);
	file = fopen(path, "re");
	if (!file)
		return false;
	got = fscanf(file, "%" SCNu64, sectors) == 1 &&
	      !mul_overflows(*sectors, (uint64_t)SECTORS_PER_KIB, sectors);
	fclose(file);
	return got;
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
	const uint64_t least = node->least_read_ahead_sectors;
	uint64_t now = 0;
	char path[PATH_ROOM];

	path_of(major, minor, path);
	if (node->read_ahead_sectors > 0)
		write_kib(path, (uint64_t)node->read_ahead_sectors / SECTORS_PER_KIB);
	else if (node->read_ahead_sectors < 0)
		write_kib(path, 0);
	else if (least && (!readahead_get(major, minor, &now) || now < least))
		write_kib(path, least / SECTORS_PER_KIB);
}
