/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "disks.h"
#include "scratch.h"
#include "tap.h"

#include "base/auto.h"
#include "base/conf.h"
#include "base/io.h"
#include "model/lv.h"
#include "store/catalog.h"
#include "store/transaction.h"

/* Disks with one area each, a group "vg0" on the first "members" of them, and what a scan finds. */
struct fixture {
	struct disks disks;
	struct catalog *catalog;
	struct group *group;
	struct transaction *transaction;
};

static void look(struct fixture *f)
{
	transaction_free(&f->transaction);
	catalog_free(&f->catalog);
	f->catalog = disks_catalog(&f->disks);
	f->group = catalog_find_group(f->catalog, "vg0", NULL);
}

static void set_up(struct fixture *f, unsigned count, unsigned members)
{
	AUTO(vg) struct vg *vg = disks_group("vg0", members);

	*f = (struct fixture) { 0 };
	disks_init(&f->disks, count);
	for (unsigned i = 0; i < count; i++)
		disks_format(&f->disks, i, 1);
	f->catalog = disks_catalog(&f->disks);
	CHECK_INT(disks_commit(f->catalog, NULL, vg), 0);
	look(f);
	CHECK(f->group != NULL);
	CHECK_INT(transaction_begin(f->catalog, f->group, "svtest -x vg0", &f->transaction), 0);
}

static void tear_down(struct fixture *f)
{
	transaction_free(&f->transaction);
	catalog_free(&f->catalog);
	disks_release(&f->disks);
}

static struct disk *disk_of(struct fixture *f, unsigned index)
{
	return catalog_find_disk(f->catalog, f->disks.candidate[index].path);
}

TEST("texts staged are committed one by one, in order")
{
	struct fixture f;

	set_up(&f, 1, 1);
	words_add(f.group->vg, &f.group->vg->tags, "first");
	CHECK_INT(transaction_stage(f.transaction, f.group->vg), 0);
	CHECK_INT(f.group->vg->seqno, 2);
	words_add(f.group->vg, &f.group->vg->tags, "second");
	CHECK_INT(transaction_stage(f.transaction, f.group->vg), 0);
	CHECK_INT(transaction_commit(f.transaction), 0);
	CHECK_INT(transaction_commit(f.transaction), 0);
	look(&f);
	CHECK_INT(f.group->vg->seqno, 3);
	CHECK_INT(dm_list_size(&f.group->vg->tags), 2);
	CHECK(strstr(f.group->text, "description = \"Write from svtest -x vg0.\"") != NULL);
	tear_down(&f);
}

TEST("staging writes nothing")
{
	struct fixture f;
	size_t events;

	set_up(&f, 2, 1);
	events = memlog_count(f.disks.log);
	disks_add_pv(f.group->vg, 1);
	CHECK_INT(transaction_stage(f.transaction, f.group->vg), 0);
	CHECK_INT(memlog_count(f.disks.log), events);
	tear_down(&f);
}

TEST("nothing staged, nothing committed")
{
	struct fixture f;

	set_up(&f, 1, 1);
	tap_log_capture();
	CHECK_INT(transaction_commit(f.transaction), -ENOTRECOVERABLE);
	tear_down(&f);
}

TEST("each disk is synced once a stage, header writes are a sector each")
{
	struct fixture f;
	unsigned syncs = 0, headers = 0;

	set_up(&f, 2, 2);
	CHECK_INT(transaction_stage(f.transaction, f.group->vg), 0);
	memlog_clear(f.disks.log);
	CHECK_INT(transaction_commit(f.transaction), 0);
	for (size_t i = 0; i < memlog_count(f.disks.log); i++) {
		const struct memlog_event *event = memlog_event(f.disks.log, i);

		syncs += event->call == MEMDEV_SYNC;
		headers +=
			event->call == MEMDEV_WRITE && event->offset == 4096 && event->len == 512;
	}
	CHECK_INT(syncs, 6);
	CHECK_INT(headers, 4);
	tear_down(&f);
}

TEST("a text too long for its area is refused before anything is written")
{
	struct fixture f;
	char tag[121];
	size_t events;

	set_up(&f, 1, 1);
	for (unsigned i = 0; i < 300; i++) {
		snprintf(tag, sizeof(tag), "%0120u", i);
		words_add(f.group->vg, &f.group->vg->tags, tag);
	}
	events = memlog_count(f.disks.log);
	tap_log_capture();
	CHECK_INT(transaction_stage(f.transaction, f.group->vg), -EFBIG);
	CHECK_INT(f.group->vg->seqno, 1);
	CHECK_INT(memlog_count(f.disks.log), events);
	tear_down(&f);
}

TEST("a group that no area could hold is not staged")
{
	AUTO(vg) struct vg *vg = disks_group("vg1", 1);
	struct disks disks;
	struct fixture f = { 0 };

	disks_init(&disks, 1);
	disks_format(&disks, 0, 0);
	f.disks = disks;
	look(&f);
	tap_log_capture();
	CHECK_INT(disks_commit(f.catalog, NULL, vg), -ENOSPC);
	tear_down(&f);
}

TEST("a group that breaks the model's rules is not staged")
{
	struct fixture f;

	set_up(&f, 1, 1);
	vg_find_lv(f.group->vg, "base")->name = "..";
	tap_log_capture();
	CHECK(transaction_stage(f.transaction, f.group->vg) < 0);
	CHECK_INT(f.group->vg->seqno, 1);
	tear_down(&f);
}

TEST("extents that lie over a label or a metadata area are not staged")
{
	static const struct {
		uint64_t start_sectors;
		uint32_t count;
		int r;
	} cases[] = { { 128, 32, 0 },		{ 127, 32, -EUCLEAN }, { 1, 1, -EUCLEAN },
		      { 0, 1, -EUCLEAN },	{ 128, 33, -EUCLEAN }, { 2, 0, 0 } };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fixture f;
		struct pv *pv;

		set_up(&f, 2, 1);
		disks_format(&f.disks, 1, 2);
		look(&f);
		CHECK_INT(transaction_begin(f.catalog, f.group, "svtest", &f.transaction), 0);
		disks_add_pv(f.group->vg, 1);
		pv = vg_find_pv_id(f.group->vg, "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb");
		pv->pe_start_sectors = cases[i].start_sectors;
		pv->pe_count = cases[i].count;
		CHECK_INT(transaction_stage(f.transaction, f.group->vg), cases[i].r);
		tear_down(&f);
	}
}

TEST("a group with content that nobody knows is not begun")
{
	struct fixture f;

	set_up(&f, 1, 1);
	transaction_free(&f.transaction);
	f.group->vg->unknown = "x has type y";
	tap_log_capture();
	CHECK_INT(transaction_begin(f.catalog, f.group, "test", &f.transaction), -ENOTSUP);
	f.group->vg = NULL;
	CHECK_INT(transaction_begin(f.catalog, f.group, "test", &f.transaction), -EBADMSG);
	CHECK(!f.transaction);
	tear_down(&f);
}

TEST("the last sequence number is not passed")
{
	struct fixture f;

	set_up(&f, 1, 1);
	transaction_free(&f.transaction);
	f.group->vg->seqno = UINT32_MAX;
	CHECK_INT(transaction_begin(f.catalog, f.group, "test", &f.transaction), 0);
	tap_log_capture();
	CHECK_INT(transaction_stage(f.transaction, f.group->vg), -EOVERFLOW);
	tear_down(&f);
}

static unsigned log_lines(void)
{
	const char *line = tap_log_text();
	unsigned count = 0;

	while (line && *line) {
		line = strchr(line, '\n');
		line += line != NULL;
		count++;
	}
	return count;
}

TEST("one area is enough, those that failed are stale")
{
	static const enum memdev_call calls[] = { MEMDEV_WRITE, MEMDEV_SYNC };

	for (unsigned call = 0; call < 2; call++) {
		for (unsigned nth = 1; nth <= 3; nth++) {
			struct fixture f;

			set_up(&f, 2, 2);
			CHECK_INT(transaction_stage(f.transaction, f.group->vg), 0);
			tap_log_capture();
			memdev_fail(f.disks.device[0], calls[call], nth, EIO, MEMDEV_FOR_EVER);
			CHECK_INT(transaction_commit(f.transaction), 0);
			CHECK(strstr(tap_log_text(), "1 of 2 metadata areas") != NULL);
			CHECK_INT(log_lines(), 1);
			memdev_fail(f.disks.device[0], calls[call], 0, 0, MEMDEV_ONCE);
			look(&f);
			CHECK_INT(f.group->vg->seqno, 2);
			if (calls[call] == MEMDEV_WRITE)
				CHECK_INT(f.group->stale_areas, 1);
			tear_down(&f);
		}
	}
}

TEST("of an area that stays stale is told once, and again once it has been written")
{
	static const bool fails[] = { true, true, false, true };
	static const unsigned lines[] = { 1, 0, 0, 1 };
	struct fixture f;
	unsigned i;

	set_up(&f, 2, 2);
	for (i = 0; i < 4; i++)
		CHECK_INT(transaction_stage(f.transaction, f.group->vg), 0);
	for (i = 0; i < 4; i++) {
		tap_log_capture();
		memdev_fail(f.disks.device[0], MEMDEV_WRITE, fails[i], EIO, MEMDEV_FOR_EVER);
		CHECK_INT(transaction_commit(f.transaction), 0);
		CHECK_INT(log_lines(), lines[i]);
	}
	tear_down(&f);
}

TEST("if no area can be written the group is as before and can be changed")
{
	for (unsigned nth = 1; nth <= 3; nth++) {
		struct fixture f;

		set_up(&f, 2, 2);
		CHECK_INT(transaction_stage(f.transaction, f.group->vg), 0);
		tap_log_capture();
		memdev_fail(f.disks.device[0], MEMDEV_WRITE, nth, EIO, MEMDEV_ONCE);
		memdev_fail(f.disks.device[1], MEMDEV_WRITE, nth, EIO, MEMDEV_ONCE);
		CHECK_INT(transaction_commit(f.transaction), -EIO);
		CHECK(strstr(tap_log_text(), "any device (/dev/sda: cannot write ") != NULL);
		CHECK_INT(log_lines(), 1);
		CHECK_INT(disk_of(&f, 0)->areas[0].next.offset, 0);
		look(&f);
		CHECK_INT(f.group->vg->seqno, 1);
		CHECK_INT(f.group->stale_areas, 0);
		CHECK_INT(disks_commit(f.catalog, f.group, f.group->vg), 0);
		tear_down(&f);
	}
}

TEST("what somebody else has written to one area meanwhile ends the commit, and stays")
{
	static const uint64_t header = 4096, slots = 40;
	struct fixture f;
	unsigned char theirs[512];

	set_up(&f, 2, 2);
	CHECK_INT(transaction_stage(f.transaction, f.group->vg), 0);
	/* the slot's offset is another */
	memdev_bytes(f.disks.device[0])[header + slots] ^= 2;
	memcpy(theirs, memdev_bytes(f.disks.device[0]) + header, sizeof(theirs));
	memdev_fail(f.disks.device[1], MEMDEV_WRITE, 2, EIO, MEMDEV_FOR_EVER);
	tap_log_capture();
	CHECK_INT(transaction_commit(f.transaction), -ESTALE);
	CHECK(!memcmp(theirs, memdev_bytes(f.disks.device[0]) + header, sizeof(theirs)));
	tear_down(&f);
}

TEST("a header that arrived though its write failed does not end the command's other commits")
{
	static const uint64_t header = 4096;
	unsigned char published[512];
	struct fixture f;

	set_up(&f, 2, 2);
	for (unsigned i = 0; i < 3; i++)
		CHECK_INT(transaction_stage(f.transaction, f.group->vg), 0);
	memdev_fail(f.disks.device[1], MEMDEV_WRITE, 3, EIO, MEMDEV_ONCE);
	tap_log_capture();
	CHECK_INT(transaction_commit(f.transaction), 0);
	CHECK(strstr(tap_log_text(), "1 of 2 metadata areas could not be written") != NULL);
	memcpy(published, memdev_bytes(f.disks.device[0]) + header, sizeof(published));
	CHECK(memcmp(published, memdev_bytes(f.disks.device[1]) + header, sizeof(published)) != 0);
	memcpy(memdev_bytes(f.disks.device[1]) + header, published, sizeof(published));

	tap_log_capture();
	CHECK_INT(transaction_commit(f.transaction), 0);
	CHECK_TEXT(tap_log_text(), "");
	CHECK(!memcmp(published, memdev_bytes(f.disks.device[1]) + header, sizeof(published)));
	/* what is somebody else's in the other area still ends it */
	memdev_bytes(f.disks.device[0])[header + 40] ^= 2;
	CHECK_INT(transaction_commit(f.transaction), -ESTALE);

	memdev_bytes(f.disks.device[0])[header + 40] ^= 2;
	look(&f);
	CHECK_INT(f.group->vg->seqno, 3);
	CHECK_INT(f.group->stale_areas, 1);
	tear_down(&f);
}

TEST("a sync that fails everywhere takes the new text back")
{
	struct fixture f;

	set_up(&f, 1, 1);
	CHECK_INT(transaction_stage(f.transaction, f.group->vg), 0);
	tap_log_capture();
	memdev_fail(f.disks.device[0], MEMDEV_SYNC, 3, EIO, MEMDEV_ONCE);
	CHECK_INT(transaction_commit(f.transaction), -EIO);
	look(&f);
	CHECK_INT(f.group->vg->seqno, 1);
	tear_down(&f);
}

TEST("if the new text cannot be taken back nobody knows which one counts")
{
	for (unsigned sync = 2; sync <= 3; sync++) {
		struct fixture f;

		set_up(&f, 1, 1);
		CHECK_INT(transaction_stage(f.transaction, f.group->vg), 0);
		tap_log_capture();
		memdev_fail(f.disks.device[0], MEMDEV_SYNC, sync, EIO, MEMDEV_FOR_EVER);
		/* before the new text can count at all its loss is certain */
		CHECK_INT(transaction_commit(f.transaction), sync == 2 ? -EIO : -EINPROGRESS);
		CHECK((strstr(tap_log_text(), "is not known") != NULL) == (sync == 3));
		CHECK_INT(log_lines(), 1);
		tear_down(&f);
	}
}

TEST("a disk that joins is marked used and gets the text")
{
	struct fixture f;

	set_up(&f, 2, 1);
	CHECK(!disk_of(&f, 1)->label.used);
	disks_add_pv(f.group->vg, 1);
	CHECK_INT(transaction_stage(f.transaction, f.group->vg), 0);
	CHECK_INT(transaction_commit(f.transaction), 0);
	look(&f);
	CHECK(disk_of(&f, 1)->label.used);
	CHECK(disk_of(&f, 1)->group == f.group);
	CHECK_INT(f.group->stale_areas, 0);
	tear_down(&f);
}

TEST("a disk that could not join is an orphan again")
{
	struct fixture f;

	set_up(&f, 2, 1);
	disks_add_pv(f.group->vg, 1);
	CHECK_INT(transaction_stage(f.transaction, f.group->vg), 0);
	tap_log_capture();
	memdev_fail(f.disks.device[0], MEMDEV_WRITE, 1, EIO, MEMDEV_FOR_EVER);
	memdev_fail(f.disks.device[1], MEMDEV_WRITE, 2, EIO, MEMDEV_ONCE);
	CHECK_INT(transaction_commit(f.transaction), -EIO);
	memdev_fail(f.disks.device[0], MEMDEV_WRITE, 0, 0, MEMDEV_ONCE);
	look(&f);
	CHECK(!disk_of(&f, 1)->label.used);
	CHECK(!disk_of(&f, 1)->group);
	CHECK_INT(f.group->vg->seqno, 1);
	tear_down(&f);
}

TEST("a disk whose label cannot be written again may not join")
{
	struct fixture f;

	set_up(&f, 2, 1);
	disk_of(&f, 1)->label.foreign = true;
	disks_add_pv(f.group->vg, 1);
	tap_log_capture();
	CHECK_INT(transaction_stage(f.transaction, f.group->vg), -ENOTSUP);
	tear_down(&f);
}

TEST("a disk of another group may not join")
{
	AUTO(vg) struct vg *vg = disks_group("vg1", 1);
	struct fixture f;

	set_up(&f, 1, 1);
	transaction_free(&f.transaction);
	CHECK_INT(transaction_begin(f.catalog, NULL, "test", &f.transaction), 0);
	tap_log_capture();
	CHECK_INT(transaction_stage(f.transaction, vg), -EBUSY);
	tear_down(&f);
}

TEST("a disk that leaves is emptied after the last text that lists it")
{
	struct fixture f;

	set_up(&f, 2, 2);
	CHECK_INT(transaction_stage(f.transaction, f.group->vg), 0);
	vg_remove_pv(vg_find_pv(f.group->vg, "pv1"));
	CHECK_INT(transaction_stage(f.transaction, f.group->vg), 0);
	CHECK_INT(transaction_commit(f.transaction), 0);
	CHECK_INT(disk_of(&f, 1)->areas[0].seqno, 2);
	CHECK_INT(transaction_commit(f.transaction), 0);
	CHECK(!disk_of(&f, 1)->group);
	look(&f);
	CHECK(!disk_of(&f, 1)->label.used && !disk_of(&f, 1)->group);
	CHECK_INT(disk_of(&f, 1)->areas[0].current.offset, 0);
	CHECK_INT(dm_list_size(&f.group->vg->pvs), 1);
	tear_down(&f);
}

/* The second of two disks is no member any more, and its area still has the text: whoever took it out was killed. */
static void set_up_leaver(struct fixture *f)
{
	enum { AREAS = 4096, AREAS_END = DATA_START * 512 };
	unsigned char old[AREAS_END];
	unsigned char *bytes;

	set_up(f, 2, 2);
	bytes = memdev_bytes(f->disks.device[1]);
	memcpy(old, bytes, sizeof(old));
	vg_remove_pv(vg_find_pv(f->group->vg, "pv1"));
	CHECK_INT(transaction_stage(f->transaction, f->group->vg), 0);
	CHECK_INT(transaction_commit(f->transaction), 0);
	memcpy(bytes + AREAS, old + AREAS, sizeof(old) - AREAS);
	look(f);
	CHECK(disk_of(f, 1)->outdated && !disk_of(f, 1)->label.used);
}

static void change_group(struct fixture *f)
{
	CHECK_INT(transaction_begin(f->catalog, f->group, "test", &f->transaction), 0);
	CHECK_INT(transaction_stage(f->transaction, f->group->vg), 0);
	CHECK_INT(transaction_commit(f->transaction), 0);
}

TEST("a disk that was leaving when a command died is emptied by the next")
{
	struct fixture f;

	set_up_leaver(&f);
	change_group(&f);
	look(&f);
	CHECK(!disk_of(&f, 1)->outdated && !disk_of(&f, 1)->areas[0].current.offset);
	CHECK_INT(f.group->stale_areas, 0);
	tear_down(&f);
}

TEST("a disk that was leaving, and was given to another group meanwhile, is left alone")
{
	AUTO(vg) struct vg *vg = vg_new("vg1", EXTENT_SECTORS);
	AUTO(catalog) struct catalog *other = NULL;
	struct fixture f;

	set_up_leaver(&f);
	disks_format(&f.disks, 1, 1);
	other = disks_catalog(&f.disks);
	disks_add_pv(vg, 1);
	CHECK_INT(disks_commit(other, NULL, vg), 0);
	change_group(&f);
	look(&f);
	CHECK(disk_of(&f, 1)->group && !strcmp(disk_of(&f, 1)->group->name, "vg1"));
	CHECK_INT(f.group->vg->seqno, 3);
	tear_down(&f);
}

TEST("a disk that was leaving, and has no label any more, is left alone")
{
	unsigned char *header;
	struct fixture f;

	set_up_leaver(&f);
	memset(memdev_bytes(f.disks.device[1]), 0, 4096);
	header = memdev_bytes(f.disks.device[1]) + 4096;
	change_group(&f);
	CHECK(header[40] || header[41]);
	tear_down(&f);
}

TEST("a disk that was leaving, and cannot be written, keeps nobody from changing the group")
{
	struct fixture f;
	struct disk *disk;

	set_up_leaver(&f);
	disk = disk_of(&f, 1);
	blkdev_free(&disk->dev);
	CHECK_INT(memdev_open(f.disks.device[1], BLKDEV_READ, &disk->dev), 0);
	f.disks.candidate[1].read_only = true;
	tap_log_capture();
	change_group(&f);
	CHECK(strstr(tap_log_text(), "/dev/sdb: holds old metadata of group vg0"));
	f.disks.candidate[1].read_only = false;
	look(&f);
	CHECK_INT(f.group->vg->seqno, 3);
	CHECK(disk_of(&f, 1)->outdated);
	tear_down(&f);
}

TEST("a group without devices is gone")
{
	struct fixture f;

	set_up(&f, 2, 2);
	dm_list_init(&f.group->vg->pvs);
	dm_list_init(&f.group->vg->lvs);
	CHECK_INT(transaction_stage(f.transaction, f.group->vg), 0);
	CHECK_INT(transaction_commit(f.transaction), 0);
	look(&f);
	CHECK(!f.group);
	CHECK(disk_of(&f, 0)->has_label && !disk_of(&f, 0)->label.used);
	tear_down(&f);
}

TEST("restoring brings the first text back with a higher number")
{
	struct fixture f;

	set_up(&f, 1, 1);
	words_add(f.group->vg, &f.group->vg->tags, "new");
	CHECK_INT(transaction_stage(f.transaction, f.group->vg), 0);
	CHECK_INT(transaction_stage(f.transaction, f.group->vg), 0);
	CHECK_INT(transaction_commit(f.transaction), 0);
	CHECK_INT(transaction_restore(f.transaction), 0);
	look(&f);
	CHECK_INT(f.group->vg->seqno, 4);
	CHECK(dm_list_empty(&f.group->vg->tags));
	tear_down(&f);
}

TEST("restoring what was never committed writes nothing")
{
	struct fixture f;
	size_t events;

	set_up(&f, 1, 1);
	CHECK_INT(transaction_stage(f.transaction, f.group->vg), 0);
	events = memlog_count(f.disks.log);
	CHECK_INT(transaction_restore(f.transaction), 0);
	CHECK_INT(memlog_count(f.disks.log), events);
	tear_down(&f);
}

TEST("restoring a group that did not exist lets its disks go")
{
	AUTO(vg) struct vg *vg = vg_new("vg1", EXTENT_SECTORS);
	struct fixture f;

	set_up(&f, 2, 1);
	transaction_free(&f.transaction);
	disks_add_pv(vg, 1);
	CHECK_INT(transaction_begin(f.catalog, NULL, "test", &f.transaction), 0);
	CHECK_INT(transaction_stage(f.transaction, vg), 0);
	CHECK_INT(transaction_commit(f.transaction), 0);
	CHECK_INT(transaction_restore(f.transaction), 0);
	look(&f);
	CHECK(!catalog_find_group(f.catalog, "vg1", NULL));
	CHECK(!disk_of(&f, 1)->label.used);
	tear_down(&f);
}

static struct conf *conf_in(const struct scratch *scratch)
{
	struct conf *conf = conf_new();
	char text[2 * SCRATCH_TEXT + 100];

	snprintf(text, sizeof(text),
		 "backup { archive_dir = \"%s/archive\" backup_dir = \"%s/backup\" }",
		 scratch->path, scratch->path);
	CHECK_INT(conf_override(conf, text), 0);
	return conf;
}

/* What the backup of a group in this directory says; "" if there is none. */
static char *backup_of(const struct scratch *scratch, const char *name)
{
	char path[SCRATCH_TEXT];
	char *text = NULL;

	return file_read(scratch_path(scratch, name, path), 1 << 20, &text) < 0 ? strdup("") : text;
}

TEST("backup and archive tell the group after and before")
{
	AUTO_FREE char *backup = NULL;
	AUTO(conf) struct conf *conf = NULL;
	struct scratch scratch;
	struct fixture f;

	scratch_init(&scratch);
	conf = conf_in(&scratch);
	set_up(&f, 1, 1);
	CHECK_INT(transaction_backup(f.transaction, conf), 0);
	words_add(f.group->vg, &f.group->vg->tags, "after");
	CHECK_INT(transaction_stage(f.transaction, f.group->vg), 0);
	CHECK_INT(transaction_archive(f.transaction, conf), 0);
	CHECK_INT(transaction_commit(f.transaction), 0);
	CHECK_INT(transaction_backup(f.transaction, conf), 0);
	backup = backup_of(&scratch, "backup/vg0");
	CHECK(strstr(backup, "description = \"Created *after* executing 'svtest -x vg0'\"") !=
	      NULL);
	CHECK(strstr(backup, "\n\tseqno = 2\n") != NULL);
	CHECK(strstr(backup, "tags = [\"after\"]") != NULL);
	tear_down(&f);
	scratch_release(&scratch);
}

TEST("the backup follows a new name and goes with the group")
{
	AUTO(conf) struct conf *conf = NULL;
	AUTO_FREE char *old = NULL;
	AUTO_FREE char *renamed = NULL;
	AUTO_FREE char *gone = NULL;
	struct scratch scratch;
	struct fixture f;

	scratch_init(&scratch);
	conf = conf_in(&scratch);
	set_up(&f, 1, 1);
	CHECK_INT(transaction_stage(f.transaction, f.group->vg), 0);
	CHECK_INT(transaction_backup(f.transaction, conf), 0);
	f.group->vg->name = "vg9";
	CHECK_INT(transaction_stage(f.transaction, f.group->vg), 0);
	CHECK_INT(transaction_backup(f.transaction, conf), 0);
	old = backup_of(&scratch, "backup/vg0");
	renamed = backup_of(&scratch, "backup/vg9");
	CHECK_TEXT(old, "");
	CHECK(strstr(renamed, "\nvg9 {\n") != NULL);

	f.group->vg->name = "vg0";
	dm_list_init(&f.group->vg->pvs);
	dm_list_init(&f.group->vg->lvs);
	CHECK_INT(transaction_stage(f.transaction, f.group->vg), 0);
	CHECK_INT(transaction_backup(f.transaction, conf), 0);
	gone = backup_of(&scratch, "backup/vg0");
	CHECK_TEXT(gone, "");
	tear_down(&f);
	scratch_release(&scratch);
}

TEST_MAIN
