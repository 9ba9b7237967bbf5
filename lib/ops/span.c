/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/span.h"

#include "base/log.h"
#include "base/text.h"
#include "model/lv.h"
#include "store/catalog.h"

#include <stdlib.h>

static int span_add(struct spans *spans, struct blkdev *dev, uint64_t start, uint64_t len)
{
	struct cow_span *last = spans->count ? &spans->list[spans->count - 1] : NULL;
	struct cow_span *more;

	if (last && last->dev == dev && last->start_sectors + last->len_sectors == start) {
		last->len_sectors += len;
		return 0;
	}

	more = reallocarray(spans->list, spans->count + 1, sizeof(*more));
	if (!more)
		return fail_memory();
	spans->list = more;
	spans->list[spans->count++] = (struct cow_span) { dev, start, len };
	return 0;
}

int spans_of(const struct catalog *catalog, const struct lv *lv, struct spans *spans)
{
	uint64_t size = lv_size_sectors(lv), sector = 0, start, run;
	const struct pv *pv;
	struct disk *disk;
	int r;

	*spans = (struct spans) { 0 };
	while (sector < size) {
		disk = lv_map(lv, sector, &pv, &start, &run) ? catalog_find_disk_id(catalog, pv->id)
							     : NULL;
		if (!disk) {
			spans_release(spans);
			return fail(-ENODEV, _("%s/%s: an extent lies on an absent device"),
				    lv->vg->name, lv->name);
		}
		r = span_add(spans, disk->dev, start, run);
		if (r < 0) {
			spans_release(spans);
			return r;
		}
		sector += run;
	}
	return 0;
}

void spans_release(struct spans *spans)
{
	free(spans->list);
	*spans = (struct spans) { 0 };
}
