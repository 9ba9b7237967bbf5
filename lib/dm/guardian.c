/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dm/guardian.h"

#include "base/io.h"
#include "base/limit.h"
#include "base/log.h"
#include "base/text.h"
#include "dm/freeze.h"
#include "dm/plan.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Where the guardian keeps its descriptors; everything else is closed. */
enum { SOCKET_FD, CONTROL_FD, LOCK_FD, FIRST_UNUSED_FD };

enum {
	START_TIMEOUT_MS = 20000,
	SPARE_MS = 2000,
	GLANCE_MS = 250,
	NOTICE_MS = 5000,
	STOP_MS = 5000
};

/* Put fd at a place of its own above those that are about to be used. */
static int lift(int fd)
{
	return fd < 0 ? -1 : fcntl(fd, F_DUPFD, FIRST_UNUSED_FD);
}

static void keep(int fd, int place)
{
	if (fd < 0 || dup2(fd, place) < 0)
		close(place);
}

/* False if it could not keep them: a guardian that could resume nothing. */
static bool keep_descriptors(int socket, struct freeze *freeze)
{
	int socket_high = lift(socket), control = lift(freeze->control);
	int lock = lift(freeze->lock_fd);

	keep(socket_high, SOCKET_FD);
	keep(control, CONTROL_FD);
	keep(lock, LOCK_FD);
	io_close_from(FIRST_UNUSED_FD);
	freeze->control = CONTROL_FD;
	return fcntl(CONTROL_FD, F_GETFD) >= 0 &&
	       (freeze->lock_fd < 0 || fcntl(LOCK_FD, F_GETFD) >= 0);
}

/* Killing the guardian would free next to no memory. */
static void spare_from_oom(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, "-1000", 5) < 0)
		debug("guardian: cannot be spared when memory runs out");
	close(fd);
}

/* What one suspend may take, and some more. */
static uint64_t patience_ns(const struct freeze *freeze)
{
	return ((uint64_t)freeze->timeout_ms + SPARE_MS) * MS_NS;
}

/* Until the other process speaks, is gone (true), or gets no further.  A glance now and then, so that patience
 * is counted from the last step it made. */
static bool progresses(const struct freeze *freeze)
{
	struct pollfd wait = { .fd = SOCKET_FD, .events = POLLIN };
	unsigned now, before = atomic_load(freeze->progress);
	uint64_t since_ns = clock_ns();

	while (poll(&wait, 1, GLANCE_MS) == 0) {
		now = atomic_load(freeze->progress);
		if (now != before)
			since_ns = clock_ns();
		else if (clock_ns() - since_ns > patience_ns(freeze))
			return false;
		before = now;
	}
	return true;
}

/* The other process has ended or may not go on: whatever it was doing, nothing stays suspended. */
static void watch(struct freeze *freeze, pid_t parent)
{
	struct pollfd wait = { .fd = SOCKET_FD, .events = POLLIN };
	char byte;
	ssize_t n;

	if (!progresses(freeze)) {
		freeze_give_up(freeze);
		if (poll(&wait, 1, NOTICE_MS) == 0)
			kill(parent, SIGKILL);
	}
	do
		n = recv(SOCKET_FD, &byte, 1, 0);
	while (n < 0 && errno == EINTR);
	if (n != 1)
		freeze_take_over(freeze);
}

__attribute__((noreturn)) static void stand_guard(const int ends[2], const struct freeze *parents,
						  pid_t parent)
{
	struct freeze freeze = *parents;
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	setsid();
	prctl(PR_SET_NAME, "snapvol-guard");
	spare_from_oom();
	close(ends[0]);
	if (!keep_descriptors(ends[1], &freeze))
		_exit(1);
	mlockall(MCL_CURRENT);
	if (send(SOCKET_FD, "", 1, MSG_NOSIGNAL) == 1)
		watch(&freeze, parent);
	_exit(0);
}

static int wait_until_ready(const struct guardian *guardian)
{
	struct pollfd wait = { .fd = guardian->socket, .events = POLLIN };
	char byte;

	if (poll(&wait, 1, START_TIMEOUT_MS) != 1)
		return -ETIMEDOUT;
	return recv(guardian->socket, &byte, 1, 0) == 1 ? 0 : -EPIPE;
}

int guardian_start(struct guardian *guardian, const struct freeze *freeze)
{
	const char *label = freeze->calls[0].step->node->label;
	pid_t parent = getpid();
	int ends[2], r;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return fail_errno(_("%s: cannot open a socket pair for its guardian"), label);
	guardian->socket = ends[0];
	guardian->pid = fork();
	if (!guardian->pid)
		stand_guard(ends, freeze, parent);
	close(ends[1]);
	if (guardian->pid < 0) {
		r = fail_errno(_("%s: cannot fork its guardian"), label);
		close(ends[0]);
		return r;
	}

	r = wait_until_ready(guardian);
	if (!r)
		return 0;
	kill(guardian->pid, SIGKILL);
	guardian_stop(guardian);
	return fail(
		r, _("%s: its guardian did not come to stand on guard; nothing has been suspended"),
		label);
}

/* One that somebody has stopped does not come to its end by itself; it is not needed any more. */
void guardian_stop(struct guardian *guardian)
{
	struct pollfd hangup = { .fd = guardian->socket };
	pid_t r;

	send(guardian->socket, "", 1, MSG_NOSIGNAL);
	if (poll(&hangup, 1, STOP_MS) == 0)
		kill(guardian->pid, SIGKILL);
	close(guardian->socket);
	do
		r = waitpid(guardian->pid, NULL, 0);
	while (r < 0 && errno == EINTR);
}
