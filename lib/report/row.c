/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/row.h"

#include "base/auto.h"
#include "base/log.h"
#include "dm/readahead.h"
#include "dm/tree.h"
#include "report/foreign.h"

#include <stdarg.h>
#include <stdio.h>

const struct vg *row_vg(const struct row *row)
{
	return row->group ? row->group->vg : NULL;
}

uint64_t group_free_extents(const struct vg *vg)
{
	const struct pv *pv;
	uint64_t count = 0;

	dm_list_iterate_items(pv, &vg->pvs)
		count += pv->pe_count - pv_used_extents(pv);
	return count;
}

const struct snapshot *row_snapshot(const struct row *row)
{
	if (!row->lv)
		return NULL;
	return row->lv->store_of ? row->lv->store_of : lv_merging_snapshot(row->lv);
}

static const struct live_device *find_device(const struct gather *gather, const struct lv *lv)
{
	const struct foreign_type *foreign = foreign_type(lv);

	if (!gather->live)
		return NULL;
	if (foreign && foreign->layer)
		return tree_layer(gather->live, lv, foreign->layer);
	return tree_device(gather->live, lv);
}

/* The device of the origin that a snapshot is merging into now, or NULL. */
static const struct live_device *merging_device(const struct gather *gather,
						const struct snapshot *snapshot)
{
	const struct live_device *origin = NULL;

	if (snapshot && snapshot->merging)
		origin = find_device(gather, snapshot->origin);
	return live_is(origin, "snapshot-merge") ? origin : NULL;
}

const struct live_device *row_device(struct row *row)
{
	if (row->device_known || !row->lv)
		return row->device;

	row->device_known = true;
	row->device = merging_device(row->gather, row->lv->store_of);
	if (!row->device)
		row->device = find_device(row->gather, row->lv);
	return row->device;
}

bool row_is_active(struct row *row)
{
	return row_device(row) != NULL;
}

/* While it merges, a snapshot's state is told by the origin's device; before, by its own. */
static const struct live_device *status_device(struct row *row, const struct snapshot *snapshot)
{
	const struct live_device *device = merging_device(row->gather, snapshot);

	if (device || row->lv != snapshot->store)
		return device;
	device = row_device(row);
	return live_is(device, "snapshot") ? device : NULL;
}

const struct snapshot_status *row_status(struct row *row)
{
	const struct snapshot *snapshot = row_snapshot(row);
	const struct live_device *device;

	if (row->status_known || !snapshot)
		return &row->status;

	row->status_known = true;
	device = status_device(row, snapshot);
	if (device && status_snapshot(device->name, &row->status) <= 0)
		row->status = (struct snapshot_status) { .state = SNAPSHOT_UNKNOWN };
	return &row->status;
}

dm_percent_t row_fill(struct row *row)
{
	const struct snapshot_status *status = row_status(row);

	if (status->state != SNAPSHOT_GOOD)
		return DM_PERCENT_100;
	if (status->used_sectors == status->metadata_sectors)
		return DM_PERCENT_0;
	return dm_make_percent(status->used_sectors, status->total_sectors);
}

bool row_is_merging(struct row *row)
{
	const struct snapshot *snapshot = row_snapshot(row);

	return snapshot && snapshot->merging && row_status(row)->merge;
}

bool row_read_ahead(struct row *row, uint64_t *sectors)
{
	const struct live_device *device = row_device(row);

	return device && readahead_get(device->major, device->minor, sectors);
}

uint32_t gather_open_count(const struct gather *gather, const struct lv *lv)
{
	const struct live_device *device = find_device(gather, lv);

	return device ? device->open_count : 0;
}

struct dm_list *gather_words(const struct gather *gather)
{
	struct dm_list *words = dm_pool_alloc(gather->mem, sizeof(*words));

	if (!words) {
		fail_memory();
		return NULL;
	}
	dm_list_init(words);
	return words;
}

int gather_add(const struct gather *gather, struct dm_list *words, const char *text)
{
	struct dm_str_list *word = dm_pool_alloc(gather->mem, sizeof(*word));

	if (!word)
		return fail_memory();
	word->str = text;
	dm_list_add(words, &word->list);
	return 0;
}

const char *gather_text(const struct gather *gather, const char *format, ...)
{
	AUTO_FREE char *text = NULL;
	const char *kept = NULL;
	va_list arguments;
	int len;

	va_start(arguments, format);
	len = vasprintf(&text, format, arguments);
	va_end(arguments);

	if (len < 0)
		text = NULL;
	else
		kept = dm_pool_strdup(gather->mem, text);
	if (!kept)
		fail_memory();
	return kept ? kept : "";
}
