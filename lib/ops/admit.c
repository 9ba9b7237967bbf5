/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/admit.h"

#include "base/auto.h"
#include "base/log.h"
#include "base/text.h"
#include "model/part.h"
#include "model/vg.h"
#include "ops/change.h"
#include "ops/owner.h"
#include "ops/session.h"
#include "store/backup.h"
#include "store/catalog.h"

#include <string.h>
#include <unistd.h>

const char *admit_why_not(const struct session *session, const struct vg *vg)
{
	if (vg->flags & (VG_CLUSTERED | VG_SHARED) ||
	    (vg->lock_type && strcmp(vg->lock_type, "none")))
		return _("group is shared between hosts, which needs a lock manager");
	if (!owner_is_here(session->conf, vg))
		return _("group belongs to another host (system ID)");
	return NULL;
}

static const char *why_not_unnamed(const struct session *session, const struct group *group)
{
	if (!group->vg)
		return NULL;
	if (group->vg->flags & VG_EXPORTED && !part_is_unfinished(group->vg))
		return _("group is exported");
	return admit_why_not(session, group->vg);
}

bool admit_unnamed(const struct session *session, const struct group *group)
{
	const char *reason = why_not_unnamed(session, group);

	if (reason)
		detail(_("%s: %s, left out"), group->name, reason);
	return !reason;
}

struct group *admit_find(const struct session *session, const struct catalog *catalog,
			 const char *name, bool *ambiguous)
{
	struct group *group, *found = NULL, *first;
	unsigned count = 0;
	bool several;

	first = catalog_find_group(catalog, name, &several);
	if (several)
		dm_list_iterate_items(group, &catalog->groups)
			if (!strcmp(group->name, name) && !why_not_unnamed(session, group)) {
				found = group;
				count++;
			}
	if (ambiguous)
		*ambiguous = several && count != 1;
	return count == 1 ? found : first;
}

/* What keeps this machine from changing the group; NULL if nothing does. */
static const char *refuse(const struct session *session, const struct group *group,
			  const struct vg *vg, unsigned flags)
{
	const char *reason = admit_why_not(session, vg);

	if (flags & CHANGE_NONE)
		return NULL;
	if (group && group->waits && !(flags & CHANGE_ALONE))
		return _("may share devices with a group that is not there or cannot be read in "
			 "full; bring its devices back or see svgck, or if it is gone for good: "
			 "svrecover --force");
	if ((vg->flags & VG_EXPORTED) && !(flags & CHANGE_EXPORTED) && !part_is_unfinished(vg))
		return _("group is exported; import it first");
	if (reason)
		return reason;
	if (group && group->duplicated)
		return _("a device of the group is there twice; take one of them away");
	if (flags & CHANGE_ACTIVATION_ONLY)
		return NULL;
	if (vg->unknown)
		return vg->unknown;
	if (group && group->overlaid && !(flags & CHANGE_REPLACE))
		return _("extents lie over a label or a metadata area; see svgck");
	if (group && group->mismatched && !(flags & CHANGE_REPLACE))
		return _("devices disagree about the group; see svgck");
	if ((vg->flags & VG_PARTIAL) && !(flags & CHANGE_REPAIR))
		return _("a device of the group is missing; bring it back or see svgreduce "
			 "--removemissing");
	if (!(vg->flags & VG_WRITE))
		return _("group is read-only");
	if (vg->seqno == UINT32_MAX)
		return _("no sequence number is left for a change");
	return NULL;
}

int admit_vg(const struct session *session, const struct group *group, const struct vg *vg,
	     unsigned flags)
{
	const char *reason = refuse(session, group, vg, flags);

	return reason ? fail(-EPERM, "%s: %s", vg->name, reason) : 0;
}

static bool may_be_missed(const struct disk *disk)
{
	return disk->unread && disk_may_be_pv(disk);
}

/* -ENOMEM, else whether it is. */
static int is_newer_copy(const char *path, const struct vg *vg)
{
	AUTO(vg) struct vg *copy = NULL;
	bool was_hushed;
	int r;

	if (access(path, F_OK) < 0)
		return false;
	was_hushed = log_hush(true);
	r = backup_read(path, &copy, NULL);
	log_hush(was_hushed);
	if (r < 0)
		return r == -ENOMEM ? fail_memory() : false;
	return !strcmp(copy->id, vg->id) && copy->seqno > vg->seqno;
}

int admit_newer_copy(const struct session *session, const struct group *group, char **path)
{
	AUTO_FREE char *own = NULL;
	int r;

	*path = NULL;
	/* an older text takes no newer one's place */
	if (!group->damaged_areas && !group->empty_areas && !(group->vg->flags & VG_PARTIAL))
		return 0;
	own = backup_path(session->conf, group->name);
	r = own ? is_newer_copy(own, group->vg) : -ENOMEM;
	if (r > 0)
		*path = TAKE(own);
	return r < 0 ? r : 0;
}

int admit_newest(const struct session *session, const struct group *group)
{
	AUTO_FREE char *path = NULL;
	int r = admit_newer_copy(session, group, &path);

	return r < 0 || !path ? r
			      : fail(-EIO,
				     _("%s: %s is newer than what can be read of the group (%u); bring back what is "
				       "missing, restore it with svgcfgrestore, or move it away"),
				     group->name, path, group->vg->seqno);
}

bool admit_doubts(const struct session *session, const struct catalog *catalog,
		  const struct group *group)
{
	AUTO_FREE char *path = NULL;
	const struct disk *disk;

	if (!group->vg || group->unread_areas || group->mismatched)
		return true;
	if (group->vg->flags & VG_PARTIAL)
		dm_list_iterate_items(disk, &catalog->disks)
			if (may_be_missed(disk))
				return true;
	return admit_newer_copy(session, group, &path) < 0 || path;
}

/* A device that could not be read, and why is said already, may be the one that the group misses; it is not gone.
 * Whoever repairs the group means one that stays so. */
static int refuse_unread(const struct catalog *catalog, const struct group *group, unsigned flags)
{
	const struct disk *disk;
	int r;

	if (!(group->vg->flags & VG_PARTIAL) || flags & CHANGE_ACTIVATION_ONLY)
		return 0;
	dm_list_iterate_items(disk, &catalog->disks) {
		if (!may_be_missed(disk))
			continue;
		/* what waits is there, and will be read */
		r = flags & CHANGE_REPAIR && !disk->candidate->waits ? disk_can_be_read(disk) : 1;
		if (r)
			return r < 0 ? r
				     : fail(-EIO, _("%s: may be the device that %s misses"),
					    disk->candidate->path, group->name);
	}
	return 0;
}

/* Nor is what is on the others believed to be the newest. */
static int refuse_unread_areas(const struct catalog *catalog, const struct group *group,
			       unsigned flags)
{
	const struct disk *disk;

	if (!group->unread_areas || flags & (CHANGE_ACTIVATION_ONLY | CHANGE_RENEW))
		return 0;
	dm_list_iterate_items(disk, &catalog->disks)
		if (disk->group == group && disk->hides)
			return fail(-EIO,
				    _("%s: may hold newer metadata of %s; try again, or see svgck "
				      "--updatemetadata"),
				    disk->candidate->path, group->name);
	return 0;
}

int admit_change(const struct session *session, const struct catalog *catalog,
		 const struct group *group, unsigned flags)
{
	int r;

	if (!group->vg)
		return fail(-EBADMSG, _("%s: no readable metadata; see svgck"), group->name);
	r = refuse_unread(catalog, group, flags);
	r = r < 0 ? r : refuse_unread_areas(catalog, group, flags);
	r = r < 0 ? r : admit_vg(session, group, group->vg, flags);
	if (r < 0 || flags & (CHANGE_ACTIVATION_ONLY | CHANGE_REPLACE | CHANGE_NONE))
		return r;
	return admit_newest(session, group);
}
