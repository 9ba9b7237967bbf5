/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/groupmodify.h"

#include "base/auto.h"
#include "base/log.h"
#include "base/text.h"
#include "model/extentsize.h"
#include "model/lv.h"
#include "model/part.h"
#include "ops/admit.h"
#include "ops/areas.h"
#include "ops/change.h"
#include "ops/owner.h"
#include "ops/recover.h"
#include "ops/refuse.h"
#include "ops/session.h"
#include "ops/target.h"
#include "store/catalog.h"

#include <inttypes.h>
#include <string.h>

enum { EXTENT_UNIT_SECTORS = 256 }; /* 128 KiB: what is no power of two is a multiple of this */

int group_check_extent_size(const char *name, const struct amount *size)
{
	if (!size->given)
		return 0;
	if (size->sign)
		return fail(-EDOM, _("%s: an extent size takes no sign"), name);
	if (!size->value)
		return fail(-EDOM, _("%s: extent size may not be zero"), name);
	if (size->value > UINT32_MAX)
		return fail(-EDOM, _("%s: extent size must be less than 2 TiB"), name);
	if (!is_power_of_two(size->value) && size->value % EXTENT_UNIT_SECTORS)
		return fail(-EDOM,
			    _("%s: extent size must be a power of two or a multiple of 128 KiB"),
			    name);
	return 0;
}

/* --- one edit after the other --- */

static int edit_tags(struct change *change, const struct group_edit *edit)
{
	struct vg *vg = change_vg(change);

	return tags_edit(vg, &vg->tags, &edit->tags);
}

static int edit_resizeable(struct change *change, const struct group_edit *edit)
{
	struct vg *vg = change_vg(change);
	const bool on = edit->resizeable == SWITCH_ON;

	if (edit->resizeable == SWITCH_KEEP)
		return 0;
	if (on == !!(vg->flags & VG_RESIZEABLE))
		return fail(-EINVAL,
			    on ? _("%s: already takes devices") : _("%s: already takes no devices"),
			    vg->name);
	vg->flags ^= VG_RESIZEABLE;
	return 0;
}

static int edit_autoactivation(struct change *change, const struct group_edit *edit)
{
	struct vg *vg = change_vg(change);
	const bool off = edit->autoactivation == SWITCH_OFF;

	if (edit->autoactivation == SWITCH_KEEP)
		return 0;
	if (off == !!(vg->flags & VG_NOAUTOACTIVATE))
		return fail(-EINVAL,
			    off ? _("%s: autoactivation is off already")
				: _("%s: autoactivation is on already"),
			    vg->name);
	vg->flags ^= VG_NOAUTOACTIVATE;
	return 0;
}

/* Whether it is, or is to become, allowed; what takes it away comes last. */
static int check_resizeable(const struct vg *vg, const struct group_edit *edit)
{
	if (vg->flags & VG_RESIZEABLE || edit->resizeable == SWITCH_ON)
		return 0;
	return fail(-EPERM, _("%s: is not resizeable; say --resizeable y first"), vg->name);
}

static int set_limit(const struct vg *vg, const uint64_t *limit, unsigned have, uint32_t *field)
{
	if (!limit)
		return 0;
	if (*limit > UINT32_MAX)
		return fail(-EDOM, _("%s: limit is too large"), vg->name);
	if (*limit && *limit < have)
		return fail(-EINVAL, _("%s: has %u already, more than %" PRIu64), vg->name, have,
			    *limit);
	*field = (uint32_t)*limit;
	return 0;
}

static int edit_limits(struct change *change, const struct group_edit *edit)
{
	struct vg *vg = change_vg(change);
	int r = edit->max_lv || edit->max_pv ? check_resizeable(vg, edit) : 0;

	r = r < 0 ? r : set_limit(vg, edit->max_lv, vg_visible_lvs(vg), &vg->max_lv);
	return r < 0 ? r : set_limit(vg, edit->max_pv, dm_list_size(&vg->pvs), &vg->max_pv);
}

static int edit_extent_size(struct change *change, const struct group_edit *edit)
{
	struct vg *vg = change_vg(change);
	int r;

	if (!edit->extent_size.given || edit->extent_size.value == vg->extent_size_sectors)
		return 0;
	r = check_resizeable(vg, edit);
	return r < 0 ? r : vg_set_extent_size(vg, edit->extent_size.value);
}

static int edit_alloc(struct change *change, const struct group_edit *edit)
{
	struct vg *vg = change_vg(change);

	if (edit->alloc == ALLOC_INHERIT)
		return 0;
	if (edit->alloc == vg->alloc)
		return fail(-EINVAL, _("%s: has that allocation policy already"), vg->name);
	vg->alloc = edit->alloc;
	return 0;
}

static int edit_copies(struct change *change, const struct group_edit *edit)
{
	struct vg *vg = change_vg(change);

	if (!edit->metadata_copies)
		return 0;
	if (*edit->metadata_copies == vg->metadata_copies)
		say(_("%s: the number of copies of its metadata is that already"), vg->name);
	vg->metadata_copies = *edit->metadata_copies;
	return 0;
}

/* Device-mapper knows volumes by the group's identity. */
static int edit_id(struct change *change, const struct group_edit *edit)
{
	int r;

	if (!edit->new_id)
		return 0;
	r = refuse_active(change, _("its group cannot have another identity"));
	/* a text that is left behind would be that of a group of its own */
	r = r < 0 ? r : refuse_torn(change);
	if (!r)
		uuid_new(change_vg(change)->id);
	return r;
}

/* Whoever gives a group away cannot take it back from here. */
static int edit_system_id(struct change *change, const struct group_edit *edit)
{
	const struct session *session = change_session(change);
	struct vg *vg = change_vg(change);
	const char *now = vg->system_id ? vg->system_id : "", *wanted = edit->system_id;
	char own[OWNER_ID_SIZE];
	bool stays = wanted && (!*wanted || !strcmp(wanted, owner_here(session->conf, own)));
	int r = 0;

	if (!wanted)
		return 0;
	if (!strcmp(now, wanted))
		return fail(-EINVAL, _("%s: has that system ID already"), vg->name);
	if (!stays)
		r = refuse_active(change, _("its group cannot be given to another host"));
	if (!r && !stays && !session->test)
		r = session_confirm(session, _("%s: will belong to host %s and not to this one"),
				    vg->name, wanted);
	if (r < 0)
		return r;
	return vg_set_system_id(vg, wanted);
}

/* As LVM2: what belongs to nobody has no system ID. */
static int edit_exported(struct change *change, const struct group_edit *edit)
{
	const bool on = edit->exported == SWITCH_ON;
	char own[OWNER_ID_SIZE];
	struct vg *vg = change_vg(change);
	struct pv *pv;
	int r;

	if (edit->exported == SWITCH_KEEP)
		return 0;
	if (on == !!(vg->flags & VG_EXPORTED))
		return fail(-EINVAL, on ? _("%s: is exported already") : _("%s: is not exported"),
			    vg->name);
	r = on ? refuse_active(change, _("its group cannot be exported")) : 0;
	if (r < 0)
		return r;
	vg->flags ^= VG_EXPORTED;
	dm_list_iterate_items(pv, &vg->pvs)
		pv->flags = on ? pv->flags | PV_EXPORTED : pv->flags & ~(unsigned)PV_EXPORTED;
	return vg_set_system_id(vg, on ? "" : owner_here(change_session(change)->conf, own));
}

static int edit_all(struct change *change, const struct group_edit *edit)
{
	static int (*const edits[])(struct change * change, const struct group_edit *edit) = {
		edit_tags, edit_autoactivation, edit_limits,	 edit_extent_size, edit_alloc,
		edit_id,   edit_system_id,	edit_resizeable, edit_exported,	   edit_copies,
	};
	size_t i;
	int r = 0;

	for (i = 0; i < sizeof(edits) / sizeof(edits[0]) && !r; i++)
		r = edits[i](change, edit);
	return r;
}

struct modifying {
	struct session *session;
	const struct group_edit *edit;
};

static const char *done_text(const struct group_edit *edit)
{
	switch (edit->exported) {
	case SWITCH_ON:
		return _("exported");
	case SWITCH_OFF:
		return _("imported");
	default:
		return _("changed");
	}
}

static int modify_in(void *data, const struct target *targets, unsigned count)
{
	const struct modifying *m = data;
	AUTO(change) struct change *change = NULL;
	unsigned flags = 0;
	int r;

	(void)count;
	if (m->edit->exported != SWITCH_KEEP)
		flags = CHANGE_EXPORTED;
	if (m->edit->exported == SWITCH_OFF && m->session->force)
		flags |= CHANGE_REPAIR;
	r = recover_and_begin(m->session, targets[0].vg, flags, &change);
	r = r < 0 ? r : target_check_chosen(change_vg(change), NULL, targets);
	r = r < 0 ? r : edit_all(change, m->edit);
	r = r < 0 ? r : areas_stage(change, BEFORE_DEVICES);
	r = r < 0 ? r : change_run(change);
	if (!r && !m->session->test)
		say("%s: %s", targets[0].vg, done_text(m->edit));
	return r;
}

static bool can_be_exported(const struct session *session, const struct group *group)
{
	return group->vg && !admit_why_not(session, group->vg) &&
	       !(group->vg->flags & VG_EXPORTED);
}

/* One that is unfinished looks exported, and is left to recovery. */
static bool can_be_imported(const struct session *session, const struct group *group)
{
	return group->vg && !admit_why_not(session, group->vg) &&
	       !part_is_unfinished(group->vg) && group->vg->flags & VG_EXPORTED;
}

int modify_drop_exported(struct session *session, struct target *targets, unsigned *count,
			 enum modify_switch exported)
{
	return targets_keep(session, targets, count,
			    exported == SWITCH_ON ? can_be_exported : can_be_imported);
}

int modify_groups(struct session *session, const struct target *targets, unsigned count,
		  const struct group_edit *edit)
{
	struct modifying m = { session, edit };
	int r = group_check_extent_size(targets[0].vg, &edit->extent_size);

	return r < 0 ? r : targets_each_group(targets, count, modify_in, &m);
}
