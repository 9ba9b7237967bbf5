/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Free runs, gathered once per allocation from the extent map.
 */

#include "model/space.h"

#include <stdlib.h>

#include "base/log.h"
#include "model/extents.h"

static int add_run(struct space *space, struct free_device *device, uint32_t first, uint32_t count)
{
	const size_t room = space->run_room ? 2 * space->run_room : 64;
	struct free_run *runs;

	if (space->run_count == space->run_room) {
		runs = realloc(space->runs, room * sizeof(*runs));
		if (!runs)
			return fail_memory();
		space->runs = runs;
		space->run_room = room;
	}
	space->runs[space->run_count++] = (struct free_run) {
		.device = device,
		.first = first,
		.count = count,
	};
	return 0;
}

static struct free_device *add_device(struct space *space, struct pv *pv)
{
	struct free_device *device = space_device(space, pv);

	if (device)
		return device;
	device = &space->devices[space->device_count++];
	*device = (struct free_device) { .pv = pv, .column = NO_COLUMN };
	return device;
}

static int add_range(struct space *space, const struct extent_map *map,
		     const struct alloc_range *range)
{
	struct free_device *device = add_device(space, range->pv);
	struct extent_cursor cursor;
	uint32_t first, count;
	int r;

	extent_cursor_init(&cursor, map, range->pv, range->first,
			   (uint64_t)range->first + range->count);
	while (extent_cursor_next(&cursor, &first, &count)) {
		r = add_run(space, device, first, count);
		if (r < 0)
			return r;
		device->free += count;
	}
	return 0;
}

static int add_all(struct space *space, const struct vg *vg, const struct extent_map *map)
{
	struct alloc_range range;
	struct pv *pv;
	int r;

	dm_list_iterate_items(pv, &vg->pvs) {
		if (!pv_is_usable(pv))
			continue;
		range = (struct alloc_range) { .pv = pv, .count = pv->pe_count };
		r = add_range(space, map, &range);
		if (r < 0)
			return r;
	}
	return 0;
}

static int add_ranges(struct space *space, const struct extent_map *map,
		      const struct alloc_range *ranges, unsigned range_count)
{
	unsigned i;
	int r;

	for (i = 0; i < range_count; i++) {
		if (!pv_is_usable(ranges[i].pv))
			continue;
		r = add_range(space, map, &ranges[i]);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Backwards, so that each chain has its runs in order of preference. */
static void chain_runs(struct space *space)
{
	size_t i;

	for (i = space->run_count; i-- > 0;) {
		struct free_run *run = &space->runs[i];

		run->next = run->device->runs;
		run->device->runs = run;
	}
}

int space_init(struct space *space, const struct vg *vg, const struct alloc_range *ranges,
	       unsigned range_count)
{
	struct extent_map map;
	int r;

	*space = (struct space) { 0 };
	space->devices = calloc(dm_list_size(&vg->pvs) + 1u, sizeof(*space->devices));
	if (!space->devices)
		return fail_memory();
	r = extent_map_init(&map, vg);
	if (r < 0)
		return r;
	if (range_count)
		r = add_ranges(space, &map, ranges, range_count);
	else
		r = add_all(space, vg, &map);
	extent_map_release(&map);
	chain_runs(space);
	return r;
}

void space_release(struct space *space)
{
	free(space->runs);
	free(space->devices);
	*space = (struct space) { 0 };
}

uint64_t space_free(const struct space *space)
{
	uint64_t sum = 0;
	unsigned i;

	for (i = 0; i < space->device_count; i++)
		sum += space->devices[i].free;
	return sum;
}

struct free_device *space_device(const struct space *space, const struct pv *pv)
{
	unsigned i;

	for (i = 0; i < space->device_count; i++)
		if (space->devices[i].pv == pv)
			return &space->devices[i];
	return NULL;
}

struct free_run *space_run_at(const struct free_device *device, uint64_t extent)
{
	struct free_run *run;

	for (run = device->runs; run; run = run->next)
		if (run->count && run->first == extent)
			return run;
	return NULL;
}

struct free_run *space_run_of(const struct free_device *device, uint32_t at_least)
{
	struct free_run *run;

	for (run = device->runs; run; run = run->next)
		if (run->count && run->count >= at_least)
			return run;
	return NULL;
}

/* Keeps the search for the next run short where a device is in many pieces. */
static void skip_used_up(struct free_device *device)
{
	while (device->runs && !device->runs->count)
		device->runs = device->runs->next;
}

void space_take(struct free_run *run, uint32_t count)
{
	run->first += count;
	run->count -= count;
	run->device->free -= count;
	run->device->current = run;
	skip_used_up(run->device);
}

void space_drop(struct free_device *device)
{
	struct free_run *run;

	for (run = device->runs; run; run = run->next)
		run->count = 0;
	device->runs = NULL;
	device->free = 0;
}
