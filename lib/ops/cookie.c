/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/cookie.h"

#include "base/log.h"
#include "base/text.h"
#include "dm/udev.h"
#include "ops/finding.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/sem.h>
#include <time.h>

enum { MAKING_NS = 100 * 1000 * 1000 }; /* what it takes to make one, and much more */

struct cookie {
	unsigned key;
	int id;
	unsigned long semaphores;
	long long touched, changed; /* seconds since 1970; touched 0: not yet */
};

/* The next of /proc/sysvipc/sem that is one. */
static bool next_cookie(FILE *file, struct cookie *cookie)
{
	char line[256];
	int key;

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%d %d %*o %lu %*u %*u %*u %*u %lld %lld", &key, &cookie->id,
			   &cookie->semaphores, &cookie->touched, &cookie->changed) != 5)
			continue;
		cookie->key = (unsigned)key;
		if (cookie->key >> 16 == COOKIE_MAGIC)
			return true;
	}
	return false;
}

static bool is_own(const struct cookie *cookie)
{
	return cookie->semaphores == COOKIE_SEMAPHORES;
}

/* Whoever has just made it signs it in a moment, unless he is dead. */
static bool is_forsaken(const struct cookie *cookie)
{
	const struct timespec moment = { .tv_nsec = MAKING_NS };

	if (!udev_is_forsaken(cookie->id))
		return false;
	if (!cookie->touched)
		nanosleep(&moment, NULL);
	return udev_is_forsaken(cookie->id);
}

static bool is_left_over(const struct cookie *cookie, unsigned idle_seconds)
{
	long long last = cookie->touched > cookie->changed ? cookie->touched : cookie->changed;
	int pid;

	if (is_own(cookie))
		return is_forsaken(cookie);
	pid = semctl(cookie->id, 0, GETPID);
	return semctl(cookie->id, 0, GETZCNT) == 0 && pid > 0 && kill(pid, 0) < 0 &&
	       errno == ESRCH && (long long)time(NULL) - last >= idle_seconds;
}

void cookies_find(struct findings *findings, unsigned idle_seconds)
{
	FILE *file = fopen("/proc/sysvipc/sem", "re");
	struct cookie cookie;
	char name[32];

	while (next_cookie(file, &cookie)) {
		if (!is_left_over(&cookie, idle_seconds))
			continue;
		snprintf(name, sizeof(name), "cookie 0x%x", cookie.key);
		found_at(findings, is_own(&cookie) ? FOUND_OWN_COOKIE : FOUND_COOKIE, name,
			 _("is left from a command that waited for udev and is gone"));
	}
	if (file)
		fclose(file);
}

void cookies_remove(void)
{
	FILE *file = fopen("/proc/sysvipc/sem", "re");
	struct cookie cookie;

	while (next_cookie(file, &cookie)) {
		if (!is_own(&cookie) || !is_forsaken(&cookie))
			continue;
		say(_("cookie 0x%x: is left from a command that waited for udev and is gone; will "
		      "be removed"),
		    cookie.key);
		semctl(cookie.id, 0, IPC_RMID);
	}
	if (file)
		fclose(file);
}
