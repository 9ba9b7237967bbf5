/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/refuse.h"

#include "base/log.h"
#include "base/text.h"
#include "model/lv.h"
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
