/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "samples.h"
#include "tap.h"

#include "base/auto.h"
#include "model/vg.h"
#include "store/export.h"
#include "store/import.h"

static const struct export_header header = {
	.description = "Write from \"test\".",
	.host = "host",
	.uname = "Linux host 6.1",
	.time = 86400,
};

/* Text in, text out; NULL if it cannot be read. */
static char *round_trip(const char *name, const char *text, enum export_form form)
{
	AUTO(vg) struct vg *vg = NULL;
	char *again = NULL;
	size_t len = 0;

	CHECK_INT(vg_import(name, text, strlen(text), &vg), 0);
	if (!vg)
		return NULL;
	CHECK_INT(vg_export(vg, form, &header, &again, &len), 0);
	CHECK_INT(len, strlen(again) + (form == EXPORT_DISK));
	return again;
}

static int is_disk_text(const struct dirent *entry)
{
	return strstr(entry->d_name, ".disk") != NULL;
}

static int is_file_text(const struct dirent *entry)
{
	return strstr(entry->d_name, ".vg") != NULL;
}

static void for_each_golden(int (*choose)(const struct dirent *), void (*check)(const char *name))
{
	const char *source = getenv("top_srcdir");
	struct dirent **files;
	char path[512];
	int i, count;

	snprintf(path, sizeof(path), "%s/test/golden/import", source ? source : ".");
	count = scandir(path, &files, choose, alphasort);
	CHECK(count > 0);
	for (i = 0; i < count; i++) {
		*strchr(files[i]->d_name, '.') = 0;
		printf("# %s\n", files[i]->d_name);
		check(files[i]->d_name);
		free(files[i]);
	}
	if (count >= 0)
		free(files);
}

/* Volumes that LVM2 shows neither as visible nor in the order we keep come out in another order:
 * then test/golden/export has the text that is right. */
static void check_disk_text(const char *name)
{
	AUTO_FREE char *text = golden_text("import", name, "disk");
	AUTO_FREE char *other = golden_text("export", name, "disk");
	AUTO_FREE char *again = round_trip(name, text, EXPORT_DISK);

	if (again)
		CHECK_TEXT(group_part(again), group_part(other ? other : text));
}

TEST("LVM2's texts on disk go back as they came")
{
	for_each_golden(is_disk_text, check_disk_text);
}

static void check_file_text(const char *name)
{
	AUTO_FREE char *text = golden_text("import", name, "vg");
	AUTO_FREE char *again = round_trip(name, text, EXPORT_FILE);

	if (again)
		CHECK_TEXT(file_part(again), file_part(text));
}

TEST("LVM2's backup files go back as they came")
{
	for_each_golden(is_file_text, check_file_text);
}

static void check_twice(const char *name)
{
	AUTO_FREE char *text = golden_text("import", name, "disk");
	AUTO_FREE char *file = round_trip(name, text, EXPORT_FILE);
	AUTO_FREE char *once = round_trip(name, file ? file : "", EXPORT_DISK);
	AUTO_FREE char *twice = round_trip(name, once ? once : "", EXPORT_DISK);

	CHECK_TEXT(twice, once);
}

TEST("a text that was written reads back the same from either form")
{
	for_each_golden(is_disk_text, check_twice);
}

TEST("the header stands behind the group on disk and before it in files")
{
	AUTO_FREE char *sample = sample_text(NULL, NULL);
	AUTO_FREE char *disk = round_trip("sample", sample, EXPORT_DISK);
	AUTO_FREE char *file = round_trip("sample", sample, EXPORT_FILE);
	static const char wanted[] =
		"contents = \"Text Format Volume Group\"\n"
		"version = 1\n"
		"\n"
		"description = \"Write from \\\"test\\\".\"\n"
		"\n"
		"creation_host = \"host\"\t# Linux host 6.1\n"
		"creation_time = 86400\t# 1970-01-02 00:00:00 +0000\n"
		"\n";

	CHECK_TEXT(strstr(disk, "contents"), wanted);
	CHECK(strncmp(disk, "vg0 {\nid = ", 11) == 0);
	CHECK(strncmp(strstr(file, "contents"), wanted, strlen(wanted)) == 0);
	CHECK(strstr(file, "\n\nvg0 {\n\tid = ") != NULL);
}

TEST("entries that nobody knows come back at every level")
{
	static const struct {
		const char *from, *to;
	} cases[] = {
		{ "metadata_copies = 0\n",
		  "metadata_copies = 0\npr = [\"ptpl\"]\nnumber = -5\n"
		  "list = [1, \"two\\\\\\\"\"]\n" },
		{ "flags = []\nextent_size = 8\n",
		  "flags = []\nsystem_id = \"here\"\nlock_type = \"none\"\nlock_args = \"x\"\n"
		  "extent_size = 8\n" },
		{ "metadata_copies = 0\n", "profile = \"fast\"\nmetadata_copies = 0\n" },
		{ "device = \"/dev/sda\"\n",
		  "device = \"/dev/sda\"\ndevice_id_type = \"wwid\"\ndevice_id = \"naa.5\"\n" },
		{ "pe_count = 32\n", "pe_count = 32\nspin = 7200\nnest {\n\nin {\nx = []\n}\n}\n" },
		{ "pe_count = 32\n", "pe_count = 32\ndevice_id {\nx = 1\n}\n" },
		{ "segment_count = 2\n",
		  "lock_args = \"1.0.0:2\"\nprofile = \"fast\"\nshade = \"red\"\n"
		  "segment_count = 2\n" },
		{ "\"pv0\", 0\n]\n", "\"pv0\", 0\n]\nspare = 3\n" },
		{ "\"pv0\", 0\n]\n", "\"pv0\", 0\n]\nstatus = [\"ODD\"]\nflags = []\n" },
		{ "cow_store = \"snap\"\n", "cow_store = \"snap\"\nepoch = 9\n" },
		{ "cow_store = \"snap\"\n", "cow_store = \"snap\"\nflags = [\"ODD\"]\n" },
		{ "flags = []\n", "flags = [\"NOAUTOACTIVATE\", \"NEWER\", \"STILL\"]\n" },
		{ "\"READ\", \"WRITE\"]", "\"READ\", \"WRITE\", \"FROZEN\"]" },
		{ "\n}\n# Gen",
		  "\nhistorical_logical_volumes {\n\nold {\nid = \"x\"\n}\n}\n}\n# Gen" },
		{ "type = \"striped\"\nstripe_count = 1\n\nstripes = [\n\"pv0\", 0\n]\n",
		  "reshape_count = 5\ntype = \"raid5+RESHAPE\"\nregion_size = 8\n\n"
		  "raids = [\n\"snap\", \"snap\"\n]\n" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO_FREE char *text = sample_text(cases[i].from, cases[i].to);
		AUTO_FREE char *again = round_trip("sample", text, EXPORT_DISK);

		if (again)
			CHECK_TEXT(group_part(again), group_part(text));
	}
}

TEST("a string with a line end keeps it when a file is indented")
{
	AUTO_FREE char *text = sample_text("max_lv = 0\n", "max_lv = 0\nnote = \"a {\n}b\"\n");
	AUTO_FREE char *file = round_trip("sample", text, EXPORT_FILE);
	AUTO_FREE char *again = round_trip("sample", file, EXPORT_DISK);

	CHECK(strstr(file, "\tnote = \"a {\n}b\"\n") != NULL);
	CHECK(strstr(again, "\nnote = \"a {\n}b\"\n") != NULL);
}

TEST("a device is called what it is called now, or what it was called last")
{
	AUTO_FREE char *text = sample_text(NULL, NULL);
	AUTO_FREE char *again = NULL;
	AUTO(vg) struct vg *vg = NULL;
	size_t len = 0;

	CHECK_INT(vg_import("sample", text, strlen(text), &vg), 0);
	vg_find_pv(vg, "pv1")->path = "/dev/sdz";
	CHECK_INT(vg_export(vg, EXPORT_DISK, &header, &again, &len), 0);
	CHECK(strstr(again, "device = \"/dev/sda\"\n") != NULL);
	CHECK(strstr(again, "device = \"/dev/sdz\"\n") != NULL);
	CHECK(!strstr(again, "device = \"/dev/sdb\"\n"));
}

TEST_MAIN
