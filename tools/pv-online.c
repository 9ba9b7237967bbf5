/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/pv-online.h"

#include "base/log.h"
#include "base/text.h"
#include "model/lv.h"
#include "model/vg.h"
#include "ops/change.h"
#include "ops/online.h"
#include "store/catalog.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct vg *group_of(const struct disk *disk)
{
	return disk && disk->group ? disk->group->vg : NULL;
}

static bool is_ours(const struct session *session, const struct vg *vg)
{
	return !(vg->flags & VG_EXPORTED) && !change_refuse_owner(session, vg);
}

int pv_online_note(struct session *session, const struct disk *disk, bool *wanted)
{
	const struct vg *vg = group_of(disk);
	const struct pv *pv = vg && is_ours(session, vg) ? vg_find_pv_id(vg, disk->label.id) : NULL;

	*wanted = pv && pv->path;
	return *wanted && !session->test ? online_note_device(pv) : 0;
}

/* Programs look for these lines: they are LVM2's. */
static void say_unused(const struct disk *disk, const char *path)
{
	if (!disk || !disk->has_label)
		printf("  pvscan[%ld] %s not an lvm device.\n", (long)getpid(), path);
	else if (!disk->group)
		printf("  pvscan[%ld] PV %s not used.\n", (long)getpid(), path);
}

static bool lies_on(const struct lv *lv, const char *pv_id)
{
	const struct segment *segment;
	unsigned i;

	dm_list_iterate_items(segment, &lv->segments)
		for (i = 0; i < segment->stripe_count; i++)
			if (segment->stripes[i].pv && !strcmp(segment->stripes[i].pv->id, pv_id))
				return true;
	return false;
}

static void list(const struct online_args *args, const struct disk *disk, const char *state)
{
	const struct vg *vg = disk->group->vg;
	const struct lv *lv;

	printf("  VG %s%s\n", vg->name, state);
	if (!args->volumes)
		return;
	dm_list_iterate_items(lv, &vg->lvs)
		if (lv_is_visible(lv) && lies_on(lv, disk->label.id))
			printf("  LV %s/%s%s\n", vg->name, lv->name,
			       !*state ? "" : lv_is_partial(lv) ? " incomplete" : " complete");
}

static int tell_complete(const struct session *session, const struct online_args *args,
			 const struct disk *disk)
{
	const struct vg *vg = disk->group->vg;
	const char *path = disk->candidate->path;
	const int missing = session->test ? 0 : online_missing(vg);
	const bool complete = !missing && !(vg->flags & VG_PARTIAL);
	int claimed = 1;

	if (missing < 0)
		return missing;
	if (!args->udev_output && complete)
		printf("  pvscan[%ld] PV %s online, VG %s is complete.\n", (long)getpid(), path,
		       vg->name);
	else if (!args->udev_output)
		printf("  pvscan[%ld] PV %s online, VG %s incomplete (need %d).\n", (long)getpid(),
		       path, vg->name, missing);
	if (args->vg_online && complete && !session->test)
		claimed = online_claim_group(vg->name);
	if (claimed < 0)
		return claimed;
	if (!args->udev_output)
		list(args, disk, complete ? " complete" : " incomplete");
	else if (claimed)
		printf("LVM_VG_NAME_%s='%s'\n", complete ? "COMPLETE" : "INCOMPLETE", vg->name);
	return 0;
}

int pv_online_tell(struct session *session, const struct online_args *args, const char *path,
		   const struct disk *disk)
{
	const struct vg *vg = group_of(disk);

	if (!vg && !args->udev_output)
		say_unused(disk, path);
	if (!vg || !is_ours(session, vg))
		return 0;
	if (args->check_complete)
		return tell_complete(session, args, disk);
	if (!args->udev_output)
		list(args, disk, "");
	return 0;
}
