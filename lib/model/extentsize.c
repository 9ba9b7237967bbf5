/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/extentsize.h"

#include "base/log.h"
#include "base/text.h"
#include "model/lv.h"
#include "model/snapshot.h"

struct recount {
	uint64_t from, to; /* extent sizes in sectors */
};

/* false: it would be no whole number, or one too large. */
static bool recount(const struct recount *by, uint32_t *extents)
{
	const uint64_t sectors = *extents * by->from;

	if (sectors % by->to || sectors / by->to > UINT32_MAX)
		return false;
	*extents = (uint32_t)(sectors / by->to);
	return true;
}

static bool recount_segment(const struct recount *by, struct segment *segment)
{
	bool fits = recount(by, &segment->le) && recount(by, &segment->len) &&
		    recount(by, &segment->area_len);
	uint32_t i;

	for (i = 0; i < segment->stripe_count && fits; i++)
		fits = recount(by, &segment->stripes[i].extent);
	return fits;
}

static int recount_volume(const struct recount *by, struct lv *lv)
{
	struct segment *segment;

	dm_list_iterate_items(segment, &lv->segments) {
		if (segment->kind == SEGMENT_FOREIGN)
			return fail(-EPERM,
				    _("%s/%s: is of a type snapvol does not handle; use LVM2"),
				    lv->vg->name, lv->name);
		if (!recount_segment(by, segment))
			return fail(-EINVAL, _("%s/%s: is no whole number of extents of that size"),
				    lv->vg->name, lv->name);
	}
	return 0;
}

int vg_set_extent_size(struct vg *vg, uint64_t sectors)
{
	const struct recount by = { vg->extent_size_sectors, sectors };
	struct snapshot *snapshot;
	struct lv *lv;
	struct pv *pv;
	int r = 0;

	dm_list_iterate_items(pv, &vg->pvs)
		if (!recount(&by, &pv->pe_count))
			return fail(-EINVAL, _("%s: is no whole number of extents of that size"),
				    pv->path ? pv->path : pv->key);
	dm_list_iterate_items(lv, &vg->lvs)
		r = r < 0 ? r : recount_volume(&by, lv);
	dm_list_iterate_items(snapshot, &vg->snapshots)
		if (!r && !recount(&by, &snapshot->extents))
			r = fail(-EINVAL, _("%s/%s: is no whole number of extents of that size"),
				 vg->name, snapshot->name);
	vg->extent_size_sectors = sectors;
	return r;
}
