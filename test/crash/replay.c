/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Power cuts in commits of metadata.
 *
 * Changes of a group are made on disks that record what is written; then the disks are put into
 * every state that a power cut may have left them in, and whoever looks must find the group as it
 * was before the change or after it, whole, and be able to go on from there.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"

#include "base/auto.h"
#include "base/log.h"
#include "base/log.h"
#include "model/lv.h"
#include "store/catalog.h"
#include "store/disks.h"
#include "store/import.h"
#include "store/transaction.h"

enum {
	SEEDS = 4,	/* states looked at for each place of a cut, that of all lost included */
	AREAS_MAX = 3,	/* more areas than that are more of the same */
	BULK_TAG = 100, /* length of the tags that make texts long enough to wrap around */
	STEPS = 9, /* by the last but one a text has gone around the end of every area, and one after it */
};

/* What a change is from and to. */
struct expectation {
	const char *before, *after; /* texts; NULL: no group */
	size_t before_len, after_len;
	bool completed;
};

static bool is_text(const struct group *group, const char *text, size_t len)
{
	return text && group->text_len == len && memcmp(group->text, text, len) == 0;
}

static bool is_expected(const struct catalog *catalog, const struct expectation *expected)
{
	struct group *group = catalog_find_group(catalog, "vg0", NULL);

	if (!group)
		return expected->completed ? !expected->after : !expected->before;
	if (!group->vg || group->mismatched || group->duplicated || group->damaged_areas)
		return false;
	if (is_text(group, expected->after, expected->after_len))
		return true;
	return !expected->completed && is_text(group, expected->before, expected->before_len);
}

/* A label that says that its disk is in a group is true; in the end so is one that says that it is not. */
static bool are_labels_true(const struct catalog *catalog, bool in_the_end)
{
	const struct disk *disk;

	dm_list_iterate_items(disk, &catalog->disks) {
		if (disk->label.used ? !disk->group : in_the_end && disk->group)
			return false;
		if (in_the_end && disk->outdated)
			return false;
	}
	return true;
}

/* A cut must not keep the next change from being made. */
static bool can_go_on(struct disks *left, struct catalog **catalog)
{
	struct group *group = catalog_find_group(*catalog, "vg0", NULL);
	uint32_t seqno;
	bool good;

	if (!group)
		return are_labels_true(*catalog, true);
	seqno = group->vg->seqno;
	if (disks_commit(*catalog, group, group->vg) < 0)
		return false;

	catalog_free(catalog);
	*catalog = disks_catalog(left);
	group = catalog_find_group(*catalog, "vg0", NULL);
	good = group && group->vg && group->vg->seqno == seqno + 1 && !group->stale_areas &&
	       !group->damaged_areas && are_labels_true(*catalog, true);
	return good;
}

static void check_cut(const struct disks *disks, size_t events, uint64_t seed,
		      const struct expectation *expected)
{
	struct catalog *catalog;
	struct disks left;

	disks_cut(disks, events, seed, &left);
	catalog = disks_catalog(&left);
	if (!is_expected(catalog, expected) || !are_labels_true(catalog, false)) {
		printf("# cut after %zu of %zu events, seed %" PRIu64 "\n", events,
		       memlog_count(disks->log), seed);
		CHECK(!"the group is as before or after");
	}
	if (seed < 2 && !can_go_on(&left, &catalog)) {
		printf("# cut after %zu of %zu events, seed %" PRIu64 "\n", events,
		       memlog_count(disks->log), seed);
		CHECK(!"the next change can be made");
	}
	catalog_free(&catalog);
	disks_release(&left);
}

static unsigned check_cuts(const struct disks *disks, struct expectation *expected)
{
	size_t count = memlog_count(disks->log), events;
	unsigned points = 0;
	uint64_t seed;

	for (events = 0; events <= count; events++) {
		expected->completed = events == count;
		for (seed = 0; seed < SEEDS; seed++, points++)
			check_cut(disks, events, seed ? seed + events * SEEDS : 0, expected);
	}

	return points;
}

/* Texts of different lengths, so that they come to lie everywhere in the ring. */
static void add_bulk(struct vg *vg, unsigned step)
{
	char tag[BULK_TAG + 1];
	unsigned i, count = 100 + step * 53 % 150;

	dm_list_init(&vg->tags);
	for (i = 0; i < count; i++) {
		snprintf(tag, sizeof(tag), "%0*u", BULK_TAG, i);
		words_add(vg, &vg->tags, tag);
	}
}

/* The text on disk now. */
static char *copy_text(const struct catalog *catalog, size_t *len)
{
	const struct group *group = catalog_find_group(catalog, "vg0", NULL);
	char *copy;

	*len = 0;
	if (!group || !group->text)
		return NULL;
	copy = malloc(group->text_len);
	if (!copy)
		abort();
	memcpy(copy, group->text, group->text_len);
	*len = group->text_len;
	return copy;
}

/* Areas whose text goes on at the ring's beginning. */
static unsigned count_wrapped(const struct catalog *catalog)
{
	const struct disk *disk;
	unsigned i, count = 0;

	dm_list_iterate_items(disk, &catalog->disks)
		for (i = 0; i < disk->area_count; i++)
			count += disk->areas[i].current.offset + disk->areas[i].current.size >
				 disk->areas[i].size;
	return count;
}

/* What is counted over all steps of all kinds of disks. */
struct tally {
	unsigned points, wrapped;
};

/* What each step changes.  The first makes the group, the last ends it. */
static void edit(struct vg *vg, unsigned step, unsigned disks)
{
	struct pv *pv = vg_find_pv(vg, "pv1");

	add_bulk(vg, step);
	if (step == 2 && pv)
		vg_remove_pv(pv);
	if (step == 4 && disks > 1)
		disks_add_pv(vg, 1);
	if (step == STEPS - 1) {
		dm_list_init(&vg->lvs);
		dm_list_init(&vg->pvs);
	}
}

static void run_step(struct disks *disks, unsigned step, struct tally *tally)
{
	struct catalog *catalog = disks_catalog(disks);
	struct group *group = catalog_find_group(catalog, "vg0", NULL);
	struct vg *vg = group ? group->vg : disks_group("vg0", disks->count);
	struct expectation expected = { 0 };
	AUTO_FREE char *before = copy_text(catalog, &expected.before_len);
	AUTO_FREE char *after = NULL;

	edit(vg, step, disks->count);
	memlog_clear(disks->log);
	CHECK_INT(disks_commit(catalog, group, vg), 0);
	if (!group)
		vg_free(&vg);
	catalog_free(&catalog);

	catalog = disks_catalog(disks);
	after = copy_text(catalog, &expected.after_len);
	tally->wrapped += count_wrapped(catalog);
	catalog_free(&catalog);
	expected.before = before;
	expected.after = after;
	if (step < STEPS - 1)
		tally->points += check_cuts(disks, &expected);
}

/* Of the areas of all disks, a digit each to the base of three.  The group must have one when the
 * second disk is not there. */
static bool is_looked_at(unsigned disks, unsigned kinds)
{
	unsigned first = kinds % 3, second = kinds / 3 % 3, third = kinds / 9;

	return first + (disks > 2 ? third : 0) > 0 && first + second + third <= AREAS_MAX;
}

static void run_changes(unsigned count, unsigned kinds, struct tally *tally)
{
	unsigned i, step, wrapped = tally->wrapped;
	struct disks disks;

	disks_init(&disks, count);
	for (i = 0; i < count; i++, kinds /= 3)
		disks_format(&disks, i, kinds % 3);
	for (step = 0; step < STEPS; step++)
		run_step(&disks, step, tally);
	disks_release(&disks);
	CHECK(tally->wrapped > wrapped);
}

static void run_all(unsigned count)
{
	static const unsigned kinds_of[] = { 1, 3, 9, 27 };
	struct tally tally = { 0 };
	unsigned kinds;

	log_set_verbosity(-3);
	tap_log_capture();
	for (kinds = 0; kinds < kinds_of[count]; kinds++)
		if (is_looked_at(count, kinds))
			run_changes(count, kinds, &tally);
	printf("# %u states looked at, %u texts around the end of a ring\n", tally.points,
	       tally.wrapped);
}

TEST("one disk with one or two areas: a power cut leaves the old or the new metadata")
{
	run_all(1);
}

TEST("two disks with up to two areas each: a power cut leaves the old or the new metadata")
{
	run_all(2);
}

TEST("three disks with up to two areas each: a power cut leaves the old or the new metadata")
{
	run_all(3);
}

TEST_MAIN
