/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Texts staged, committed one after another, and the devices that come and go with them.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "store/transaction.h"

#include "base/auto.h"
#include "base/log.h"
#include "base/text.h"
#include "model/vg.h"
#include "store/backup.h"
#include "store/catalog.h"
#include "store/import.h"
#include "store/staged.h"
#include "store/texts.h"

struct transaction {
	struct catalog *catalog;
	struct group *group;	 /* NULL: about to be created */
	char *first_name, *name; /* at the beginning; as last staged */
	struct author author;
	bool ends;	    /* the last staged text lists no device */
	const char *before; /* the text at the beginning, the catalog's; or NULL */
	size_t before_len;
	uint32_t seqno;		 /* last staged, at first that of the group */
	uint32_t committed;	 /* number of texts committed */
	bool leavings;		 /* a device could not be retired */
	struct disk_set members; /* devices as of the last commit */
	struct dm_list pending;	 /* struct staged, not yet committed */
	char *last_text;	 /* last staged */
	size_t last_len;
};

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
	author_release(&t->author);
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

/* Disks with the group's text: its members, and what was leaving it when a command died. */
static bool is_to_be_taken(const struct disk *disk, const struct group *group)
{
	unsigned i;

	if (disk->group == group)
		return true;
	for (i = 0; i < disk->area_count && disk->outdated && !disk->label.used; i++)
		if (disk->texts[i] && disk->texts[i]->group == group)
			return true;
	return false;
}

/* 1, or 0: what is no member, and cannot be emptied, keeps nobody from changing the group. */
static int open_disk(struct disk *disk, const struct group *group)
{
	bool was_hushed;
	int r;

	if (disk->group == group) {
		r = catalog_open_for_write(disk);
		return r < 0 ? r : 1;
	}
	was_hushed = log_hush(true);
	r = catalog_open_for_write(disk);
	log_hush(was_hushed);
	if (r < 0)
		warn(_("%s: holds old metadata of group %s, which no longer lists it"),
		     disk->candidate->path, group->name);
	return !r;
}

/* Open for writing. */
static int take_members(struct transaction *transaction)
{
	struct disk *disk;
	int r;

	r = disk_set_init(&transaction->members, dm_list_size(&transaction->catalog->disks));
	if (r < 0 || !transaction->group)
		return r;

	dm_list_iterate_items(disk, &transaction->catalog->disks) {
		if (!is_to_be_taken(disk, transaction->group))
			continue;
		r = open_disk(disk, transaction->group);
		if (r < 0)
			return r;
		if (r)
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
	transaction->name = strdup(group ? group->name : "");
	transaction->first_name = strdup(transaction->name ? transaction->name : "");
	if (!transaction->name || !transaction->first_name)
		return fail_memory();
	if (group) {
		transaction->seqno = group->vg->seqno;
		transaction->before = group->text;
		transaction->before_len = group->text_len;
	}

	r = author_init(&transaction->author, command);
	if (r == 0)
		r = take_members(transaction);
	if (r < 0)
		return r;

	*result = TAKE(transaction);
	return 0;
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

	r = staged_new(transaction->catalog, &transaction->author, vg, &transaction->members,
		       &staged);
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
	uint32_t highest = seqno > transaction->seqno ? seqno : transaction->seqno;
	int r;

	if (highest == UINT32_MAX)
		return fail(-EOVERFLOW, _("%s: no sequence number is left"), vg->name);
	r = set_name(transaction, vg->name);
	if (r < 0)
		return r;

	vg->seqno = highest + 1;
	r = stage(transaction, vg);
	if (r < 0)
		vg->seqno = seqno;
	return r;
}

static void fill_text(char *text, size_t len, const char *blank, const char *filled)
{
	const size_t size = strlen(blank);
	char *end = text + len, *place = text;

	for (;;) {
		place = memmem(place, (size_t)(end - place), blank, size);
		if (!place)
			return;
		memcpy(place, filled, size);
		place += size;
	}
}

void transaction_fill(struct transaction *transaction, const char *blank, const char *filled)
{
	struct staged *staged;

	dm_list_iterate_items(staged, &transaction->pending)
		fill_text(staged->text, staged->len, blank, filled);
	if (transaction->last_text)
		fill_text(transaction->last_text, transaction->last_len, blank, filled);
}

static bool is_wanted_later(const struct transaction *transaction, const struct disk *disk)
{
	const struct staged *staged;

	dm_list_iterate_items(staged, &transaction->pending)
		if (disk_set_has(&staged->members, disk))
			return true;
	return false;
}

/* Members that the text lists no more, and no text to come either. */
static int find_leaving(const struct transaction *transaction, const struct disk_set *now,
			struct disk_set *leaving)
{
	unsigned i;
	int r = disk_set_init(leaving, transaction->members.count);

	for (i = 0; i < transaction->members.count && !r; i++) {
		struct disk *disk = transaction->members.disks[i];

		if (!disk->moves && !disk_set_has(now, disk) && !is_wanted_later(transaction, disk))
			leaving->disks[leaving->count++] = disk;
	}
	return r;
}

/* Those that were leaving already stay without the flag. */
static void take_back_leaving(struct disk_set *leaving)
{
	unsigned i, count = 0;

	for (i = 0; i < leaving->count; i++)
		if (!leaving->disks[i]->outdated)
			leaving->disks[count++] = leaving->disks[i];
	leaving->count = count;
	disks_mark(leaving);
}

static void end_commit(struct transaction *transaction, struct staged *staged,
		       const struct disk_set *leaving)
{
	bool had_left;
	unsigned i;

	transaction->committed++;
	disks_mark(&staged->members);
	for (i = 0; i < leaving->count; i++) {
		/* what an earlier command could not empty is its failure */
		had_left = leaving->disks[i]->outdated;
		if (disk_retire(leaving->disks[i]) < 0 && !had_left)
			transaction->leavings = true;
	}
	disk_set_release(&transaction->members);
	transaction->members = staged->members;
	staged->members = (struct disk_set) { 0 };
	for (i = 0; i < transaction->members.count; i++) {
		transaction->members.disks[i]->group = transaction->group;
		transaction->members.disks[i]->outdated = false;
	}
}

/* Whoever is to go loses its mark, the text is written, who is new gets the mark, what went is emptied. */
static int commit_staged(struct transaction *transaction, struct staged *staged)
{
	struct disk_set leaving = { 0 };
	int r;

	r = find_leaving(transaction, &staged->members, &leaving);
	r = r < 0 ? r : disks_unmark(&leaving);
	if (!r && staged->commit.count)
		r = commit_run(&staged->commit);
	if (r < 0 && r != -EINPROGRESS)
		take_back_leaving(&leaving);
	else if (r >= 0)
		end_commit(transaction, staged, &leaving);
	disk_set_release(&leaving);
	return r;
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

/* Its text may have been written over by the other group's. */
static bool shares_disks(const struct transaction *transaction)
{
	unsigned i;

	for (i = 0; i < transaction->members.count; i++)
		if (transaction->members.disks[i]->moves)
			return true;
	return false;
}

int transaction_restore(struct transaction *transaction)
{
	AUTO(vg) struct vg *vg = NULL;
	int r;

	drop_pending(transaction);
	if (!transaction->committed && !shares_disks(transaction))
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

bool transaction_has_leavings(const struct transaction *transaction)
{
	return transaction->leavings;
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

	r = author_file(&transaction->author, transaction->name, transaction->last_text,
			transaction->last_len, "after", &text, &len);
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
	r = author_file(&transaction->author, transaction->name, transaction->before,
			transaction->before_len, "before", &text, &len);
	if (r == 0)
		archive_write(conf, transaction->first_name, text, len);
	return r;
}
