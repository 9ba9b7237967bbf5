/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/device.h"

#include "base/log.h"
#include "base/text.h"
#include "dm/holder.h"
#include "ops/session.h"
#include "store/catalog.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

enum { FORCE_MEMBER = 2 };

static int refuse_unknown(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return fail_errno("%s", path);
	if (!S_ISBLK(st.st_mode) && !S_ISREG(st.st_mode))
		return fail(-ENOTBLK, _("%s: is no block device"), path);
	return fail(-EPERM, _("%s: is not among the devices that snapvol looks at"), path);
}

int device_find(struct catalog *catalog, const char *path, struct disk **disk)
{
	const struct candidate *candidate = candidates_find(catalog->candidates, path);
	struct disk *found;

	if (!candidate)
		return refuse_unknown(path);
	if (candidate->skip_reason)
		return fail(-EPERM, _("%s: cannot be used: %s"), path, candidate->skip_reason);
	if (candidate->read_only)
		return fail(-EROFS, _("%s: is read-only"), path);
	found = catalog_find_disk(catalog, candidate->path);
	if (!found || found->unread)
		return fail(-EIO, _("%s: could not be read"), path);
	*disk = found;
	return 0;
}

/* Mounts, swap, md and dm hold their devices exclusively, and so is everybody else held off. */
int device_hold(const struct disk *disk, int *fd)
{
	const struct candidate *candidate = disk->candidate;
	char holder[HOLDER_TEXT];

	if (!candidate->major && !candidate->minor)
		return 0;
	*fd = open(candidate->path, O_RDONLY | O_EXCL | O_CLOEXEC | O_NONBLOCK);
	if (*fd >= 0)
		return 0;
	if (errno != EBUSY)
		return fail_errno(_("%s: cannot open"), candidate->path);
	holder_of(candidate->major, candidate->minor, holder);
	return fail(-EBUSY, _("%s: in use: %s"), candidate->path, holder);
}

/* A flag of the label keeps devices safe whose group is not to be seen at the moment. */
static bool is_member(const struct disk *disk)
{
	return disk->has_label && (disk->group || disk->rivals[0] || disk->label.used);
}

static const char *claim_of(const struct disk *disk)
{
	if (disk->rivals[0])
		return _("is listed by two groups, of which one is outdated");
	return disk->outdated ? _("holds metadata of a group that no longer lists it")
			      : _("is marked as used by a group, but no metadata of it is found");
}

int device_refuse_member(const struct disk *disk)
{
	const char *path = disk->candidate->path;

	if (!is_member(disk))
		return 0;
	if (disk->group)
		return fail(-EBUSY, _("%s: is a device of group %s; take it out with svgreduce"),
			    path, disk->group->name);
	return fail(-EBUSY, _("%s: %s; svpvcreate -ff gives it up"), path, claim_of(disk));
}

int device_ask_member(const struct session *session, const struct disk *disk)
{
	const char *path = disk->candidate->path;

	if (!is_member(disk) || session->force < FORCE_MEMBER)
		return device_refuse_member(disk);
	if (session->test)
		return 0;
	if (disk->group)
		return session_confirm(session,
				       _("%s: is a device of group %s, which will miss it"), path,
				       disk->group->name);
	return session_confirm(session, "%s: %s", path, claim_of(disk));
}
