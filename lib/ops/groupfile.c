/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/groupfile.h"

#include "base/auto.h"
#include "base/io.h"
#include "base/log.h"
#include "base/stream.h"
#include "base/text.h"
#include "ops/admit.h"
#include "ops/groupname.h"
#include "ops/locks.h"
#include "ops/session.h"
#include "ops/target.h"
#include "store/backup.h"
#include "store/catalog.h"
#include "store/import.h"
#include "store/staged.h"
#include "store/writer.h"

#include <libgen.h>
#include <stdio.h>
#include <string.h>

enum { FILE_MODE = 0600, DIRECTORY_MODE = 0700 };

/* --- writing files --- */

/* NULL, reported, without memory. */
static char *path_of(const char *template, const char *name)
{
	struct stream stream;
	const char *mark;
	char *path = NULL;

	if (stream_begin(&stream) < 0)
		return NULL;
	for (; (mark = strstr(template, "%s")); template = mark + 2)
		fprintf(stream.out, "%.*s%s", (int)(mark - template), template, name);
	fputs(template, stream.out);
	stream_end(&stream, &path, NULL);
	return path;
}

static int write_text(const struct session *session, const struct group *group, const char *path)
{
	AUTO_FREE char *text = NULL, *copy = strdup(path);
	struct author author;
	size_t len;
	int r;

	if (!copy)
		return fail_memory();
	r = author_init(&author, session->command);
	r = r < 0 ? r
		  : author_file(&author, group->name, group->text, group->text_len, "after", &text,
				&len);
	author_release(&author);
	if (r < 0)
		return r;
	r = dir_make(dirname(copy), DIRECTORY_MODE);
	r = r < 0 ? r : file_put(path, text, len, FILE_MODE);
	return r < 0 ? fail(r, "%s: %s", path, strerror(-r)) : 0;
}

static int find_group(struct session *session, const char *name, struct group **group)
{
	struct catalog *catalog;
	bool ambiguous = false;
	int r = session_catalog(session, &catalog);

	if (r < 0)
		return r;
	*group = catalog_find_group(catalog, name, &ambiguous);
	if (!*group)
		return fail(-ENOENT, _("%s: no such group"), name);
	if (ambiguous)
		return fail(-ENOTUNIQ,
			    _("%s: several groups have this name; rename one by its UUID"), name);
	if (!(*group)->vg)
		return fail(-EBADMSG, _("%s: no readable metadata; see svgck"), name);
	return 0;
}

struct backing_up {
	struct session *session;
	const struct backup_request *request;
	bool all;
};

/* Of all groups those of one name: the one that is ours.  *group stays NULL if none is. */
static int find_ours(const struct backing_up *b, const struct target *targets, unsigned count,
		     struct group **group)
{
	struct catalog *catalog;
	struct group *found;
	unsigned i;
	int r = session_catalog(b->session, &catalog);

	*group = NULL;
	for (i = 0; i < count && !r; i++) {
		found = catalog_find_group_id(catalog, targets[i].vg_id);
		if (!found ||
		    (found->vg && !b->request->foreign && admit_why_not(b->session, found->vg)))
			continue;
		if (*group)
			r = fail(-ENOTUNIQ,
				 _("%s: several groups have this name; rename one by its UUID"),
				 found->name);
		else if (!found->vg)
			r = fail(-EBADMSG, _("%s: no readable metadata; see svgck"), found->name);
		*group = found;
	}
	return r;
}

/* Under the lock, so that no file is replaced by one that is older. */
static int backup_one(void *data, const struct target *targets, unsigned count)
{
	const struct backing_up *b = data;
	const char *name = targets[0].vg, *file = b->request->file;
	AUTO(lock) struct lock *lock = NULL;
	AUTO_FREE char *path = NULL;
	struct group *group;
	int r = b->request->unlocked ? 0 : lock_group(b->session, name, LOCK_SHARED, &lock);

	session_forget(b->session);
	if (r >= 0)
		r = b->all ? find_ours(b, targets, count, &group)
			   : find_group(b->session, name, &group);
	if (r < 0 || !group)
		return r;
	if (!file && group->vg->flags & VG_PARTIAL)
		return fail(-EPERM, _("%s: a device is missing; say --file to have a copy all the same"),
			    name);
	r = file ? 0 : admit_newest(b->session, group);
	if (r < 0)
		return r;
	path = file ? path_of(file, name) : backup_path(b->session->conf, name);
	if (!path)
		return -ENOMEM;
	if (b->session->test) {
		printf("write   %s seqno %u to %s\n", name, group->vg->seqno, path);
		return 0;
	}
	r = write_text(b->session, group, path);
	if (!r)
		say(_("%s: metadata copied to %s"), name, path);
	return r;
}

int groups_backup(struct session *session, const char *const *words, unsigned count,
		  const struct backup_request *request)
{
	struct backing_up b = { session, request, !count };
	const char *file = request->file;
	AUTO_FREE struct target *targets = NULL;
	unsigned target_count = 0;
	int r;

	if (count)
		r = targets_parse(session, words, count, TARGET_VG, &targets, &target_count);
	else
		r = targets_all_groups(session, &targets, &target_count);
	if (r < 0)
		return r;
	if (file && target_count > 1 && !strstr(file, "%s"))
		return fail(-EDOM, _("%s: is one file for %u groups; write %%s for the name"), file,
			    target_count);
	return targets_each_group(targets, target_count, backup_one, &b);
}

/* --- showing them --- */

static int list_file(const char *path)
{
	AUTO(vg) struct vg *vg = NULL;
	struct text_header header = { 0 };
	char when[TIME_TEXT] = "?";
	int r = backup_read(path, &vg, &header);

	if (r < 0)
		return r;
	if (header.time)
		print_time(header.time, when);
	printf("\n  File:         %s\n  VG name:      %s\n  Seqno:        %u\n"
	       "  Description:  %s\n  Backup Time:  %s\n",
	       path, vg->name, vg->seqno, header.description ? header.description : "", when);
	return 0;
}

int group_list_files(struct session *session, const char *name, const char *file)
{
	AUTO(paths) char **paths = NULL;
	char own[NAME_LEN + 1];
	unsigned i;
	int r, result = 0;

	if (file)
		return list_file(file);
	r = groupname_take(session->conf, name, own);
	r = r < 0 ? r : backup_list(session->conf, own, &paths);
	if (r < 0)
		return r;
	if (!paths[0])
		say(_("%s: there is no copy of its metadata"), own);
	for (i = 0; paths[i]; i++) {
		r = list_file(paths[i]);
		result = result ? result : r;
	}
	return result;
}
