/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_DM_RUN_H
#define SNAPVOL_DM_RUN_H

/*
 * Carrying out a plan.
 *
 * Steps run in order.  If one fails, those before it are undone in reverse: created devices removed,
 * removed ones made again, loaded tables cleared, suspended devices resumed with what they had, acts
 * undone by their own undo; from an act without undo on, or the end of a snapshot or a merge, nothing is
 * undone, and recovery goes forward.  So before the first such end all that is to be removed with it
 * is asked whether it is closed still.
 *
 * The freeze, the steps from the first suspend to the last resume, is different: its ioctls are
 * made ready in memory beforehand, memory is locked, messages are held back, signals are blocked but for
 * the time limit's, and a guardian process forked before it, which shares the lock, resumes
 * everything if this process dies (guardian.h).  Nothing in it reads, writes, syncs, forks,
 * allocates or waits for udev.
 *
 * All udev events of a plan share one cookie, waited for once at the end, with a limit; nodes that
 * udev has not made by then, or that nobody makes because no udevd runs, are made here.
 *
 * What libdevmapper's dm_tree also sees to and is seen to here: udev flags of hidden devices, retried
 * removal while udev still has a device open, read-ahead, freezing a filesystem only on the top
 * device, leaving identical tables alone.
 */

#include <stdbool.h>
#include <stdint.h>

struct plan;

struct run_options {
	int lock_fd;			/* the group's lock, for the guardian; -1 in tests */
	bool udev_sync;
	unsigned udev_timeout_ms;
	unsigned suspend_timeout_ms;	/* for one device */
	unsigned remove_timeout_ms;	/* retrying a removal while something has it open */
	const char *dev_dir;		/* "/dev" */
};

struct run_result {
	uint64_t freeze_ns;		/* first suspend to last resume; 0: no freeze */
	bool committed;			/* an act without undo or a handover was done: no way back */
	bool undone;			/* it failed, and all is as before */
	const char *failed;		/* dm UUID of the device at which it did; NULL: elsewhere */
};

/* 0, or the first failure's negative errno, reported, with everything undone that can be. */
int plan_run(const struct plan *plan, const struct run_options *options, struct run_result *result);

#endif
