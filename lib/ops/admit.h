/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_ADMIT_H
#define SNAPVOL_OPS_ADMIT_H

/*
 * Whether a group, as it was found, may be changed or acted on by this host.
 */

#include <stdbool.h>

struct catalog;
struct group;
struct session;
struct vg;

/* Why a group is not this host's to touch, exported ones aside; NULL if it is. */
const char *admit_why_not(const struct session *session, const struct vg *vg);

/* Whether this machine may act on the group without its having been named: not exported either, or nobody
 * can tell.  Why not is a detail. */
bool admit_unnamed(const struct session *session, const struct group *group);

/* The group that a name means to who does not ask for others' or exported ones: of several the only one that this
 * machine may act on; if that are none or several *ambiguous (may be NULL) is set, and the first is given.  Silent; NULL:
 * there is none. */
struct group *admit_find(const struct session *session, const struct catalog *catalog,
			 const char *name, bool *ambiguous);

/* Whether a change with these flags (ops/change.h) may begin by what vg says, the group's metadata or others in their
 * place, and by what is known of the group; that is NULL if there is none yet.  0 or -EPERM, reported. */
int admit_vg(const struct session *session, const struct group *group, const struct vg *vg,
	     unsigned flags);

/* The path, malloc'd, of this host's own copy of the metadata if that is newer than all that could be read of a group of
 * which a device is not there, or an area is damaged or empty; else NULL.  A copy that is damaged says nothing.  0 or
 * -ENOMEM, reported. */
int admit_newer_copy(const struct session *session, const struct group *group, char **path);

/* Whatever goes by what could be read is refused then, but for the restoring of that copy.  0, or -EIO or -ENOMEM,
 * reported. */
int admit_newest(const struct session *session, const struct group *group);

/* Whether what is believed of the group may not be the newest: a metadata area of it, or a device that may be one
 * that it misses, could not be read, its devices disagree, or this host's copy is newer. */
bool admit_doubts(const struct session *session, const struct catalog *catalog,
		  const struct group *group);

/* The same as admit_vg() of the group as a scan has found it.  0, or negative, reported: -EBADMSG nobody can read it,
 * -EIO a device could not be read that may know more of it, -EPERM all else. */
int admit_change(const struct session *session, const struct catalog *catalog,
		 const struct group *group, unsigned flags);

#endif
