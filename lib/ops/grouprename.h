/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_GROUPRENAME_H
#define SNAPVOL_OPS_GROUPRENAME_H

/*
 * Another name for a group.  The devices of its active volumes get their new names in the same
 * change and stay open and mounted.
 */

struct session;

/* old is a name, or an identity for one of several groups of one name. */
int group_rename(struct session *session, const char *old, const char *new_name);

#endif
