/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_PVRENEW_H
#define SNAPVOL_OPS_PVRENEW_H

/*
 * Another identity for a device of a group, none of whose volumes is active (model/renewal.h).
 */

struct session;

/* The group's name is copied.  0, or negative, reported: it has one of its two identities then, and the group
 * is settled by whoever comes next (session_left_unsettled()). */
int renew_member(struct session *session, const char *path, const char *group);

#endif
