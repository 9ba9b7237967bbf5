/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Chunk numbers merged to runs.  The kernel hands out store chunks one after the other and most
 * writers fill an origin likewise, so an added chunk mostly prolongs the last run.
 */
#include <stdlib.h>

#include "cow/runs.h"

#include "base/log.h"
#include "cow/store.h"

static int grow(struct runs *runs)
{
	size_t room = runs->room ? 2 * runs->room : 64;
	struct run *array = reallocarray(runs->array, room, sizeof(*array));

	if (!array)
		return fail_memory();
	runs->array = array;
	runs->room = room;
	return 0;
}

int runs_add(struct runs *runs, uint64_t chunk)
{
	struct run *last = runs->used ? &runs->array[runs->used - 1] : NULL;

	if (last && chunk >= last->start && chunk - last->start == last->count) {
		last->count++;
		return 0;
	}
	if (runs->used == runs->room) {
		int r = grow(runs);

		if (r < 0)
			return r;
	}
	runs->array[runs->used++] = (struct run) { .start = chunk, .count = 1 };
	return 0;
}

static int by_start(const void *a, const void *b)
{
	const struct run *left = a, *right = b;

	return (left->start > right->start) - (left->start < right->start);
}

/* Join a run to the last merged one, which does not begin after it; what both held. */
static uint64_t join(struct run *last, const struct run *run)
{
	uint64_t overlap = last->start + last->count - run->start;

	if (overlap > run->count)
		overlap = run->count;
	last->count += run->count - overlap;
	return overlap;
}

int runs_merge(struct runs *runs, uint64_t *twice)
{
	size_t merged = 0;
	int found = 0;

	if (runs->used)
		qsort(runs->array, runs->used, sizeof(*runs->array), by_start);
	for (size_t i = 0; i < runs->used; i++) {
		const struct run run = runs->array[i];
		struct run *last = merged ? &runs->array[merged - 1] : NULL;

		if (!last || run.start - last->start > last->count) {
			runs->array[merged++] = run;
			continue;
		}
		if (join(last, &run) && !found) {
			found = 1;
			*twice = run.start;
		}
	}
	runs->used = merged;
	return found;
}

void runs_release(struct runs *runs)
{
	free(runs->array);
	*runs = (struct runs) { 0 };
}

static int read_all(struct cow_store *store, struct runs *origin, struct runs *kept)
{
	struct cow_exception exception;
	int r;

	for (;;) {
		r = cow_next(store, &exception);
		if (r <= 0)
			return r;
		r = runs_add(origin, exception.origin_chunk);
		if (r < 0)
			return r;
		r = runs_add(kept, exception.store_chunk);
		if (r < 0)
			return r;
	}
}

int runs_read(struct cow_store *store, struct runs *origin, struct cow_twice *twice)
{
	struct runs kept = { 0 };
	uint64_t chunk = 0;
	int r;

	r = read_all(store, origin, &kept);
	if (r == 0 && runs_merge(&kept, &chunk)) {
		*twice = (struct cow_twice) { .kind = COW_TWICE_STORE, .chunk = chunk };
		r = 1;
	}
	runs_release(&kept);
	if (r >= 0 && runs_merge(origin, &chunk)) {
		*twice = (struct cow_twice) { .kind = COW_TWICE_ORIGIN, .chunk = chunk };
		r = 1;
	}
	return r;
}
