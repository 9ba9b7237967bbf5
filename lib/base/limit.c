/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/limit.h"

#include <sys/time.h>
#include <time.h>

enum { AGAIN_US = 50 * 1000 };

uint64_t clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 * MS_NS + (uint64_t)now.tv_nsec;
}

/* That a system call is interrupted is all that is wanted. */
static void wake_up(int signal)
{
	(void)signal;
}

void limit_begin(struct limit *limit, enum limit_signals signals)
{
	struct sigaction action = { .sa_handler = wake_up };
	sigset_t held;

	if (signals == LIMIT_HOLDS_SIGNALS)
		sigfillset(&held);
	else
		sigprocmask(SIG_BLOCK, NULL, &held);
	sigdelset(&held, SIGALRM);
	sigfillset(&action.sa_mask);
	sigprocmask(SIG_SETMASK, &held, &limit->mask);
	sigaction(SIGALRM, &action, &limit->action);
	limit->end_ns = 0;
}

void limit_end(struct limit *limit)
{
	limit_set(limit, 0);
	sigaction(SIGALRM, &limit->action, NULL);
	sigprocmask(SIG_SETMASK, &limit->mask, NULL);
}

void limit_set(struct limit *limit, unsigned timeout_ms)
{
	struct itimerval timer = { 0 };

	limit->end_ns = timeout_ms ? clock_ns() + timeout_ms * MS_NS : 0;
	if (timeout_ms) {
		timer.it_value.tv_sec = (time_t)(timeout_ms / 1000);
		timer.it_value.tv_usec = (suseconds_t)(timeout_ms % 1000 * 1000);
		timer.it_interval.tv_usec = AGAIN_US;
	}
	setitimer(ITIMER_REAL, &timer, NULL);
}

bool limit_is_over(const struct limit *limit)
{
	return limit->end_ns && clock_ns() >= limit->end_ns;
}
