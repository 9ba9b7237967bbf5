/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_REMOVE_H
#define SNAPVOL_OPS_REMOVE_H

/*
 * Removing volumes and snapshots; an origin takes its snapshots with it.
 *
 * What is active is first committed as plain volumes with the unfinished tag, then the stores' headers
 * are marked invalid, then the devices go, then the extents are given back: wherever that is cut off,
 * the next command goes on with it, and no store that missed a write can be taken for a snapshot.
 */

struct session;
struct target;

enum remove_flags {
	REMOVE_ONLY_SNAPSHOTS = 1u << 0, /* refuse if anything else would go, sparse volumes too */
	REMOVE_IF_EXISTS = 1u << 1,	 /* a name that no volume has names nothing */
	REMOVE_AS_NAMED = 1u << 2,	 /* a UUID's volume must still have its name */
	REMOVE_PARTIAL = 1u << 3,	 /* also where a device of the group is missing */
};

/* All of a group's or none of them.  Of targets with an id nothing goes that none of them means: no snapshots
 * with their origin, no volume that has taken the name. */
int remove_volumes(struct session *session, const struct target *targets, unsigned count,
		   unsigned flags);

#endif
