/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_COW_LIMIT_H
#define SNAPVOL_COW_LIMIT_H

/*
 * What can be said of an exception store (store.h) without reading it: arithmetic only.
 */

#include <stdbool.h>
#include <stdint.h>

enum {
	COW_EXCEPTION_SIZE = 16,		/* bytes of an entry on disk */
	COW_CHUNK_SECTORS_MIN = 8,
	COW_CHUNK_SECTORS_MAX = 1024,
};

/* The size, in sectors, beyond which a store of this chunk size can never fill up for an origin of
 * origin_sectors (header, one chunk per origin chunk, and their areas). */
uint64_t cow_max_sectors(uint64_t origin_sectors, uint32_t chunk_sectors);

/* Whether a number of sectors is a chunk size the target accepts: power of two, 8 to 1024. */
bool cow_chunk_is_valid(uint64_t chunk_sectors);

#endif
