/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Volumes and their segments.
 */

#include "model/lv.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "base/units.h"
#include "model/snapshot.h"

enum { MAX_BELOW = 512 }; /* volumes below a volume: LVM2's widest raid has 64 times 4 */

static const char virtual_origin_suffix[] = "_vorigin";

struct lv *lv_new_known(struct vg *vg, const char *name)
{
	struct lv *lv = vg_alloc(vg, sizeof(*lv));

	if (!lv)
		return NULL;
	lv->vg = vg;
	lv->name = vg_text(vg, name);
	if (!lv->name)
		return NULL;
	lv->flags = LV_READ | LV_WRITE | LV_VISIBLE;
	lv->major = -1;
	lv->minor = -1;
	dm_list_init(&lv->segments);
	dm_list_init(&lv->snapshots);
	dm_list_init(&lv->tags);
	dm_list_init(&lv->extras);
	dm_list_add(&vg->lvs, &lv->list);
	return lv;
}

struct lv *lv_new(struct vg *vg, const char *name)
{
	struct lv *lv = lv_new_known(vg, name);

	if (lv)
		uuid_new(lv->id);
	return lv;
}

void lv_remove(struct lv *lv)
{
	dm_list_del(&lv->list);
}

/* "x" and "x_vorigin" are one volume to the user, so they are renamed together. */
static bool is_virtual_origin_of(const struct lv *origin, const struct lv *store)
{
	const size_t len = strlen(store->name);

	return lv_is_virtual_origin(origin) && !strncmp(origin->name, store->name, len) &&
	       !strcmp(origin->name + len, virtual_origin_suffix);
}

static const char *virtual_origin_name(struct vg *vg, const char *name)
{
	char text[NAME_LEN + sizeof(virtual_origin_suffix)];

	snprintf(text, sizeof(text), "%s%s", name, virtual_origin_suffix);
	return vg_text(vg, text);
}

int lv_rename(struct lv *lv, const char *name)
{
	struct lv *origin = lv->store_of ? lv->store_of->origin : NULL;
	const char *copy = vg_text(lv->vg, name);
	const char *origin_copy;

	if (!copy)
		return -ENOMEM;
	if (origin && is_virtual_origin_of(origin, lv)) {
		origin_copy = virtual_origin_name(lv->vg, name);
		if (!origin_copy)
			return -ENOMEM;
		origin->name = origin_copy;
	}
	lv->name = copy;
	return 0;
}

static struct segment *last_segment(const struct lv *lv)
{
	if (dm_list_empty(&lv->segments))
		return NULL;
	return dm_list_item(dm_list_last(&lv->segments), struct segment);
}

uint32_t lv_extents(const struct lv *lv)
{
	const struct segment *last = last_segment(lv);

	return last ? last->le + last->len : 0;
}

uint64_t lv_size_sectors(const struct lv *lv)
{
	return lv_extents(lv) * lv->vg->extent_size_sectors;
}

static bool stripe_continues(const struct stripe *a, uint32_t area_len, const struct stripe *b)
{
	return a->pv == b->pv && a->lv == b->lv && (uint64_t)a->extent + area_len == b->extent;
}

/* Striped pieces make one run only if no stripe straddles the border between them. */
static bool continues(const struct segment *last, enum segment_kind kind,
		      const struct stripe *stripes, uint32_t stripe_count,
		      uint32_t stripe_size_sectors)
{
	const uint64_t area_sectors = last->area_len * last->lv->vg->extent_size_sectors;
	uint32_t i;

	if (last->kind != kind || last->stripe_count != stripe_count ||
	    last->stripe_size_sectors != stripe_size_sectors)
		return false;
	if (!dm_list_empty(&last->tags) || !dm_list_empty(&last->extras))
		return false;
	if (stripe_size_sectors && area_sectors % stripe_size_sectors)
		return false;
	for (i = 0; i < stripe_count; i++)
		if (!stripe_continues(&last->stripes[i], last->area_len, &stripes[i]))
			return false;
	return true;
}

static struct segment *segment_new(struct lv *lv, enum segment_kind kind,
				   const struct stripe *stripes, uint32_t stripe_count)
{
	static const char *const types[] = {
		[SEGMENT_STRIPED] = "striped",
		[SEGMENT_ZERO] = "zero",
		[SEGMENT_ERROR] = "error",
	};
	struct segment *segment = vg_alloc(lv->vg, sizeof(*segment));

	if (!segment)
		return NULL;
	segment->lv = lv;
	segment->kind = kind;
	segment->type = types[kind];
	segment->le = lv_extents(lv);
	segment->stripe_count = stripe_count;
	dm_list_init(&segment->tags);
	dm_list_init(&segment->extras);
	if (stripe_count) {
		segment->stripes = vg_alloc(lv->vg, stripe_count * sizeof(*stripes));
		if (!segment->stripes)
			return NULL;
		memcpy(segment->stripes, stripes, stripe_count * sizeof(*stripes));
	}
	return segment;
}

/* What lv_append() can make: extents that divide by the columns, and a sum that fits. */
static bool may_append(const struct lv *lv, enum segment_kind kind, uint32_t stripe_count,
		       uint32_t extents)
{
	uint32_t sum;

	if (!extents || add_overflows(lv_extents(lv), extents, &sum))
		return false;
	if (kind == SEGMENT_STRIPED)
		return stripe_count && extents % stripe_count == 0;
	return kind != SEGMENT_FOREIGN && !stripe_count;
}

int lv_append(struct lv *lv, enum segment_kind kind, const struct stripe *stripes,
	      uint32_t stripe_count, uint32_t stripe_size_sectors, uint32_t extents)
{
	struct segment *segment = last_segment(lv);

	if (!may_append(lv, kind, stripe_count, extents))
		return fail(-EINVAL, _("%s/%s: %u extents in %u columns are no segment of it"),
			    lv->vg->name, lv->name, extents, stripe_count);
	if (!segment || !continues(segment, kind, stripes, stripe_count, stripe_size_sectors)) {
		segment = segment_new(lv, kind, stripes, stripe_count);
		if (!segment)
			return -ENOMEM;
		segment->stripe_size_sectors = stripe_size_sectors;
		dm_list_add(&lv->segments, &segment->list);
	}
	segment->len += extents;
	segment->area_len += stripe_count ? extents / stripe_count : extents;
	return 0;
}

static bool may_truncate(const struct lv *lv, uint32_t extents)
{
	const struct segment *segment;

	if (extents > lv_extents(lv))
		return false;
	dm_list_iterate_items(segment, &lv->segments) {
		if (segment->kind == SEGMENT_FOREIGN)
			return false;
		if (segment->stripe_count && extents > segment->le &&
		    extents < segment->le + segment->len &&
		    (extents - segment->le) % segment->stripe_count)
			return false;
	}
	return true;
}

int lv_truncate(struct lv *lv, uint32_t extents)
{
	struct segment *last;

	if (!may_truncate(lv, extents))
		return -EINVAL;
	for (last = last_segment(lv); last && last->le >= extents; last = last_segment(lv))
		dm_list_del(&last->list);
	if (last) {
		last->len = extents - last->le;
		last->area_len = last->stripe_count ? last->len / last->stripe_count : last->len;
	}
	return 0;
}

/* The store of a sparse volume stands for it; a merging one is no longer anybody's volume. */
bool lv_is_writable(const struct lv *lv)
{
	return (lv->flags & (LV_WRITE | LV_READ_ONLY_HERE)) == LV_WRITE;
}

bool lv_is_visible(const struct lv *lv)
{
	if (!lv->store_of)
		return lv->flags & LV_VISIBLE;
	if (lv_is_virtual_origin(lv->store_of->origin))
		return true;
	return !lv->store_of->merging && lv_is_visible(lv->store_of->origin);
}

bool lv_is_origin(const struct lv *lv)
{
	return !dm_list_empty(&lv->snapshots);
}

const struct lv *lv_tree_top(const struct lv *lv)
{
	return lv->store_of ? lv->store_of->origin : lv;
}

static bool lies_on_volumes(const struct segment *segment)
{
	uint32_t i;

	for (i = 0; i < segment->stripe_count; i++)
		if (segment->stripes[i].lv)
			return true;
	return false;
}

bool lv_is_foreign(const struct lv *lv)
{
	const struct segment *segment;

	dm_list_iterate_items(segment, &lv->segments)
		if (segment->kind == SEGMENT_FOREIGN || lies_on_volumes(segment))
			return true;
	return lv->carries;
}

bool lv_is_virtual_origin(const struct lv *lv)
{
	const size_t len = strlen(lv->name);
	const size_t suffix_len = sizeof(virtual_origin_suffix) - 1;

	return !(lv->flags & LV_VISIBLE) && len > suffix_len &&
	       !strcmp(lv->name + len - suffix_len, virtual_origin_suffix);
}

/* Volumes found on the way down from one of them, each once. */
struct below {
	const struct lv *lvs[MAX_BELOW];
	unsigned count;
};

static void add_below(struct below *below, const struct lv *lv)
{
	unsigned i;

	for (i = 0; i < below->count; i++)
		if (below->lvs[i] == lv)
			return;
	if (below->count < MAX_BELOW)
		below->lvs[below->count] = lv;
	below->count++;
}

/* Whether a column lies on an absent device; volumes that columns lie on are put on the list. */
static bool segment_is_partial(const struct segment *segment, struct below *below)
{
	uint32_t i;

	for (i = 0; i < segment->stripe_count && below->count <= MAX_BELOW; i++) {
		const struct stripe *stripe = &segment->stripes[i];

		if (stripe->pv && pv_is_missing(stripe->pv))
			return true;
		if (stripe->lv)
			add_below(below, stripe->lv);
	}
	return false;
}

/* Foreign segments may name each other in circles, so no recursion.  A volume on more others than
 * are followed passes for partial: nobody then changes it. */
bool lv_is_partial(const struct lv *lv)
{
	struct below below = { .lvs = { lv }, .count = 1 };
	const struct segment *segment;
	unsigned i;

	for (i = 0; i < below.count && below.count <= MAX_BELOW; i++)
		dm_list_iterate_items(segment, &below.lvs[i]->segments)
			if (segment_is_partial(segment, &below))
				return true;
	return below.count > MAX_BELOW;
}

struct snapshot *lv_merging_snapshot(const struct lv *origin)
{
	struct snapshot *snapshot;

	dm_list_iterate_items_gen(snapshot, &origin->snapshots,
				  origin_list) if (snapshot->merging) return snapshot;
	return NULL;
}

static const struct segment *segment_at(const struct lv *lv, uint64_t extent)
{
	const struct segment *segment;

	dm_list_iterate_items(segment, &lv->segments)
		if (extent >= segment->le && extent - segment->le < segment->len)
			return segment;
	return NULL;
}

/* Place of a sector of the segment: its column, the sector there, and what follows in one piece. */
static const struct stripe *segment_map(const struct segment *segment, uint64_t sector,
					uint64_t *column_sector, uint64_t *run_sectors)
{
	const uint64_t size = segment->len * segment->lv->vg->extent_size_sectors;
	const uint64_t stripe_size = segment->stripe_size_sectors;
	uint64_t chunk, inside;

	if (segment->stripe_count == 1) {
		*column_sector = sector;
		*run_sectors = size - sector;
		return segment->stripes;
	}
	if (!stripe_size)
		return NULL;
	chunk = sector / stripe_size;
	inside = sector % stripe_size;
	*column_sector = chunk / segment->stripe_count * stripe_size + inside;
	*run_sectors = stripe_size - inside < size - sector ? stripe_size - inside : size - sector;
	return &segment->stripes[chunk % segment->stripe_count];
}

bool lv_map(const struct lv *lv, uint64_t sector, const struct pv **pv, uint64_t *pv_sector,
	    uint64_t *run_sectors)
{
	const uint64_t extent_size = lv->vg->extent_size_sectors;
	const struct segment *segment = segment_at(lv, sector / extent_size);
	const struct stripe *stripe;
	uint64_t run;

	if (!segment || segment->kind != SEGMENT_STRIPED)
		return false;
	stripe = segment_map(segment, sector - segment->le * extent_size, &sector, run_sectors);
	if (!stripe)
		return false;
	sector += stripe->extent * extent_size;
	if (stripe->pv) {
		*pv = stripe->pv;
		*pv_sector = stripe->pv->pe_start_sectors + sector;
		return true;
	}
	if (!stripe->lv || !lv_map(stripe->lv, sector, pv, pv_sector, &run))
		return false;
	if (run < *run_sectors)
		*run_sectors = run;
	return true;
}
