/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/locks.h"

#include "base/conf.h"
#include "ops/session.h"

#include <dirent.h>
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
	return lock_take(conf_text(session->conf, "global/locking_dir"), name, mode,
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
	return lock_take(conf_text(session->conf, "global/locking_dir"), name, LOCK_SHARED, timeout_ms,
			 lock);
}

int lock_borrow_group(const struct session *session, const char *vg_name, struct lock **lock)
{
	char name[LOCK_NAME];

	name_lock(vg_name, name);
	return lock_borrow(conf_text(session->conf, "global/locking_dir"), name, lock);
}

int lock_try_group(const struct session *session, const char *vg_name, struct lock **lock)
{
	char name[LOCK_NAME];

	name_lock(vg_name, name);
	return lock_try(conf_text(session->conf, "global/locking_dir"), name, lock);
}

bool lock_file_group(const char *file, char vg_name[NAME_LEN + 1])
{
	const bool is_group = !strncmp(file, "V_", 2);

	if (!is_group && strncmp(file, "P_", 2) != 0)
		return false;
	snprintf(vg_name, NAME_LEN + 1, "%.*s", is_group ? (int)strcspn(file + 2, ":") : 0,
		 file + 2);
	return true;
}

/* Whoever gives a lock up removes its files, of which this one may have gone with the other. */
static void sweep(const char *directory, const char *file, lock_tell tell)
{
	struct lock *lock = NULL;
	char name[LOCK_NAME], path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", directory, file);
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(file, ":"), file);
	if (access(path, F_OK) < 0 || lock_try(directory, name, &lock) <= 0)
		return;
	tell(directory, file);
	lock_free(&lock);
}

void locks_sweep(const struct session *session, lock_tell tell)
{
	const char *path = conf_text(session->conf, "global/locking_dir");
	DIR *directory = opendir(path);
	const struct dirent *entry;
	char vg_name[NAME_LEN + 1];

	while (directory && (entry = readdir(directory)))
		if (lock_file_group(entry->d_name, vg_name))
			sweep(path, entry->d_name, tell);
	if (directory)
		closedir(directory);
}
