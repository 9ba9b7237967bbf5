/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_BASE_LIMIT_H
#define SNAPVOL_BASE_LIMIT_H

/*
 * A time limit on a system call that has none: an ioctl that may hang, flock().
 *
 * Between limit_begin() and limit_end() SIGALRM only interrupts, and the timer sends it again and again
 * once the limit is over, so that the call ends with EINTR even if the first one came just before it.
 */

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

struct limit {
	sigset_t mask;		 /* what was blocked before */
	struct sigaction action; /* what SIGALRM did before */
	uint64_t end_ns;
};

/* What is to become of all other signals meanwhile. */
enum limit_signals { LIMIT_LETS_SIGNALS, LIMIT_HOLDS_SIGNALS };

void limit_begin(struct limit *limit, enum limit_signals signals);
void limit_end(struct limit *limit);

/* From now on; 0: none. */
void limit_set(struct limit *limit, unsigned timeout_ms);
bool limit_is_over(const struct limit *limit);

#define MS_NS UINT64_C(1000000)

uint64_t clock_ns(void);

#endif
