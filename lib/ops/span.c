/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/span.h"

#include "base/log.h"
#include "base/text.h"
#include "model/lv.h"
#include "store/catalog.h"

#include <stdlib.h>

static int refuse_type(const struct lv *lv)
{
	return fail(-EPERM, _("%s/%s: is of a type snapvol does not handle; use LVM2"),
		    lv->vg->name, lv->name);
}

/* The kernel takes no column that does not divide into stripes. */
static bool is_mappable(const struct segment *segment)
{
	const uint64_t len = segment->area_len * segment->lv->vg->extent_size_sectors;

	return segment->kind == SEGMENT_STRIPED &&
	       (segment->stripe_count == 1 || len % segment->stripe_size_sectors == 0);
}

static int add_column(struct spans *spans, const struct catalog *catalog,
		      const struct segment *segment, const struct stripe *stripe)
{
	const struct lv *lv = segment->lv;
	const uint64_t extent = lv->vg->extent_size_sectors;
	const struct disk *disk;

	if (!stripe->pv)
		return refuse_type(lv);
	disk = catalog_find_device(catalog, lv->vg, stripe->pv->id);
	if (!disk)
		return fail(-ENODEV,
			    _("%s/%s: an extent lies on a missing device; bring it back, or see "
			      "svgreduce --removemissing"),
			    lv->vg->name, lv->name);
	spans->list[spans->count++] = (struct cow_span) {
		.dev = disk->dev,
		.start_sectors = stripe->pv->pe_start_sectors + stripe->extent * extent,
		.len_sectors = segment->area_len * extent,
		.columns = segment->stripe_count > 1 ? segment->stripe_count : 0,
		.stripe_sectors = segment->stripe_size_sectors,
	};
	return 0;
}

static int add_segment(struct spans *spans, const struct catalog *catalog,
		       const struct segment *segment)
{
	uint32_t i;
	int r = is_mappable(segment) ? 0 : refuse_type(segment->lv);

	for (i = 0; i < segment->stripe_count && !r; i++)
		r = add_column(spans, catalog, segment, &segment->stripes[i]);
	return r;
}

int spans_of(const struct catalog *catalog, const struct lv *lv, struct spans *spans)
{
	const struct segment *segment;
	size_t count = 1;
	int r = 0;

	dm_list_iterate_items(segment, &lv->segments)
		count += segment->stripe_count;
	*spans = (struct spans) { .list = calloc(count, sizeof(*spans->list)) };
	if (!spans->list)
		return fail_memory();
	dm_list_iterate_items(segment, &lv->segments)
		if (!r)
			r = add_segment(spans, catalog, segment);
	if (r < 0)
		spans_release(spans);
	return r;
}

void spans_release(struct spans *spans)
{
	free(spans->list);
	*spans = (struct spans) { 0 };
}
