/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/finding.h"

#include "base/log.h"
#include "model/part.h"
#include "model/snapshot.h"
#include "ops/examine.h"
#include "tap.h"

#include <errno.h>

struct fixture {
	struct vg *vg;
	struct lv *base, *snap, *other;
	struct findings *findings;
};

static void fixture_init(struct fixture *f)
{
	*f = (struct fixture) { .vg = vg_new("vg0", 8) };
	f->base = lv_new(f->vg, "base");
	f->snap = lv_new(f->vg, "snap");
	f->other = lv_new(f->vg, "other");
	snapshot_attach(f->base, f->snap, 8);
	snapshot_attach(f->base, f->other, 8);
	CHECK_INT(findings_new(&f->findings), 0);
	f->findings->vg = "vg0";
}

static void fixture_release(struct fixture *f)
{
	findings_free(&f->findings);
	vg_free(&f->vg);
}

TEST("the worst counts, from a certain one on, and what follows can be dropped")
{
	struct fixture f;

	fixture_init(&f);
	CHECK_INT(findings_worst(f.findings, 0), SEVERITY_GOOD);
	found(f.findings, FOUND_DAMAGED_AREA, "damaged");
	found_lv(f.findings, FOUND_NEARLY_FULL, f.snap, "full");
	found_lv(f.findings, FOUND_INVALID, f.other, "invalid");
	CHECK_INT(findings_worst(f.findings, 0), SEVERITY_UNSOUND);
	CHECK_INT(findings_worst(f.findings, 1), SEVERITY_INVALID);
	findings_drop(f.findings, 2);
	CHECK_INT(findings_count(f.findings), 2);
	CHECK_INT(findings_worst(f.findings, 1), SEVERITY_WARNING);
	fixture_release(&f);
}

TEST("of one volume only it, its origin and its snapshots are spoken")
{
	struct fixture f;

	fixture_init(&f);
	f.findings->only = f.snap;
	CHECK(found_lv(f.findings, FOUND_VALID, f.snap, "said") != NULL);
	CHECK(found_lv(f.findings, FOUND_SUSPENDED, f.base, "said") != NULL);
	CHECK(found(f.findings, FOUND_STALE_AREA, "said") != NULL);
	CHECK(found_lv(f.findings, FOUND_VALID, f.other, "not said") == NULL);
	f.findings->only = f.base;
	CHECK(found_lv(f.findings, FOUND_VALID, f.other, "said") != NULL);
	CHECK_INT(findings_count(f.findings), 4);
	fixture_release(&f);
}

TEST("nothing is said twice")
{
	struct fixture f;

	fixture_init(&f);
	found(f.findings, FOUND_STALE_AREA, "old areas: %d", 1);
	found(f.findings, FOUND_STALE_AREA, "old areas: %d", 1);
	found(f.findings, FOUND_STALE_AREA, "old areas: %d", 2);
	CHECK_INT(findings_count(f.findings), 2);
	fixture_release(&f);
}

TEST("advice names the volume or the group")
{
	struct finding *finding;
	struct fixture f;

	fixture_init(&f);
	finding = found_lv(f.findings, FOUND_INVALID, f.snap, "invalid");
	CHECK_TEXT(finding->object, "vg0/snap");
	CHECK_TEXT(finding_advice(f.findings, finding),
		   "it can only be removed: svremove vg0/snap");
	finding = found_lv(f.findings, FOUND_SUSPENDED, f.snap, "suspended");
	CHECK_TEXT(finding_advice(f.findings, finding), "settle it: svrecover vg0");
	finding = found_at(f.findings, FOUND_VALID, "/dev/sdb", "fine");
	CHECK_TEXT(finding->object, "/dev/sdb");
	CHECK_TEXT(finding_advice(f.findings, finding), "");
	fixture_release(&f);
}

TEST("a group that an interrupted command left unfinished is found")
{
	const struct finding *finding;
	struct fixture f;

	fixture_init(&f);
	examine_unfinished(f.vg, f.findings);
	CHECK_INT(findings_count(f.findings), 0);
	CHECK_INT(part_begin(f.vg, f.vg), 0);
	examine_unfinished(f.vg, f.findings);
	CHECK_INT(findings_count(f.findings), 1);
	finding = dm_list_item(dm_list_first(&f.findings->list), struct finding);
	CHECK_TEXT(finding->object, "vg0");
	CHECK_TEXT(finding->text, "was left by an interrupted command");
	CHECK_TEXT(finding_advice(f.findings, finding), "settle it: svrecover vg0");
	fixture_release(&f);
}

TEST("the first error of others is kept and taken apart")
{
	struct finding *finding;
	struct fixture f;

	fixture_init(&f);
	findings_listen(f.findings);
	warn("vg0: not this");
	fail(-EIO, "vg0/snap: damaged: badly");
	fail(-EIO, "vg0/snap: nor this");
	findings_hush(f.findings);
	finding = found_heard(f.findings, FOUND_BAD_EXCEPTION, f.snap);
	CHECK_TEXT(finding->object, "vg0/snap");
	CHECK_TEXT(finding->text, "damaged: badly");

	findings_listen(f.findings);
	fail(-EIO, "/dev/sdb: cannot be read");
	findings_hush(f.findings);
	finding = found_heard(f.findings, FOUND_UNTOLD, f.snap);
	CHECK_TEXT(finding->object, "vg0/snap");
	CHECK_TEXT(finding->text, "/dev/sdb: cannot be read");

	findings_listen(f.findings);
	fail(-EIO, "vg0/base: another device");
	findings_hush(f.findings);
	finding = found_heard(f.findings, FOUND_DISAGREEMENT, NULL);
	CHECK_TEXT(finding->object, "vg0/base");
	CHECK_TEXT(finding->text, "another device");
	fixture_release(&f);
}

TEST("every kind has its words, and what is not good says what to do")
{
	struct fixture f;
	struct finding *finding;
	int kind;

	fixture_init(&f);
	for (kind = FOUND_SOUND; kind <= FOUND_NO_GROUP; kind++) {
		finding = found(f.findings, (enum finding_kind)kind, "text");
		CHECK(finding_row(finding)->check && finding_row(finding)->state);
		CHECK(finding_row(finding)->advice ||
		      finding_row(finding)->severity == SEVERITY_GOOD ||
		      finding_row(finding)->severity == SEVERITY_UNKNOWN);
	}
	fixture_release(&f);
}

TEST_MAIN
