/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/leavings.h"

#include "base/auto.h"
#include "base/conf.h"
#include "base/io.h"
#include "base/lock.h"
#include "base/log.h"
#include "base/text.h"
#include "ops/cookie.h"
#include "ops/finding.h"
#include "ops/hints.h"
#include "ops/locks.h"
#include "ops/session.h"
#include "ops/target.h"
#include "store/backup.h"

#include <dirent.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum {
	COOKIE_IDLE_WAITS = 2,
	/* from making a file to its lock, or from giving that up to removing it, and much more */
	PASSING_NS = 200 * 1000 * 1000,
};

static const char left_text[] = N_("is left from a command that is gone");
static const char hints_text[] =
	N_("is left from a command that is gone, and LVM2 goes without hints");

/* Where which files may be left. */
static const struct place {
	const char *setting;
	enum finding_kind kind;
	bool (*is_one)(const char *file, char vg_name[NAME_LEN + 1]);
} places[] = {
	{ "global/locking_dir", FOUND_LOCK, lock_file_group },
	{ "backup/backup_dir", FOUND_COPY, backup_is_left },
	{ "backup/archive_dir", FOUND_COPY, backup_is_left },
	{ NULL, FOUND_SOUND, NULL },
};

/* A file that nobody was seen to have locked. */
struct sight {
	struct dm_list list;
	enum finding_kind kind;
	const char *path;
	const char *lock; /* the file that whoever is at it has locked */
	const char *vg;
	dev_t device;
	ino_t inode;
};

struct search {
	struct findings *findings;
	const struct target *targets;
	unsigned count;
	struct dm_list sights;
};

/* --- looking --- */

static bool is_asked_for(const struct search *search, const char *vg_name)
{
	unsigned i;

	for (i = 0; i < search->count; i++)
		if (!strcmp(search->targets[i].vg, vg_name))
			return true;
	return !search->count;
}

static void add(struct search *search, const struct sight *seen)
{
	struct dm_pool *mem = search->findings->mem;
	struct sight *sight = dm_pool_zalloc(mem, sizeof(*sight));

	if (sight) {
		*sight = *seen;
		sight->path = dm_pool_strdup(mem, seen->path);
		sight->lock = dm_pool_strdup(mem, seen->lock);
		sight->vg = dm_pool_strdup(mem, seen->vg);
	}
	if (sight && sight->path && sight->lock && sight->vg)
		dm_list_add(&search->sights, &sight->list);
	else if (!search->findings->failed)
		search->findings->failed = fail_memory();
}

static void look_at(struct search *search, struct sight *sight)
{
	struct stat st;

	if (lstat(sight->path, &st) < 0 || !S_ISREG(st.st_mode) || lock_is_seen(sight->lock))
		return;
	sight->device = st.st_dev;
	sight->inode = st.st_ino;
	add(search, sight);
}

static void look_into(struct search *search, const struct place *place, const char *path)
{
	DIR *directory = opendir(path);
	const struct dirent *entry;
	char vg_name[NAME_LEN + 1], file[PATH_MAX];

	while (directory && (entry = readdir(directory))) {
		if (!place->is_one(entry->d_name, vg_name) || !is_asked_for(search, vg_name))
			continue;
		snprintf(file, sizeof(file), "%s/%s", path, entry->d_name);
		look_at(search, &(struct sight) {
					.kind = place->kind,
					.path = file,
					.lock = file,
					.vg = vg_name,
				});
	}
	if (directory)
		closedir(directory);
}

/* The same file, and unlocked, once more. */
static bool is_left(const struct sight *sight)
{
	struct stat st;

	return lock_is_free(sight->lock) && lstat(sight->path, &st) == 0 &&
	       st.st_dev == sight->device && st.st_ino == sight->inode;
}

/* What somebody has just made and is about to lock, or has unlocked and is about to remove, is not to be taken for left:
 * that passes. */
static void tell_left(const struct search *search)
{
	const struct timespec moment = { .tv_nsec = PASSING_NS };
	struct findings *findings = search->findings;
	const struct sight *sight;

	if (dm_list_empty(&search->sights))
		return;
	nanosleep(&moment, NULL);
	dm_list_iterate_items(sight, &search->sights) {
		if (!is_left(sight))
			continue;
		findings->vg = sight->vg;
		found_at(findings, sight->kind, sight->path, "%s",
			 _(sight->kind == FOUND_HINTS ? hints_text : left_text));
	}
	findings->vg = "";
}

void leavings_find(const struct session *session, struct findings *findings,
		   const struct target *targets, unsigned count)
{
	struct search search = { .findings = findings, .targets = targets, .count = count };
	const struct conf *conf = session->conf;
	const struct place *place;

	dm_list_init(&search.sights);
	for (place = places; place->setting; place++)
		look_into(&search, place, conf_text(conf, place->setting));
	if (!count)
		look_at(&search, &(struct sight) {
					 .kind = FOUND_HINTS,
					 .path = NO_HINTS,
					 .lock = HINTS,
					 .vg = "",
				 });
	tell_left(&search);
	if (!count)
		cookies_find(findings,
			     COOKIE_IDLE_WAITS *
				     (conf_limit_ms(conf, "activation/udev_timeout") / 1000));
}

/* --- settling --- */

static void say_file(const char *directory, const char *file)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", directory, file);
	say(_("%s: %s; will be %s"), path, _(left_text), _("removed"));
}

static void say_hints(const char *path)
{
	say(_("%s: %s; will be %s"), path, _(hints_text), _("removed"));
}

static void pretend(const struct session *session)
{
	AUTO(findings) struct findings *findings = NULL;
	const struct finding *finding;
	const char *settled;

	if (findings_new(&findings) < 0)
		return;
	leavings_find(session, findings, NULL, 0);
	dm_list_iterate_items(finding, &findings->list) {
		settled = finding_row(finding)->settled;
		if (settled)
			say(_("%s: %s; will be %s"), finding->object, finding->text, _(settled));
	}
}

void leavings_settle(const struct session *session)
{
	const struct conf *conf = session->conf;

	if (session->test) {
		pretend(session);
		return;
	}
	cookies_remove();
	locks_sweep(session, say_file);
	hints_sweep(say_hints);
	dir_sweep(conf_text(conf, "backup/backup_dir"), say_file);
	dir_sweep(conf_text(conf, "backup/archive_dir"), say_file);
}
