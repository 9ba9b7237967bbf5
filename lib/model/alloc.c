/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which free extents a volume gets.
 *
 * A request is first tried as one piece: directly behind the volume's last segment, then one run
 * for each column.  Only then is it cut into several pieces (demand.c).
 */

#include "model/alloc.h"

#include "base/log.h"
#include "base/text.h"
#include "base/units.h"
#include "model/demand.h"

#include <string.h>

static const char *const words[] = {
	[ALLOC_INHERIT] = "inherit", [ALLOC_CONTIGUOUS] = "contiguous",
	[ALLOC_CLING] = "cling",     [ALLOC_CLING_BY_TAGS] = "cling_by_tags",
	[ALLOC_NORMAL] = "normal",   [ALLOC_ANYWHERE] = "anywhere",
};

const char *alloc_word(enum alloc_policy policy)
{
	return words[policy];
}

int alloc_of_word(const char *word)
{
	unsigned i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(words[i], word))
			return (int)i;
	return -1;
}

static enum alloc_policy effective_policy(const struct lv *lv, enum alloc_policy policy)
{
	if (policy == ALLOC_INHERIT)
		policy = lv->alloc;
	if (policy == ALLOC_INHERIT)
		policy = lv->vg->alloc;
	return policy == ALLOC_INHERIT ? ALLOC_NORMAL : policy;
}

/* Remember which devices the volume's columns lie on, and where they would go on there. */
static void mark_homes(struct demand *demand)
{
	const struct segment *last = demand_last_segment(demand);
	struct free_device *device;
	uint32_t i;

	for (i = 0; last && i < last->stripe_count && i < demand->columns; i++) {
		device = space_device(&demand->space, last->stripes[i].pv);
		if (!device || device->column != NO_COLUMN)
			continue;
		device->column = (int)i;
		device->current = demand_following_run(demand, i);
	}
}

/* All of it directly behind the last segment. */
static bool pick_following(struct demand *demand)
{
	uint32_t i;

	for (i = 0; i < demand->columns; i++) {
		demand->picks[i] = demand_following_run(demand, i);
		if (!demand->picks[i] || demand->picks[i]->count < demand->each)
			return false;
	}
	return true;
}

/* All of it in one run on the device of each column, where there is one. */
static void pick_whole_at_home(struct demand *demand)
{
	unsigned i;

	for (i = 0; i < demand->space.device_count; i++) {
		struct free_device *device = &demand->space.devices[i];
		struct free_run *run = device->current;

		if (device->column == NO_COLUMN)
			continue;
		if (!run || run->count < demand->each)
			run = space_run_of(device, demand->each);
		demand->picks[device->column] = run;
		device->taken = run;
	}
}

/* All of it in one run for each column, on as many devices. */
static bool pick_whole(struct demand *demand)
{
	const struct space *space = &demand->space;
	struct free_run *run;
	size_t next = 0;
	uint32_t i;

	demand_clear_picks(demand);
	pick_whole_at_home(demand);
	for (i = 0; i < demand->columns; i++) {
		if (demand->picks[i])
			continue;
		while (next < space->run_count &&
		       (space->runs[next].device->taken || space->runs[next].count < demand->each))
			next++;
		if (next == space->run_count)
			return false;
		run = &space->runs[next];
		demand->picks[i] = run;
		run->device->taken = true;
	}
	return true;
}

static bool share_a_tag(const struct pv *a, const struct pv *b)
{
	const struct word *word;

	dm_list_iterate_items(word, &a->tags)
		if (words_have(&b->tags, word->text))
			return true;
	return false;
}

static bool clings_to(const struct pv *pv, const struct segment *last, enum alloc_policy policy)
{
	const struct pv *home;
	uint32_t i;

	for (i = 0; i < last->stripe_count; i++) {
		home = last->stripes[i].pv;
		if (pv == home || (home && policy == ALLOC_CLING_BY_TAGS && share_a_tag(pv, home)))
			return true;
	}
	return false;
}

/* Leave only the devices that a cling policy allows; a volume without extents has no such. */
static void drop_others(struct demand *demand)
{
	const struct segment *last = demand_last_segment(demand);
	unsigned i;

	if (!last || (demand->policy != ALLOC_CLING && demand->policy != ALLOC_CLING_BY_TAGS))
		return;
	for (i = 0; i < demand->space.device_count; i++)
		if (!clings_to(demand->space.devices[i].pv, last, demand->policy))
			space_drop(&demand->space.devices[i]);
}

/* -ENOSPC, not reported, or another error, reported. */
static int place(struct demand *demand)
{
	if (pick_following(demand))
		return demand_append(demand, demand->each);
	if (demand->policy == ALLOC_CONTIGUOUS && lv_extents(demand->lv))
		return -ENOSPC;
	if (pick_whole(demand))
		return demand_append(demand, demand->each);
	if (demand->policy == ALLOC_CONTIGUOUS)
		return -ENOSPC;
	return demand_fill(demand);
}

static int refuse(const struct lv *lv, const char *reason)
{
	return fail(-EINVAL, "%s/%s: %s", lv->vg->name, lv->name, reason);
}

static int check_request(const struct lv *lv, const struct alloc_request *request)
{
	uint32_t sum;

	if (lv_is_foreign(lv))
		return refuse(lv, _("is of a type snapvol does not handle; use LVM2"));
	if (!request->stripes || request->stripes > MAX_COLUMNS)
		return refuse(lv, _("a volume has 1 to 128 stripes"));
	if (request->extents % request->stripes)
		return refuse(lv, _("the extents are no multiple of the number of stripes"));
	if (request->stripes > 1 && (!is_power_of_two(request->stripe_size_sectors) ||
				     lv->vg->extent_size_sectors % request->stripe_size_sectors))
		return refuse(
			lv, _("the stripe size must be a power of two and divide the extent size"));
	if (add_overflows(lv_extents(lv), request->extents, &sum))
		return refuse(lv, _("a volume has 4294967295 extents at most"));
	return alloc_check_ranges(lv->vg, request->ranges,
				  request->ranges ? request->range_count : 0);
}

static int report_no_space(const struct lv *lv, const struct alloc_request *request,
			   uint64_t free_before)
{
	return fail(
		-ENOSPC,
		_("%s/%s: %u extents in %u stripes do not fit, policy %s: %llu free; add a device "
		  "with svgextend, or see --alloc"),
		lv->vg->name, lv->name, request->extents, request->stripes,
		alloc_word(effective_policy(lv, request->policy)), (unsigned long long)free_before);
}

/* Extend lv by so many: -ENOSPC, not reported, or another error, reported. */
static int extend(struct lv *lv, const struct alloc_request *request, uint32_t extents,
		  uint64_t *free_before)
{
	const uint32_t before = lv_extents(lv);
	struct demand demand = {
		.lv = lv,
		.columns = request->stripes,
		.stripe_size_sectors = request->stripes > 1 ? request->stripe_size_sectors : 0,
		.each = extents / request->stripes,
		.policy = effective_policy(lv, request->policy),
	};
	int r = space_init(&demand.space, lv->vg, request->ranges,
			   request->ranges ? request->range_count : 0);

	*free_before = space_free(&demand.space);
	if (r == 0) {
		drop_others(&demand);
		mark_homes(&demand);
		r = place(&demand);
	}
	if (r < 0)
		lv_truncate(lv, before);
	space_release(&demand.space);
	return r;
}

/* The most that fits is between what does and what does not. */
static int extend_as_far_as_fits(struct lv *lv, const struct alloc_request *request)
{
	const uint32_t before = lv_extents(lv), stripes = request->stripes;
	uint32_t fits = 0, too_many = request->extents / stripes, middle;
	uint64_t ignored;
	int r = 0;

	while (too_many - fits > 1) {
		middle = fits + (too_many - fits) / 2;
		r = extend(lv, request, middle * stripes, &ignored);
		if (r < 0 && r != -ENOSPC)
			return r;
		lv_truncate(lv, before);
		if (r < 0)
			too_many = middle;
		else
			fits = middle;
	}
	return fits ? extend(lv, request, fits * stripes, &ignored) : -ENOSPC;
}

int alloc_extents(struct lv *lv, const struct alloc_request *request)
{
	uint64_t free_before;
	int r = check_request(lv, request);

	if (r < 0 || !request->extents)
		return r;
	r = extend(lv, request, request->extents, &free_before);
	if (r == -ENOSPC && request->approximate)
		r = extend_as_far_as_fits(lv, request);
	return r == -ENOSPC ? report_no_space(lv, request, free_before) : r;
}

uint64_t alloc_free_extents(const struct vg *vg, const struct alloc_range *ranges,
			    unsigned range_count)
{
	struct space space;
	uint64_t extents = 0;

	if (!ranges)
		return vg_free_extents(vg);
	if (range_count && space_init(&space, vg, ranges, range_count) == 0)
		extents = space_free(&space);
	if (range_count)
		space_release(&space);
	return extents;
}
