/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/pv-online.h"

#include "base/log.h"
#include "model/lv.h"
#include "model/part.h"
#include "model/vg.h"
#include "ops/admit.h"
#include "ops/online.h"
#include "store/catalog.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct vg *group_of(const struct disk *disk)
{
	return disk && disk->group ? disk->group->vg : NULL;
}

/* What an interrupted command has left exported is finished by who activates it. */
static bool is_ours(const struct session *session, const struct vg *vg)
{
	return (!(vg->flags & VG_EXPORTED) || part_is_unfinished(vg)) &&
	       !admit_why_not(session, vg);
}

int pv_online_note(struct session *session, const struct disk *disk)
{
	const struct vg *vg = group_of(disk);
	const struct pv *pv = vg && is_ours(session, vg) ? vg_find_pv_id(vg, disk->label.id) : NULL;

	if (!disk || !disk->has_label || session->test || (vg && !(pv && pv->path)))
		return 0;
	return online_note_device(disk, vg);
}

/* Programs look for these lines: they are LVM2's. */
__attribute__((format(printf, 1, 2))) static void line(const char *format, ...)
{
	va_list arguments;

	if (log_verbosity() < 0)
		return;
	printf("%spvscan[%ld] ", log_prefix(), (long)getpid());
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	putchar('\n');
}

static void say_unused(const struct disk *disk, const char *path)
{
	if (!disk || !disk->has_label)
		line("%s not an lvm device.", path);
	else if (!disk->group)
		line("PV %s not used.", path);
}

static void say_complete(const struct disk *disk, bool complete, int missing)
{
	const char *path = disk->candidate->path, *name = disk->group->name;

	if (complete)
		line("PV %s online, VG %s is complete.", path, name);
	else
		line("PV %s online, VG %s incomplete (need %d).", path, name, missing);
}

/* What has been noted decides, not what was there to be read: that was before another event was noted, and
 * whoever notes the last device must not find it missing. */
static int missing_of(const struct session *session, const struct vg *vg)
{
	if (session->test)
		return (vg->flags & VG_PARTIAL) != 0;
	return online_missing(vg);
}

bool pv_online_concerns(const struct disk *disk, const struct group *group)
{
	const char *other = group->vg ? part_other(group->vg) : NULL;

	return disk->group == group || (disk->group && other && !strcmp(other, disk->group->id));
}

int pv_online_claim(struct session *session, const struct group *group)
{
	const struct vg *vg = group->vg;
	int claimed, missing;

	if (!vg || group->waits || !is_ours(session, vg))
		return 0;
	missing = missing_of(session, vg);
	if (missing)
		return missing < 0 ? missing : 0;
	claimed = session->test ? 1 : online_claim_group(vg->name);
	if (claimed >= 0)
		line(claimed ? "VG %s run autoactivation." : "VG %s skip autoactivation.", vg->name);
	return claimed;
}

int pv_online_say(struct session *session, const char *path, const struct disk *disk, bool complete)
{
	const struct vg *vg = group_of(disk);
	int missing;

	if (!vg)
		say_unused(disk, path);
	if (!vg || !is_ours(session, vg))
		return 0;
	if (!complete) {
		line("PV %s online.", disk->candidate->path);
		return 0;
	}
	missing = missing_of(session, vg);
	if (missing >= 0)
		say_complete(disk, !missing, missing);
	return missing < 0 ? missing : 0;
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

	printf("%sVG %s%s\n", log_prefix(), vg->name, state);
	if (!args->volumes)
		return;
	dm_list_iterate_items(lv, &vg->lvs)
		if (lv_is_visible(lv) && lies_on(lv, disk->label.id))
			printf("%sLV %s/%s%s\n", log_prefix(), vg->name, lv->name,
			       !*state		   ? ""
			       : lv_is_partial(lv) ? " incomplete"
						   : " complete");
}

static int tell_complete(const struct session *session, const struct online_args *args,
			 const struct disk *disk)
{
	const struct vg *vg = disk->group->vg;
	const int missing = missing_of(session, vg);
	const bool complete = !missing;
	int claimed = 1;

	if (missing < 0)
		return missing;
	if (!args->udev_output)
		say_complete(disk, complete, missing);
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
	if (!vg || disk->group->waits || !is_ours(session, vg))
		return 0;
	if (args->check_complete)
		return tell_complete(session, args, disk);
	if (!args->udev_output)
		list(args, disk, "");
	return 0;
}
