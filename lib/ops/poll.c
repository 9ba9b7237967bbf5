/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/poll.h"

#include "base/auto.h"
#include "base/conf.h"
#include "base/io.h"
#include "base/limit.h"
#include "base/log.h"
#include "base/text.h"
#include "base/units.h"
#include "dm/status.h"
#include "model/snapshot.h"
#include "ops/recover.h"
#include "ops/session.h"
#include "ops/stall.h"
#include "store/catalog.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { REPORT_MS = 1000 };

enum merge_end { RUNNING, DONE, FAILED, STALLED, GONE };

/* One merge being watched. */
struct watch {
	const struct merge_wait *wait;
	enum merge_end end;
	uint64_t first_ms;	/* when we began to look */
	uint64_t first_sectors; /* still to be merged then */
	uint64_t told_ms;	/* when progress was last told */
	struct stall stall;
};

/* How often to tell progress, how long there may be none. */
struct pace {
	unsigned interval_ms, limit_ms;
};

static uint64_t left_of(const struct snapshot_status *status)
{
	return status->used_sectors > status->metadata_sectors
		       ? status->used_sectors - status->metadata_sectors
		       : 0;
}

static double percent_of(const struct watch *watch, const struct snapshot_status *status)
{
	uint64_t left = left_of(status);

	if (!watch->first_sectors || left > watch->first_sectors)
		return watch->first_sectors ? 0.0 : 100.0;
	return 100.0 * (double)(watch->first_sectors - left) / (double)watch->first_sectors;
}

/* "vg0/base: merged 40.00%, 12.0 MiB/s, 7 s left" */
static void tell(struct watch *watch, const struct snapshot_status *status, uint64_t now)
{
	uint64_t left = left_of(status);
	uint64_t done = watch->first_sectors > left ? watch->first_sectors - left : 0;
	uint64_t elapsed = now - watch->first_ms, rate, seconds;
	double percent = percent_of(watch, status);
	char text[SIZE_TEXT];

	rate = elapsed ? done * 1000 / elapsed : 0;
	seconds = rate ? divide_up(left, rate) : 0;
	watch->told_ms = now;
	if (rate)
		say(_("%s/%s: merged %.2f%%, %s/s, %llu s left"), watch->wait->vg,
		    watch->wait->origin, percent, size_print(rate, text),
		    (unsigned long long)seconds);
	else
		say(_("%s/%s: merged %.2f%%"), watch->wait->vg, watch->wait->origin, percent);
}

/* How far it got since we looked first; the kernel does not say with what it began. */
static enum merge_end give_up(const struct watch *watch, const struct snapshot_status *status,
			      unsigned limit_ms)
{
	const struct merge_wait *wait = watch->wait;
	char left[SIZE_TEXT];

	if (status->state != SNAPSHOT_GOOD)
		fail(-ETIMEDOUT,
		     _("%s/%s: how far its merge is could not be read for %u seconds; not waited "
		       "for any "
		       "longer, the kernel goes on"),
		     wait->vg, wait->origin, limit_ms / 1000);
	else
		fail(-ETIMEDOUT,
		     _("%s/%s: merged %.2f%%, %s are left, and no further for %u seconds; not "
		       "waited "
		       "for any longer, the kernel goes on"),
		     wait->vg, wait->origin, percent_of(watch, status),
		     size_print(left_of(status), left), limit_ms / 1000);
	return STALLED;
}

static enum merge_end tell_failed(const struct merge_wait *wait,
				  const struct snapshot_status *status)
{
	fail(-EIO,
	     status->state == SNAPSHOT_INVALID
		     ? _("%s/%s: its snapshot is invalid and merges no further; remove the "
			 "snapshot")
		     : _("%s/%s: merge failed; look at the kernel's log, then svrecover begins it "
			 "anew"),
	     wait->vg, wait->origin);
	return FAILED;
}

/* Another snapshot may merge into the origin by now, but not while this one's store has its device.  1, or 0: somebody
 * else has finished it, or it was deactivated; negative, reported. */
static int ask(const struct merge_wait *wait, struct snapshot_status *status)
{
	struct snapshot_status store;
	char label[2 * NAME_LEN + 2];
	int r;

	snprintf(label, sizeof(label), "%s/%s", wait->vg, wait->origin);
	r = status_snapshot_of(wait->dm_uuid, label, status);
	if (r <= 0 || !status->merge)
		return r < 0 ? r : 0;
	return status_snapshot_of(wait->cow_uuid, label, &store);
}

static enum merge_end look(struct watch *watch, const struct pace *pace)
{
	const struct merge_wait *wait = watch->wait;
	struct snapshot_status status;
	uint64_t now = clock_ns() / MS_NS, stalled_ms;
	int r = ask(wait, &status);

	if (r <= 0)
		return r < 0 ? FAILED : GONE;
	if (status.state == SNAPSHOT_MERGE_FAILED || status.state == SNAPSHOT_INVALID)
		return tell_failed(wait, &status);
	stalled_ms = stall_look(&watch->stall, &status, now);
	if (status.state == SNAPSHOT_GOOD && !watch->first_ms) {
		watch->first_ms = watch->told_ms = now;
		watch->first_sectors = left_of(&status);
	}
	if (status.state == SNAPSHOT_GOOD && !left_of(&status))
		return DONE;
	if (stalled_ms >= pace->limit_ms)
		return give_up(watch, &status, pace->limit_ms);
	if (status.state == SNAPSHOT_GOOD && now - watch->told_ms >= pace->interval_ms)
		tell(watch, &status, now);
	return RUNNING;
}

/* The group as it is called now. */
static int find_group(struct session *session, const struct merge_wait *wait, const struct vg **vg)
{
	struct catalog *catalog;
	const struct group *group;
	int r;

	session_forget(session);
	r = session_catalog(session, &catalog);
	if (r < 0)
		return r;
	group = catalog_find_group_id(catalog, wait->vg_id);
	if (!group || !group->vg)
		return fail(-ENOENT, _("%s: the group is gone, or cannot be read"), wait->vg);
	*vg = group->vg;
	return 0;
}

/* The metadata do not have this merge any more. */
static int check_finished(struct session *session, const struct merge_wait *wait)
{
	const struct snapshot *merging;
	const struct lv *origin;
	const struct vg *vg;
	int r = find_group(session, wait, &vg);

	if (r < 0)
		return r;
	origin = vg_find_lv_id(vg, wait->origin_id);
	merging = origin ? lv_merging_snapshot(origin) : NULL;
	if (!merging || strcmp(merging->store->id, wait->store_id) != 0)
		return 0;
	return fail(-EIO, _("%s/%s: the merge is not finished; it goes on when it is activated"),
		    wait->vg, wait->origin);
}

/* The group is meant by its identity: it may have another name by now, and its name may be another's, too. */
static int finish_done(struct session *session, const struct merge_wait *wait)
{
	int r;

	session->group_id = wait->vg_id;
	r = recover_group(session, wait->vg, 0);
	session->group_id = NULL;
	return r;
}

/* Done, or gone because somebody else has finished it; or because it was deactivated meanwhile. */
static int finish(struct session *session, const struct watch *watch)
{
	int r = watch->end == DONE ? finish_done(session, watch->wait) : 0;

	r = r < 0 ? r : check_finished(session, watch->wait);
	log_tell(); /* others may be waited for for long */
	session_forget(session);
	return r;
}

/* Poll the ones that run; the number still running. */
static unsigned look_at_all(struct session *session, struct watch *watches, unsigned count,
			    const struct pace *pace)
{
	unsigned i, running = 0;

	for (i = 0; i < count; i++) {
		if (watches[i].end != RUNNING)
			continue;
		watches[i].end = look(&watches[i], pace);
		if ((watches[i].end == DONE || watches[i].end == GONE) &&
		    finish(session, &watches[i]) < 0)
			watches[i].end = FAILED;
		running += watches[i].end == RUNNING;
	}
	return running;
}

static int result_of(const struct watch *watches, unsigned count)
{
	unsigned i;
	int r = 0;

	for (i = 0; i < count && r != -EIO; i++)
		if (watches[i].end == FAILED)
			r = -EIO;
		else if (watches[i].end == STALLED)
			r = -ETIMEDOUT;
	return r;
}

static void sleep_ms(uint64_t ms)
{
	struct timespec pause = { (time_t)(ms / 1000), (long)(ms % 1000) * 1000000 };

	nanosleep(&pause, NULL);
}

int poll_merges(struct session *session, const struct merge_wait *waits, unsigned count,
		unsigned interval_ms)
{
	AUTO_FREE struct watch *watches = calloc(count, sizeof(*watches));
	uint64_t pause = conf_number(session->conf, "activation/polling_interval_ms");
	const struct pace pace = {
		.interval_ms = interval_ms ? interval_ms : REPORT_MS,
		.limit_ms = conf_limit_ms(session->conf, "activation/merge_timeout"),
	};
	unsigned i;

	if (!watches)
		return fail_memory();
	for (i = 0; i < count; i++)
		watches[i].wait = &waits[i];

	for (;;) {
		if (!look_at_all(session, watches, count, &pace))
			return result_of(watches, count);
		sleep_ms(pause);
	}
}

static void become_background(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	setsid();
	signal(SIGHUP, SIG_IGN);
	if (null >= 0) {
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
	}
	/* a lock of the caller's, or a pipe that somebody waits at; libdevmapper opens its own again */
	dm_lib_release();
	io_close_inherited(STDERR_FILENO + 1);
	if (chdir("/") < 0)
		_exit(1);
	log_set_verbosity(-2);
}

int poll_in_background(struct session *session, const struct merge_wait *waits, unsigned count)
{
	pid_t pid = fork();

	if (pid < 0)
		return fail_errno(_("%s/%s: cannot wait in the background"), waits[0].vg,
				  waits[0].origin);
	if (pid)
		return 0;
	become_background();
	poll_merges(session, waits, count, UINT32_MAX);
	_exit(0);
}
