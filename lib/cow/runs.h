/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_COW_RUNS_H
#define SNAPVOL_COW_RUNS_H

/*
 * Sets of chunk numbers, as sorted runs of consecutive ones.
 *
 * Chunks are added in any order, then merged once; after that the runs are sorted, disjoint and
 * do not touch.  A number that was added more than once is found by the merge.  Runs that arrive
 * in order cost no more memory than their number of runs.
 */

#include <stddef.h>
#include <stdint.h>

struct cow_store;

struct run {
	uint64_t start;			/* chunks [start, start + count) */
	uint64_t count;
};

struct runs {
	struct run *array;
	size_t used;
	size_t room;
};

/* Begin with { 0 }.  0 or -ENOMEM, reported. */
int runs_add(struct runs *runs, uint64_t chunk);

/* Sort and merge.  1 and the least chunk that was added more than once, else 0. */
int runs_merge(struct runs *runs, uint64_t *twice);

void runs_release(struct runs *runs);

/* A chunk that two exceptions of a store name. */
enum cow_twice_kind { COW_TWICE_ORIGIN, COW_TWICE_STORE };

struct cow_twice {
	enum cow_twice_kind kind;
	uint64_t chunk;
};

/*
 * All origin chunks that a store, just opened, has exceptions for, merged.  0; 1 if a chunk is
 * named twice, which no kernel writes (origin chunks are still all there); or a negative
 * errno, reported.  The runs are the caller's to release, whatever is returned.
 */
int runs_read(struct cow_store *store, struct runs *origin, struct cow_twice *twice);

#endif
