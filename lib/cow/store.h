/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_COW_STORE_H
#define SNAPVOL_COW_STORE_H

/*
 * The persistent exception store of the kernel's snapshot target (drivers/md/dm-snap-persistent.c),
 * read from and written to the extents of a COW store.
 *
 * The store is an array of chunks.  Chunk 0 is the header; chunk 1 is metadata area 0, followed by
 * as many data chunks as an area has entries, then the next area, and so on.  An entry names a
 * chunk of the origin and the chunk of the store that keeps its old contents; the first entry whose
 * store chunk is 0 ends the list.  A header whose first word is zero is a new store: the kernel
 * writes header and first area itself.  A header with valid = 0 is a store that is invalid for ever.
 *
 * A store is reached through a "span": offset and length on one block device per piece, because its
 * extents may lie on several devices.  This file knows neither groups nor device-mapper.
 */

#include "cow/limit.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct blkdev;

/* A run of sectors of a store, in order of the store's own sectors.  A striped run is as many spans
 * of one length as it has columns. */
struct cow_span {
	struct blkdev *dev;
	uint64_t start_sectors;		/* on dev */
	uint64_t len_sectors;		/* of a column, a multiple of the stripe */
	uint32_t columns;		/* that begin here; 0: not striped */
	uint32_t stripe_sectors;
};

enum cow_state {
	COW_NEW,		/* zeroed, never used */
	COW_VALID,
	COW_INVALID,		/* header says valid = 0 */
	COW_UNSOUND,		/* no store or one that cannot be: magic, version, chunk size */
};

struct cow_store {
	const char *name;		/* for messages: "vg0/snap" */
	const struct cow_span *spans;
	uint64_t size_sectors;		/* sum of the spans */
	const struct blkdev *cut_off;	/* a device that ends before its span; NULL: none */
	enum cow_state state;
	uint32_t chunk_sectors;		/* from the header; 0 if new */
	uint64_t origin_sectors;	/* set by who knows it, after opening: no exception may lie
					 * beyond; 0: not known */
	/* iteration */
	uint64_t area;			/* index of the area in buffer */
	uint64_t entry;			/* next entry in it */
	uint64_t last_chunk;		/* highest chunk of the store that is in use so far */
	bool disordered;		/* a chunk came behind a higher one; the kernel takes them in
					 * order, but old ones did not always write them so */
	void *buffer;			/* one chunk, owned */
};

struct cow_exception {
	uint64_t origin_chunk;
	uint64_t store_chunk;
};

/* Read the header.  0 with store->state set, or a negative errno (could not read), reported. */
int cow_open(struct cow_store *store, const char *name, const struct cow_span *spans,
	     unsigned span_count);
void cow_close(struct cow_store *store);

/* The next exception: 1, or 0 at the end, or a negative errno; -EBADMSG, reported, for an entry
 * out of range (store chunk past the end or itself metadata, origin chunk past its end), -ENXIO,
 * reported, if the store is cut off. */
int cow_next(struct cow_store *store, struct cow_exception *exception);

/* What is in use of a store that has been read to its end, and what of that for metadata: as the
 * kernel tells when it is active. */
uint64_t cow_used_sectors(const struct cow_store *store);
uint64_t cow_metadata_sectors(const struct cow_store *store);

/* Whether exceptions lie where they would if a store that looks new had been one with chunks of
 * that size: then its header has been lost, or it was made where another store had been, by a tool
 * that left those.  1 or 0, or negative, reported. */
int cow_has_exceptions(struct cow_store *store, uint32_t chunk_sectors);

/* Make the spans a new store: zero the first 4 KiB of chunks 0 and 1 and sync (the kernel then
 * writes header and area itself, dm-snap-persistent.c:persistent_read_metadata). */
int cow_zero(const char *name, const struct cow_span *spans, unsigned span_count,
	     uint32_t chunk_sectors);

/* Sync the devices on which header and first area of a new store lie, when the kernel has written them. */
int cow_sync(const struct cow_span *spans, unsigned span_count, uint32_t chunk_sectors);

/* The sector that begins a store, as it was. */
struct cow_header {
	unsigned char bytes[512];
	bool changed; /* it is another by now, whether durably or not */
};

/* Mark the header invalid for ever and sync, also of a store that has not been used yet; an unsound one
 * is left alone.  Sets *was, on failure too. */
int cow_invalidate(const char *name, const struct cow_span *spans, unsigned span_count,
		   struct cow_header *was);

/* Take that back and sync: for a store that has missed nothing since. */
int cow_revalidate(const struct cow_span *spans, const struct cow_header *was);

#endif
