/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "samples.h"
#include "tap.h"

#include "base/auto.h"
#include "base/stream.h"
#include "model/snapshot.h"
#include "store/import.h"

static struct vg *import_sample(const char *from, const char *to)
{
	AUTO_FREE char *text = sample_text(from, to);
	struct vg *vg = NULL;

	CHECK_INT(vg_import("/dev/sda", text, strlen(text), &vg), 0);
	return vg;
}

static struct vg *import_golden(const char *name)
{
	AUTO_FREE char *text = golden_text("import", name, "disk");
	struct vg *vg = NULL;

	if (text)
		CHECK_INT(vg_import(name, text, strlen(text), &vg), 0);
	return vg;
}

/* Each "from" replaced by "to", which is no longer. */
static void rename_all(char *text, const char *from, const char *to)
{
	while ((text = strstr(text, from))) {
		memcpy(text, to, strlen(to));
		memmove(text + strlen(to), text + strlen(from), strlen(text + strlen(from)) + 1);
	}
}

static const struct segment *segment_of(const struct lv *lv, unsigned index)
{
	const struct segment *segment;

	dm_list_iterate_items(segment, &lv->segments)
		if (!index--)
			return segment;
	return NULL;
}

TEST("group, devices, volumes and snapshots are read")
{
	AUTO(vg) struct vg *vg = import_sample(NULL, NULL);
	const struct snapshot *snapshot;
	const struct segment *segment;
	const struct lv *base;

	if (!vg)
		return;
	CHECK_TEXT(vg->name, "vg0");
	CHECK_INT(vg->seqno, 7);
	CHECK_INT(vg->flags, VG_RESIZEABLE | VG_READ | VG_WRITE);
	CHECK_INT(vg->alloc, ALLOC_NORMAL);
	CHECK_INT(dm_list_size(&vg->pvs), 2);
	CHECK_INT(dm_list_size(&vg->lvs), 2);
	CHECK_TEXT(vg->unknown, NULL);

	base = vg_find_lv(vg, "base");
	CHECK_INT(lv_extents(base), 10);
	segment = segment_of(base, 1);
	CHECK_INT(segment->stripe_count, 2);
	CHECK_INT(segment->area_len, 3);
	CHECK(segment->stripes[1].pv == vg_find_pv(vg, "pv1"));
	CHECK_INT(base->major, -1);
	CHECK_INT(base->read_ahead_sectors, 0);

	snapshot = vg_find_lv(vg, "snap")->store_of;
	CHECK(snapshot && snapshot->origin == base && !snapshot->merging);
	CHECK_INT(snapshot->extents, 10);
	CHECK_INT(snapshot->chunk_size_sectors, 8);
	CHECK_TEXT(snapshot->name, "snapshot0");
	CHECK(!vg_find_lv(vg, "snapshot0"));
}

TEST("LVM2's merging and sparse volumes are understood")
{
	AUTO(vg) struct vg *vg = import_golden("sparse");
	const struct lv *sparse;

	if (!vg) {
		CHECK(!"the golden file is there");
		return;
	}
	CHECK(vg_find_lv(vg, "s1")->store_of->merging);
	CHECK(!vg_find_lv(vg, "s2")->store_of->merging);
	CHECK_INT(vg_find_lv(vg, "s2")->flags, LV_READ);
	CHECK(words_have(&vg_find_lv(vg, "s2")->tags, "nightly"));
	CHECK_INT(vg_find_lv(vg, "other")->read_ahead_sectors, 64);
	sparse = vg_find_lv(vg, "sparse");
	CHECK(lv_is_virtual_origin(sparse->store_of->origin));
	CHECK_INT(segment_of(sparse->store_of->origin, 0)->kind, SEGMENT_ZERO);
}

TEST("LVM2's settings of groups, devices and volumes are understood")
{
	AUTO(vg) struct vg *vg = import_golden("striped");
	const struct lv *lv;

	if (!vg) {
		CHECK(!"the golden file is there");
		return;
	}
	CHECK_INT(vg->alloc, ALLOC_CLING);
	CHECK_INT(vg->max_lv, 50);
	CHECK(vg->flags & VG_NOAUTOACTIVATE);
	CHECK_INT(vg_find_pv(vg, "pv1")->flags, 0);
	lv = vg_find_lv(vg, "gap2");
	CHECK(lv->flags & LV_FIXED_MINOR);
	CHECK_INT(lv->minor, 77);
	lv = vg_find_lv(vg, "none");
	CHECK_INT(lv->read_ahead_sectors, -1);
	CHECK_INT(lv->alloc, ALLOC_CONTIGUOUS);
	CHECK(lv->flags & LV_ACTIVATION_SKIP);
}

TEST("segments of kinds LVM2 has are foreign, and what they stand on counts as used")
{
	AUTO(vg) struct vg *vg = import_golden("cache");
	const struct segment *segment;

	if (!vg) {
		CHECK(!"the golden file is there");
		return;
	}
	CHECK_TEXT(vg->unknown, NULL);
	CHECK(lv_is_foreign(vg_find_lv(vg, "pool")));
	CHECK(lv_is_foreign(vg_find_lv(vg, "pool_tdata")));
	CHECK(!lv_is_foreign(vg_find_lv(vg, "thick")));
	CHECK(vg_find_lv(vg, "thick")->store_of->origin == vg_find_lv(vg, "thin1"));
	segment = segment_of(vg_find_lv(vg, "cp_cpool"), 0);
	CHECK_INT(segment->kind, SEGMENT_FOREIGN);
	CHECK_TEXT(segment->type, "cache-pool+METADATA_FORMAT");
}

TEST("a group that is past its limits is read, as LVM2 reads it")
{
	AUTO(vg) struct vg *volumes = import_sample("max_lv = 0", "max_lv = 1");
	AUTO(vg) struct vg *devices = import_sample("max_pv = 0", "max_pv = 1");

	if (!volumes || !devices)
		return;
	CHECK_INT(volumes->max_lv, 1);
	CHECK(vg_visible_lvs(volumes) > 1);
	CHECK_INT(devices->max_pv, 1);
	CHECK_INT(dm_list_size(&devices->pvs), 2);
}

TEST("a thin pool whose metadata are cropped is one of LVM2's")
{
	AUTO(vg) struct vg *vg = import_sample(
		"type = \"striped\"", "type = \"thin-pool+CROP_METADATA\"\ncrop_metadata = 1");

	if (!vg)
		return;
	CHECK_TEXT(vg->unknown, NULL);
	CHECK_INT(segment_of(vg_find_lv(vg, "base"), 0)->kind, SEGMENT_FOREIGN);
	CHECK(lv_is_foreign(vg_find_lv(vg, "base")));
}

TEST("a volume may be called what a device is called in the text")
{
	AUTO_FREE char *text = golden_text("import", "cache", "disk");
	AUTO(vg) struct vg *vg = NULL;
	const struct segment *segment;

	if (!text) {
		CHECK(!"the golden file is there");
		return;
	}
	rename_all(text, "thin1", "pv0");
	CHECK_INT(vg_import("/dev/sda", text, strlen(text), &vg), 0);
	if (!vg)
		return;
	CHECK_TEXT(vg->unknown, NULL);
	segment = segment_of(vg_find_lv(vg, "thin2"), 0);
	CHECK_INT(segment->stripe_count, 2);
	CHECK(segment->stripes[1].lv == vg_find_lv(vg, "pv0") && !segment->stripes[1].pv);
	segment = segment_of(vg_find_lv(vg, "thick"), 0);
	CHECK(segment->stripes[0].pv == vg_find_pv(vg, "pv0") && !segment->stripes[0].lv);
	CHECK_INT(pv_used_extents(vg_find_pv(vg, "pv0")), 10);
}

static void check_tags(const struct dm_list *tags, const char *const *expected)
{
	const struct word *word;

	dm_list_iterate_items(word, tags) {
		CHECK_TEXT(word->text, *expected);
		if (!*expected++)
			return;
	}
	CHECK_TEXT(*expected, NULL);
}

TEST("each tag counts once, in the order of the text")
{
	AUTO(vg) struct vg *vg = import_sample(
		"flags = []", "flags = []\ntags = [\"b\", \"a\", \"b\", \"ab\", \"c\", \"a\"]");

	if (vg)
		check_tags(&vg->tags, (const char *[]) { "b", "a", "ab", "c", NULL });
}

static void put_tags(FILE *out, unsigned count)
{
	fputs("flags = []\ntags = [", out);
	for (unsigned i = 0; i < count; i++)
		fprintf(out, "%s\"tag%u\"", i ? ", " : "", i);
	fputs("]\n", out);
}

static void put_devices(FILE *out, unsigned count)
{
	fputs("physical_volumes {\n", out);
	for (unsigned i = 0; i < count; i++)
		fprintf(out,
			"d%u {\nid = \"222222-2222-2222-2222-2222-2222-%06u\"\n"
			"pe_start = 128\npe_count = 32\n}\n",
			i, i);
}

/* The sample with so many of something put in at a place; malloc'd. */
static char *text_with_many(const char *at, void (*put)(FILE *out, unsigned count), unsigned count)
{
	struct stream stream;
	char *lines = NULL, *text;

	if (stream_begin(&stream) < 0)
		abort();
	put(stream.out, count);
	if (stream_end(&stream, &lines, NULL) < 0)
		abort();
	text = sample_text(at, lines);
	free(lines);
	return text;
}

/* Were each compared with all others these would take hours: the alarm ends the program. */
enum { SOON_SECONDS = 240 };

TEST("a text of many tags is read in no time")
{
	static const unsigned many = 1000000;
	AUTO_FREE char *text = text_with_many("flags = []", put_tags, many);
	AUTO(vg) struct vg *vg = NULL;

	alarm(SOON_SECONDS);
	CHECK_INT(vg_import("/dev/sda", text, strlen(text), &vg), 0);
	alarm(0);
	if (vg)
		CHECK_INT(dm_list_size(&vg->tags), many);
}

TEST("a text of many devices is read in no time, one of more than any group has is refused")
{
	for (unsigned more = 0; more < 2; more++) {
		AUTO_FREE char *text =
			text_with_many("physical_volumes {\n", put_devices, 65534 + more);
		AUTO(vg) struct vg *vg = NULL;

		tap_log_capture();
		alarm(SOON_SECONDS);
		CHECK_INT(vg_import("/dev/sda", text, strlen(text), &vg), more ? -EBADMSG : 0);
		alarm(0);
		CHECK_TEXT(tap_log_text(),
			   more ? "/dev/sda: vg0: physical_volumes: has more than 65536 devices, the "
				  "most that are read\n"
				: "");
	}
}

TEST("a device that was away is marked")
{
	AUTO(vg) struct vg *vg = import_golden("missing");

	if (vg)
		CHECK(vg_find_pv(vg, "pv3")->flags & PV_MISSING);
	CHECK(vg != NULL);
}

TEST("what nobody knows keeps the group from being changed")
{
	static const struct {
		const char *from, *to, *unknown;
	} cases[] = {
		{ "\"READ\", \"WRITE\"]", "\"READ\", \"FROZEN\"]",
		  "vg0 has the unknown status FROZEN" },
		{ "\"ALLOCATABLE\"", "\"HOT\"", "pv0 has the unknown status HOT" },
		{ "\"VISIBLE\"", "\"SHINY\"", "vg0/base has the unknown status SHINY" },
		{ "type = \"striped\"", "type = \"spiral\"",
		  "vg0/base has the unknown segment type spiral" },
		{ "type = \"striped\"", "type = \"raid1+TWISTED\"",
		  "vg0/base has the unknown segment type raid1+TWISTED" },
		{ "max_lv = 0", "max_lv = 0\nload = 1.5", "vg0 has the unknown entry load" },
		{ "max_lv = 0", "max_lv = 0\na/b/c/d/e/f = 1", "vg0 has the unknown entry a" },
		{ "max_lv = 0", "max_lv = 0\na/ = 1", "vg0 has the unknown entry a" },
		{ "version = 1", "version = 1\nelse { }", "vg0 has the unknown neighbour else" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO(vg) struct vg *vg = import_sample(cases[i].from, cases[i].to);

		if (vg)
			CHECK_TEXT(vg->unknown, cases[i].unknown);
	}
}

TEST("flags that nobody knows do no harm")
{
	AUTO(vg) struct vg *vg = import_sample("flags = []", "flags = [\"SHINY\"]");

	if (vg)
		CHECK_TEXT(vg->unknown, NULL);
}

TEST("text that makes no sense is refused")
{
	static const struct {
		const char *from, *to, *message;
	} cases[] = {
		{ "Text Format", "Test Format", "metadata is not what LVM2 writes" },
		{ "version = 1", "version = 2", "metadata has a version that is not known" },
		{ "version = 1", "", "metadata has a version that is not known" },
		{ "vg0 {", "-vg0 {", "the group's name is not legal" },
		{ "aaaaaa-aaaa", "aaaaaa-aaa", "vg0: id: is no identity" },
		{ "aaaaaa-aaaa", "aaaa?a-aaaa", "vg0: id: is no identity" },
		{ "seqno = 7", "", "vg0: seqno: is missing" },
		{ "seqno = 7", "seqno = -1", "vg0: seqno: is out of range" },
		{ "seqno = 7", "seqno = 4294967297", "vg0: seqno: is out of range" },
		{ "seqno = 7", "seqno = \"7\"", "vg0: seqno: is no number" },
		{ "seqno = 7", "seqno = [7, 8]", "vg0: seqno: is no number" },
		{ "\"lvm2\"", "\"lvm9\"", "vg0: format: is none that is known" },
		{ "\"lvm2\"", "5", "vg0: format: is no string" },
		{ "\"lvm2\"", "\"\033[31m\"", "vg0: format: has control characters" },
		{ "status = [\"RESIZEABLE\"", "status = [5", "vg0: status: is no list of plain strings" },
		{ "extent_size = 8", "extent_size = 0", "vg0: extent_size: is out of range" },
		{ "max_lv = 0", "max_lv = 0\nallocation_policy = \"odd\"",
		  "vg0: allocation_policy: is none that is known" },
		{ "physical_volumes {", "other {", "vg0: physical_volumes: is missing" },
		{ "pv1 {", "pv0 {", "pv0: is there twice" },
		{ "pe_count = 32", "pe_count = 4294967296", "pv0: pe_count: is out of range" },
		{ "pe_start = 128", "", "pv0: pe_start: is missing" },
		{ "snap {", "base {", "vg0/base: is there twice" },
		{ "base {", "-base {", "vg0/-base: no legal name" },
		{ "segment_count = 2", "segment_count = 3", "is not the number of segments" },
		{ "segment_count = 2", "segment_count = 1", "is not the number of segments" },
		{ "stripe_count = 1", "stripe_count = 0", "stripe_count: is out of range" },
		{ "stripe_count = 1", "stripe_count = 2", "stripe_size: is missing" },
		{ "stripe_count = 1", "stripe_count = 3", "does not divide by the stripes" },
		{ "stripe_count = 1", "stripe_count = 129", "stripe_count: is out of range" },
		{ "stripe_size = 8", "stripe_size = 9", "stripe_size: is no power of two" },
		{ "\"pv0\", 0", "\"pv9\", 0", "pv9: no such device or volume" },
		{ "\"pv0\", 0", "0, \"pv0\"", "is no list of names and extents" },
		{ "\"pv0\", 0", "\"pv0\"", "is no list of names and extents" },
		{ "\"pv0\", 0", "\"pv0\", 0, \"pv1\", 20", "more entries than stripe_count" },
		{ "\"pv0\", 0", "\"pv0\", 4294967296", "stripes: is out of range" },
		{ "origin = \"base\"", "", "origin: is missing" },
		{ "origin = \"base\"", "origin = \"bass\"", "bass: no such volume" },
		{ "cow_store = \"snap\"", "", "there must be one store" },
		{ "cow_store = \"snap\"", "cow_store = \"snap\"\nmerging_store = \"snap\"",
		  "there must be one store" },
		{ "chunk_size = 8", "", "chunk_size: is missing" },
		{ "start_extent = 0\nextent_count = 10", "start_extent = 1\nextent_count = 10",
		  "start_extent: is out of range" },
		{ "snapshot0 {", "-snapshot0 {", "no legal name" },
		{ "cow_store = \"snap\"\n}\n}\n",
		  "cow_store = \"snap\"\n}\n}\nagain {\nid = "
		  "\"eeeeee-eeee-eeee-eeee-eeee-eeee-eeeeee\"\nsegment_count = 1\nsegment1 {\n"
		  "start_extent = 0\nextent_count = 1\ntype = \"snapshot\"\nchunk_size = 8\n"
		  "origin = \"base\"\ncow_store = \"snap\"\n}\n}\n",
		  "is the store of two snapshots" },
		{ "cow_store = \"snap\"\n}\n}\n", "cow_store = \"snap\"\n}\n}\nalone = 1\n",
		  "vg0/alone: is no volume" },
		{ "logical_volumes {", "logical_volumes = 5\nother {",
		  "logical_volumes: is no section" },
		{ "pv0 {", "pv9 = 1\npv0 {", "pv9: is no device" },
		{ "flags = []", "flags { a = 1 }", "flags: is no list" },
		{ "{", "{ { ", "cannot be parsed" },
		{ "max_lv = 0", "\"max_lv\" = 0", "cannot be parsed" },
		{ "description = \"\"", "description = \"", "cannot be parsed" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO_FREE char *text = sample_text(cases[i].from, cases[i].to);
		struct vg *vg = NULL;

		tap_log_capture();
		CHECK_INT(vg_import("/dev/sda", text, strlen(text), &vg), -EBADMSG);
		CHECK(!vg);
		if (!strstr(tap_log_text(), cases[i].message))
			CHECK_TEXT(tap_log_text(), cases[i].message);
		vg_free(&vg);
	}
}

TEST("a group that breaks the model's rules is refused")
{
	static const char *const cases[][2] = {
		{ "start_extent = 4", "start_extent = 5" },
		{ "\"pv1\", 10", "\"pv1\", 30" },
		{ "\"pv0\", 10", "\"pv0\", 2" },
		{ "bbbbbb-bbbb", "cccccc-cccc" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO_FREE char *text = sample_text(cases[i][0], cases[i][1]);
		struct vg *vg = NULL;

		if (strncmp(cases[i][0], "bbbbbb", 6) == 0)
			memcpy(strstr(text, "cccccc-cccc-bbbb"),
			       "cccccc-cccc-cccc-cccc-cccc-cccc-cccccc", 38);
		tap_log_capture();
		CHECK_INT(vg_import("/dev/sda", text, strlen(text), &vg), -EBADMSG);
		vg_free(&vg);
	}
}

TEST("empty text, a NUL within and endless nesting are refused")
{
	AUTO_FREE char *text = sample_text(NULL, NULL);
	char nested[4096];
	struct vg *vg = NULL;

	tap_log_capture();
	CHECK_INT(vg_import("/dev/sda", "", 0, &vg), -EBADMSG);
	CHECK_INT(vg_import("/dev/sda", "\0", 1, &vg), -EBADMSG);
	for (size_t i = 0; i + 1 < sizeof(nested); i += 2)
		memcpy(nested + i, "a{", 2);
	CHECK_INT(vg_import("/dev/sda", nested, sizeof(nested), &vg), -EBADMSG);
	*strchr(text, '7') = 0;
	CHECK_INT(vg_import("/dev/sda", text, strlen(text) + 100, &vg), -EBADMSG);
	CHECK(!vg);
}

TEST_MAIN
