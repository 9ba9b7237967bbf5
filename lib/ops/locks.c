/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/locks.h"

#include "base/conf.h"
#include "model/name.h"
#include "ops/session.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

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

/* Whoever gives a lock up removes its file. */
static void sweep(const char *directory, const char *file)
{
	struct lock *lock = NULL;
	char name[LOCK_NAME];

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(file, ":"), file);
	if (lock_try(directory, name, &lock) > 0)
		lock_free(&lock);
}

void locks_sweep(const struct session *session)
{
	const char *path = conf_text(session->conf, "global/lock_dir");
	DIR *directory = opendir(path);
	const struct dirent *entry;

	while (directory && (entry = readdir(directory)))
		if (!strncmp(entry->d_name, "V_", 2) || !strncmp(entry->d_name, "P_", 2))
			sweep(path, entry->d_name);
	if (directory)
		closedir(directory);
}
