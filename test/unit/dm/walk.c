/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every transition cut short at every step.
 *
 * A transition is a group before, one or two edits, and the order in which acts and devices
 * follow one another.  It is carried out on the model kernel up to each of its steps; there the
 * command is killed (with the guardian or without it), or the power fails.  Writes reach the
 * origins all the time. Then recovery brings the kernel to what the metadata on disk say, itself
 * killed at each of its steps and begun again.  At each point must hold:
 *
 *	1  the guardian leaves nothing suspended, nor does recovery
 *	2  what is mapped is allocated on disk to the volume that maps it
 *	3  no snapshot of the metadata has missed a write or been merged unless its header is invalid
 *	4  in the end the group is as it was before, or as it should become, and the kernel with it
 */
#include "dm/kernel.h"
#include "dm/scene.h"
#include "tap.h"

#include "base/auto.h"
#include "dm/name.h"
#include "dm/table.h"
#include "model/snapshot.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STATES = 3, MOST_ACTS = 8, MOST_STEPS = 200, TEXT = 8192 };

enum scope { WHOLE_TREES, HELD_TREES, BRANCHES };

struct transition {
	const char *name;
	const char *before;		/* edits, parted by ";" */
	const char *active;		/* "all": what is active before; "held": and no merge has begun */
	const char *edits[STATES - 1];	/* to the first and second metadata to be committed */
	const char *first, *last;	/* acts: "commit", "zero STORE", "invalidate STORE" by ";" */
	const char *want;		/* volumes whose trees (snapshots whose branches) shall be live;
					 * of held ones no merge begins */
	enum scope scope;
};

static const struct transition transitions[] = {
	{ "activate a plain volume", "lv a 10", "", { "" }, "", "", "a", WHOLE_TREES },
	{ "activate an origin", "lv a 10;snap s a 4;snap t a 4", "", { "" }, "", "", "a", WHOLE_TREES },
	{ "activate a sparse volume", "sparse s 50 4", "", { "" }, "", "", "s", WHOLE_TREES },
	{ "activate a merging origin", "lv a 10;snap s a 4;snap t a 4;merge s", "", { "" }, "", "",
	  "a", WHOLE_TREES },
	{ "deactivate a plain volume", "lv a 10", "all", { "" }, "", "", "", WHOLE_TREES },
	{ "deactivate an origin", "lv a 10;snap s a 4;snap t a 4", "all", { "" }, "", "", "",
	  WHOLE_TREES },
	{ "deactivate a merging origin", "lv a 10;snap s a 4;snap t a 4;merge s", "all", { "" }, "",
	  "", "", WHOLE_TREES },
	{ "create a plain volume", "lv b 2", "all", { "lv a 10;unfinished a", "finished a" }, "commit",
	  "commit", "a b", WHOLE_TREES },
	{ "create a sparse volume", "lv b 2", "all", { "sparse s 50 4" }, "zero s;commit", "", "s b",
	  WHOLE_TREES },
	{ "first snapshot", "lv a 10", "all", { "lv s 4;unfinished s", "finished s;attach s a" },
	  "zero s;commit", "commit", "a", WHOLE_TREES },
	{ "second snapshot, whole", "lv a 10;snap s a 4", "all",
	  { "lv t 4;unfinished t", "finished t;attach t a" }, "zero t;commit", "commit", "a",
	  WHOLE_TREES },
	{ "third snapshot, as a branch", "lv a 10;snap s a 4;snap t a 4", "all",
	  { "lv u 4;unfinished u", "finished u;attach u a" }, "zero u;commit", "commit", "u",
	  BRANCHES },
	{ "two snapshots of one origin", "lv a 10", "all",
	  { "lv s 4;lv t 4;unfinished s;unfinished t",
	    "finished s;finished t;attach s a;attach t a" },
	  "zero s;zero t;commit", "commit", "s t", BRANCHES },
	{ "three origins at once", "lv a 10;lv b 5;snap q b 2;lv c 5", "all",
	  { "lv s 4;lv t 4;lv u 4;unfinished s;unfinished t;unfinished u",
	    "finished s;finished t;finished u;attach s a;attach t b;attach u c" },
	  "zero s;zero t;zero u;commit", "commit", "s t u", BRANCHES },
	{ "snapshot of an inactive origin", "lv a 10", "", { "snap s a 4" }, "zero s;commit", "", "",
	  WHOLE_TREES },
	{ "remove one of several", "lv a 10;snap s a 4;snap t a 4", "all",
	  { "detach s;unfinished s", "remove s" }, "commit;invalidate s", "commit", "a",
	  WHOLE_TREES },
	{ "remove the last", "lv a 10;snap s a 4", "all", { "detach s;unfinished s", "remove s" },
	  "commit;invalidate s", "commit", "a", WHOLE_TREES },
	{ "remove all, and the origin", "lv a 10;snap s a 4;snap t a 4;lv b 3", "all",
	  { "detach s;detach t;unfinished s;unfinished t;unfinished a", "remove s;remove t;remove a" },
	  "commit;invalidate s;invalidate t", "commit", "b", WHOLE_TREES },
	{ "remove a plain volume", "lv a 10;lv b 2", "all", { "unfinished a", "remove a" }, "commit",
	  "commit", "b", WHOLE_TREES },
	{ "remove a sparse volume", "sparse s 50 4;lv b 2", "all",
	  { "detach s;unfinished s;unfinished s_vorigin", "remove s;remove s_vorigin" },
	  "commit;invalidate s", "commit", "b", WHOLE_TREES },
	{ "remove one while another merges", "lv a 10;snap s a 4;snap t a 4;merge s", "all",
	  { "detach t;unfinished t", "remove t" }, "commit;invalidate t", "commit", "a",
	  WHOLE_TREES },
	{ "begin a merge", "lv a 10;snap s a 4", "all", { "merge s" }, "commit", "", "a",
	  WHOLE_TREES },
	{ "begin a merge beside others", "lv a 10;snap s a 4;snap t a 4;snap u a 4", "all",
	  { "merge t" }, "commit", "", "a", WHOLE_TREES },
	{ "begin a merge that was held", "lv a 10;snap s a 4;snap t a 4;merge s", "held", { "" }, "",
	  "", "a", WHOLE_TREES },
	{ "call off a merge that was held", "lv a 10;snap s a 4;snap t a 4;merge s", "held",
	  { "cancel s" }, "commit", "", "a", WHOLE_TREES },
	{ "end a merge", "lv a 10;snap s a 4;merge s", "all", { "detach s;unfinished s", "remove s" },
	  "commit;invalidate s", "commit", "a", WHOLE_TREES },
	{ "end a merge beside others", "lv a 10;snap s a 4;snap t a 4;merge s", "all",
	  { "detach s;unfinished s", "remove s" }, "commit;invalidate s", "commit", "a",
	  WHOLE_TREES },
	{ "begin merges of two origins", "lv a 10;snap s a 4;lv b 5;snap t b 2;snap u b 2", "all",
	  { "merge s;merge t" }, "commit", "", "a b", WHOLE_TREES },
	{ "begin a merge that cannot begin yet", "lv a 10;snap s a 4;snap t a 4", "all",
	  { "merge s" }, "commit", "", "a", HELD_TREES },
	{ "end merges of two origins", "lv a 10;snap s a 4;merge s;lv b 5;snap t b 2;snap u b 2;merge t",
	  "all", { "detach s;unfinished s;detach t;unfinished t", "remove s;remove t" },
	  "commit;invalidate s;invalidate t", "commit", "a b", WHOLE_TREES },
	{ "end a merge and give back what was left", "lv a 10;snap s a 4;merge s;lv b 2;unfinished b",
	  "all", { "detach s;unfinished s", "remove s;remove b" }, "commit;invalidate s", "commit",
	  "a", WHOLE_TREES },
	{ "remove a merging origin", "lv a 10;snap s a 4;snap t a 4;merge s;lv b 2", "all",
	  { "detach s;detach t;unfinished s;unfinished t;unfinished a", "remove s;remove t;remove a" },
	  "commit;invalidate s;invalidate t", "commit", "b", WHOLE_TREES },
	{ "remove an origin that was to merge", "lv a 10;snap s a 4;snap t a 4;merge s;lv b 2", "held",
	  { "detach s;detach t;unfinished s;unfinished t;unfinished a", "remove s;remove t;remove a" },
	  "commit;invalidate s;invalidate t", "commit", "b", WHOLE_TREES },
	{ "remove one while another waits to merge", "lv a 10;snap s a 4;snap t a 4;merge s", "held",
	  { "detach t;unfinished t", "remove t" }, "commit;invalidate t", "commit", "a", HELD_TREES },
	{ "grow a store while another merges", "lv a 10;snap s a 4;snap t a 4;merge s", "all",
	  { "extend t 3" }, "commit", "", "a", WHOLE_TREES },
	{ "shrink a store while another merges", "lv a 10;snap s a 4;snap t a 4;merge s", "all",
	  { "reduce t 2" }, "", "commit", "a", WHOLE_TREES },
	{ "split one while another merges", "lv a 10;snap s a 4;snap t a 4;merge s", "all",
	  { "detach t" }, "commit", "", "a t", WHOLE_TREES },
	{ "grow a store", "lv a 10;snap s a 4;snap t a 4", "all", { "extend s 3" }, "commit", "", "a",
	  WHOLE_TREES },
	{ "grow a merging store", "lv a 10;snap s a 4;merge s", "all", { "extend s 3" }, "commit", "",
	  "a", WHOLE_TREES },
	{ "shrink a store", "lv a 10;snap s a 4", "all", { "reduce s 2" }, "", "commit", "a",
	  WHOLE_TREES },
	{ "grow a plain volume", "lv a 10;lv b 2", "all", { "extend a 5" }, "commit", "", "a b",
	  WHOLE_TREES },
	{ "shrink a plain volume", "lv a 10;lv b 2", "all", { "reduce a 5" }, "", "commit", "a b",
	  WHOLE_TREES },
	{ "grow an origin", "lv a 10;snap s a 4;snap t a 4", "all", { "extend a 5" }, "commit", "",
	  "a", WHOLE_TREES },
	{ "shrink an origin", "lv a 10;snap s a 4;extend a 5", "all", { "reduce a 3" }, "", "commit", "a",
	  WHOLE_TREES },
	{ "split one of several", "lv a 10;snap s a 4;snap t a 4", "all", { "detach s" }, "commit",
	  "", "a s", WHOLE_TREES },
	{ "split the last", "lv a 10;snap s a 4", "all", { "detach s" }, "commit", "", "a s",
	  WHOLE_TREES },
	{ "attach to a plain volume", "lv a 10;lv s 4", "all", { "attach s a" }, "zero s", "commit",
	  "a", WHOLE_TREES },
	{ "attach to an origin", "lv a 10;snap t a 4;lv s 4", "all", { "attach s a" }, "zero s",
	  "commit", "a", WHOLE_TREES },
	{ "rename an origin", "lv a 10;snap s a 4", "all", { "rename a b" }, "commit", "", "b",
	  WHOLE_TREES },
	{ "rename a merging origin", "lv a 10;snap s a 4;merge s", "all", { "rename a b" }, "commit",
	  "", "b", WHOLE_TREES },
	{ "rename an origin that is to merge", "lv a 10;snap s a 4;snap t a 4;merge s", "held",
	  { "rename a b" }, "commit", "", "b", HELD_TREES },
	{ "rename a sparse volume", "sparse s 50 4", "all", { "rename s_vorigin t_vorigin;rename s t" },
	  "commit", "", "t", WHOLE_TREES },
	{ "rename a snapshot", "lv a 10;snap s a 4", "all", { "rename s t" }, "commit", "", "a",
	  WHOLE_TREES },
	{ "rename the group", "lv a 10;snap s a 4;lv b 1", "all", { "rename-vg other" }, "commit", "",
	  "a b", WHOLE_TREES },
	{ "make an origin read-only", "lv a 10;snap s a 4", "all", { "ro a" }, "commit", "", "a",
	  WHOLE_TREES },
	{ "make a snapshot read-only", "lv a 10;snap s a 4", "all", { "ro s" }, "commit", "", "a",
	  WHOLE_TREES },
};

/* One world: a kernel and a disk. */
struct world {
	struct kernel kernel;
	struct vg *disk[STATES];	/* metadata: before, and after each edit */
	unsigned committed;		/* which of them is on disk */
};

struct walk {
	const struct transition *transition;
	struct world world;
	char where[128];		/* for failures */
	unsigned failures;
};

__attribute__((format(printf, 2, 3))) static void wrong(struct walk *walk, const char *format, ...)
{
	va_list args;

	if (walk->failures++ > 10)
		return;
	printf("# %s, %s: ", walk->transition->name, walk->where);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
}

/* --- metadata --- */

static void edit(struct vg *vg, const char *edits)
{
	char copy[256], *rest = copy, *line;

	snprintf(copy, sizeof(copy), "%s", edits ? edits : "");
	while ((line = strsep(&rest, ";")))
		if (*line)
			scene_do(vg, "%s", line);
}

static struct vg *state_new(const struct transition *transition, unsigned state)
{
	struct vg *vg = scene_new(8, 16, 200);
	unsigned i;

	edit(vg, transition->before);
	for (i = 0; i < state; i++)
		edit(vg, transition->edits[i]);
	return vg;
}

static const struct vg *on_disk(const struct walk *walk)
{
	return walk->world.disk[walk->world.committed];
}

static void drop_unfinished(struct vg *vg)
{
	struct lv *lv, *next;

	dm_list_iterate_items_safe(lv, next, &vg->lvs)
		if (lv_is_unfinished(lv))
			lv_remove(lv);
}

/* What a group is, without what may differ between two ways to the same end. */
static void describe(const struct vg *vg, char text[TEXT])
{
	const struct segment *segment;
	const struct lv *lv;
	size_t len;

	len = (size_t)snprintf(text, TEXT, "%s\n", vg->name);
	dm_list_iterate_items(lv, &vg->lvs) {
		len += (size_t)snprintf(text + len, TEXT - len, "%s %x of %s %d:", lv->name, lv->flags,
					lv->store_of ? lv->store_of->origin->name : "-",
					lv->store_of && lv->store_of->merging);
		dm_list_iterate_items(segment, &lv->segments)
			len += (size_t)snprintf(text + len, TEXT - len, " %u+%u@%u", segment->le,
						segment->len,
						segment->stripe_count ? segment->stripes[0].extent : 0);
		len += (size_t)snprintf(text + len, TEXT - len, "\n");
	}
}

/* --- what must hold --- */

static const struct lv *lv_of_uuid(const struct vg *vg, const char *uuid)
{
	char id[ID_LEN + 1];

	if (strlen(uuid) < 4 + 2 * ID_LEN)
		return NULL;
	snprintf(id, sizeof(id), "%.32s", uuid + 4 + ID_LEN);
	return vg_find_lv_id(vg, id);
}

static bool owns(const struct lv *lv, uint64_t pv_sector)
{
	uint64_t sector, there, run;
	const struct pv *pv;

	for (sector = 0; sector < lv_size_sectors(lv); sector += SCENE_EXTENT_SECTORS)
		if (lv_map(lv, sector, &pv, &there, &run) && there == pv_sector)
			return true;
	return false;
}

static void check_table(struct walk *walk, const struct kernel_device *device, const char *table)
{
	const struct lv *lv = lv_of_uuid(on_disk(walk), device->uuid);
	struct table_line line;
	uint64_t first, i;
	unsigned minor;

	while (table_next(&table, &line) > 0) {
		if (strcmp(line.type, "linear") ||
		    sscanf(line.params, "8:%u %" SCNu64, &minor, &first) != 2)
			continue;
		for (i = 0; i < line.len; i += SCENE_EXTENT_SECTORS)
			if (!lv || !owns(lv, first + i)) {
				wrong(walk, "%s maps what is not its own", device->name);
				return;
			}
	}
}

static void check_promises(struct walk *walk)
{
	struct kernel *kernel = &walk->world.kernel;
	const struct snapshot *snapshot;
	struct kernel_store *store;
	struct dm_pool *mem = dm_pool_create("check", 1024);
	unsigned i;

	for (i = 0; i < KERNEL_DEVICES; i++) {
		if (!kernel->devices[i].present)
			continue;
		check_table(walk, &kernel->devices[i], kernel->devices[i].live);
		check_table(walk, &kernel->devices[i], kernel->devices[i].inactive);
	}
	dm_list_iterate_items(snapshot, &on_disk(walk)->snapshots) {
		store = kernel_store(kernel, dm_uuid_of(mem, snapshot->store, LAYER_COW));
		if (store->missed && !store->invalid && !store->merging)
			wrong(walk, "snapshot %s has missed a write", snapshot->store->name);
		if (store->merging && !snapshot->merging)
			wrong(walk, "snapshot %s has been merged from", snapshot->store->name);
		if (store->invalid && strstr(walk->transition->name, "merge"))
			wrong(walk, "snapshot %s has become invalid", snapshot->store->name);
	}
	dm_pool_destroy(mem);
}

static void check_nothing_suspended(struct walk *walk)
{
	unsigned i;

	for (i = 0; i < KERNEL_DEVICES; i++)
		if (walk->world.kernel.devices[i].present &&
		    walk->world.kernel.devices[i].suspended)
			wrong(walk, "%s is left suspended", walk->world.kernel.devices[i].name);
}

/* Somebody writes to every origin; what the metadata call a snapshot counts as one. */
static void write_and_check(struct walk *walk)
{
	struct dm_pool *mem = dm_pool_create("write", 1024);
	const struct snapshot *snapshot;

	dm_list_iterate_items(snapshot, &on_disk(walk)->snapshots)
		kernel_claim(kernel_store(&walk->world.kernel,
					  dm_uuid_of(mem, snapshot->store, LAYER_COW)),
			     dm_uuid_of(mem, snapshot->origin, LAYER_REAL));
	dm_pool_destroy(mem);
	kernel_write(&walk->world.kernel);
	check_promises(walk);
}

/* --- carrying out --- */

static int act_commit(void *data)
{
	struct walk *walk = data;

	walk->world.committed++;
	return 0;
}

static struct kernel_store *store_named(struct walk *walk, const char *name)
{
	struct dm_pool *mem = dm_pool_create("store", 256);
	const struct lv *lv = NULL;
	struct kernel_store *store;
	unsigned i;

	for (i = 0; i < STATES && !lv; i++)
		lv = vg_find_lv(walk->world.disk[i], name);
	store = kernel_store(&walk->world.kernel, dm_uuid_of(mem, lv, LAYER_COW));
	dm_pool_destroy(mem);
	return store;
}

static void act_on_store(struct walk *walk, const char *text)
{
	struct kernel_store *store = store_named(walk, strchr(text, ' ') + 1);

	if (!strncmp(text, "invalidate", 10))
		store->invalid = true;
	else
		store->taken = store->missed = store->merging = store->invalid = false;
}

static void run_step(struct walk *walk, const struct plan *plan, const struct step *step)
{
	int r;

	if (step->verb == STEP_ACT && step->act.run)
		step->act.run(walk);
	else if (step->verb == STEP_ACT)
		act_on_store(walk, step->act.text);
	else {
		r = kernel_step(&walk->world.kernel, plan, step);
		if (r < 0)
			wrong(walk, "%d %s: %s", step->verb, step->node->name, strerror(-r));
	}
	write_and_check(walk);
}

static unsigned add_acts(char *text, struct plan_act acts[MOST_ACTS])
{
	unsigned count = 0;
	char *act;

	while ((act = strsep(&text, ";"))) {
		if (!*act)
			continue;
		acts[count].text = act;
		acts[count++].run = strcmp(act, "commit") ? NULL : act_commit;
	}
	return count;
}

static void want_words(const struct transition *transition, const struct vg *vg,
		       struct layout *layout)
{
	char copy[64], *rest = copy, *word;
	const struct lv *lv;

	snprintf(copy, sizeof(copy), "%s", transition->want);
	while ((word = strsep(&rest, " "))) {
		lv = *word ? vg_find_lv(vg, word) : NULL;
		if (lv && transition->scope == BRANCHES)
			layout_add_branch(layout, lv->store_of);
		else if (lv)
			layout_add_tree(layout, lv,
					transition->scope == HELD_TREES ? LAYOUT_MERGE_HELD
									: LAYOUT_MERGE_LIVE);
	}
}

static void ask_about(const struct layout *layout, struct live *live)
{
	struct live_device *device;

	dm_list_iterate_items(device, &live->devices)
		device->queried = layout_find(layout, device->name);
}

/* What is planned, and what the plan needs while it lives. */
struct intent {
	struct layout *layout;
	struct live *live;
	struct plan *plan;
	char first[128], last[128];
};

static void intent_release(struct intent *intent)
{
	plan_free(&intent->plan);
	live_free(&intent->live);
	layout_free(&intent->layout);
}

static void intent_make(struct walk *walk, struct intent *intent)
{
	const struct transition *transition = walk->transition;
	struct plan_act first[MOST_ACTS] = { 0 }, last[MOST_ACTS] = { 0 };
	struct plan_frame frame = { .first = first, .last = last };
	unsigned final = transition->edits[1] ? 2 : 1;

	snprintf(intent->first, sizeof(intent->first), "%s", transition->first);
	snprintf(intent->last, sizeof(intent->last), "%s", transition->last);
	frame.first_count = add_acts(intent->first, first);
	frame.last_count = add_acts(intent->last, last);
	intent->live = kernel_live(&walk->world.kernel);
	if (layout_new(&intent->layout) < 0)
		abort();
	want_words(transition, walk->world.disk[final], intent->layout);
	if (transition->scope == BRANCHES)
		ask_about(intent->layout, intent->live);
	if (plan_make(intent->layout, intent->live, &frame, &intent->plan) < 0)
		abort();
}

/* --- the guardian --- */

struct range {
	unsigned first, resumes, end;
};

static struct range frozen_range(const struct plan *plan)
{
	struct range range = { 0 };

	while (range.first < plan->count && !(plan->steps[range.first].flags & STEP_FROZEN))
		range.first++;
	range.resumes = range.first;
	while (range.resumes < plan->count && plan->steps[range.resumes].verb == STEP_SUSPEND)
		range.resumes++;
	range.end = range.resumes;
	while (range.end < plan->count && plan->steps[range.end].flags & STEP_FROZEN)
		range.end++;
	return range;
}

/* As freeze_take_over() does. */
static void guard(struct walk *walk, const struct plan *plan, unsigned done)
{
	struct range range = frozen_range(plan);
	struct kernel *kernel = &walk->world.kernel;
	struct kernel_device *device;
	unsigned i;

	if (done <= range.first || done >= range.end)
		return;
	for (i = range.resumes; i < range.end && done < range.resumes; i++)
		kernel_clear(kernel, kernel_find_uuid(kernel, plan->steps[i].node->uuid));
	for (i = range.resumes; i < range.end; i++) {
		device = kernel_find_uuid(kernel, plan->steps[i].node->uuid);
		if (kernel_resume(kernel, device) < 0)
			wrong(walk, "guardian cannot resume %s", device->name);
		write_and_check(walk);
	}
	check_nothing_suspended(walk);
}

/* --- recovery --- */

static enum layout_merge merge_now(struct walk *walk, const struct lv *top)
{
	struct dm_pool *mem = dm_pool_create("merge", 256);
	const struct kernel_device *base;
	char type[TABLE_TYPE_LEN];
	bool held;

	base = kernel_find_uuid(&walk->world.kernel, dm_uuid_of(mem, top, NULL));
	held = base && !strcmp(table_type(base->live, type), "snapshot-origin");
	dm_pool_destroy(mem);
	return held ? LAYOUT_MERGE_HELD : LAYOUT_MERGE_LIVE;
}

/* Trees that have a device in the kernel. */
static void want_live(struct walk *walk, const struct vg *vg, struct layout *layout)
{
	const struct kernel_device *device;
	const struct lv *lv;
	unsigned i;

	for (i = 0; i < KERNEL_DEVICES; i++) {
		device = &walk->world.kernel.devices[i];
		lv = device->present ? lv_of_uuid(vg, device->uuid) : NULL;
		if (!lv)
			continue;
		lv = lv->store_of ? lv->store_of->origin : lv;
		layout_add_tree(layout, lv, merge_now(walk, lv));
	}
}

/* A state of the metadata when recovery has settled it. */
static struct vg *settled(const struct walk *walk, unsigned state)
{
	struct vg *vg = state_new(walk->transition, state);

	drop_unfinished(vg);
	return vg;
}

/* Bring the kernel to the metadata, or so many steps of it; the number of steps there were. */
static unsigned recover(struct walk *walk, unsigned limit)
{
	AUTO(vg) struct vg *vg = settled(walk, walk->world.committed);
	AUTO(layout) struct layout *layout = NULL;
	AUTO(live) struct live *live = kernel_live(&walk->world.kernel);
	AUTO(plan) struct plan *plan = NULL;
	unsigned i;

	if (layout_new(&layout) < 0)
		abort();
	want_live(walk, vg, layout);
	if (plan_make(layout, live, NULL, &plan) < 0)
		abort();
	for (i = 0; i < plan->count && i < limit; i++)
		run_step(walk, plan, &plan->steps[i]);
	if (i == plan->count)
		check_nothing_suspended(walk);
	return plan->count;
}

static void check_before_or_after(struct walk *walk)
{
	AUTO(vg) struct vg *vg = settled(walk, walk->world.committed);
	AUTO(vg) struct vg *first = settled(walk, 0);
	static char is[TEXT], before[TEXT], after[TEXT];

	describe(vg, is);
	describe(first, before);
	describe(walk->world.disk[walk->transition->edits[1] ? 2 : 1], after);
	if (strcmp(is, before) && strcmp(is, after))
		wrong(walk, "neither before nor after:\n%s", is);
	if (recover(walk, 0))
		wrong(walk, "recovery is not done when it is done");
}

/* Recover, killed at each step of it and begun again. */
static void recover_at_each_step(struct walk *walk)
{
	struct world *start = malloc(sizeof(*start));
	char where[sizeof(walk->where)];
	unsigned i, count = MOST_STEPS;

	if (!start)
		abort();
	*start = walk->world;
	snprintf(where, sizeof(where), "%s", walk->where);
	for (i = 0; i < count; i++) {
		walk->world = *start;
		snprintf(walk->where, sizeof(walk->where), "%.90s, recovery cut at %u", where, i);
		count = recover(walk, i);
		recover(walk, MOST_STEPS);
		check_before_or_after(walk);
	}
	walk->world = *start;
	recover(walk, MOST_STEPS);
	check_before_or_after(walk);
	free(start);
}

/* --- the walk --- */

static void world_init(struct walk *walk)
{
	AUTO(layout) struct layout *layout = NULL;
	AUTO(live) struct live *live = kernel_live(&walk->world.kernel);
	AUTO(plan) struct plan *plan = NULL;
	const bool held = !strcmp(walk->transition->active, "held");
	const struct lv *lv;

	if (layout_new(&layout) < 0)
		abort();
	if (*walk->transition->active)
		dm_list_iterate_items(lv, &walk->world.disk[0]->lvs)
			layout_add_tree(layout, lv, held ? LAYOUT_MERGE_HELD : LAYOUT_MERGE_LIVE);
	if (plan_make(layout, live, NULL, &plan) < 0 ||
	    kernel_run(&walk->world.kernel, plan) < 0)
		wrong(walk, "cannot begin");
	write_and_check(walk);
}

enum death { KILLED, KILLED_WITH_GUARDIAN, POWER_CUT, DEATHS };

static void die(struct walk *walk, const struct plan *plan, unsigned done, enum death death)
{
	if (death == KILLED_WITH_GUARDIAN)
		guard(walk, plan, done);
	if (death == POWER_CUT)
		memset(walk->world.kernel.devices, 0, sizeof(walk->world.kernel.devices));
	write_and_check(walk);
}

/* After a power cut whatever was active is activated again. */
static void boot(struct walk *walk)
{
	AUTO(vg) struct vg *vg = settled(walk, walk->world.committed);
	AUTO(layout) struct layout *layout = NULL;
	AUTO(live) struct live *live = kernel_live(&walk->world.kernel);
	AUTO(plan) struct plan *plan = NULL;
	const struct lv *lv;
	unsigned i;

	if (layout_new(&layout) < 0)
		abort();
	dm_list_iterate_items(lv, &vg->lvs)
		layout_add_tree(layout, lv, LAYOUT_MERGE_LIVE);
	if (plan_make(layout, live, NULL, &plan) < 0)
		abort();
	for (i = 0; i < plan->count; i++)
		run_step(walk, plan, &plan->steps[i]);
}

static bool cut_at(struct walk *walk, const struct world *start, unsigned cut, enum death death)
{
	static const char *const deaths[] = { "killed", "killed with guardian", "power cut" };
	struct intent intent = { 0 };
	unsigned i, count;

	walk->world = *start;
	snprintf(walk->where, sizeof(walk->where), "%s at %u", deaths[death], cut);
	intent_make(walk, &intent);
	count = intent.plan->count;
	for (i = 0; i < cut && i < count; i++)
		run_step(walk, intent.plan, &intent.plan->steps[i]);
	die(walk, intent.plan, i, death);
	intent_release(&intent);
	if (death == POWER_CUT)
		boot(walk);
	recover_at_each_step(walk);
	return cut < count;
}

static unsigned walk_transition(const struct transition *transition)
{
	struct walk *walk = calloc(1, sizeof(*walk));
	struct world *start = calloc(1, sizeof(*start));
	unsigned i, cut, death, failures;

	if (!walk || !start)
		abort();
	walk->transition = transition;
	for (i = 0; i < STATES; i++)
		walk->world.disk[i] = state_new(transition, i);
	world_init(walk);
	*start = walk->world;
	for (death = 0; death < DEATHS; death++)
		for (cut = 0; cut_at(walk, start, cut, death); cut++)
			;
	for (i = 0; i < STATES; i++)
		vg_free(&start->disk[i]);
	failures = walk->failures;
	free(start);
	free(walk);
	return failures;
}

TEST("every transition may be cut short anywhere")
{
	unsigned i;

	for (i = 0; i < sizeof(transitions) / sizeof(transitions[0]); i++)
		if (walk_transition(&transitions[i]))
			CHECK_TEXT(transitions[i].name, "keeps its promises");
}

TEST_MAIN
