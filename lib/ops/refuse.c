/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/refuse.h"

#include "base/log.h"
#include "base/text.h"
#include "model/lv.h"
#include "model/snapshot.h"
#include "ops/change.h"
#include "ops/session.h"
#include "store/catalog.h"

int refuse_active(const struct change *change, const char *what)
{
	const struct lv *lv;

	dm_list_iterate_items(lv, &change_vg(change)->lvs)
		if (change_lv_is_active(change, lv))
			return fail(-EBUSY, _("%s/%s: is active; %s"), lv->vg->name, lv->name,
				    what);
	return 0;
}

int refuse_torn(const struct change *change)
{
	const struct vg *vg = change_vg(change);
	const struct group *group = catalog_find_group_id(change_catalog(change), vg->id);

	if (!group || group_is_everywhere(group) || change_session(change)->test)
		return 0;
	return fail(-EPERM, "%s: %s", vg->name, _("devices disagree about the group; see svgck"));
}

int refuse_merging(const struct lv *lv)
{
	const struct snapshot *merging = lv_merging_snapshot(lv);

	if (merging)
		return fail(-EBUSY,
			    _("%s/%s: %s is merging into it; call it off with svmerge --cancel, or "
			      "wait"),
			    lv->vg->name, lv->name, merging->store->name);
	if (!lv->store_of || !lv->store_of->merging)
		return 0;
	return fail(-EBUSY,
		    _("%s/%s: is merging into %s; call it off with svmerge --cancel, or wait"),
		    lv->vg->name, lv->name, lv->store_of->origin->name);
}
