/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/report.h"

#include "model/snapshot.h"
#include "tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EXTENT_SECTORS = 8192, CHUNK_SECTORS = 8, TEXT = 4096 };

/*
 * A group vg0 with an origin of 1024 extents, whose snapshots could never overflow from 1029 on.
 * The kernel has none of them.
 */
struct scene {
	struct vg *vg;
	struct pv *pv;
	struct lv *base;
	struct live *live;
	struct gather gather;
	struct group_facts group;
};

static struct lv *add_volume(struct scene *scene, const char *name, uint32_t extents)
{
	const struct stripe stripe = { .pv = scene->pv, .extent = 0 };
	struct lv *lv = lv_new(scene->vg, name);

	if (extents)
		lv_append(lv, SEGMENT_STRIPED, &stripe, 1, 0, extents);
	return lv;
}

static struct lv *add_snapshot(struct scene *scene, const char *name, uint32_t extents)
{
	struct lv *store = add_volume(scene, name, extents);

	snapshot_attach(scene->base, store, CHUNK_SECTORS);
	return store;
}

static void scene_open(struct scene *scene)
{
	*scene = (struct scene) { .vg = vg_new("vg0", EXTENT_SECTORS) };
	scene->pv = vg_add_pv(scene->vg, "0123456789abcdefghijklmnopqrstuv");
	scene->pv->path = "/dev/sdx";
	scene->pv->pe_count = 10000;
	scene->base = add_volume(scene, "base", 1024);
	live_new(&scene->live);
	scene->gather = (struct gather) {
		.mem = dm_pool_create("test", 1024),
		.live = scene->live,
		.dev_dir = "/dev",
	};
	scene->group.vg = scene->vg;
}

static void scene_close(struct scene *scene)
{
	dm_pool_destroy(scene->gather.mem);
	live_free(&scene->live);
	vg_free(&scene->vg);
}

static void print(const struct scene *scene, const struct report_options *options)
{
	struct report *report = NULL;

	CHECK_INT(report_begin(options, &scene->gather, &report), 0);
	if (!report)
		return;
	CHECK_INT(report_add_group(report, &scene->group), 0);
	CHECK_INT(report_end(report), 0);
	report_free(&report);
}

/* What is printed on standard output. */
static void printed(const struct scene *scene, const struct report_options *options,
		    char text[TEXT])
{
	FILE *kept = tmpfile();
	const int out = dup(STDOUT_FILENO);
	size_t len;

	fflush(stdout);
	dup2(fileno(kept), STDOUT_FILENO);
	print(scene, options);
	fflush(stdout);
	dup2(out, STDOUT_FILENO);
	close(out);
	rewind(kept);
	len = fread(text, 1, TEXT - 1, kept);
	text[len] = '\0';
	fclose(kept);
}

/* The first cell of each line that has one, with a bar behind it. */
static void check_report(const struct scene *scene, struct report_options options,
			 const char *fields, const char *wanted)
{
	char text[TEXT], cells[TEXT] = "";
	char *rest = text, *cell, *to = cells;

	options.line = LINE_LV;
	options.fields = &fields;
	options.field_count = 1;
	options.flags |= REPORT_NO_HEADINGS;
	printed(scene, &options, text);
	while ((cell = strsep(&rest, "\n")))
		if (*(cell += strspn(cell, " ")))
			to = stpcpy(mempcpy(to, cell, strcspn(cell, " ")), "|");
	CHECK_TEXT(cells, wanted);
}

static void check_order(const struct scene *scene, const char *sort, const char *wanted)
{
	check_report(scene, (struct report_options) { .sort = sort }, "lv_name", wanted);
}

static void add_fills(struct scene *scene)
{
	add_snapshot(scene, "ten", 103);
	add_snapshot(scene, "all", 1030);
	add_snapshot(scene, "none", 0);
	add_snapshot(scene, "twelve", 128);
	add_snapshot(scene, "half", 514);
}

TEST("percentages are sorted as numbers, and what has none is more than any")
{
	static const char up[] = "none|ten|twelve|half|all|base|";
	static const char down[] = "base|all|half|twelve|ten|none|";
	struct scene scene;

	scene_open(&scene);
	add_fills(&scene);
	check_order(&scene, "cow_percent_of_max", up);
	check_order(&scene, "-cow_percent_of_max", down);
	check_order(&scene, "merge_percent,-cow_percent_of_max,lv_name", down);
	check_report(&scene, (struct report_options) { .sort = "cow_percent_of_max" },
		     "cow_percent_of_max", "0.00|10.02|12.45|50.00|100.00|");
	check_report(&scene,
		     (struct report_options) { .sort = "-cow_percent_of_max",
					       .select = "cow_percent_of_max>=12" },
		     "lv_name", "all|half|twelve|");
	check_report(&scene,
		     (struct report_options) { .sort = "-cow_percent_of_max,-selected",
					       .select = "cow_percent_of_max>=12" },
		     "lv_name,selected", "base|all|half|twelve|ten|none|");
	check_report(
		&scene,
		(struct report_options) { .sort = "cow_percent_of_max", .flags = REPORT_JUDGE },
		"lv_name", "");
	scene_close(&scene);
}

static void add_tags(struct scene *scene, const char *name, const char *one, const char *other)
{
	struct lv *lv = add_volume(scene, name, 1);

	words_add(scene->vg, &lv->tags, one);
	if (other)
		words_add(scene->vg, &lv->tags, other);
}

TEST("lists are sorted by their words, none before any")
{
	struct scene scene;

	scene_open(&scene);
	add_tags(&scene, "x1", "mm", NULL);
	add_tags(&scene, "x2", "zz", "bb");
	add_tags(&scene, "x3", "bb", NULL);
	add_tags(&scene, "x4", "yy", "aa");
	add_tags(&scene, "x5", "mm", "nn");
	check_order(&scene, "lv_tags", "base|x4|x3|x2|x1|x5|");
	check_order(&scene, "-lv_tags", "x5|x1|x2|x3|x4|base|");
	check_order(&scene, "-lv_layout,-lv_tags", "x5|x1|x2|x3|x4|base|");
	check_report(&scene, (struct report_options) { .sort = "lv_tags" }, "tags",
		     "aa,yy|bb|bb,zz|mm|mm,nn|");
	check_report(&scene, (struct report_options) { .sort = "lv_tags", .select = "lv_tags=mm" },
		     "lv_name", "x1|x5|");
	check_report(
		&scene,
		(struct report_options) { .sort = "-lv_tags,name", .select = "lv_tags={mm,nn}" },
		"lv_tags,selected", "mm,nn|mm|bb,zz|bb|aa,yy|0|");
	check_report(&scene,
		     (struct report_options) { .sort = "lv_tags", .flags = REPORT_UNBUFFERED },
		     "tags", "aa,yy|bb|bb,zz|mm|mm,nn|");
	check_report(&scene, (struct report_options) { .flags = REPORT_UNBUFFERED }, "tags",
		     "mm|bb,zz|bb|aa,yy|mm,nn|");
	scene_close(&scene);
}

TEST("JSON is sorted as a table is")
{
	struct report_options options = {
		.format = REPORT_JSON,
		.sort = "-lv_tags,-cow_percent_of_max",
	};
	const char *fields = "tags,cow_percent_of_max";
	char text[TEXT];
	struct scene scene;

	scene_open(&scene);
	add_fills(&scene);
	add_tags(&scene, "x1", "bb", "aa");
	options.fields = &fields;
	options.field_count = 1;
	for (; options.format <= REPORT_JSON_STD; options.format++) {
		const bool exact = options.format == REPORT_JSON_STD;
		const char *first = exact ? "[\"aa\", \"bb\"]" : "\"aa,bb\"";
		const char *second = exact ? "100.00" : "\"100.00\"";
		const char *last = exact ? "0.00" : "\"0.00\"";

		printed(&scene, &options, text);
		CHECK(strstr(text, first) && strstr(strstr(text, first), second));
		CHECK(strstr(text, second) && strstr(strstr(text, second), "50.00"));
		CHECK(strstr(text, "50.00") && strstr(strstr(text, "50.00"), last));
	}
	scene_close(&scene);
}

TEST("a shell reads what is assigned as it is, and it is sorted and selected by that")
{
	const unsigned quoted = REPORT_NAME_PREFIXES, bare = quoted | REPORT_UNQUOTED;
	struct scene scene;

	scene_open(&scene);
	add_tags(&scene, "x1", "o'", "'p'");
	add_tags(&scene, "x2", "n", NULL);
	scene.base->creation_host = "it's";
	check_report(&scene,
		     (struct report_options) { .flags = quoted, .select = "lv_host=\"it's\"" },
		     "lv_host", "LVM2_LV_HOST='it'\\''s'|");
	check_report(&scene, (struct report_options) { .flags = bare, .sort = "-lv_host" },
		     "lv_host", "LVM2_LV_HOST=it's|LVM2_LV_HOST=|LVM2_LV_HOST=|");
	check_report(&scene,
		     (struct report_options) { .flags = quoted, .select = "lv_tags=\"o'\"" },
		     "lv_tags", "LVM2_LV_TAGS=''\\''p'\\'',o'\\'''|");
	check_report(&scene, (struct report_options) { .flags = quoted | REPORT_UNBUFFERED },
		     "lv_tags",
		     "LVM2_LV_TAGS=''|LVM2_LV_TAGS=''\\''p'\\'',o'\\'''|LVM2_LV_TAGS='n'|");
	check_report(&scene, (struct report_options) { .flags = quoted, .sort = "-lv_tags" },
		     "lv_name", "LVM2_LV_NAME='x2'|LVM2_LV_NAME='x1'|LVM2_LV_NAME='base'|");
	check_report(&scene, (struct report_options) { .select = "lv_tags=\"o'\"" }, "lv_tags",
		     "'p',o'|");
	scene_close(&scene);
}

TEST("what is blank in every row can be sorted and selected by")
{
	static const char *const blank[] = {
		"lv_parent",	       "kernel_cache_settings", "copy_percent", "lv_metadata_size",
		"raid_mismatch_count", "lv_converting",		"lv_time"
	};
	struct scene scene;
	char sort[TEXT];
	unsigned i;

	scene_open(&scene);
	add_volume(&scene, "x1", 1);
	add_volume(&scene, "x2", 1);
	for (i = 0; i < sizeof(blank) / sizeof(blank[0]); i++) {
		snprintf(sort, sizeof(sort), "%s,-lv_name", blank[i]);
		check_order(&scene, sort, "x2|x1|base|");
		snprintf(sort, sizeof(sort), "-%s,lv_name", blank[i]);
		check_order(&scene, sort, "base|x1|x2|");
	}
	check_report(&scene, (struct report_options) { .select = "lv_parent=\"\" && lv_name=x1" },
		     "lv_name", "x1|");
	check_report(&scene, (struct report_options) { .select = "lv_parent=~x" }, "lv_name", "");
	check_report(&scene, (struct report_options) { .select = "kernel_cache_settings={a}" },
		     "lv_name", "");
	check_report(&scene, (struct report_options) { .select = "copy_percent<=100" }, "lv_name",
		     "");
	scene_close(&scene);
}

TEST_MAIN
