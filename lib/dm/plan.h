/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_DM_PLAN_H
#define SNAPVOL_DM_PLAN_H

/*
 * The steps from what the kernel has to what it should have.  Pure, and the only place that knows
 * an order.
 *
 *	settle		left-over inactive tables cleared, then suspended devices resumed, those left
 *			alone (live.h), too
 *	first		steps of the caller (commit, zero or invalidate a store)
 *	remove		unwanted devices that nothing wanted shares anything with: snapshots, whole trees,
 *			top-down
 *	make		missing devices created; those on PVs alone resumed at once (what is above
 *			cannot load before they have a size); tables loaded beside the running ones
 *	swap		a device that changes alone (a store or plain volume of another size, an
 *			origin that goes back to linear) is only resumed: the kernel suspends it,
 *			swaps its table and resumes it within that one ioctl, so that nothing can
 *			be left suspended.  What rests on PVs and grows is swapped as soon as it is
 *			loaded, for what is above cannot load before
 *	freeze		devices of a tree that must stand still together are suspended top-down and
 *			resumed bottom-up: the origin device above a new snapshot (a snapshot is the
 *			instant at which its origin is suspended), above a -real that shrinks or
 *			changes its access, and with a snapshot device that gives way to
 *			snapshot-merge, which is turned to error (dm-snap.c: handover of exceptions
 *			needs its source suspended).  All suspends of all trees come before the first resume
 *	tidy		removal of what only now is unused (-cow, -real, the error device); renames
 *	last		steps of the caller (commit)
 *
 * Only devices that have been taken into the plan (live.h) and that are in the group are
 * compared; those of them that the layout does not name are removed.  Tables are compared as text
 * with device numbers put in; one that is the same is not loaded, and its device not suspended
 * unless the rule above asks for it.
 */

#include "dm/layout.h"
#include "dm/live.h"

#include <stdio.h>

enum step_verb {
	STEP_ACT,	/* a step of the caller's */
	STEP_CREATE,
	STEP_LOAD,
	STEP_CLEAR,
	STEP_SUSPEND,
	STEP_RESUME,
	STEP_RENAME,
	STEP_REMOVE,
};

enum step_flags {
	STEP_LOCKFS = 1u << 0,	/* suspend: freeze a filesystem on it first */
	STEP_FROZEN = 1u << 1,	/* belongs to the freeze: no allocation, no write, no wait around it */
	STEP_UNTOLD = 1u << 2,	/* resume: udev goes by what it has been told of the device before */
};

/* A step of the caller's: what is printed, what is done and, if a later step fails, undone.
 * undo may be NULL: then what precedes cannot be undone any more and a failure leaves the rest
 * to recovery; so does one that fails with -EINPROGRESS, as nobody knows what came of it. */
struct plan_act {
	const char *text;		/* "commit  vg0 seqno 25" */
	int (*run)(void *data);
	int (*undo)(void *data);
	void *data;
};

/* An undo for acts that leave nothing to be undone, and do not stand in the way of undoing others. */
int plan_undo_nothing(void *data);

struct step {
	enum step_verb verb;
	unsigned flags;			/* enum step_flags */
	const struct dm_node *node;	/* wanted device, or a stand-in for an unwanted one */
	const char *table;		/* LOAD: with {NAME} in place of our devices' numbers */
	const char *new_name;		/* RENAME */
	struct plan_act act;		/* ACT */
};

struct plan {
	struct dm_pool *mem;
	const struct live *live;
	const struct layout *wanted;
	struct step *steps;
	unsigned count, room;
};

/* Acts to put before and after the work on devices. */
struct plan_frame {
	const struct plan_act *first;
	unsigned first_count;
	const struct plan_act *last;
	unsigned last_count;
};

/* live and wanted must outlive the plan. */
int plan_make(const struct layout *wanted, const struct live *live, const struct plan_frame *frame,
	      struct plan **plan);
void plan_free(struct plan **plan);

/* A line a step, as "--test" shows it. */
void plan_print(const struct plan *plan, FILE *out);

/* Whether there is nothing to do on devices (acts not counted). */
bool plan_is_empty(const struct plan *plan);

#endif
