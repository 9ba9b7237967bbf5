/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_GROUPREMOVE_H
#define SNAPVOL_OPS_GROUPREMOVE_H

/*
 * Removing groups.  Their devices stay PVs, of no group.
 *
 * A group with volumes is removed only if --force or the answer to a question says so.  The volumes
 * go first, by a change of their own: a command cut off in between leaves a group without volumes.
 */

struct session;
struct target;

int groups_remove(struct session *session, const struct target *targets, unsigned count);

#endif
