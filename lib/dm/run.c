/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dm/run.h"

#include "base/auto.h"
#include "base/limit.h"
#include "base/log.h"
#include "base/text.h"
#include "dm/devnode.h"
#include "dm/flush.h"
#include "dm/freeze.h"
#include "dm/holder.h"
#include "dm/name.h"
#include "dm/plan.h"
#include "dm/readahead.h"
#include "dm/table.h"
#include "dm/task.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { NAMES_SIZE = 512 };

/* A device made by this run, or made again. */
struct made {
	const struct dm_node *node;
	uint32_t major, minor;
};

struct run {
	const struct plan *plan;
	const struct run_options *options;
	struct run_result *result;
	struct dm_pool *mem;
	struct made *made;
	unsigned made_count;
	struct freeze freeze; /* the control device and the cookie are here */
	unsigned reached;     /* steps before this one have been carried out */
	bool undone;
	char missing[NAMES_SIZE]; /* names of nodes that udev has not made */
	char left[NAMES_SIZE];	  /* has not removed */
};

/* --- numbers of devices --- */

static bool number_of_uuid(const struct run *run, const char *uuid, uint32_t *major,
			   uint32_t *minor)
{
	const struct live_device *device = live_find_uuid(run->plan->live, uuid);
	unsigned i;

	for (i = 0; i < run->made_count; i++)
		if (!strcmp(run->made[i].node->uuid, uuid)) {
			*major = run->made[i].major;
			*minor = run->made[i].minor;
			return true;
		}
	if (!device)
		return false;
	*major = device->major;
	*minor = device->minor;
	return true;
}

static bool number_of(void *data, const char *name, uint32_t *major, uint32_t *minor)
{
	const struct run *run = data;
	const struct dm_node *node = layout_find(run->plan->wanted, name);

	return node && number_of_uuid(run, node->uuid, major, minor);
}

static bool fill_devnode(const struct run *run, const struct dm_node *node, const char *name,
			 struct devnode *devnode)
{
	*devnode = (struct devnode) {
		.dev_dir = run->options->dev_dir,
		.name = name,
		.label = node->label,
		.hidden = node->hidden,
	};
	return number_of_uuid(run, node->uuid, &devnode->major, &devnode->minor);
}

static bool is_made_here(const struct run *run, const struct dm_node *node)
{
	unsigned i;

	for (i = 0; i < run->made_count; i++)
		if (!strcmp(run->made[i].node->uuid, node->uuid))
			return true;
	return false;
}

/* --- single steps --- */

static enum task_access access_of(bool read_only)
{
	return read_only ? TASK_READ_ONLY : TASK_READ_WRITE;
}

static int run_create(struct run *run, const struct dm_node *node)
{
	struct made *made = &run->made[run->made_count];
	int r = task_create(node, &made->major, &made->minor);

	if (r < 0)
		return r;
	made->node = node;
	run->made_count++;
	return 0;
}

static int run_load(struct run *run, const struct step *step)
{
	const char *table = table_resolve(run->mem, step->table, number_of, run);

	if (!table)
		return fail(-ENOTRECOVERABLE, "internal: %s: a device of its table is not there",
			    step->node->name);
	return task_load(step->node, table, access_of(step->node->read_only));
}

enum { FIRST_SLEEP_MS = 5, LONGEST_SLEEP_MS = 160 };

static int still_in_use(const struct run *run, const struct dm_node *node)
{
	char holder[HOLDER_TEXT] = "";
	uint32_t major, minor;

	if (number_of_uuid(run, node->uuid, &major, &minor))
		holder_of(major, minor, holder);
	return fail(-EBUSY, _("%s: device %s cannot be removed: %s"), node->label, node->name,
		    holder);
}

/* -EBUSY: not yet. */
typedef int (*attempt)(const struct run *run, const struct dm_node *node);

static int try_to_remove(const struct run *run, const struct dm_node *node)
{
	return task_remove(node, run->freeze.udev.cookie);
}

static int try_whether_closed(const struct run *run, const struct dm_node *node)
{
	(void)run;
	return task_closed(node);
}

/* udev, or a program that looks at every new device, has it open for a moment. */
static int patiently(const struct run *run, const struct dm_node *node, attempt once)
{
	uint64_t end = clock_ns() + run->options->remove_timeout_ms * MS_NS;
	struct timespec pause = { .tv_nsec = FIRST_SLEEP_MS * (long)MS_NS };
	int r;

	for (;;) {
		r = once(run, node);
		if (r != -EBUSY)
			return r;
		if (clock_ns() >= end)
			return still_in_use(run, node);
		nanosleep(&pause, NULL);
		if (pause.tv_nsec < LONGEST_SLEEP_MS * (long)MS_NS)
			pause.tv_nsec *= 2;
	}
}

/* What the kernel would do itself when it suspends these: see flush.h. */
static int flush_before(const struct run *run, const struct step *steps, unsigned count)
{
	struct flush_device *devices = dm_pool_zalloc(run->mem, count * sizeof(*devices));
	const struct dm_node *node;
	struct devnode devnode;
	unsigned i, found = 0;
	char path[PATH_MAX];

	if (!devices)
		return fail_memory();
	for (i = 0; i < count; i++) {
		node = steps[i].node;
		if (!(steps[i].flags & STEP_LOCKFS) ||
		    !fill_devnode(run, node, node->name, &devnode))
			continue;
		devnode_open_path(&devnode, path);
		devices[found] = (struct flush_device) { node->label, node->name,
							 dm_pool_strdup(run->mem, path) };
		if (!devices[found++].path)
			return fail_memory();
	}
	return flush_devices(devices, found, run->freeze.timeout_ms);
}

/* An origin or snapshot that stops being one: what was written since was not copied, so it must not be
 * hooked up again.  Nor may a merge that is gone begin anew: its store may have been marked invalid. */
static bool unhooks(const struct run *run, const struct step *step)
{
	const struct live_device *device;
	char was[TABLE_TYPE_LEN], is[TABLE_TYPE_LEN];

	if (step->verb != STEP_RESUME && step->verb != STEP_REMOVE)
		return false;
	device = live_find_uuid(run->plan->live, step->node->uuid);
	if (!device)
		return false;
	table_type(device->table, was);
	if (step->verb == STEP_REMOVE && !strcmp(was, "snapshot-merge"))
		return true;
	if (strcmp(was, "snapshot") && strcmp(was, "snapshot-origin"))
		return false;
	return step->verb == STEP_REMOVE || strcmp(table_type(step->node->table, is), was);
}

/* Behind the first that unhooks there is no way back: so what goes with it must be closed still, if it was when the plan
 * was made.  (What others of them stand on was not.) */
static int check_closed(const struct run *run)
{
	const struct step *step = &run->plan->steps[run->reached];
	const struct step *end = &run->plan->steps[run->plan->count];
	const struct live_device *device;
	int r = 0;

	if (run->result->committed || !unhooks(run, step))
		return 0;
	for (step++; step < end && step->verb == STEP_REMOVE && !r; step++) {
		device = live_find_uuid(run->plan->live, step->node->uuid);
		if (!device || device->open_count)
			continue;
		r = patiently(run, step->node, try_whether_closed);
		if (r < 0)
			run->result->failed = step->node->uuid;
	}
	return r;
}

static int run_remove(const struct run *run, const struct step *step)
{
	int r = check_closed(run);

	return r < 0 ? r : patiently(run, step->node, try_to_remove);
}

/* Of a device that is in use, the kernel suspends it for the swap. */
static int run_resume(const struct run *run, const struct step *step)
{
	int r = flush_before(run, step, 1);

	return r < 0 ? r : resume_alone(&run->freeze, step);
}

static int run_act(struct run *run, const struct plan_act *act)
{
	int r = act->run(act->data);

	if ((r >= 0 && !act->undo) || r == -EINPROGRESS)
		run->result->committed = true;
	return r < 0 ? r : 0;
}

static int run_step(struct run *run, const struct step *step)
{
	switch (step->verb) {
	case STEP_ACT:
		return run_act(run, &step->act);
	case STEP_CREATE:
		return run_create(run, step->node);
	case STEP_LOAD:
		return run_load(run, step);
	case STEP_CLEAR:
		return task_clear(step->node);
	case STEP_RESUME:
		return run_resume(run, step);
	case STEP_RENAME:
		return task_rename(step->node, step->new_name, run->freeze.udev.cookie);
	case STEP_REMOVE:
		return run_remove(run, step);
	case STEP_SUSPEND:
		break;
	}
	return fail(-ENOTRECOVERABLE, "internal: %s: suspend outside of a freeze",
		    step->node->name);
}

/* --- the freeze --- */

static unsigned frozen_steps(const struct plan *plan, unsigned first)
{
	unsigned end = first;

	while (end < plan->count && plan->steps[end].flags & STEP_FROZEN)
		end++;
	return end - first;
}

/* Once snapshot-merge has the exceptions, the snapshot it took them from can't have them back. */
static bool hands_over(const struct step *steps, unsigned count)
{
	unsigned i;

	for (i = 0; i < count; i++)
		if (steps[i].verb == STEP_RESUME && steps[i].node->kind == NODE_ORIGIN &&
		    table_is(steps[i].node->table, "snapshot-merge"))
			return true;
	return false;
}

static bool unhooks_any(const struct run *run, const struct step *steps, unsigned count)
{
	unsigned i;

	for (i = 0; i < count; i++)
		if (unhooks(run, &steps[i]))
			return true;
	return false;
}

static int run_frozen(struct run *run, unsigned count)
{
	const struct step *steps = &run->plan->steps[run->reached];
	struct freeze *freeze = &run->freeze;
	unsigned done = count;
	int r = flush_before(run, steps, count);

	if (r < 0)
		return r;
	freeze->attempted = 0;
	freeze->duration_ns = 0;
	r = freeze_prepare(freeze, steps, count);
	if (!r)
		r = freeze_run(freeze);
	/* the last one attempted failed; without any, nothing but suspends had been */
	if (r < 0)
		done = freeze->attempted ? freeze->attempted - 1 : 0;
	if (hands_over(steps, done) || unhooks_any(run, steps, done))
		run->result->committed = true;
	run->result->freeze_ns += freeze->duration_ns;
	run->reached += freeze->attempted;
	freeze_release(freeze);
	return r;
}

/* --- undo --- */

static bool has_load_before(const struct plan *plan, unsigned index)
{
	const struct dm_node *node = plan->steps[index].node;
	unsigned i;

	for (i = 0; i < index; i++)
		if (plan->steps[i].verb == STEP_LOAD && plan->steps[i].node == node)
			return true;
	return false;
}

/* Back to the table it had, if the resume swapped tables of a device that was in use. */
static int undo_resume(struct run *run, unsigned index)
{
	const struct step *step = &run->plan->steps[index];
	const struct live_device *device = live_find_uuid(run->plan->live, step->node->uuid);
	struct step back = { .verb = STEP_RESUME, .node = step->node };
	int r;

	if (!device || !*device->table || !has_load_before(run->plan, index))
		return 0;
	r = task_load(step->node, device->table, access_of(device->read_only));
	return r < 0 ? r : resume_alone(&run->freeze, &back);
}

/* Made again under the number it had, by which tables know it.  The node stands for a device that udev was to
 * forget. */
static int undo_remove(struct run *run, const struct dm_node *was)
{
	const struct live_device *device = live_find_uuid(run->plan->live, was->uuid);
	struct dm_node node = *was;
	struct step back = { .verb = STEP_RESUME, .node = &node };
	int r;

	if (!device || !*device->table)
		return 0;
	node.major = (int32_t)device->major;
	node.minor = (int32_t)device->minor;
	if (!node.hidden)
		node.udev_flags = DM_UDEV_DISABLE_LIBRARY_FALLBACK;
	r = run_create(run, &node);
	if (r < 0)
		return r;
	run->made[run->made_count - 1].node = was;
	r = task_load(&node, device->table, access_of(device->read_only));
	return r < 0 ? r : resume_alone(&run->freeze, &back);
}

static int undo_step(struct run *run, unsigned index)
{
	const struct step *step = &run->plan->steps[index];
	struct dm_node renamed;

	switch (step->verb) {
	case STEP_ACT:
		return step->act.undo ? step->act.undo(step->act.data) : 0;
	case STEP_CREATE:
		return patiently(run, step->node, try_to_remove);
	case STEP_LOAD:
		return is_made_here(run, step->node) ? 0 : task_clear(step->node);
	case STEP_RESUME:
		return undo_resume(run, index);
	case STEP_RENAME:
		renamed = *step->node;
		renamed.name = step->new_name;
		return task_rename(&renamed, step->node->name, run->freeze.udev.cookie);
	case STEP_REMOVE:
		return undo_remove(run, step->node);
	case STEP_CLEAR:
	case STEP_SUSPEND:
		break;
	}
	return 0;
}

/* Stops at what can't be undone: metadata must not give back what a device still maps. */
static void undo_all(struct run *run)
{
	unsigned i;
	int r = 0;

	run->undone = true;
	for (i = run->reached; i-- > 0 && r >= 0;)
		r = undo_step(run, i);
	run->result->undone = r >= 0;
}

/* --- afterwards --- */

/* Add a name to a list for the one warning about it; where it has no room for more it ends in "...". */
static void note(char names[NAMES_SIZE], const char *name)
{
	static const char more[] = " ...";
	const size_t len = strlen(names), more_len = sizeof(more) - 1;

	if (len >= more_len && !strcmp(names + len - more_len, more))
		return;
	if (len + 1 + strlen(name) + more_len < NAMES_SIZE)
		snprintf(names + len, NAMES_SIZE - len, "%s%s", len ? " " : "", name);
	else
		memcpy(names + len, more, sizeof(more));
}

static void appear(struct run *run, const struct dm_node *node, const char *name)
{
	struct devnode devnode;

	if (!fill_devnode(run, node, name, &devnode))
		return;
	if (!devnode_exists(&devnode))
		note(run->missing, name);
	devnode_make(&devnode);
}

static void disappear(struct run *run, const struct dm_node *node, const char *name)
{
	struct devnode devnode;

	fill_devnode(run, node, name, &devnode);
	if (devnode_exists(&devnode))
		note(run->left, name);
	devnode_remove(&devnode);
}

/* As it is called by that name: the link of a device is in its group's directory, which has another name, too, if the
 * group is renamed. */
static struct dm_node node_called(const struct run *run, const struct dm_node *node, const char *name)
{
	struct dm_node called = *node;
	const char *label = node->hidden ? NULL : dm_name_label(run->mem, name);

	if (label)
		called.label = label;
	return called;
}

static void rename_nodes(struct run *run, const struct dm_node *node, const char *from, const char *to)
{
	const struct dm_node before = node_called(run, node, from), after = node_called(run, node, to);

	disappear(run, &before, from);
	appear(run, &after, to);
}

static void make_nodes_of(struct run *run, const struct step *step)
{
	switch (step->verb) {
	case STEP_CREATE:
		if (run->undone)
			disappear(run, step->node, step->node->name);
		else
			appear(run, step->node, step->node->name);
		break;
	case STEP_REMOVE:
		if (is_made_here(run, step->node))
			appear(run, step->node, step->node->name);
		else
			disappear(run, step->node, step->node->name);
		break;
	case STEP_RENAME:
		if (run->undone)
			rename_nodes(run, step->node, step->new_name, step->node->name);
		else
			rename_nodes(run, step->node, step->node->name, step->new_name);
		break;
	default:
		break;
	}
}

/* What the steps on devices began with. */
static const char *first_label(const struct run *run)
{
	unsigned i = 0;

	while (i + 1 < run->reached && !run->plan->steps[i].node)
		i++;
	return run->plan->steps[i].node ? run->plan->steps[i].node->label : "udev";
}

static void make_nodes(struct run *run)
{
	unsigned i, timeout_ms = run->options->udev_timeout_ms;
	bool waited = run->freeze.udev.cookie;
	int r = udev_wait(&run->freeze.udev, timeout_ms);

	for (i = 0; i < run->reached; i++)
		make_nodes_of(run, &run->plan->steps[i]);
	if (r == -ETIMEDOUT)
		warn(_("%s: udev has not handled its devices within %u seconds%s%s%s%s"),
		     first_label(run), timeout_ms / 1000,
		     run->missing[0] ? _("; made without it: ") : "", run->missing,
		     run->left[0] ? _("; removed without it: ") : "", run->left);
	else if (waited && run->missing[0])
		detail(_("udev makes no device nodes for: %s"), run->missing);
}

static void set_readahead(const struct run *run)
{
	const struct step *step;
	uint32_t major, minor;
	unsigned i;

	for (i = 0; i < run->reached; i++) {
		step = &run->plan->steps[i];
		if (step->verb == STEP_LOAD &&
		    number_of_uuid(run, step->node->uuid, &major, &minor))
			readahead_set(step->node, major, minor);
	}
}

/* --- the whole --- */

static void note_failure(struct run *run, const struct step *step)
{
	if (step->node && !run->result->failed)
		run->result->failed = step->node->uuid;
}

static int run_steps(struct run *run)
{
	const struct plan *plan = run->plan;
	unsigned frozen;
	int r = 0;

	while (run->reached < plan->count && r >= 0) {
		frozen = frozen_steps(plan, run->reached);
		if (frozen) {
			r = run_frozen(run, frozen);
			continue;
		}
		r = run_step(run, &plan->steps[run->reached]);
		if (r < 0) {
			note_failure(run, &plan->steps[run->reached]);
			break;
		}
		if (unhooks(run, &plan->steps[run->reached]))
			run->result->committed = true;
		run->reached++;
	}
	return r;
}

static int run_acts(struct run *run)
{
	int r = run_steps(run);

	if (r < 0 && !run->result->committed)
		undo_all(run);
	return r;
}

static int run_all(struct run *run)
{
	const struct run_options *options = run->options;
	int r;

	run->freeze.control = control_open();
	if (run->freeze.control < 0) {
		run->result->undone = true;
		return run->freeze.control;
	}
	udev_begin(&run->freeze.udev, options->udev_sync ? UDEV_SYNC : UDEV_IGNORE);

	r = run_acts(run);

	if (!run->undone)
		set_readahead(run);
	make_nodes(run);
	close(run->freeze.control);
	return r;
}

int plan_run(const struct plan *plan, const struct run_options *options, struct run_result *result)
{
	struct run run = {
		.plan = plan,
		.options = options,
		.result = result,
		.freeze = { .lock_fd = options->lock_fd,
			    .timeout_ms = options->suspend_timeout_ms },
		.mem = dm_pool_create("run", 1024),
	};
	int r;

	*result = (struct run_result) { 0 };
	if (run.mem)
		run.made = dm_pool_zalloc(run.mem, (plan->count + 1) * sizeof(*run.made));
	if (!run.made)
		r = fail_memory();
	else
		r = plan_is_empty(plan) ? run_acts(&run) : run_all(&run);
	if (run.mem)
		dm_pool_destroy(run.mem);
	return r;
}
