/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The order is LVM2's: "nohints" keeps others from using or making hints while we wait for the lock
 * of the hints; "newhints" asks the next command of LVM2 to make new ones.
 */
#include "ops/hints.h"

#include "base/auto.h"
#include "base/conf.h"
#include "base/io.h"
#include "base/lock.h"
#include "base/log.h"
#include "base/text.h"
#include "ops/session.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#define NEW_HINTS HINTS_DIR "/newhints"

static bool touch(const char *path)
{
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	return fd >= 0;
}

/* An ordinary user at work on images has no part in what LVM2 noted. */
static void complain(const char *path)
{
	if (errno == EACCES || errno == EPERM || errno == EROFS)
		debug("%s: %s", path, strerror(errno));
	else
		warn(_("%s: %s; LVM2 may not see the change before \"pvscan --cache\""), path,
		     strerror(errno));
}

static void complain_of_holder(void)
{
	char holder[PROCESS_TEXT];

	lock_describe_holder(HINTS, holder);
	warn(_("%s: locked by %s; LVM2 may not see the change before \"pvscan --cache\""), HINTS,
	     holder);
}

/* With the lock. */
static int renew(int fd)
{
	unlink(NO_HINTS);
	return ftruncate(fd, 0) < 0 || !touch(NEW_HINTS) ? -errno : 0;
}

/* Without the lock "nohints" stays, and LVM2 goes without hints: negative. */
static int forget(unsigned timeout_ms)
{
	AUTO_CLOSE int fd = open(HINTS, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	int r = fd < 0 ? -errno : lock_open_file(fd, timeout_ms);

	return r < 0 ? r : renew(fd);
}

void hints_forget(const struct session *session)
{
	int r;

	dir_make(HINTS_DIR, 0755);
	if (!touch(NO_HINTS)) {
		complain(NO_HINTS);
		return;
	}
	r = forget(conf_limit_ms(session->conf, "global/lock_timeout"));
	errno = -r;
	if (r == -ETIMEDOUT)
		complain_of_holder();
	else if (r < 0)
		complain(HINTS);
}

void hints_sweep(void (*tell)(const char *path))
{
	AUTO_CLOSE int fd = -1;

	if (access(NO_HINTS, F_OK) < 0)
		return;
	fd = open(HINTS, O_RDWR | O_CLOEXEC | O_CREAT, 0600);
	if (fd < 0 || lock_open_file(fd, 0) < 0)
		return;
	tell(NO_HINTS);
	renew(fd);
}
