/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Texts staged, committed one after another, and the devices that come and go with them.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

#include "store/transaction.h"

#include "base/auto.h"
#include "base/log.h"
#include "base/text.h"
#include "model/check.h"
#include "model/vg.h"
#include "store/backup.h"
#include "store/catalog.h"
#include "store/commit.h"
#include "store/export.h"
#include "store/import.h"
#include "store/members.h"

struct staged {
	struct dm_list list;
	char *text;
	size_t len;
	uint32_t seqno;
	struct disk_set members;	/* present devices the text lists */
	struct commit commit;
};

struct transaction {
	struct catalog *catalog;
	struct group *group;		/* NULL: about to be created */
	char *first_name, *name;	/* at the beginning; as last staged */
	char *command;
	char *host, *uname;
	bool ends;			/* the last staged text lists no device */
	const char *before;		/* the text at the beginning, the catalog's; or NULL */
	size_t before_len;
	uint32_t seqno;			/* last staged, at first that of the group */
	uint32_t committed;		/* number of texts committed */
	struct disk_set members;	/* devices as of the last commit */
	struct dm_list pending;		/* struct staged, not yet committed */
	char *last_text;		/* last staged */
	size_t last_len;
};

static void staged_free(struct staged **staged)
{
	if (!*staged)
		return;
	commit_release(&(*staged)->commit);
	disk_set_release(&(*staged)->members);
	free((*staged)->text);
	free(*staged);
	*staged = NULL;
}

static void drop_pending(struct transaction *transaction)
{
	struct staged *staged, *next;

	dm_list_iterate_items_safe(staged, next, &transaction->pending) {
		dm_list_del(&staged->list);
		staged_free(&staged);
	}
}

void transaction_free(struct transaction **transaction)
{
	struct transaction *t = *transaction;

	if (!t)
		return;
	drop_pending(t);
	disk_set_release(&t->members);
	free(t->last_text);
	free(t->first_name);
	free(t->name);
	free(t->command);
	free(t->host);
	free(t->uname);
	free(t);
	*transaction = NULL;
}

static int refuse_group(const struct group *group)
{
	if (!group->vg)
		return fail(-EBADMSG, _("%s: its metadata cannot be read"), group->name);
	if (group->duplicated)
		return fail(-EBUSY, _("%s: a device is there twice; remove or hide one of the two"),
			    group->name);
	if (group->vg->unknown)
		return fail(-ENOTSUP, _("%s: cannot be changed: %s"), group->name,
			    group->vg->unknown);
	return 0;
}

static int learn_host(struct transaction *transaction)
{
	struct utsname name;

	if (uname(&name) < 0)
		return fail_errno("uname");
	transaction->host = strdup(name.nodename);
	if (!transaction->host)
		return fail_memory();
	if (asprintf(&transaction->uname, "%s %s %s %s %s", name.sysname, name.nodename,
		     name.release, name.version, name.machine) < 0) {
		transaction->uname = NULL;
		return fail_memory();
	}
	return 0;
}

/* The group's present members, open for writing. */
static int take_members(struct transaction *transaction)
{
	struct disk *disk;
	int r;

	r = disk_set_init(&transaction->members, dm_list_size(&transaction->catalog->disks));
	if (r < 0 || !transaction->group)
		return r;

	dm_list_iterate_items(disk, &transaction->catalog->disks) {
		if (disk->group != transaction->group)
			continue;
		r = catalog_open_for_write(disk);
		if (r < 0)
			return r;
		transaction->members.disks[transaction->members.count++] = disk;
	}

	return 0;
}

int transaction_begin(struct catalog *catalog, struct group *group, const char *command,
		      struct transaction **result)
{
	AUTO(transaction) struct transaction *transaction = NULL;
	int r;

	r = group ? refuse_group(group) : 0;
	if (r < 0)
		return r;

	transaction = calloc(1, sizeof(*transaction));
	if (!transaction)
		return fail_memory();
	dm_list_init(&transaction->pending);
	transaction->catalog = catalog;
	transaction->group = group;
	transaction->command = strdup(command);
	transaction->name = strdup(group ? group->name : "");
	transaction->first_name = strdup(transaction->name ? transaction->name : "");
	if (!transaction->command || !transaction->name || !transaction->first_name)
		return fail_memory();
	if (group) {
		transaction->seqno = group->vg->seqno;
		transaction->before = group->text;
		transaction->before_len = group->text_len;
	}

	r = learn_host(transaction);
	if (r == 0)
		r = take_members(transaction);
	if (r < 0)
		return r;

	*result = TAKE(transaction);
	return 0;
}

static int export_text(const struct transaction *transaction, const struct vg *vg,
		       enum export_form form, const char *description, char **text, size_t *len)
{
	struct export_header header = {
		.description = description,
		.host = transaction->host,
		.uname = transaction->uname,
		.time = (uint64_t)time(NULL),
	};

	return vg_export(vg, form, &header, text, len);
}

/* Whatever reads the text later must see the group that is meant: read it back and write it again. */
static int check_reads_back(const struct transaction *transaction, const struct staged *staged,
			    const char *description)
{
	AUTO(vg) struct vg *vg = NULL;
	AUTO_FREE char *again = NULL;
	size_t len = 0;
	int r;

	r = vg_import(transaction->name, staged->text, staged->len, &vg);
	if (r < 0)
		return r;
	r = export_text(transaction, vg, EXPORT_DISK, description, &again, &len);
	if (r < 0)
		return r;

	/* The header behind the group may hold another second. */
	if (vg->unknown || len != staged->len ||
	    memcmp(again, staged->text, (size_t)(strstr(again, "\n# Generated") - again)) != 0)
		return fail(-ENOTRECOVERABLE, "internal: %s: metadata reads back differently",
			    transaction->name);
	return 0;
}

static int stage_text(struct transaction *transaction, const struct vg *vg, struct staged *staged)
{
	AUTO_FREE char *description = NULL;
	int r;

	if (asprintf(&description, "Write from %s.", transaction->command) < 0) {
		description = NULL;
		return fail_memory();
	}

	r = vg_check(vg);
	if (r == 0)
		r = export_text(transaction, vg, EXPORT_DISK, description, &staged->text,
				&staged->len);
	if (r == 0)
		r = check_reads_back(transaction, staged, description);
	return r;
}

static int refuse_joining(const struct transaction *transaction, const struct disk *disk)
{
	const char *path = disk->candidate->path;

	if (disk->group)
		return fail(-EBUSY, _("%s: belongs to group %s"), path, disk->group->name);
	if (disk->duplicate)
		return fail(-EBUSY, _("%s: another device has the same identity"), path);
	if (disk->outdated)
		return fail(-EBUSY, _("%s: holds old metadata; make it a PV anew before %s uses it"),
			    path, transaction->name);
	return 0;
}

/* The present devices that the group lists; those that join are opened. */
static int stage_members(struct transaction *transaction, const struct vg *vg,
			 struct staged *staged)
{
	struct disk *disk;
	struct pv *pv;
	int r;

	r = disk_set_init(&staged->members, dm_list_size(&vg->pvs));
	if (r < 0)
		return r;

	dm_list_iterate_items(pv, &vg->pvs) {
		disk = catalog_find_disk_id(transaction->catalog, pv->id);
		if (!disk)
			continue;
		if (!disk_set_has(&transaction->members, disk)) {
			r = refuse_joining(transaction, disk);
			if (r == 0)
				r = catalog_open_for_write(disk);
			if (r < 0)
				return r;
		}
		staged->members.disks[staged->members.count++] = disk;
	}

	return 0;
}

static int stage_group(struct transaction *transaction, const struct vg *vg,
		       struct staged *staged)
{
	int r;

	staged->seqno = vg->seqno;
	r = stage_text(transaction, vg, staged);
	if (r == 0)
		r = stage_members(transaction, vg, staged);
	if (r < 0 || dm_list_empty(&vg->pvs))
		return r;

	staged->commit = (struct commit) { .name = transaction->name, .text = staged->text,
					   .len = staged->len, .seqno = staged->seqno };
	return commit_prepare(&staged->commit, staged->members.disks, staged->members.count);
}

static int set_name(struct transaction *transaction, const char *name)
{
	char *copy = strdup(name);

	if (!copy)
		return fail_memory();
	free(transaction->name);
	transaction->name = copy;
	return 0;
}

static int keep_last_text(struct transaction *transaction, const struct staged *staged)
{
	char *copy = malloc(staged->len);

	if (!copy)
		return fail_memory();
	memcpy(copy, staged->text, staged->len);
	free(transaction->last_text);
	transaction->last_text = copy;
	transaction->last_len = staged->len;
	return 0;
}

static int stage(struct transaction *transaction, const struct vg *vg)
{
	AUTO(staged) struct staged *staged = NULL;
	int r;

	staged = calloc(1, sizeof(*staged));
	if (!staged)
		return fail_memory();
	r = stage_group(transaction, vg, staged);
	if (r == 0)
		r = keep_last_text(transaction, staged);
	if (r < 0)
		return r;

	transaction->seqno = staged->seqno;
	transaction->ends = dm_list_empty(&vg->pvs);
	dm_list_add(&transaction->pending, &staged->list);
	TAKE(staged);
	return 0;
}

int transaction_stage(struct transaction *transaction, struct vg *vg)
{
	uint32_t seqno = vg->seqno;
	int r;

	if (transaction->seqno == UINT32_MAX)
		return fail(-EOVERFLOW, _("%s: no sequence number is left"), vg->name);
	r = set_name(transaction, vg->name);
	if (r < 0)
		return r;

	vg->seqno = transaction->seqno + 1;
	r = stage(transaction, vg);
	if (r < 0)
		vg->seqno = seqno;
	return r;
}

static bool is_wanted_later(const struct transaction *transaction, const struct disk *disk)
{
	const struct staged *staged;

	dm_list_iterate_items(staged, &transaction->pending)
		if (disk_set_has(&staged->members, disk))
			return true;
	return false;
}

/* What the committed text lists no more, and no text to come either. */
static void retire_leaving(struct transaction *transaction, const struct disk_set *now)
{
	unsigned i;

	for (i = 0; i < transaction->members.count; i++) {
		struct disk *disk = transaction->members.disks[i];

		if (!disk_set_has(now, disk) && !is_wanted_later(transaction, disk))
			disk_retire(disk, transaction->name);
	}
}

/* Make members of what the text lists, write it, let the others go. */
static int commit_staged(struct transaction *transaction, struct staged *staged)
{
	unsigned i;
	int r;

	r = disks_join(&staged->members, &transaction->members);
	if (r < 0)
		return r;
	r = staged->commit.count ? commit_run(&staged->commit) : 0;
	if (r < 0) {
		disks_leave(&staged->members, &transaction->members);
		return r;
	}

	transaction->committed++;
	retire_leaving(transaction, &staged->members);
	disk_set_release(&transaction->members);
	transaction->members = staged->members;
	staged->members = (struct disk_set) { 0 };
	for (i = 0; i < transaction->members.count; i++)
		transaction->members.disks[i]->group = transaction->group;
	return 0;
}

int transaction_commit(struct transaction *transaction)
{
	AUTO(staged) struct staged *staged = NULL;

	if (dm_list_empty(&transaction->pending))
		return fail(-ENOTRECOVERABLE, "internal: %s: nothing is staged", transaction->name);
	staged = dm_list_item(dm_list_first(&transaction->pending), struct staged);
	dm_list_del(&staged->list);
	return commit_staged(transaction, staged);
}

/* The group did not exist before: let all devices go. */
static int restore_nothing(struct transaction *transaction)
{
	struct staged nothing = { .seqno = transaction->seqno };

	return commit_staged(transaction, &nothing);
}

int transaction_restore(struct transaction *transaction)
{
	AUTO(vg) struct vg *vg = NULL;
	int r;

	drop_pending(transaction);
	if (!transaction->committed)
		return 0;
	if (!transaction->before)
		return restore_nothing(transaction);

	r = vg_import(transaction->name, transaction->before, transaction->before_len, &vg);
	if (r == 0)
		r = transaction_stage(transaction, vg);
	if (r == 0)
		r = transaction_commit(transaction);
	return r;
}

uint32_t transaction_next_seqno(const struct transaction *transaction)
{
	if (dm_list_empty(&transaction->pending))
		return transaction->seqno + 1;
	return dm_list_item(dm_list_first(&transaction->pending), struct staged)->seqno;
}

/* A text as a file tells it. */
static int file_text(const struct transaction *transaction, const char *text, size_t len,
		     const char *when, char **result, size_t *result_len)
{
	AUTO_FREE char *description = NULL;
	AUTO(vg) struct vg *vg = NULL;
	int r;

	if (asprintf(&description, "Created *%s* executing '%s'", when, transaction->command) < 0) {
		description = NULL;
		return fail_memory();
	}

	r = vg_import(transaction->name, text, len, &vg);
	if (r < 0)
		return r;
	return export_text(transaction, vg, EXPORT_FILE, description, result, result_len);
}

int transaction_backup(struct transaction *transaction, const struct conf *conf)
{
	AUTO_FREE char *text = NULL;
	size_t len = 0;
	int r;

	if (!transaction->last_text)
		return 0;
	if (transaction->ends) {
		backup_remove(conf, transaction->first_name);
		return 0;
	}

	r = file_text(transaction, transaction->last_text, transaction->last_len, "after", &text,
		      &len);
	if (r < 0)
		return r;
	if (transaction->before && strcmp(transaction->first_name, transaction->name) != 0)
		backup_rename(conf, transaction->first_name, transaction->name);
	backup_write(conf, transaction->name, text, len);
	return 0;
}

int transaction_archive(struct transaction *transaction, const struct conf *conf)
{
	AUTO_FREE char *text = NULL;
	size_t len = 0;
	int r;

	if (!transaction->before)
		return 0;
	r = file_text(transaction, transaction->before, transaction->before_len, "before", &text,
		      &len);
	if (r == 0)
		archive_write(conf, transaction->first_name, text, len);
	return r;
}
