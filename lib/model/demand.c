/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A request met in several pieces.
 */

#include "model/demand.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

const struct segment *demand_last_segment(const struct demand *demand)
{
	const struct lv *lv = demand->lv;
	const struct segment *segment;

	if (dm_list_empty(&lv->segments))
		return NULL;
	segment = dm_list_item(dm_list_last(&lv->segments), struct segment);
	return segment->kind == SEGMENT_STRIPED ? segment : NULL;
}

struct free_run *demand_following_run(const struct demand *demand, uint32_t column)
{
	const struct segment *last = demand_last_segment(demand);
	const struct free_device *device;

	if (!last || last->stripe_count != demand->columns)
		return NULL;
	device = space_device(&demand->space, last->stripes[column].pv);
	if (!device)
		return NULL;
	return space_run_at(device, (uint64_t)last->stripes[column].extent + last->area_len);
}

void demand_clear_picks(struct demand *demand)
{
	unsigned i;

	memset(demand->picks, 0, sizeof(demand->picks));
	for (i = 0; i < demand->space.device_count; i++)
		demand->space.devices[i].taken = false;
}

int demand_append(struct demand *demand, uint32_t count)
{
	struct stripe stripes[MAX_COLUMNS];
	uint32_t i;

	for (i = 0; i < demand->columns; i++) {
		stripes[i] = (struct stripe) {
			.pv = demand->picks[i]->device->pv,
			.extent = demand->picks[i]->first,
		};
		space_take(demand->picks[i], count);
	}
	demand->each -= count;
	return lv_append(demand->lv, SEGMENT_STRIPED, stripes, demand->columns,
			 demand->stripe_size_sectors, count * demand->columns);
}

static uint64_t smaller(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* One column: what follows the last segment, then run after run. */
static int fill_linear(struct demand *demand)
{
	struct free_run *run = demand_following_run(demand, 0);
	size_t next = 0;
	int r;

	while (demand->each) {
		if (!run)
			run = &demand->space.runs[next++];
		demand->picks[0] = run;
		if (run->count) {
			r = demand_append(demand, (uint32_t)smaller(run->count, demand->each));
			if (r < 0)
				return r;
		}
		run = NULL;
	}
	return 0;
}

/*
 * Whether distinct devices for the columns of every piece can be found to the end, once "count"
 * extents are taken from each taken device.  No device can serve two columns at once, so none gives
 * more than a column's length; if these amounts suffice, taking from the fullest devices works.
 */
static bool leaves_enough(const struct demand *demand, uint32_t count)
{
	const uint64_t each = demand->each - count;
	uint64_t sum = 0;
	unsigned i;

	for (i = 0; i < demand->space.device_count; i++) {
		const struct free_device *device = &demand->space.devices[i];

		sum += smaller(device->free - (device->taken ? count : 0), each);
	}
	return sum >= each * demand->columns;
}

/* The largest count up to limit for which "enough" holds; it holds for 1 and, once not, no more. */
static uint32_t largest_count(const struct demand *demand, uint32_t limit,
			      bool (*enough)(const struct demand *demand, uint32_t count))
{
	uint32_t low = 1, high = limit;

	while (low < high) {
		const uint32_t middle = high - (high - low) / 2;

		if (enough(demand, middle))
			low = middle;
		else
			high = middle - 1;
	}
	return low;
}

/* The fullest first; among equals those the volume lies on; then in order of preference. */
static bool is_better(const struct demand *demand, const struct free_device *a,
		      const struct free_device *b)
{
	const uint64_t a_gives = smaller(a->free, demand->each);
	const uint64_t b_gives = smaller(b->free, demand->each);

	if (a_gives != b_gives)
		return a_gives > b_gives;
	return a->column != NO_COLUMN && b->column == NO_COLUMN;
}

static struct free_device *best_device(const struct demand *demand)
{
	struct free_device *best = NULL;
	unsigned i;

	for (i = 0; i < demand->space.device_count; i++) {
		struct free_device *device = &demand->space.devices[i];

		if (device->free && !device->taken && (!best || is_better(demand, device, best)))
			best = device;
	}
	assert(best);	/* demand_fill() has seen that there are enough */
	return best;
}

static struct free_run *next_run(const struct free_device *device)
{
	if (device->current && device->current->count)
		return device->current;
	return space_run_of(device, 1);
}

/* Take a device for a column; returns the length of its run there. */
static uint32_t pick(struct demand *demand, struct free_device *device, int column)
{
	struct free_run *run = next_run(device);

	device->column = column;
	demand->picks[column] = run;
	return run->count;
}

/* The fullest devices, each for its own column if it has one; returns the shortest run of them. */
static uint32_t pick_fullest(struct demand *demand)
{
	uint64_t shortest = demand->each;
	struct free_device *device;
	int column = 0;
	uint32_t i;

	demand_clear_picks(demand);
	for (i = 0; i < demand->columns; i++) {
		device = best_device(demand);
		device->taken = true;
		if (device->column != NO_COLUMN)
			shortest = smaller(shortest, pick(demand, device, device->column));
	}
	for (i = 0; i < demand->space.device_count; i++) {
		device = &demand->space.devices[i];
		if (!device->taken || device->column != NO_COLUMN)
			continue;
		while (demand->picks[column])
			column++;
		shortest = smaller(shortest, pick(demand, device, column));
	}
	return (uint32_t)shortest;
}

/* A device keeps its column only as long as it is in use, else two devices would claim one. */
static void forget_idle_columns(struct demand *demand)
{
	unsigned i;

	for (i = 0; i < demand->space.device_count; i++)
		if (!demand->space.devices[i].taken)
			demand->space.devices[i].column = NO_COLUMN;
}

/* Several columns on distinct devices, piece after piece. */
static int fill_striped(struct demand *demand)
{
	uint32_t count;
	int r;

	while (demand->each) {
		count = largest_count(demand, pick_fullest(demand), leaves_enough);
		forget_idle_columns(demand);
		r = demand_append(demand, count);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Whether each column gets a stretch of so many extents, wherever it is. */
static bool has_stretches(const struct demand *demand, uint32_t count)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < demand->space.run_count; i++)
		sum += demand->space.runs[i].count / count;
	return sum >= demand->columns;
}

/* From the run with number *next on; false if not enough are left. */
static bool pick_stretches(struct demand *demand, uint32_t count, size_t *next)
{
	const struct space *space = &demand->space;
	uint32_t left = space->runs[*next].count / count;
	uint32_t i;

	for (i = 0; i < demand->columns; i++) {
		while (!left) {
			if (++*next == space->run_count)
				return false;
			left = space->runs[*next].count / count;
		}
		demand->picks[i] = &space->runs[*next];
		left--;
	}
	return true;
}

/* As many pieces of this length as there are, in one go over the runs. */
static int fill_with_stretches(struct demand *demand, uint32_t count)
{
	size_t next = 0;
	int r = 0;

	while (r == 0 && demand->each >= count && pick_stretches(demand, count, &next))
		r = demand_append(demand, count);
	return r;
}

/* Several columns that may share devices: as long stretches as there are for all of them. */
static int fill_anywhere(struct demand *demand)
{
	int r = 0;

	while (r == 0 && demand->each)
		r = fill_with_stretches(demand,
					largest_count(demand, demand->each, has_stretches));
	return r;
}

int demand_fill(struct demand *demand)
{
	demand_clear_picks(demand);
	if (leaves_enough(demand, 0))
		return demand->columns == 1 ? fill_linear(demand) : fill_striped(demand);
	if (demand->policy == ALLOC_ANYWHERE &&
	    space_free(&demand->space) >= (uint64_t)demand->each * demand->columns)
		return fill_anywhere(demand);
	return -ENOSPC;
}
