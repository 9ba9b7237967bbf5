/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The invariants, one function each.  A function returns 0, -EBADMSG with its breaches reported, or
 * -ENOMEM; all of them run, so that everything that is wrong is said at once.
 *
 * What LVM2 accepts must pass here, else a sound group could not be read.
 */

#include "model/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "base/log.h"
#include "base/text.h"
#include "base/units.h"
#include "model/extents.h"
#include "model/name.h"
#include "model/snapshot.h"

enum {
	MAX_HEIGHT = 100,		/* of volumes lying on volumes */
	EXTENT_UNIT_SECTORS = 256,	/* LVM2: powers of two or multiples of 128 KiB */
};

static int worse(int a, int b)
{
	return a < b ? a : b;
}

static int breach_vg(const struct vg *vg, const char *what)
{
	return fail(-EBADMSG, "%s: %s", vg->name, what);
}

static int breach_pv(const struct pv *pv, const char *what)
{
	return fail(-EBADMSG, _("%s: device %s: %s"), pv->vg->name, pv->key, what);
}

static int breach_lv(const struct lv *lv, const char *what)
{
	return fail(-EBADMSG, "%s/%s: %s", lv->vg->name, lv->name, what);
}

static int breach_segment(const struct segment *segment, const char *what)
{
	return fail(-EBADMSG, _("%s/%s: segment at extent %u: %s"), segment->lv->vg->name,
		    segment->lv->name, segment->le, what);
}

static int breach_snapshot(const struct vg *vg, const struct snapshot *snapshot, const char *what)
{
	return fail(-EBADMSG, "%s/%s: %s", vg->name, snapshot->name, what);
}

static bool id_is_valid(const char id[ID_LEN + 1])
{
	return strnlen(id, ID_LEN + 1) == ID_LEN && uuid_is_valid(id, ID_LEN);
}

static int check_group(const struct vg *vg)
{
	const uint64_t size = vg->extent_size_sectors;
	int r = 0;

	if (name_refuse_vg(vg->name))
		r = breach_vg(vg, name_refuse_vg(vg->name));
	if (!id_is_valid(vg->id))
		r = breach_vg(vg, _("its identity is damaged"));
	if (!is_power_of_two(size) && (!size || size % EXTENT_UNIT_SECTORS))
		r = breach_vg(vg, _("the extent size is neither a power of two nor a multiple of 128 KiB"));
	return r;
}

static int check_devices(const struct vg *vg)
{
	const struct pv *pv;
	uint64_t size, end;
	int r = 0;

	dm_list_iterate_items(pv, &vg->pvs) {
		if (!id_is_valid(pv->id))
			r = breach_pv(pv, _("its identity is damaged"));
		if (mul_overflows(pv->pe_count, vg->extent_size_sectors, &size) ||
		    add_overflows(size, pv->pe_start_sectors, &end) ||
		    end > INT64_MAX >> SECTOR_SHIFT)
			r = breach_pv(pv, _("its extents end beyond any device"));
	}
	return r;
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int check_unique(const struct vg *vg, const char **texts, size_t count, const char *what)
{
	size_t i;
	int r = 0;

	qsort(texts, count, sizeof(*texts), compare_texts);
	for (i = 1; i < count; i++)
		if (!strcmp(texts[i], texts[i - 1]))
			r = fail(-EBADMSG, _("%s: %s %s is used twice"), vg->name, what, texts[i]);
	return r;
}

static int check_unique_devices(const struct vg *vg)
{
	const size_t room = dm_list_size(&vg->pvs) + 1u;
	AUTO_FREE const char **keys = calloc(room, sizeof(*keys));
	AUTO_FREE const char **ids = calloc(room, sizeof(*ids));
	const struct pv *pv;
	size_t count = 0;

	if (!keys || !ids)
		return fail_memory();
	dm_list_iterate_items(pv, &vg->pvs) {
		keys[count] = pv->key;
		ids[count++] = pv->id;
	}
	return worse(check_unique(vg, keys, count, _("device name")),
		     check_unique(vg, ids, count, _("device identity")));
}

/* Volumes and the descriptors of snapshots are volumes of one list in the text. */
static int check_unique_volumes(const struct vg *vg)
{
	const size_t room = (size_t)dm_list_size(&vg->lvs) + dm_list_size(&vg->snapshots) + 1;
	AUTO_FREE const char **names = calloc(room, sizeof(*names));
	AUTO_FREE const char **ids = calloc(room, sizeof(*ids));
	const struct snapshot *snapshot;
	const struct lv *lv;
	size_t count = 0;

	if (!names || !ids)
		return fail_memory();
	dm_list_iterate_items(lv, &vg->lvs) {
		names[count] = lv->name;
		ids[count++] = lv->id;
	}
	dm_list_iterate_items(snapshot, &vg->snapshots) {
		names[count] = snapshot->name;
		ids[count++] = snapshot->id;
	}
	return worse(check_unique(vg, names, count, _("volume name")),
		     check_unique(vg, ids, count, _("volume identity")));
}

static int check_volumes(const struct vg *vg)
{
	const struct lv *lv;
	uint64_t size;
	int r = 0;

	dm_list_iterate_items(lv, &vg->lvs) {
		if (lv->vg != vg)
			return breach_vg(vg, _("holds a volume of another group"));
		if (name_refuse_vg(lv->name))
			r = breach_lv(lv, name_refuse_vg(lv->name));
		if (!id_is_valid(lv->id))
			r = breach_lv(lv, _("its identity is damaged"));
		if (mul_overflows(lv_extents(lv), vg->extent_size_sectors, &size) ||
		    size > INT64_MAX >> SECTOR_SHIFT)
			r = breach_lv(lv, _("its size is beyond any device"));
	}
	return r;
}

static int check_tiling(const struct lv *lv)
{
	const struct segment *segment;
	uint64_t next = 0;

	dm_list_iterate_items(segment, &lv->segments) {
		if (segment->lv != lv)
			return breach_lv(lv, _("holds a segment of another volume"));
		if (!segment->len)
			return breach_segment(segment, _("is empty"));
		if (segment->le != next)
			return breach_segment(segment, _("leaves a gap or overlaps another"));
		next += segment->len;
	}
	if (!next)
		return breach_lv(lv, _("has no extents"));
	if (next > UINT32_MAX)
		return breach_lv(lv, _("has more extents than can be counted"));
	return 0;
}

/* How many columns there may be is not judged: LVM2 reads any number. */
static int check_columns(const struct segment *segment)
{
	if (segment->kind == SEGMENT_FOREIGN)
		return 0;
	if (segment->kind != SEGMENT_STRIPED)
		return segment->stripe_count ? breach_segment(segment, _("has stripes")) : 0;
	if (!segment->stripe_count)
		return breach_segment(segment, _("has no stripes"));
	if ((uint64_t)segment->area_len * segment->stripe_count != segment->len)
		return breach_segment(segment, _("its stripes do not divide it"));
	if (segment->stripe_count > 1 && !is_power_of_two(segment->stripe_size_sectors))
		return breach_segment(segment, _("its stripe size is no power of two"));
	return 0;
}

static int check_stripe(const struct segment *segment, const struct stripe *stripe)
{
	const uint64_t end = (uint64_t)stripe->extent + segment->area_len;

	if (!stripe->pv == !stripe->lv)
		return breach_segment(segment, _("a stripe lies on nothing or on two things"));
	if (stripe->pv && stripe->pv->vg != segment->lv->vg)
		return breach_segment(segment, _("a stripe lies on a device of another group"));
	if (stripe->lv && stripe->lv->vg != segment->lv->vg)
		return breach_segment(segment, _("a stripe lies on a volume of another group"));
	if (stripe->pv && end > stripe->pv->pe_count)
		return breach_segment(segment, _("a stripe ends beyond its device"));
	if (stripe->lv && segment->kind == SEGMENT_STRIPED && end > lv_extents(stripe->lv))
		return breach_segment(segment, _("a stripe ends beyond its volume"));
	return 0;
}

static int check_segments(const struct vg *vg)
{
	const struct segment *segment;
	const struct lv *lv;
	uint32_t i;
	int r = 0;

	dm_list_iterate_items(lv, &vg->lvs) {
		r = worse(r, check_tiling(lv));
		dm_list_iterate_items(segment, &lv->segments) {
			r = worse(r, check_columns(segment));
			for (i = 0; i < segment->stripe_count; i++)
				r = worse(r, check_stripe(segment, &segment->stripes[i]));
		}
	}
	return r;
}

static int check_owners(const struct vg *vg)
{
	struct extent_map map;
	size_t i;
	int r = extent_map_init(&map, vg);

	if (r < 0)
		return r;
	for (i = 1; i < map.count; i++) {
		const struct extent_use *a = &map.uses[i - 1], *b = &map.uses[i];

		if (a->pv == b->pv && b->first - a->first < a->count)
			r = fail(-EBADMSG, _("%s: extent %u of device %s belongs to %s and to %s"),
				 vg->name, b->first, b->pv->key, a->segment->lv->name,
				 b->segment->lv->name);
	}
	extent_map_release(&map);
	return r;
}

/* How many volumes a volume lies on, one on the other, itself included. */
struct height {
	const struct lv *lv;
	unsigned height;		/* 0: not known yet */
	bool open;			/* being measured further up */
};

struct heights {
	struct height *items;		/* by the address of the volume */
	size_t count;
	unsigned depth;
};

static int compare_heights(const void *a, const void *b)
{
	const struct height *x = a, *y = b;

	return ((uintptr_t)x->lv > (uintptr_t)y->lv) - ((uintptr_t)x->lv < (uintptr_t)y->lv);
}

static unsigned measure(struct heights *heights, const struct lv *lv);

/* Foreign segments do not count: what they name may be no more than a word that is also a name. */
static unsigned measure_segment(struct heights *heights, const struct segment *segment)
{
	unsigned highest = 0, height;
	uint32_t i;

	for (i = 0; segment->kind == SEGMENT_STRIPED && i < segment->stripe_count; i++) {
		if (!segment->stripes[i].lv)
			continue;
		height = measure(heights, segment->stripes[i].lv);
		highest = height > highest ? height : highest;
	}
	return highest;
}

/* Each volume is measured once; one that is met again while open lies on itself. */
static unsigned measure(struct heights *heights, const struct lv *lv)
{
	const struct segment *segment;
	struct height *item = bsearch(&(struct height) { .lv = lv }, heights->items, heights->count,
				      sizeof(*item), compare_heights);
	unsigned highest = 0, height;

	if (!item || item->open || heights->depth > MAX_HEIGHT)
		return MAX_HEIGHT;
	if (item->height)
		return item->height;
	item->open = true;
	heights->depth++;
	dm_list_iterate_items(segment, &lv->segments) {
		height = measure_segment(heights, segment);
		highest = height > highest ? height : highest;
	}
	heights->depth--;
	item->open = false;
	item->height = highest + 1;
	return item->height;
}

/* Bounds every walk from a volume down to its devices, be the text made to harm or not. */
static int check_stacking(const struct vg *vg)
{
	AUTO_FREE struct height *items = calloc(dm_list_size(&vg->lvs) + 1u, sizeof(*items));
	struct heights heights = { .items = items };
	const struct lv *lv;
	size_t i;
	int r = 0;

	if (!items)
		return fail_memory();
	dm_list_iterate_items(lv, &vg->lvs)
		items[heights.count++] = (struct height) { .lv = lv };
	qsort(items, heights.count, sizeof(*items), compare_heights);
	for (i = 0; i < heights.count; i++)
		if (measure(&heights, items[i].lv) > MAX_HEIGHT)
			r = breach_lv(items[i].lv, _("lies on itself, or on volumes stacked too deep"));
	return r;
}

static const char *refuse_pair(const struct snapshot *snapshot)
{
	if (!snapshot->origin || !snapshot->store)
		return _("has no origin or no store");
	if (snapshot->origin == snapshot->store)
		return _("is its own origin");
	if (snapshot->origin->vg != snapshot->store->vg)
		return _("origin and store are in different groups");
	if (snapshot->store->store_of != snapshot)
		return _("its store belongs to another snapshot");
	if (snapshot->origin->store_of)
		return _("its origin is the store of a snapshot");
	if (lv_is_origin(snapshot->store))
		return _("its store is the origin of a snapshot");
	if (!is_power_of_two(snapshot->chunk_size_sectors))
		return _("its chunk size is no power of two");
	if (!snapshot->extents)
		return _("has no extents");
	return NULL;
}

static int check_snapshots(const struct vg *vg)
{
	const struct snapshot *snapshot;
	const char *reason;
	uint64_t size;
	int r = 0;

	dm_list_iterate_items(snapshot, &vg->snapshots) {
		reason = refuse_pair(snapshot);
		if (reason)
			r = breach_snapshot(vg, snapshot, reason);
		reason = name_refuse_vg(snapshot->name);
		if (reason)
			r = breach_snapshot(vg, snapshot, reason);
		if (!id_is_valid(snapshot->id))
			r = breach_snapshot(vg, snapshot, _("its identity is damaged"));
		if (mul_overflows(snapshot->extents, vg->extent_size_sectors, &size) ||
		    size > INT64_MAX >> SECTOR_SHIFT)
			r = breach_snapshot(vg, snapshot, _("its size is beyond any device"));
	}
	return r;
}

/* The lists of origins and the list of the group hold the same snapshots. */
static int check_snapshot_lists(const struct vg *vg)
{
	const struct snapshot *snapshot;
	const struct lv *lv;
	unsigned listed = 0, stores = 0;
	int r = 0;

	dm_list_iterate_items(lv, &vg->lvs) {
		stores += lv->store_of != NULL;
		dm_list_iterate_items_gen(snapshot, &lv->snapshots, origin_list) {
			listed++;
			if (snapshot->origin != lv)
				r = breach_snapshot(vg, snapshot, _("is listed by another origin"));
		}
	}
	if (listed != dm_list_size(&vg->snapshots) || stores != listed)
		r = breach_vg(vg, _("its lists of snapshots disagree"));
	return r;
}

static int check_merging(const struct vg *vg)
{
	const struct snapshot *snapshot;
	const struct lv *lv;
	unsigned merging;
	int r = 0;

	dm_list_iterate_items(lv, &vg->lvs) {
		merging = 0;
		dm_list_iterate_items_gen(snapshot, &lv->snapshots, origin_list)
			merging += snapshot->merging;
		if (merging > 1)
			r = breach_lv(lv, _("more than one snapshot merges into it"));
	}
	return r;
}

int vg_check(const struct vg *vg)
{
	static int (*const checks[])(const struct vg *vg) = {
		check_group,
		check_devices,
		check_unique_devices,
		check_unique_volumes,
		check_volumes,
		check_segments,
		check_owners,
		check_stacking,
		check_snapshots,
		check_snapshot_lists,
		check_merging,
	};
	size_t i;
	int r = 0;

	for (i = 0; i < sizeof(checks) / sizeof(*checks); i++)
		r = worse(r, checks[i](vg));
	return r;
}

int vg_check_limits(const struct vg *vg, unsigned had_pvs, unsigned had_lvs)
{
	const unsigned pvs = dm_list_size(&vg->pvs), lvs = vg_visible_lvs(vg);

	if (vg->max_pv && pvs > vg->max_pv && pvs > had_pvs)
		return breach_vg(vg, _("has more devices than its limit max_pv"));
	if (vg->max_lv && lvs > vg->max_lv && lvs > had_lvs)
		return breach_vg(vg, _("has more volumes than its limit max_lv"));
	return 0;
}
