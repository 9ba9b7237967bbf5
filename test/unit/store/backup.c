/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

#include "scratch.h"
#include "tap.h"

#include "base/auto.h"
#include "base/conf.h"
#include "base/io.h"
#include "model/vg.h"
#include "store/area.h"
#include "store/backup.h"
#include "store/import.h"

struct fixture {
	struct scratch scratch;
	struct conf *conf;
};

static void set_up(struct fixture *f, const char *more)
{
	char text[3 * SCRATCH_TEXT];

	scratch_init(&f->scratch);
	f->conf = conf_new();
	snprintf(text, sizeof(text),
		 "backup { archive_dir = \"%s/a/archive\" backup_dir = \"%s/b\" %s }",
		 f->scratch.path, f->scratch.path, more);
	CHECK_INT(conf_override(f->conf, text), 0);
}

static void tear_down(struct fixture *f)
{
	conf_free(&f->conf);
	scratch_release(&f->scratch);
}

/* Number of files in the archive; the name of the highest in last. */
static int list_archive(const struct fixture *f, char last[SCRATCH_TEXT])
{
	char path[SCRATCH_TEXT];
	struct dirent **files;
	int i, count, found = 0;

	count = scandir(scratch_path(&f->scratch, "a/archive", path), &files, NULL, alphasort);
	for (i = 0; i < count; i++) {
		if (files[i]->d_name[0] != '.') {
			snprintf(last, SCRATCH_TEXT, "%s", files[i]->d_name);
			found++;
		}
		free(files[i]);
	}
	if (count >= 0)
		free(files);
	return found;
}

static int count_named(const struct fixture *f, const char *begin)
{
	char path[SCRATCH_TEXT];
	struct dirent **files;
	int i, count, found = 0;

	count = scandir(scratch_path(&f->scratch, "a/archive", path), &files, NULL, alphasort);
	for (i = 0; i < count; i++) {
		found += strncmp(files[i]->d_name, begin, strlen(begin)) == 0;
		free(files[i]);
	}
	if (count >= 0)
		free(files);
	return found;
}

static void make_old(const struct fixture *f, const char *name)
{
	struct timespec times[2] = { { .tv_sec = 1000000000 }, { .tv_sec = 1000000000 } };
	char path[SCRATCH_TEXT];

	scratch_file(&f->scratch, name, "old");
	CHECK_INT(utimensat(AT_FDCWD, scratch_path(&f->scratch, name, path), times, 0), 0);
}

static bool exists(const struct fixture *f, const char *name)
{
	char path[SCRATCH_TEXT];
	struct stat st;

	return stat(scratch_path(&f->scratch, name, path), &st) == 0;
}

TEST("the backup is replaced, readable by its owner only")
{
	AUTO_FREE char *text = NULL;
	char path[SCRATCH_TEXT];
	struct fixture f;
	struct stat st;

	set_up(&f, "");
	backup_write(f.conf, "vg0", "one", 3);
	backup_write(f.conf, "vg0", "two", 3);
	scratch_path(&f.scratch, "b/vg0", path);
	CHECK_INT(file_read(path, 100, &text), 0);
	CHECK_TEXT(text, "two");
	CHECK_INT(stat(path, &st), 0);
	CHECK_INT(st.st_mode & 0777, 0600);
	CHECK_INT(stat(scratch_path(&f.scratch, "b", path), &st), 0);
	CHECK_INT(st.st_mode & 0777, 0700);
	tear_down(&f);
}

TEST("archive files are numbered on, each group's by itself")
{
	char last[SCRATCH_TEXT] = "";
	struct fixture f;

	set_up(&f, "");
	archive_write(f.conf, "vg0", "one", 3);
	CHECK_INT(list_archive(&f, last), 1);
	CHECK(strncmp(last, "vg0_00000-", 10) == 0);
	archive_write(f.conf, "vg0", "two", 3);
	CHECK_INT(list_archive(&f, last), 2);
	CHECK(strncmp(last, "vg0_00001-", 10) == 0);
	scratch_file(&f.scratch, "a/archive/vg0_99999-5.vg", "");
	scratch_file(&f.scratch, "a/archive/vg0_7_99999-5.vg", "");
	scratch_file(&f.scratch, "a/archive/vg0_222222-5.vgx", "");
	archive_write(f.conf, "vg0", "three", 5);
	archive_write(f.conf, "vg0_7", "three", 5);
	CHECK_INT(list_archive(&f, last), 7);
	CHECK_INT(count_named(&f, "vg0_100000-"), 1);
	CHECK_INT(count_named(&f, "vg0_7_100000-"), 1);
	tear_down(&f);
}

TEST("old files go when there are more than enough")
{
	char name[SCRATCH_TEXT];
	struct fixture f;

	set_up(&f, "retain_min = 3 retain_days = 10");
	for (unsigned i = 0; i < 6; i++) {
		snprintf(name, sizeof(name), "a/archive/vg0_%05u-7.vg", i);
		make_old(&f, name);
	}
	make_old(&f, "a/archive/vg0_00001-7.txt");
	make_old(&f, "a/archive/vg00_00001-7.vg");
	archive_write(f.conf, "vg0", "new", 3);
	CHECK(!exists(&f, "a/archive/vg0_00002-7.vg"));
	CHECK(exists(&f, "a/archive/vg0_00003-7.vg"));
	CHECK(exists(&f, "a/archive/vg0_00001-7.txt"));
	CHECK(exists(&f, "a/archive/vg00_00001-7.vg"));
	tear_down(&f);
}

TEST("what killed commands left half written goes, nothing else")
{
	static const struct {
		const char *name;
		bool goes;
	} files[] = {
		{ "a/archive/vg0_00001-7.vg~snapvol-aB3dE6", true },
		{ "a/archive/other_00001-7.vg~snapvol-aB3dE6", true },
		{ "b/vg0~snapvol-aB3dE6", true },
		{ "b/vg0.aB3dE6", false }, /* the backup of a group of that name */
		{ "b/vg0~", false },
		{ "b/vg0~backup", false }, /* somebody's copy */
		{ "b/vg0~snapvol", false },
		{ "a/archive/vg0_00001-7.vg~backup", false },
		{ "b/vg0~snapvol-aB3d.6", false },
		{ "b/vg0~snapvol-aB3dE67", false },
	};
	char path[SCRATCH_TEXT];
	AUTO_CLOSE int fd = -1;
	struct fixture f;

	set_up(&f, "");
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		make_old(&f, files[i].name);
	scratch_file(&f.scratch, "b/vg0~snapvol-young0", "somebody writes it");
	scratch_file(&f.scratch, "b/vg0~snapvol-young1", "somebody who died just now wrote it");
	fd = open(scratch_path(&f.scratch, "b/vg0~snapvol-young0", path), O_RDWR | O_CLOEXEC);
	CHECK_INT(flock(fd, LOCK_EX), 0);
	archive_write(f.conf, "vg0", "new", 3);
	backup_write(f.conf, "vg0", "new", 3);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (exists(&f, files[i].name) == files[i].goes)
			CHECK_TEXT(files[i].name, files[i].goes ? "gone" : "there");
	CHECK(exists(&f, "b/vg0~snapvol-young0"));
	CHECK(!exists(&f, "b/vg0~snapvol-young1"));
	CHECK(exists(&f, "b/vg0"));
	tear_down(&f);
}

TEST("of half a copy it is known which group it is of")
{
	static const struct {
		const char *file, *group; /* NULL: it is none */
	} files[] = {
		{ "vg0~snapvol-aB3dE6", "vg0" },
		{ "vg0_00001-7.vg~snapvol-aB3dE6", "vg0" },
		{ "vg0_7_00001-7.vg~snapvol-aB3dE6", "vg0_7" },
		{ "vg_x~snapvol-aB3dE6", "vg_x" },
		{ "vg0", NULL },
		{ "vg0_00001-7.vg", NULL },
		{ "vg0~backup", NULL },
		{ "vg0~snapvol-", NULL },
		{ "vg0~snapvol-aB3d.6", NULL },
	};
	char group[NAME_LEN + 1];

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		CHECK_INT(backup_is_left(files[i].file, group), files[i].group != NULL);
		if (files[i].group)
			CHECK_TEXT(group, files[i].group);
	}
}

TEST("young files stay however many there are")
{
	char last[SCRATCH_TEXT];
	struct fixture f;

	set_up(&f, "retain_min = 1 retain_days = 10");
	for (unsigned i = 0; i < 5; i++)
		archive_write(f.conf, "vg0", "x", 1);
	CHECK_INT(list_archive(&f, last), 5);
	tear_down(&f);
}

TEST("settings turn both off")
{
	struct fixture f;

	set_up(&f, "archive = 0 backup = 0");
	archive_write(f.conf, "vg0", "x", 1);
	backup_write(f.conf, "vg0", "x", 1);
	CHECK(!exists(&f, "a"));
	CHECK(!exists(&f, "b"));
	tear_down(&f);
}

TEST("a backup is renamed and removed, and it does not matter if there is none")
{
	struct fixture f;

	set_up(&f, "");
	tap_log_capture();
	backup_rename(f.conf, "vg0", "vg1");
	backup_remove(f.conf, "vg0");
	backup_write(f.conf, "vg0", "x", 1);
	backup_rename(f.conf, "vg0", "vg1");
	CHECK(!exists(&f, "b/vg0") && exists(&f, "b/vg1"));
	backup_remove(f.conf, "vg1");
	CHECK(!exists(&f, "b/vg1"));
	CHECK_TEXT(tap_log_text(), "");
	tear_down(&f);
}

TEST("a copy that cannot be written is a warning")
{
	struct fixture f;

	set_up(&f, "");
	scratch_file(&f.scratch, "b", "in the way");
	scratch_file(&f.scratch, "a", "in the way");
	tap_log_capture();
	backup_write(f.conf, "vg0", "x", 1);
	CHECK(strstr(tap_log_text(), "could not be written") != NULL);
	archive_write(f.conf, "vg0", "x", 1);
	backup_remove(f.conf, "vg0");
	backup_rename(f.conf, "vg0", "vg1");
	CHECK(strstr(tap_log_text(), "cannot be renamed") != NULL);
	tear_down(&f);
}

static const char copy[] =
	"contents = \"Text Format Volume Group\"\nversion = 1\n\n"
	"description = \"Created *after* executing 'svs --config a {\n\tb = 1\n}'\"\n\n"
	"creation_time = 5\n\n"
	"vg0 {\nid = \"aaaaaa-aaaa-aaaa-aaaa-aaaa-aaaa-aaaaaa\"\nseqno = 7\n"
	"extent_size = 8\nphysical_volumes {\n}\n}\n";

TEST("a copy is read that tells of a command of several lines, in one")
{
	AUTO(vg) struct vg *vg = NULL;
	struct text_header header = { 0 };
	char path[SCRATCH_TEXT];
	struct fixture f;

	set_up(&f, "");
	scratch_file(&f.scratch, "b/vg0", copy);
	CHECK_INT(backup_read(scratch_path(&f.scratch, "b/vg0", path), &vg, &header), 0);
	CHECK_TEXT(header.description, "Created *after* executing 'svs --config a {  b = 1 }'");
	CHECK_INT(header.time, 5);
	tear_down(&f);
}

TEST("a copy of more than half as much as metadata on disk may be is read")
{
	static const size_t len = AREA_TEXT_MAX / 2;
	AUTO_FREE char *text = malloc(len + sizeof(copy));
	AUTO(vg) struct vg *vg = NULL;
	char path[SCRATCH_TEXT];
	struct fixture f;

	if (!text)
		abort();
	memset(text, '\n', len);
	memcpy(text + len, copy, sizeof(copy));
	set_up(&f, "");
	scratch_file(&f.scratch, "b/vg0", text);
	CHECK_INT(backup_read(scratch_path(&f.scratch, "b/vg0", path), &vg, NULL), 0);
	tear_down(&f);
}

TEST_MAIN
