/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The three stages of a commit over all areas.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>

#include "store/commit.h"

#include "base/log.h"
#include "base/text.h"
#include "device/blkdev.h"
#include "store/area.h"
#include "store/catalog.h"

/* Targets of one disk stand side by side. */
struct commit_target {
	struct area *area;
	struct area_slot before; /* what the first slot said when the commit began */
	bool failed;
	bool written, published; /* its header, with the new text to come; and with the new text */
};

static unsigned count_usable(struct disk *const *disks, unsigned disk_count)
{
	unsigned i, k, count = 0;

	for (i = 0; i < disk_count; i++)
		for (k = 0; k < disks[i]->area_count; k++)
			count += area_is_usable(&disks[i]->areas[k]);
	return count;
}

static int add_target(struct commit *commit, struct area *area)
{
	if (commit->len > area_text_max(area))
		return fail(-EFBIG,
			    _("%s: metadata of %zu bytes does not fit the %" PRIu64
			      " bytes that the area on %s takes; remove volumes or tags first"),
			    commit->name, commit->len, area_text_max(area), area->dev->name);

	commit->targets[commit->count++] = (struct commit_target) { .area = area };
	return 0;
}

int commit_prepare(struct commit *commit, struct disk *const *disks, unsigned disk_count)
{
	unsigned i, k, usable = count_usable(disks, disk_count);
	int r;

	if (!usable)
		return fail(-ENOSPC, _("%s: no device has a metadata area that can be written"),
			    commit->name);
	commit->targets = calloc(usable, sizeof(*commit->targets));
	if (!commit->targets)
		return fail_memory();

	for (i = 0; i < disk_count; i++) {
		for (k = 0; k < disks[i]->area_count; k++) {
			if (!area_is_usable(&disks[i]->areas[k]))
				continue;
			r = add_target(commit, &disks[i]->areas[k]);
			if (r < 0)
				return r;
		}
	}

	return 0;
}

void commit_release(struct commit *commit)
{
	free(commit->targets);
	commit->targets = NULL;
	commit->count = 0;
}

/* Sync each device that was written; one that fails takes its areas along.  The number of areas that
 * have come this far. */
static unsigned sync_all(struct commit *commit)
{
	struct commit_target *target, *end = commit->targets + commit->count;
	struct blkdev *dev = NULL;
	unsigned left = 0;
	int r = 0;

	for (target = commit->targets; target < end; target++) {
		if (target->failed)
			continue;
		if (target->area->dev != dev) {
			dev = target->area->dev;
			r = blkdev_sync(dev);
		}
		target->failed = r < 0;
		left += !target->failed;
	}
	return left;
}

/* One stage on every area that has come this far; the number that got through. */
static unsigned run_stage(struct commit *commit, int (*stage)(struct commit_target *target))
{
	unsigned i;

	for (i = 0; i < commit->count; i++) {
		struct commit_target *target = &commit->targets[i];

		if (!target->failed)
			target->failed = stage(target) < 0;
	}

	return sync_all(commit);
}

/* What failed in an earlier commit of this command may have been written all the same.  What that left is none that
 * can be gone by, and no stranger's either. */
static bool was_written_unseen(struct area *area)
{
	return area->told && area_is_as_read(area) <= 0;
}

/* 0, or negative: none has it, or somebody else has written to one of them since it was read: then his is newer, and
 * nothing of it may be touched. */
static int write_texts(struct commit *commit)
{
	unsigned i;
	int r;

	for (i = 0; i < commit->count; i++) {
		struct commit_target *target = &commit->targets[i];

		target->before = target->area->current;
		target->failed = was_written_unseen(target->area);
		if (target->failed)
			continue;
		r = area_stage(target->area, commit->text, commit->len);
		target->failed = r < 0;
		if (r == -ESTALE)
			return r;
	}

	return sync_all(commit) ? 0 : -EIO;
}

/* No area has the new text for certain: put every header back that may have been touched.  The old
 * text is still there, the new one was written beside it.  Whether that is what can be read from now on. */
static bool take_back(struct commit *commit)
{
	bool is_back = true;
	unsigned i;

	for (i = 0; i < commit->count; i++) {
		struct commit_target *target = &commit->targets[i];

		target->area->current = target->before;
		target->failed = target->written ? area_withdraw(target->area) < 0 : true;
	}

	sync_all(commit);
	for (i = 0; i < commit->count; i++)
		is_back &= !commit->targets[i].failed || !commit->targets[i].published;
	return is_back;
}

/* Sets whether that is news of any of them: a command that commits again has told of the others. */
static unsigned count_stale(struct commit *commit, bool *is_news)
{
	unsigned i, stale = 0;

	for (i = 0; i < commit->count; i++) {
		struct commit_target *target = &commit->targets[i];

		if (target->failed) {
			stale++;
			*is_news |= !target->area->told;
		} else {
			target->area->seqno = commit->seqno;
		}
		target->area->told = target->failed;
	}
	return stale;
}

/* Even what fails may have been done. */
static int precommit(struct commit_target *target)
{
	target->written = true;
	return area_precommit(target->area);
}

static int publish(struct commit_target *target)
{
	target->published = true;
	return area_publish(target->area);
}

/* 0 if any area has the new text. */
static int publish_all(struct commit *commit)
{
	int r = write_texts(commit);

	if (r < 0)
		return r;
	if (run_stage(commit, precommit) && run_stage(commit, publish))
		return 0;
	return take_back(commit) ? -EIO : -EINPROGRESS;
}

int commit_run(struct commit *commit)
{
	const char *why;
	unsigned stale;
	bool is_news = false;
	int r;

	log_catch();
	r = publish_all(commit);
	why = log_caught();
	if (r == -EINPROGRESS)
		return fail(r,
			    _("%s: whether its metadata were written is not known (%s); see svgck"),
			    commit->name, why);
	if (r < 0)
		return fail(r, _("%s: metadata could not be written to any device (%s)"),
			    commit->name, why);

	stale = count_stale(commit, &is_news);
	if (is_news)
		warn(_("%s: %u of %u metadata areas could not be written and are older now (%s)"),
		     commit->name, stale, commit->count, why);
	return 0;
}
