/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/locks.h"

#include "base/auto.h"
#include "base/conf.h"
#include "base/log.h"
#include "base/text.h"
#include "model/name.h"
#include "ops/session.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LOCK_NAME = NAME_LEN + 3 };

static void name_lock(const char *vg_name, char name[LOCK_NAME])
{
	snprintf(name, LOCK_NAME, "V_%s", vg_name);
}

static int take(const struct session *session, const char *name, enum lock_mode mode,
		struct lock **lock)
{
	return lock_take(conf_text(session->conf, "global/lock_dir"), name, mode,
			 conf_limit_ms(session->conf, "global/lock_timeout"), lock);
}

int lock_global(const struct session *session, enum lock_mode mode, struct lock **lock)
{
	return take(session, "P_global", mode, lock);
}

int lock_group(const struct session *session, const char *vg_name, enum lock_mode mode,
	       struct lock **lock)
{
	char name[LOCK_NAME];

	name_lock(vg_name, name);
	return take(session, name, mode, lock);
}

int lock_group_briefly(const struct session *session, const char *vg_name, unsigned timeout_ms,
		       struct lock **lock)
{
	char name[LOCK_NAME];

	name_lock(vg_name, name);
	return lock_take(conf_text(session->conf, "global/lock_dir"), name, LOCK_SHARED, timeout_ms,
			 lock);
}

int lock_try_group(const struct session *session, const char *vg_name, struct lock **lock)
{
	char name[LOCK_NAME];

	name_lock(vg_name, name);
	return lock_try(conf_text(session->conf, "global/lock_dir"), name, lock);
}

static void tell_left(const char *directory, const char *file)
{
	say(_("%s/%s: is left from a command that is gone; will be removed"), directory, file);
}

/* Taking the lock would make files and remove them. */
static void tell_unheld(const char *directory, const char *file)
{
	char path[PATH_MAX];
	AUTO_CLOSE int fd = -1;

	snprintf(path, sizeof(path), "%s/%s", directory, file);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd >= 0 && !lock_open_file(fd, 0))
		tell_left(directory, file);
}

/* Whoever gives a lock up removes its files, of which this one may have gone with the other. */
static void sweep(const char *directory, const char *file)
{
	struct lock *lock = NULL;
	char name[LOCK_NAME], path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", directory, file);
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(file, ":"), file);
	if (access(path, F_OK) < 0 || lock_try(directory, name, &lock) <= 0)
		return;
	tell_left(directory, file);
	lock_free(&lock);
}

void locks_sweep(const struct session *session, bool pretend)
{
	const char *path = conf_text(session->conf, "global/lock_dir");
	DIR *directory = opendir(path);
	const struct dirent *entry;

	while (directory && (entry = readdir(directory)))
		if (!strncmp(entry->d_name, "V_", 2) || !strncmp(entry->d_name, "P_", 2))
			(pretend ? tell_unheld : sweep)(path, entry->d_name);
	if (directory)
		closedir(directory);
}
