/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/discard.h"

#include "base/auto.h"
#include "base/log.h"
#include "base/text.h"
#include "base/units.h"
#include "device/blkdev.h"
#include "model/extents.h"

#include <stdlib.h>
#include <string.h>

struct run {
	char pv[ID_LEN + 1];
	uint32_t first, count;
};

struct used_extents {
	size_t count;
	struct run runs[];
};

int used_extents_new(const struct vg *vg, struct used_extents **used)
{
	struct used_extents *new;
	struct extent_map map;
	size_t i;
	int r = extent_map_init(&map, vg);

	if (r < 0)
		return r;
	new = calloc(1, sizeof(*new) + map.count * sizeof(new->runs[0]));
	for (i = 0; new && i < map.count; i++) {
		const struct extent_use *use = &map.uses[i];

		if (!use->pv)
			continue;
		memcpy(new->runs[new->count].pv, use->pv->id, sizeof(new->runs[0].pv));
		new->runs[new->count].first = use->first;
		new->runs[new->count++].count = use->count;
	}
	extent_map_release(&map);
	*used = new;
	return new ? 0 : fail_memory();
}

void used_extents_free(struct used_extents **used)
{
	free(*used);
	*used = NULL;
}

static void discard(const struct pv *pv, uint32_t first, uint32_t count)
{
	const uint64_t extent = pv->vg->extent_size_sectors;
	AUTO(blkdev) struct blkdev *dev = NULL;

	if (blkdev_open(pv->path, BLKDEV_WRITE, &dev) < 0)
		return;
	detail(_("%s: discarding %u extents from %u on"), pv->path, count, first);
	if (blkdev_discard(dev, (pv->pe_start_sectors + first * extent) << SECTOR_SHIFT,
			   (count * extent) << SECTOR_SHIFT) < 0)
		warn(_("%s: does not take discards"), pv->path);
}

void discard_freed(const struct used_extents *used, const struct vg *vg)
{
	struct extent_cursor cursor;
	struct extent_map map;
	uint32_t first, count;
	const struct pv *pv;
	size_t i;

	if (extent_map_init(&map, vg) < 0)
		return;
	for (i = 0; i < used->count; i++) {
		const struct run *run = &used->runs[i];

		pv = vg_find_pv_id(vg, run->pv);
		if (!pv || pv_is_missing(pv))
			continue;
		extent_cursor_init(&cursor, &map, pv, run->first, (uint64_t)run->first + run->count);
		while (extent_cursor_next(&cursor, &first, &count))
			discard(pv, first, count);
	}
	extent_map_release(&map);
}
