/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_DM_GUARDIAN_H
#define SNAPVOL_DM_GUARDIAN_H

/*
 * The guardian: a process that watches over a freeze.
 *
 * It is forked before the first suspend with its memory locked and all signals blocked, in a
 * session of its own, and holds nothing open but the group's lock, device-mapper's control device
 * and one end of a socket pair.  A byte through that says that nothing is suspended any more, and
 * it ends. End of file says that the other process is dead: then the guardian finishes the freeze
 * forward if every device had been suspended, else backward (freeze.h), and ends.  When the
 * freeze gets no further for longer than its limit (the other process may have been stopped, or wait in
 * the kernel for what is suspended already), the guardian gives it up; if the other process does not say
 * soon that it has noticed, it is killed, and the guardian finishes when it is gone.
 */

#include <sys/types.h>

struct freeze;

struct guardian {
	pid_t pid;
	int socket;
};

/* 0 once it is on guard; negative, reported. */
int guardian_start(struct guardian *guardian, const struct freeze *freeze);

/* Nothing is suspended any more: let it go, and reap it. */
void guardian_stop(struct guardian *guardian);

#endif
