/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_DM_FREEZE_H
#define SNAPVOL_DM_FREEZE_H

/*
 * The freeze: the stretch of a plan in which devices are suspended.
 *
 * freeze_prepare() makes every ioctl ready; freeze_run() starts the guardian, locks memory, holds
 * messages back, blocks signals, suspends, resumes, and undoes all that.  When one suspend fails
 * or takes too long the freeze goes backward: the tables loaded beside the running ones are
 * cleared, all of them before the first device resumes with what it had.  When a resume fails,
 * those that have not yet been resumed go backward.  Either way nothing stays suspended that the
 * kernel lets go.
 */

#include "dm/control.h"
#include "dm/udev.h"

#include <stdatomic.h>

struct step;

/* How far the suspends have come. */
enum freeze_progress {
	PROGRESS_COUNT = (1u << 16) - 1, /* the number suspended */
	PROGRESS_ALL = 1u << 16,	 /* all are, and the freeze goes forward */
	PROGRESS_GIVEN_UP = 1u << 17,
	PROGRESS_BACK = 1u << 18, /* a resume has failed: what is left goes backward */
};

struct freeze_call {
	struct dm_ioctl call;
	const struct step *step;
	int result; /* of control_call() */
};

struct freeze {
	int control;
	int lock_fd;	     /* of the group's lock, for the guardian; -1: none */
	unsigned timeout_ms; /* for one suspend */
	struct udev udev;
	struct freeze_call *calls; /* suspends, then resumes */
	unsigned suspends, count;
	unsigned attempted;    /* calls that may have had a lasting effect */
	atomic_uint *progress; /* enum freeze_progress, in memory shared with the guardian */
	uint64_t duration_ns;
};

/* steps are the suspends and resumes of a freeze.  0, or negative, reported. */
int freeze_prepare(struct freeze *freeze, const struct step *steps, unsigned count);
void freeze_release(struct freeze *freeze);

/* 0, or the first failure, reported, when nothing is suspended any more. */
int freeze_run(struct freeze *freeze);

/* The guardian's work.  Whoever comes second goes the way of the first: forward if all had been suspended
 * before the guardian gave the freeze up, else backward.
 *
 * To give up is to resume what is suspended by now while the other process may still be at it; it will find
 * out.  What it has not yet suspended is left alone: it may be waiting there for I/O to what is suspended
 * (a filesystem whose log lies on another origin), and so would we.  To take over is for when it is gone. */
void freeze_give_up(struct freeze *freeze);
void freeze_take_over(struct freeze *freeze);

/* One resume outside of a freeze.  If it has a table to swap, the kernel suspends and resumes in
 * the same ioctl, which timeout_ms limits.  0, or negative, reported. */
int resume_alone(const struct freeze *freeze, const struct step *step);

#endif
