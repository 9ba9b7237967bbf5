/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_DM_LIMIT_H
#define SNAPVOL_DM_LIMIT_H

/*
 * A time limit on an ioctl that may hang, and no other signal meanwhile.
 *
 * Between limit_begin() and limit_end() every signal that can be is blocked, except SIGALRM, which
 * the timer sends again and again once the limit is over, so that the ioctl ends with EINTR even
 * if the first one came just before it.
 */

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

struct limit {
	sigset_t mask;		 /* what was blocked before */
	struct sigaction action; /* what SIGALRM did before */
	uint64_t end_ns;
};

void limit_begin(struct limit *limit);
void limit_end(struct limit *limit);

/* From now on; 0: none. */
void limit_set(struct limit *limit, unsigned timeout_ms);
bool limit_is_over(const struct limit *limit);

#define MS_NS UINT64_C(1000000)

uint64_t clock_ns(void);

#endif
