/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/watch.h"

#include "base/auto.h"
#include "base/log.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum { USUAL_SECONDS = 2, LONGEST_SECONDS = INT_MAX / 1000 };

#define CLEAR_SCREEN "\033[H\033[2J"

/* nohup(1) has one ignored, which blocking it would undo. */
static void add_unless_ignored(sigset_t *signals, int number)
{
	struct sigaction action;

	if (sigaction(number, NULL, &action) == 0 && action.sa_handler != SIG_IGN)
		sigaddset(signals, number);
}

/* The signals that end it wait in a descriptor. */
static int open_signals(void)
{
	sigset_t signals;
	int fd;

	sigemptyset(&signals);
	add_unless_ignored(&signals, SIGINT);
	add_unless_ignored(&signals, SIGTERM);
	add_unless_ignored(&signals, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &signals, NULL) < 0)
		return fail_errno("sigprocmask");
	fd = signalfd(-1, &signals, SFD_CLOEXEC);
	return fd < 0 ? fail_errno("signalfd") : fd;
}

/* Whether there is somebody left to read it. */
static bool is_out(void)
{
	if (!fflush(stdout) && !ferror(stdout))
		return true;
	if (errno != EPIPE && errno != EIO)
		return true; /* reported at the end, like every other output */
	__fpurge(stdout);
	clearerr(stdout);
	return false;
}

/* Whether to go on after that time. */
static bool wait_for_next(int signals, uint64_t seconds)
{
	struct pollfd ends[] = {
		{ .fd = signals, .events = POLLIN },
		{ .fd = STDOUT_FILENO },
	};
	const uint64_t most = seconds < LONGEST_SECONDS ? seconds : LONGEST_SECONDS;

	return poll(ends, sizeof(ends) / sizeof(ends[0]), (int)most * 1000) == 0;
}

int watch(uint64_t seconds, int (*show)(void *data), void *data)
{
	const bool terminal = isatty(STDOUT_FILENO);
	AUTO_CLOSE int signals = open_signals();
	const char *between = terminal ? CLEAR_SCREEN : "";
	int r;

	if (signals < 0)
		return signals;
	for (;;) {
		fputs(between, stdout);
		r = show(data);
		if (!is_out())
			return r;
		if (r < 0 || ferror(stdout) ||
		    !wait_for_next(signals, seconds ? seconds : USUAL_SECONDS))
			break;
		between = terminal ? CLEAR_SCREEN : "\n";
	}
	if (terminal)
		putchar('\n');
	return r;
}
