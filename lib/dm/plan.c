/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dm/plan.h"

#include "base/auto.h"
#include "base/log.h"
#include "base/text.h"
#include "dm/compare.h"
#include "dm/table.h"

#include <string.h>

static int add_step(struct plan *plan, const struct step *step)
{
	if (plan->count == plan->room)
		return fail(-ENOTRECOVERABLE, "internal: plan has more than %u steps", plan->room);
	plan->steps[plan->count++] = *step;
	return 0;
}

static int add(struct plan *plan, enum step_verb verb, const struct item *item, unsigned flags)
{
	struct step step = { .verb = verb, .node = item->node, .flags = flags };

	return add_step(plan, &step);
}

static int add_load(struct plan *plan, const struct item *item)
{
	struct step step = { .verb = STEP_LOAD, .node = item->node, .table = item->table };

	return add_step(plan, &step);
}

static int add_acts(struct plan *plan, const struct plan_act *acts, unsigned count)
{
	struct step step = { .verb = STEP_ACT };
	unsigned i;
	int r = 0;

	for (i = 0; i < count && !r; i++) {
		step.act = acts[i];
		r = add_step(plan, &step);
	}
	return r;
}

/* A rule says what to do about one item of the comparison: one pass over all of them a phase. */
typedef int (*item_rule)(struct plan *plan, const struct item *item);

static int each(struct plan *plan, const struct comparison *comparison, item_rule rule)
{
	unsigned i;
	int r = 0;

	for (i = 0; i < comparison->count && !r; i++)
		r = rule(plan, &comparison->items[i]);
	return r;
}

/* The same for one kind of node after the other, top-down. */
static int each_top_down(struct plan *plan, const struct comparison *comparison, item_rule rule)
{
	int kind, r = 0;
	unsigned i;

	for (kind = NODE_ORIGIN; kind >= NODE_LEAF; kind--)
		for (i = 0; i < comparison->count && !r; i++)
			if (comparison->items[i].node->kind == (enum node_kind)kind)
				r = rule(plan, &comparison->items[i]);
	return r;
}

static int each_bottom_up(struct plan *plan, const struct comparison *comparison, item_rule rule)
{
	int kind, r = 0;
	unsigned i;

	for (kind = NODE_LEAF; kind <= NODE_ORIGIN; kind++)
		for (i = 0; i < comparison->count && !r; i++)
			if (comparison->items[i].node->kind == (enum node_kind)kind)
				r = rule(plan, &comparison->items[i]);
	return r;
}

/* --- settle --- */

static int clear_left_over(struct plan *plan, const struct item *item)
{
	return item->live && item->live->has_inactive ? add(plan, STEP_CLEAR, item, 0) : 0;
}

static int resume_left_over(struct plan *plan, const struct item *item)
{
	const unsigned flags = item->work == ITEM_LEAVE ? STEP_UNTOLD : 0;

	return item->live && item->live->suspended ? add(plan, STEP_RESUME, item, flags) : 0;
}

/*
 * All tables go before the first resume: an unused table of a snapshot-merge is one that exceptions
 * are to be handed over to, and until it is gone the snapshot they come from cannot be resumed
 * (dm-snap.c: snapshot_preresume).
 */
static int settle(struct plan *plan, const struct comparison *comparison)
{
	int r = each(plan, comparison, clear_left_over);

	return r ? r : each_bottom_up(plan, comparison, resume_left_over);
}

/* --- what is outdated --- */

static int get_rid_of(struct plan *plan, const struct item *item)
{
	struct step step = { .verb = STEP_LOAD, .node = item->node };
	char table[64];
	int r;

	if (!item->live || !item->live->outdated || !item->load)
		return 0;
	snprintf(table, sizeof(table), "0 %" PRIu64 " error\n", table_size(item->live->table));
	step.table = dm_pool_strdup(plan->mem, table);
	if (!step.table)
		return fail_memory();
	r = add_step(plan, &step);
	return r ? r : add(plan, STEP_RESUME, item, 0);
}

/* --- remove and make --- */

static int remove_unwanted(struct plan *plan, const struct item *item)
{
	return item->work == ITEM_REMOVE ? add(plan, STEP_REMOVE, item, 0) : 0;
}

static int make(struct plan *plan, const struct item *item)
{
	bool now =
		item->node->kind == NODE_LEAF && (item_is_fresh(item) || item->work == ITEM_GROW);
	int r = 0;

	if (item->work == ITEM_CREATE)
		r = add(plan, STEP_CREATE, item, 0);
	if (!r && item->load)
		r = add_load(plan, item);
	if (!r && now)
		r = add(plan, STEP_RESUME, item, item->lockfs ? STEP_LOCKFS : 0);
	return r;
}

static bool is_in_freeze(const struct item *item)
{
	return item->work == ITEM_FREEZE ||
	       (item->node->kind == NODE_SNAPSHOT && item_is_fresh(item) && item->top &&
		item->top->work == ITEM_FREEZE);
}

/*
 * What needs no freeze: fresh devices, which nobody uses yet, and devices that change alone.  In
 * resume order, for an origin must not run before its snapshots are hooked.
 */
static int wake_or_swap(struct plan *plan, const struct item *item)
{
	bool fresh = item_is_fresh(item) && item->node->kind != NODE_LEAF;

	if ((!fresh && item->work != ITEM_SWAP) || is_in_freeze(item))
		return 0;
	return add(plan, STEP_RESUME, item, item->lockfs ? STEP_LOCKFS : 0);
}

/* --- freeze --- */

static int suspend(struct plan *plan, const struct item *item)
{
	if (item->work != ITEM_FREEZE && item->work != ITEM_HAND_OVER)
		return 0;
	return add(plan, STEP_SUSPEND, item, STEP_FROZEN | (item->lockfs ? STEP_LOCKFS : 0));
}

static int resume(struct plan *plan, const struct item *item)
{
	return is_in_freeze(item) ? add(plan, STEP_RESUME, item, STEP_FROZEN) : 0;
}

/* dm-snap.c: a snapshot that loses its table before its store has been taken over by the resumed
 * snapshot-merge cancels the handover, which makes the store invalid. */
static int resume_handed_over(struct plan *plan, const struct item *item)
{
	return item->work == ITEM_HAND_OVER ? add(plan, STEP_RESUME, item, STEP_FROZEN) : 0;
}

static int freeze(struct plan *plan, const struct comparison *comparison)
{
	int r = each_top_down(plan, comparison, suspend);

	r = r ? r : each(plan, comparison, resume);
	return r ? r : each(plan, comparison, resume_handed_over);
}

/* --- tidy --- */

static int remove_late(struct plan *plan, const struct item *item)
{
	return item->work == ITEM_REMOVE_LATE || item->work == ITEM_HAND_OVER
		       ? add(plan, STEP_REMOVE, item, 0)
		       : 0;
}

static bool name_is_free(const struct plan *plan, const char *name)
{
	const struct live_device *device = live_find(plan->live, name);
	const struct step *step;
	bool is_free = !device;
	unsigned i;

	for (i = 0; i < plan->count; i++) {
		step = &plan->steps[i];
		if ((step->verb == STEP_REMOVE || step->verb == STEP_RENAME) &&
		    !strcmp(step->node->name, name))
			is_free = true;
		if ((step->verb == STEP_CREATE && !strcmp(step->node->name, name)) ||
		    (step->verb == STEP_RENAME && !strcmp(step->new_name, name)))
			is_free = false;
	}
	return is_free;
}

static bool is_renamed(const struct plan *plan, const struct item *item)
{
	unsigned i;

	for (i = 0; i < plan->count; i++)
		if (plan->steps[i].verb == STEP_RENAME && plan->steps[i].node == item->node)
			return true;
	return false;
}

static int rename_if_free(struct plan *plan, const struct item *item)
{
	struct step step = { .verb = STEP_RENAME, .node = item->node, .new_name = item->new_name };

	if (!item->new_name || is_renamed(plan, item) || !name_is_free(plan, item->new_name))
		return 0;
	return add_step(plan, &step);
}

static int check_renamed(struct plan *plan, const struct item *item)
{
	if (!item->new_name || is_renamed(plan, item))
		return 0;
	return fail(-EEXIST, _("%s: another device is named %s already"), item->node->label,
		    item->new_name);
}

/* Each pass renames those whose new name an earlier one gave up. */
static int rename_all(struct plan *plan, const struct comparison *comparison)
{
	unsigned before;
	int r;

	do {
		before = plan->count;
		r = each(plan, comparison, rename_if_free);
	} while (!r && plan->count > before);
	return r ? r : each(plan, comparison, check_renamed);
}

/* --- the whole --- */

static int add_all(struct plan *plan, const struct comparison *comparison,
		   const struct plan_frame *frame)
{
	int r = settle(plan, comparison);

	r = r ? r : add_acts(plan, frame->first, frame->first_count);
	r = r ? r : each(plan, comparison, get_rid_of);
	r = r ? r : each_top_down(plan, comparison, remove_unwanted);
	r = r ? r : each(plan, comparison, make);
	r = r ? r : each(plan, comparison, wake_or_swap);
	r = r ? r : freeze(plan, comparison);
	r = r ? r : each_top_down(plan, comparison, remove_late);
	r = r ? r : rename_all(plan, comparison);
	return r ? r : add_acts(plan, frame->last, frame->last_count);
}

enum { MOST_STEPS_OF_ITEM = 10 };

int plan_make(const struct layout *wanted, const struct live *live, const struct plan_frame *frame,
	      struct plan **plan)
{
	static const struct plan_frame nothing;
	struct dm_pool *mem = dm_pool_create("plan", 4096);
	struct plan *made = mem ? dm_pool_zalloc(mem, sizeof(*made)) : NULL;
	AUTO(plan) struct plan *new = made;
	struct comparison comparison;
	int r;

	if (!new) {
		if (mem)
			dm_pool_destroy(mem);
		return fail_memory();
	}
	if (!frame)
		frame = &nothing;
	new->mem = mem;
	new->live = live;
	new->wanted = wanted;
	r = compare_devices(mem, wanted, live, &comparison);
	if (r < 0)
		return r;

	new->room = comparison.count *MOST_STEPS_OF_ITEM + frame->first_count + frame->last_count;
	new->steps = dm_pool_zalloc(mem, (new->room + 1) * sizeof(*new->steps));
	if (!new->steps)
		return fail_memory();
	r = add_all(new, &comparison, frame);
	if (r < 0)
		return r;
	*plan = TAKE(new);
	return 0;
}

void plan_free(struct plan **plan)
{
	if (*plan)
		dm_pool_destroy((*plan)->mem);
	*plan = NULL;
}

/* --- printing --- */

/* A table on one line, targets parted by ";". */
static void print_table(const char *table, FILE *out)
{
	size_t len;

	for (; *table; table += len + 1) {
		len = strcspn(table, "\n");
		fwrite(table, 1, len, out);
		if (table[len] && table[len + 1])
			fputs("; ", out);
	}
}

static void print_step(const struct step *step, FILE *out)
{
	static const char *const verbs[] = {
		[STEP_CREATE] = "create",   [STEP_LOAD] = "load",     [STEP_CLEAR] = "clear",
		[STEP_SUSPEND] = "suspend", [STEP_RESUME] = "resume", [STEP_RENAME] = "rename",
		[STEP_REMOVE] = "remove",
	};

	if (step->verb == STEP_ACT) {
		fprintf(out, "%s\n", step->act.text);
		return;
	}
	fprintf(out, "%-7s %s", verbs[step->verb], step->node->name);
	if (step->verb == STEP_CREATE && step->node->minor >= 0)
		fprintf(out, " as %d:%d", step->node->major, step->node->minor);
	if (step->verb == STEP_RENAME)
		fprintf(out, " %s", step->new_name);
	if (step->verb == STEP_LOAD) {
		fputs(step->node->read_only ? " read-only: " : ": ", out);
		print_table(step->table, out);
	}
	if (step->flags & STEP_LOCKFS)
		fputs(" and its filesystem", out);
	fputc('\n', out);
}

void plan_print(const struct plan *plan, FILE *out)
{
	unsigned i;

	for (i = 0; i < plan->count; i++)
		print_step(&plan->steps[i], out);
}

bool plan_is_empty(const struct plan *plan)
{
	unsigned i;

	for (i = 0; i < plan->count; i++)
		if (plan->steps[i].verb != STEP_ACT)
			return false;
	return true;
}

int plan_undo_nothing(void *data)
{
	(void)data;
	return 0;
}
