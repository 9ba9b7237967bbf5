/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dm/freeze.h"

#include "base/limit.h"
#include "base/log.h"
#include "base/text.h"
#include "dm/guardian.h"
#include "dm/plan.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { NOT_CALLED = -ECANCELED };

static uint32_t flags_of(const struct step *step)
{
	return step->flags & STEP_LOCKFS ? 0 : DM_SKIP_LOCKFS_FLAG;
}

/* To limit_set() 0 is no limit. */
static unsigned limit_of(const struct freeze *freeze)
{
	return freeze->timeout_ms ? freeze->timeout_ms : 1;
}

/* Of an event without a cookie the rules know that its flags are those of the one before. */
static bool is_told(const struct step *step)
{
	return step->verb == STEP_RESUME && !(step->flags & STEP_UNTOLD);
}

static void prepare_call(const struct freeze *freeze, const struct step *step,
			 struct freeze_call *call)
{
	call->step = step;
	call->result = NOT_CALLED;
	control_prepare(&call->call, step->node->uuid, flags_of(step),
			is_told(step) ? udev_event(&freeze->udev, step->node->udev_flags) : 0);
}

int freeze_prepare(struct freeze *freeze, const struct step *steps, unsigned count)
{
	unsigned i;

	freeze->calls = calloc(count, sizeof(*freeze->calls));
	if (!freeze->calls)
		return fail_memory();
	freeze->progress = mmap(NULL, sizeof(*freeze->progress), PROT_READ | PROT_WRITE,
				MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (freeze->progress == MAP_FAILED) {
		freeze->progress = NULL;
		return fail_memory();
	}
	freeze->count = count;
	for (i = 0; i < count; i++) {
		prepare_call(freeze, &steps[i], &freeze->calls[i]);
		if (steps[i].verb == STEP_SUSPEND)
			freeze->suspends = i + 1;
	}
	return 0;
}

void freeze_release(struct freeze *freeze)
{
	free(freeze->calls);
	freeze->calls = NULL;
	if (freeze->progress)
		munmap(freeze->progress, sizeof(*freeze->progress));
	freeze->progress = NULL;
}

/* --- between the first suspend and the last resume: no allocation, no message --- */

static void clear_from(const struct freeze *freeze, unsigned first)
{
	unsigned i;

	for (i = first; i < freeze->count; i++)
		control_call(freeze->control, CONTROL_CLEAR, &freeze->calls[i].call);
}

/* Resume with what is live, if the new table will not do. */
static int resume_surely(const struct freeze *freeze, const struct dm_ioctl *call)
{
	int r = control_call(freeze->control, CONTROL_RESUME, call);

	if (r >= 0)
		return r;
	control_call(freeze->control, CONTROL_CLEAR, call);
	return control_call(freeze->control, CONTROL_RESUME, call);
}

static bool is_suspended(const struct freeze *freeze, const struct freeze_call *call,
			 unsigned suspended)
{
	unsigned i;

	for (i = 0; i < suspended; i++)
		if (freeze->calls[i].step->node == call->step->node)
			return true;
	return false;
}

/* Clear all before resuming any: see settle in plan.c. */
static void go_back(const struct freeze *freeze, unsigned first)
{
	unsigned i;

	clear_from(freeze, first);
	for (i = first; i < freeze->count; i++)
		freeze->calls[i].result = resume_surely(freeze, &freeze->calls[i].call);
}

static bool is_forward(unsigned progress)
{
	return progress & PROGRESS_ALL && !(progress & PROGRESS_BACK);
}

/* Where one fails the rest goes back: a store must not go on without its origin. */
static void go_forward(const struct freeze *freeze)
{
	unsigned i;

	for (i = freeze->suspends; i < freeze->count && is_forward(atomic_load(freeze->progress));
	     i++)
		if (control_call(freeze->control, CONTROL_RESUME, &freeze->calls[i].call) < 0) {
			atomic_fetch_or(freeze->progress, PROGRESS_BACK);
			break;
		}
	go_back(freeze, i);
}

void freeze_give_up(struct freeze *freeze)
{
	const unsigned progress = atomic_fetch_or(freeze->progress, PROGRESS_GIVEN_UP);
	unsigned i;

	if (is_forward(progress)) {
		go_forward(freeze);
		return;
	}
	clear_from(freeze, freeze->suspends);
	for (i = freeze->suspends; i < freeze->count; i++)
		if (is_suspended(freeze, &freeze->calls[i], progress & PROGRESS_COUNT))
			resume_surely(freeze, &freeze->calls[i].call);
}

void freeze_take_over(struct freeze *freeze)
{
	if (is_forward(atomic_load(freeze->progress)))
		go_forward(freeze);
	else
		go_back(freeze, freeze->suspends);
	udev_drop(&freeze->udev);
}

/* One more is suspended; false if the guardian has given up meanwhile. */
static bool goes_on(const struct freeze *freeze, unsigned suspended)
{
	unsigned before = suspended - 1;
	const unsigned after = suspended == freeze->suspends ? suspended | PROGRESS_ALL : suspended;

	return atomic_compare_exchange_strong(freeze->progress, &before, after);
}

static int suspend_all(const struct freeze *freeze, struct limit *limit)
{
	struct freeze_call *call;
	unsigned i;

	for (i = 0; i < freeze->suspends; i++) {
		call = &freeze->calls[i];
		limit_set(limit, limit_of(freeze));
		call->result = control_call(freeze->control, CONTROL_SUSPEND, &call->call);
		if (call->result == -EINTR && limit_is_over(limit))
			call->result = -ETIMEDOUT;
		if (call->result >= 0 && !goes_on(freeze, i + 1))
			call->result = -ETIMEDOUT;
		if (call->result < 0)
			return call->result;
	}
	limit_set(limit, 0);
	return 0;
}

static bool has_gone_back(const struct freeze *freeze)
{
	return atomic_load(freeze->progress) & PROGRESS_BACK;
}

static int resume_all(const struct freeze *freeze, unsigned *failed)
{
	struct freeze_call *call;
	unsigned i;

	for (i = freeze->suspends; i < freeze->count; i++) {
		call = &freeze->calls[i];
		call->result = has_gone_back(freeze)
				       ? -EINTR
				       : control_call(freeze->control, CONTROL_RESUME, &call->call);
		if (call->result < 0) {
			*failed = i;
			return call->result;
		}
	}
	return 0;
}

static int suspend_and_resume(struct freeze *freeze, struct limit *limit, unsigned *failed)
{
	int r = suspend_all(freeze, limit);

	*failed = freeze->count;
	if (r < 0) {
		freeze->attempted = 0;
		limit_set(limit, 0);
		go_back(freeze, freeze->suspends);
		return r;
	}
	r = resume_all(freeze, failed);
	freeze->attempted = r < 0 ? *failed + 1 : freeze->count;
	if (r < 0) {
		atomic_fetch_or(freeze->progress, PROGRESS_BACK);
		go_back(freeze, *failed);
	}
	return r;
}

/* --- around it --- */

static int report(const struct freeze *freeze, const struct freeze_call *call, int r)
{
	const char *label = call->step->node->label;

	if (r == -ETIMEDOUT)
		return fail(r,
			    _("%s: device %s could not be suspended within %u seconds, as I/O to "
			      "it does not end; it was resumed and goes on as before"),
			    label, call->step->node->name, freeze->timeout_ms / 1000);
	if (r == -EBUSY && call->step->flags & STEP_LOCKFS)
		return fail(
			r,
			_("%s: its filesystem cannot be frozen; if it is frozen already, thaw it "
			  "with fsfreeze -u"),
			label);
	if (call->step->verb == STEP_SUSPEND)
		return fail(r, _("%s: cannot suspend device %s: %s"), label, call->step->node->name,
			    strerror(-r));
	return fail(r, _("%s: cannot resume device %s with its new table: %s"), label,
		    call->step->node->name, strerror(-r));
}

/* What the kernel did not let go in spite of all. */
static void warn_of_suspended(const struct freeze *freeze)
{
	unsigned i;

	for (i = freeze->suspends; i < freeze->count; i++)
		if (freeze->calls[i].result < 0)
			warn(_("%s: device %s may still be suspended; run svrecover"),
			     freeze->calls[i].step->node->label, freeze->calls[i].step->node->name);
}

static int report_failure(const struct freeze *freeze, unsigned failed, int r)
{
	unsigned i;

	for (i = 0; i < freeze->suspends && failed == freeze->count; i++)
		if (freeze->calls[i].result < 0)
			failed = i;
	report(freeze, &freeze->calls[failed], r);
	warn_of_suspended(freeze);
	return r;
}

/* Events that udev was not sent must not be waited for.  What had been resumed when we came to it the guardian has resumed
 * and told. */
static void settle_events(const struct freeze *freeze)
{
	const unsigned progress = atomic_load(freeze->progress);
	const int least = progress & PROGRESS_GIVEN_UP && is_forward(progress) ? 0 : 1;
	unsigned i, unsent = 0;

	for (i = freeze->suspends; i < freeze->count; i++)
		unsent += freeze->calls[i].result < least;
	udev_forgo(&freeze->udev, unsent);
}

int freeze_run(struct freeze *freeze)
{
	struct guardian guardian;
	struct limit limit;
	uint64_t begin;
	unsigned failed;
	int r;

	limit_begin(&limit, LIMIT_HOLDS_SIGNALS);
	r = guardian_start(&guardian, freeze);
	if (r < 0) {
		limit_end(&limit);
		return r;
	}
	udev_expect(&freeze->udev, freeze->count - freeze->suspends);
	/* After the fork, or the first write to a page would have to copy it. */
	if (mlockall(MCL_CURRENT) < 0)
		debug("memory cannot be locked: %s", strerror(errno));
	log_hold();

	begin = clock_ns();
	r = suspend_and_resume(freeze, &limit, &failed);
	freeze->duration_ns = clock_ns() - begin;

	guardian_stop(&guardian);
	/* it has given this up, and could not resume all */
	if (!r && has_gone_back(freeze)) {
		failed = freeze->suspends;
		r = -EINTR;
	}
	log_release();
	munlockall();
	limit_end(&limit);
	settle_events(freeze);
	return r < 0 ? report_failure(freeze, failed, r) : 0;
}

int resume_alone(const struct freeze *freeze, const struct step *step)
{
	struct freeze_call call;
	struct limit limit;
	bool over;
	int r;

	prepare_call(freeze, step, &call);
	udev_expect(&freeze->udev, is_told(step));
	limit_begin(&limit, LIMIT_HOLDS_SIGNALS);
	limit_set(&limit, limit_of(freeze));
	r = control_call(freeze->control, CONTROL_RESUME, &call.call);
	over = limit_is_over(&limit);
	if (r < 0) {
		/* dm-ioctl.c:do_resume suspends before it swaps tables, and leaves it so if that
		 * fails: back to the live one.  What is not suspended is not touched by a resume. */
		control_call(freeze->control, CONTROL_CLEAR, &call.call);
		control_call(freeze->control, CONTROL_RESUME, &call.call);
	}
	limit_end(&limit);
	if (r != 1)
		udev_forgo(&freeze->udev, is_told(step));
	if (r >= 0)
		return 0;
	/* dm-ioctl.c before 6.5 says EINVAL when the suspend within was interrupted. */
	return report(freeze, &call, over && (r == -EINTR || r == -EINVAL) ? -ETIMEDOUT : r);
}
