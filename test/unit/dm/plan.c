/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Golden plans: test/golden/plan/NAME.in is a scene, NAME.out the plans it asks for.  With
 * GOLDEN_REWRITE in the environment the .out files are written anew.
 *
 * Besides the edits of scene.h a line may be
 *
 *	active NAME... | all	bring the model kernel to what the group says, in silence
 *	want NAME... | all	layout of these trees, for the next plan; "held NAME" with a merge held
 *	branch STORE		layout of origin and this snapshot alone; others are not asked about
 *	first TEXT, last TEXT	acts for the next plan
 *	plan			print it and carry it out
 *	cut N			the same, but carry out the first N steps only
 *	suspend, empty, gone DEVICE	what others may have done to the kernel
 *	inactive DEVICE		load a copy of its table beside it
 *	alone DEVICE...		left alone in the next plan
 *	outdated DEVICE		in the next plan
 *	foreign DEVICE		a device with this name that is nobody's
 */
#include "dm/kernel.h"
#include "dm/scene.h"
#include "tap.h"

#include "base/auto.h"
#include "base/log.h"
#include "model/snapshot.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_ACTS = 8, LINE = 256 };

struct acts {
	struct plan_act list[MOST_ACTS];
	unsigned count;
};

struct stage {
	struct vg *vg;
	struct kernel kernel;
	struct layout *wanted;
	struct acts first, last;
	char alone[LINE]; /* names */
	char outdated[LINE];
	bool branch;	  /* only devices of the layout have been asked about */
	FILE *out;
};

static void say_it(void *data, enum log_level level, const char *line)
{
	if (level <= MSG_WARN)
		fprintf(data, "! %s\n", line);
}

static struct layout *wanted(struct stage *stage)
{
	if (!stage->wanted && layout_new(&stage->wanted) < 0)
		abort();
	return stage->wanted;
}

static void want(struct stage *stage, const char *name, enum layout_merge merge)
{
	const struct lv *lv;

	dm_list_iterate_items(lv, &stage->vg->lvs)
		if (!strcmp(name, "all") || !strcmp(name, lv->name))
			layout_add_tree(wanted(stage), lv, merge);
}

static void forget_others(const struct stage *stage, struct live *live)
{
	struct live_device *device;

	dm_list_iterate_items(device, &live->devices)
		device->queried = layout_find(stage->wanted, device->name);
}

static void leave_alone(const struct stage *stage, struct live *live)
{
	char copy[LINE], *words[SCENE_WORDS];
	unsigned i, count;

	snprintf(copy, sizeof(copy), "%s", stage->alone);
	count = scene_split(copy, words);
	for (i = 0; i < count; i++)
		live_leave_alone(live_find(live, words[i]));
}

static void forget_acts(struct acts *acts)
{
	while (acts->count)
		free((char *)acts->list[--acts->count].text);
}

/* What is left to do when a plan has been carried out must be nothing. */
static void check_end(struct stage *stage)
{
	AUTO(live) struct live *live = kernel_live(&stage->kernel);
	AUTO(plan) struct plan *plan = NULL;

	if (stage->branch)
		forget_others(stage, live);
	leave_alone(stage, live);
	if (!plan_make(stage->wanted, live, NULL, &plan) && !plan_is_empty(plan)) {
		fprintf(stage->out, "! and then:\n");
		plan_print(plan, stage->out);
	}
}

static void carry_out(struct stage *stage, const struct plan *plan, unsigned limit)
{
	unsigned i;
	int r;

	for (i = 0; i < plan->count && i < limit; i++) {
		if (plan->steps[i].verb == STEP_ACT)
			continue;
		r = kernel_step(&stage->kernel, plan, &plan->steps[i]);
		if (!r)
			continue;
		fprintf(stage->out, "! step %u: %s\n", i + 1, strerror(-r));
		return;
	}
	if (limit > plan->count)
		check_end(stage);
}

enum { ALL_STEPS = 1000 };

static void plan(struct stage *stage, unsigned limit, FILE *out)
{
	AUTO(live) struct live *live = kernel_live(&stage->kernel);
	AUTO(plan) struct plan *plan = NULL;
	struct plan_frame frame = {
		.first = stage->first.list,
		.first_count = stage->first.count,
		.last = stage->last.list,
		.last_count = stage->last.count,
	};

	wanted(stage);
	if (stage->branch)
		forget_others(stage, live);
	leave_alone(stage, live);
	if (*stage->outdated)
		live_outdate(live_find(live, stage->outdated));
	if (!plan_make(stage->wanted, live, &frame, &plan)) {
		if (out)
			plan_print(plan, out);
		carry_out(stage, plan, limit);
	}
	plan_free(&plan);
	layout_free(&stage->wanted);
	forget_acts(&stage->first);
	forget_acts(&stage->last);
	stage->branch = false;
	stage->alone[0] = stage->outdated[0] = '\0';
}

static void add_act(struct acts *acts, const char *text)
{
	acts->list[acts->count++].text = strdup(text);
}

static bool tamper(struct stage *stage, const char *how, const char *name)
{
	struct kernel_device *device = kernel_find(&stage->kernel, name);

	if (!device)
		return false;
	if (!strcmp(how, "suspend"))
		device->suspended = true;
	else if (!strcmp(how, "empty"))
		device->live[0] = '\0';
	else if (!strcmp(how, "gone"))
		device->present = false;
	else if (!strcmp(how, "inactive"))
		snprintf(device->inactive, sizeof(device->inactive), "%s", device->live);
	else
		return false;
	return true;
}

static void add_foreign(struct stage *stage, const char *name)
{
	struct kernel_device *device = &stage->kernel.devices[KERNEL_DEVICES - 1];

	*device = (struct kernel_device){ .present = true };
	snprintf(device->name, sizeof(device->name), "%s", name);
	snprintf(device->uuid, sizeof(device->uuid), "CRYPT-%s", name);
	snprintf(device->live, sizeof(device->live), "0 64 linear 8:99 0\n");
}

static void want_words(struct stage *stage, char *const words[], unsigned count,
		       enum layout_merge merge)
{
	unsigned i;

	for (i = 1; i < count; i++)
		want(stage, words[i], merge);
}

static bool stage_command(struct stage *stage, char *const words[], unsigned count)
{
	const char *word = words[0];

	if (!strcmp(word, "active") || !strcmp(word, "want"))
		want_words(stage, words, count, LAYOUT_MERGE_LIVE);
	else if (!strcmp(word, "held"))
		want_words(stage, words, count, LAYOUT_MERGE_HELD);
	else if (!strcmp(word, "branch")) {
		layout_add_branch(wanted(stage), vg_find_lv(stage->vg, words[1])->store_of);
		stage->branch = true;
	} else if (!strcmp(word, "plan"))
		plan(stage, ALL_STEPS, stage->out);
	else if (!strcmp(word, "cut"))
		plan(stage, (unsigned)strtoul(words[1], NULL, 10), stage->out);
	else if (!strcmp(word, "foreign"))
		add_foreign(stage, words[1]);
	else
		return count > 1 && tamper(stage, word, words[1]);
	if (!strcmp(word, "active"))
		plan(stage, ALL_STEPS, NULL);
	return true;
}

static void play_line(struct stage *stage, char *line)
{
	char *words[SCENE_WORDS], copy[LINE];
	unsigned count;
	int r;

	line[strcspn(line, "\n")] = '\0';
	if (*line == '#') {
		fprintf(stage->out, "%s\n", line);
		return;
	}
	snprintf(copy, sizeof(copy), "%s", line);
	count = scene_split(copy, words);
	if (!count)
		return;
	if (!strcmp(words[0], "alone")) {
		snprintf(stage->alone, sizeof(stage->alone), "%s", strchr(line, ' ') + 1);
		return;
	}
	if (!strcmp(words[0], "outdated")) {
		snprintf(stage->outdated, sizeof(stage->outdated), "%s", strchr(line, ' ') + 1);
		return;
	}
	if (!strcmp(words[0], "first") || !strcmp(words[0], "last")) {
		add_act(*line == 'f' ? &stage->first : &stage->last, strchr(line, ' ') + 1);
		return;
	}
	r = scene_edit(stage->vg, words, count);
	if (r < 0 || (!r && !stage_command(stage, words, count)))
		fprintf(stage->out, "! cannot: %s\n", line);
}

static void play(FILE *in, FILE *out)
{
	struct stage *stage = calloc(1, sizeof(*stage));
	char line[LINE];

	if (!stage)
		abort();
	stage->vg = scene_new(8, 16, 1000);
	stage->out = out;
	log_set_sink(say_it, out);
	while (fgets(line, sizeof(line), in))
		play_line(stage, line);
	log_set_sink(NULL, NULL);
	vg_free(&stage->vg);
	layout_free(&stage->wanted);
	free(stage);
}

/* --- files --- */

static char *read_all(const char *path)
{
	FILE *file = fopen(path, "re");
	char *text = calloc(1, 65536);
	size_t len;

	if (file && text) {
		len = fread(text, 1, 65535, file);
		text[len] = '\0';
		fclose(file);
	}
	return text;
}

static void write_all(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	if (!file || fputs(text, file) < 0 || fclose(file))
		perror(path);
}

static void play_file(const char *directory, const char *name, bool rewrite)
{
	char in_path[512], out_path[512];
	AUTO_FREE char *text = NULL, *expected = NULL;
	size_t len;
	FILE *in, *out;

	snprintf(in_path, sizeof(in_path), "%s/%s", directory, name);
	snprintf(out_path, sizeof(out_path), "%.*sout", (int)strlen(in_path) - 2, in_path);
	in = fopen(in_path, "re");
	out = open_memstream(&text, &len);
	if (!in || !out)
		abort();
	play(in, out);
	fclose(in);
	fclose(out);
	if (rewrite)
		write_all(out_path, text);
	expected = read_all(out_path);
	CHECK_TEXT(text, expected);
}

static int is_scene(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return dot && !strcmp(dot, ".in");
}

TEST("plans are what the golden files say")
{
	const char *source = getenv("top_srcdir");
	bool rewrite = getenv("GOLDEN_REWRITE");
	struct dirent **scenes;
	char directory[256];
	int i, count;

	snprintf(directory, sizeof(directory), "%s/test/golden/plan", source ? source : ".");
	count = scandir(directory, &scenes, is_scene, alphasort);
	CHECK(count > 0);
	for (i = 0; i < count; i++) {
		play_file(directory, scenes[i]->d_name, rewrite);
		free(scenes[i]);
	}
	if (count >= 0)
		free(scenes);
}

TEST_MAIN
