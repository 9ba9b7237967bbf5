/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_ACTIVATE_H
#define SNAPVOL_OPS_ACTIVATE_H

/*
 * Bringing volumes into the kernel and out of it.  An origin and its snapshots come and go together.
 *
 * A merge that was postponed begins when its origin is activated, or is refreshed while neither
 * origin nor snapshot is open.
 */

struct session;
struct target;

enum activation {
	ACTIVATE,
	ACTIVATE_AUTO,
	DEACTIVATE,
	REFRESH,
	MAKE_NODES, /* of what is active, where they are missing; of whole groups */
};

enum activate_flags {
	ACTIVATE_SKIPPED = 1u << 0, /* -K: also those marked to be skipped */
	ACTIVATE_ANEW = 1u << 5,    /* only an origin's own device is taken out: where the others
				     * are there recovery brings it back */
	ACTIVATE_OURS = 1u << 4, /* groups that are not this host's are left alone, though named */
	ACTIVATE_COMPLETE = 1u << 3, /* a group that lacks a device is left alone */
	ACTIVATE_PARTIAL = 1u << 2,  /* what lies on a missing device gives errors */
	ACTIVATE_GROUPS = 1u << 1,   /* a group is deactivated whole or not at all, and it is
					 * said how many of its volumes are active then */
};

int activate_volumes(struct session *session, const struct target *targets, unsigned count,
		     enum activation what, unsigned flags);

/* Groups by name or tag; without words all of them.  Exported, shared and other hosts' groups are
 * an error only when they are named. */
int activate_groups(struct session *session, const char *const *words, unsigned count,
		    enum activation what, unsigned flags);

/* The kernel goes on with a merge that failed only in a new device, which can have no store in common with the old one:
 * origins of the group whose merge failed, and that are closed with their snapshots, are taken out (their own device is)
 * and brought back, if their store can be read.  Their number (under --test too, which only tells), or negative, reported. */
int activate_failed_merges(struct session *session, const char *vg_name);

#endif
