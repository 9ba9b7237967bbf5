/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The extent map: one array, sorted once, so that a group of many volumes costs n log n.
 */

#include "model/extents.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/text.h"
#include "model/lv.h"

/* Fill uses, or only count them if it is NULL. */
static size_t gather_segment(const struct segment *segment, struct extent_use *uses)
{
	size_t count = 0;
	uint32_t i;

	for (i = 0; i < segment->stripe_count; i++) {
		const struct stripe *stripe = &segment->stripes[i];

		if (!stripe->pv || !segment->area_len)
			continue;
		if (uses)
			uses[count] = (struct extent_use) {
				.pv = stripe->pv,
				.segment = segment,
				.first = stripe->extent,
				.count = segment->area_len,
			};
		count++;
	}
	return count;
}

static size_t gather(const struct vg *vg, struct extent_use *uses)
{
	const struct segment *segment;
	const struct lv *lv;
	size_t count = 0;

	dm_list_iterate_items(lv, &vg->lvs)
		dm_list_iterate_items(segment, &lv->segments)
			count += gather_segment(segment, uses ? uses + count : NULL);
	return count;
}

/* Devices only need to be told apart: the order of their addresses does. */
static int compare_devices(const struct pv *a, const struct pv *b)
{
	return ((uintptr_t)a > (uintptr_t)b) - ((uintptr_t)a < (uintptr_t)b);
}

static int compare_uses(const void *a, const void *b)
{
	const struct extent_use *x = a, *y = b;
	const int r = compare_devices(x->pv, y->pv);

	return r ? r : (x->first > y->first) - (x->first < y->first);
}

int extent_map_init(struct extent_map *map, const struct vg *vg)
{
	const size_t count = gather(vg, NULL);
	struct extent_use *uses = calloc(count + 1, sizeof(*uses));

	if (!uses)
		return fail_memory();
	gather(vg, uses);
	qsort(uses, count, sizeof(*uses), compare_uses);
	*map = (struct extent_map) { .uses = uses, .count = count };
	return 0;
}

void extent_map_release(struct extent_map *map)
{
	free(map->uses);
	*map = (struct extent_map) { 0 };
}

/* The first use that is not on a device before pv. */
static const struct extent_use *first_use(const struct extent_map *map, const struct pv *pv)
{
	size_t low = 0, high = map->count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (compare_devices(map->uses[middle].pv, pv) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return map->uses + low;
}

void extent_cursor_init(struct extent_cursor *cursor, const struct extent_map *map,
			const struct pv *pv, uint64_t first, uint64_t limit)
{
	*cursor = (struct extent_cursor) {
		.use = first_use(map, pv),
		.end = map->uses + map->count,
		.pv = pv,
		.at = first,
		.limit = limit < pv->pe_count ? limit : pv->pe_count,
	};
}

/* Step over uses that begin at or before the place; the place moves behind them. */
static void skip_used(struct extent_cursor *cursor)
{
	for (; cursor->use < cursor->end && cursor->use->pv == cursor->pv; cursor->use++) {
		const uint64_t behind = (uint64_t)cursor->use->first + cursor->use->count;

		if (cursor->use->first > cursor->at)
			break;
		if (behind > cursor->at)
			cursor->at = behind;
	}
}

bool extent_cursor_next(struct extent_cursor *cursor, uint32_t *first, uint32_t *count)
{
	uint64_t to = cursor->limit;

	skip_used(cursor);
	if (cursor->at >= cursor->limit)
		return false;
	if (cursor->use < cursor->end && cursor->use->pv == cursor->pv && cursor->use->first < to)
		to = cursor->use->first;
	*first = (uint32_t)cursor->at;
	*count = (uint32_t)(to - cursor->at);
	cursor->at = to;
	return true;
}

static int check_unused_behind(const struct pv *pv, uint64_t count)
{
	struct extent_map map;
	size_t i;
	int r = extent_map_init(&map, pv->vg);

	for (i = 0; !r && i < map.count; i++) {
		const struct extent_use *use = &map.uses[i];

		if (use->pv == pv && (uint64_t)use->first + use->count > count)
			r = fail(-EBUSY,
				 _("%s: has room for %" PRIu64
				   " extents then, but %s/%s lies behind that"),
				 pv->path ? pv->path : pv->key, count, pv->vg->name,
				 use->segment->lv->name);
	}
	extent_map_release(&map);
	return r;
}

int pv_set_size(struct pv *pv, uint64_t size_sectors)
{
	const char *name = pv->path ? pv->path : pv->key;
	uint64_t count = 0;
	int r;

	if (size_sectors > pv->pe_start_sectors)
		count = (size_sectors - pv->pe_start_sectors) / pv->vg->extent_size_sectors;
	if (!count)
		return fail(-ENOSPC, _("%s: is too small for one extent"), name);
	if (count > UINT32_MAX)
		return fail(-ENOSPC, _("%s: is too large for extents of this size"), name);
	r = check_unused_behind(pv, count);
	if (r < 0)
		return r;
	pv->pe_count = (uint32_t)count;
	pv->dev_size_sectors = size_sectors;
	return 0;
}
