/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/cookie.h"

#include "base/text.h"
#include "ops/finding.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/sem.h>
#include <time.h>

enum { COOKIE_MAGIC = 0x0d4d }; /* libdm-common.c: upper half of the key */

/* The semaphore, whose times are in seconds since 1970. */
static bool is_left_over(int id, long long touched, long long changed, unsigned idle_seconds)
{
	long long last = touched > changed ? touched : changed;
	int pid = semctl(id, 0, GETPID);

	return semctl(id, 0, GETZCNT) == 0 && pid > 0 && kill(pid, 0) < 0 && errno == ESRCH &&
	       (long long)time(NULL) - last >= idle_seconds;
}

void cookies_find(struct findings *findings, unsigned idle_seconds)
{
	FILE *file = fopen("/proc/sysvipc/sem", "re");
	long long touched, changed;
	char line[256], name[32];
	int key, id;

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%d %d %*o %*u %*u %*u %*u %*u %lld %lld", &key, &id, &touched,
			   &changed) != 4 ||
		    (unsigned)key >> 16 != COOKIE_MAGIC ||
		    !is_left_over(id, touched, changed, idle_seconds))
			continue;
		snprintf(name, sizeof(name), "cookie 0x%x", (unsigned)key);
		found_at(findings, FOUND_COOKIE, name,
			 _("is left from a command that waited for udev and is gone"));
	}
	if (file)
		fclose(file);
}
