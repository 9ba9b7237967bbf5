/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/reduce.h"

#include "base/auto.h"
#include "base/log.h"
#include "base/text.h"
#include "model/vg.h"
#include "ops/areas.h"
#include "ops/change.h"
#include "ops/groupname.h"
#include "ops/hints.h"
#include "ops/recover.h"
#include "ops/session.h"
#include "store/catalog.h"

#include <stdbool.h>

static struct pv *find_pv(struct change *change, const char *path)
{
	struct vg *vg = change_vg(change);
	const struct catalog *catalog = change_catalog(change);
	const struct candidate *candidate = candidates_find(catalog->candidates, path);
	const struct disk *disk = catalog_find_disk(catalog, candidate ? candidate->path : path);

	return disk && disk->has_label ? vg_find_pv_id(vg, disk->label.id) : NULL;
}

static int take_out(struct change *change, const char *path)
{
	const struct vg *vg = change_vg(change);
	struct pv *pv = find_pv(change, path);
	unsigned used;

	if (!pv)
		return fail(-ENOENT, _("%s: is no device of %s"), path, vg->name);
	used = pv_used_extents(pv);
	if (used)
		return fail(-EBUSY, _("%s: extents in use: %u; remove or move what lies there"),
			    path, used);
	if (dm_list_size(&vg->pvs) == 1)
		return fail(-EBUSY, _("%s: is the last device of %s; see svgremove"), path,
			    vg->name);
	vg_remove_pv(pv);
	return 0;
}

static int check_areas(struct change *change)
{
	const struct vg *vg = change_vg(change);
	const struct disk *disk;
	const struct pv *pv;

	dm_list_iterate_items(pv, &vg->pvs) {
		disk = catalog_find_disk_id(change_catalog(change), pv->id);
		if (disk &&
		    (areas_any_used(disk) || (vg->metadata_copies && areas_to_switch(disk, false))))
			return 0;
	}
	return fail(-EBUSY, _("%s: no device with a metadata area would be left"), vg->name);
}

static int run(struct change *change)
{
	int r = check_areas(change);

	r = r < 0 ? r : areas_stage(change, AFTER_DEVICES);
	if (r < 0)
		return r;
	if (!change_session(change)->test)
		hints_forget(change_session(change));
	return change_run(change);
}

int group_reduce(struct session *session, const char *name, const char *const *devices,
		 unsigned count)
{
	AUTO(change) struct change *change = NULL;
	char own[NAME_LEN + 1];
	unsigned i;
	int r;

	r = groupname_take(session->conf, name, own);
	r = r < 0 ? r : recover_and_begin(session, own, CHANGE_GLOBAL, &change);
	for (i = 0; i < count && !r; i++)
		r = take_out(change, devices[i]);
	r = r < 0 ? r : run(change);
	for (i = 0; i < count && !r && !session->test; i++)
		say(_("%s: taken out of %s"), devices[i], own);
	return r;
}

static unsigned take_out_unused(struct vg *vg)
{
	struct pv *pv, *next;
	unsigned taken = 0;

	dm_list_iterate_items_safe(pv, next, &vg->pvs) {
		if (pv_used_extents(pv) || dm_list_size(&vg->pvs) == 1)
			continue;
		vg_remove_pv(pv);
		taken++;
	}
	return taken;
}

int group_reduce_unused(struct session *session, const char *name)
{
	AUTO(change) struct change *change = NULL;
	char own[NAME_LEN + 1];
	unsigned taken;
	int r;

	r = groupname_take(session->conf, name, own);
	r = r < 0 ? r : recover_and_begin(session, own, CHANGE_GLOBAL, &change);
	if (r < 0)
		return r;
	taken = take_out_unused(change_vg(change));
	if (!taken)
		return fail(-EBUSY, _("%s: has no device to spare"), own);
	r = run(change);
	if (!r && !session->test)
		say(_("%s: devices taken out: %u"), own, taken);
	return r;
}
