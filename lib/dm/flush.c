/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dm/flush.h"

#include "base/io.h"
#include "base/limit.h"
#include "base/log.h"
#include "base/text.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* The child keeps nothing of ours open: it may outlive us, and locks and pipes with it. */
__attribute__((noreturn)) static void flush_in_child(const struct flush_device *devices,
						     unsigned count, int told)
{
	unsigned i;
	int fd;

	dup2(told, 0);
	io_close_from(1);
	for (i = 0; i < count; i++) {
		fd = open(devices[i].path, O_RDONLY | O_CLOEXEC);
		if (fd >= 0) {
			ioctl(fd, BLKFLSBUF, 0);
			close(fd);
		}
		if (write(0, "", 1) < 0)
			break;
	}
	_exit(0);
}

/* Rounded up: a limit of 0 is one as well. */
static int remaining_ms(uint64_t end_ns)
{
	const uint64_t now = clock_ns();

	if (now >= end_ns)
		return 0;
	return end_ns - now > INT_MAX * MS_NS ? INT_MAX : (int)((end_ns - now) / MS_NS) + 1;
}

/* Whether the child tells of the next device in time; that it has died is left to the suspend. */
static bool is_told(int fd, unsigned timeout_ms)
{
	const uint64_t end_ns = clock_ns() + (timeout_ms ? timeout_ms : 1) * MS_NS;
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	char byte;
	int r;

	do
		r = poll(&wait, 1, remaining_ms(end_ns));
	while (r < 0 && errno == EINTR && clock_ns() < end_ns);
	return r > 0 && read(fd, &byte, 1) >= 0;
}

static int wait_for_child(const struct flush_device *devices, unsigned count, int fd,
			  unsigned timeout_ms)
{
	unsigned i;

	for (i = 0; i < count; i++)
		if (!is_told(fd, timeout_ms))
			return fail(
				-ETIMEDOUT,
				_("%s: what is cached of device %s could not be written within "
				  "%u seconds, as I/O to it does not end; it was not suspended"),
				devices[i].label, devices[i].name, timeout_ms / 1000);
	return 0;
}

int flush_devices(const struct flush_device *devices, unsigned count, unsigned timeout_ms)
{
	int ends[2], r;
	pid_t pid;

	if (!count)
		return 0;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return fail_errno(_("%s: cannot open a pipe"), devices[0].label);
	pid = fork();
	if (!pid)
		flush_in_child(devices, count, ends[1]);
	close(ends[1]);
	r = pid < 0 ? fail_errno(_("%s: cannot fork"), devices[0].label)
		    : wait_for_child(devices, count, ends[0], timeout_ms);
	close(ends[0]);
	if (pid < 0)
		return r;
	/* one that hangs is left to die when its I/O ends */
	if (r < 0)
		kill(pid, SIGKILL);
	waitpid(pid, NULL, r < 0 ? WNOHANG : 0);
	return r;
}
