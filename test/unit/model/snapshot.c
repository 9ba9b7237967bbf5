/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "group.h"
#include "tap.h"

#include "base/auto.h"
#include "model/check.h"
#include "model/snapshot.h"

enum { CHUNK = 8 };

/* vg0/base with snapshots s0 and s1. */
struct fixture {
	struct vg *vg;
	struct lv *base, *s0, *s1;
	struct snapshot *snapshot0, *snapshot1;
};

static void fixture_init(struct fixture *f)
{
	f->vg = group_new(2, 100);
	f->base = group_linear(f->vg, "base", 0, 0, 10);
	f->s0 = group_linear(f->vg, "s0", 0, 10, 4);
	f->s1 = group_linear(f->vg, "s1", 1, 0, 4);
	f->snapshot0 = snapshot_attach(f->base, f->s0, CHUNK);
	f->snapshot1 = snapshot_attach(f->base, f->s1, 2 * CHUNK);
}

static void check_refused(const char *reason, const char *part)
{
	CHECK(reason && strstr(reason, part));
}

TEST("attaching hides the store and makes a descriptor of the origin's present size")
{
	struct fixture f;

	fixture_init(&f);
	CHECK_TEXT(f.snapshot0->name, "snapshot0");
	CHECK_TEXT(f.snapshot1->name, "snapshot1");
	CHECK_INT(f.snapshot0->flags, LV_READ | LV_WRITE | LV_VISIBLE);
	CHECK_INT(f.s0->flags, LV_READ | LV_WRITE);
	CHECK(f.s0->store_of == f.snapshot0);
	CHECK_INT(dm_list_size(&f.base->snapshots), 2);
	CHECK_INT(dm_list_size(&f.vg->snapshots), 2);
	group_append(f.base, 1, 50, 5);
	CHECK_INT(snapshot_size_sectors(f.snapshot0), 10 * EXTENT_SECTORS);
	CHECK_INT(vg_check(f.vg), 0);
	vg_free(&f.vg);
}

TEST("detaching leaves an ordinary visible volume and no descriptor")
{
	struct fixture f;

	fixture_init(&f);
	snapshot_detach(f.snapshot0);
	CHECK(!f.s0->store_of);
	CHECK_INT(f.s0->flags, LV_READ | LV_WRITE | LV_VISIBLE);
	CHECK_INT(dm_list_size(&f.base->snapshots), 1);
	CHECK_INT(vg_check(f.vg), 0);
	snapshot_detach(f.snapshot1);
	CHECK(!lv_is_origin(f.base));
	CHECK_INT(vg_check(f.vg), 0);
	CHECK_TEXT(snapshot_attach(f.base, f.s0, CHUNK)->name, "snapshot0");
	vg_free(&f.vg);
}

TEST("a merge hides the descriptor, calling it off shows it again")
{
	struct fixture f;

	fixture_init(&f);
	snapshot_begin_merge(f.snapshot0);
	CHECK(f.snapshot0->merging);
	CHECK_INT(f.snapshot0->flags, LV_READ | LV_WRITE);
	CHECK_INT(vg_check(f.vg), 0);
	snapshot_cancel_merge(f.snapshot0);
	CHECK(!f.snapshot0->merging);
	CHECK_INT(f.snapshot0->flags, LV_READ | LV_WRITE | LV_VISIBLE);
	vg_free(&f.vg);
}

TEST("sound volumes are refused nothing")
{
	struct fixture f;

	fixture_init(&f);
	CHECK(!snapshot_refuse_origin(f.base));
	CHECK(!snapshot_refuse_merge(f.snapshot0));
	CHECK(!snapshot_refuse_detach(f.snapshot0));
	vg_free(&f.vg);
}

TEST("no snapshot is taken of snapshots, merging, hidden, sparse or unfinished volumes")
{
	struct fixture f;
	struct lv *lv;

	fixture_init(&f);
	check_refused(snapshot_refuse_origin(f.s0), "snapshots of snapshots");
	snapshot_begin_merge(f.snapshot0);
	check_refused(snapshot_refuse_origin(f.base), "merging");
	lv = group_linear(f.vg, "x", 1, 20, 1);
	CHECK(!snapshot_refuse_origin(lv));
	words_add(f.vg, &lv->tags, UNFINISHED_TAG);
	CHECK(lv_is_unfinished(lv));
	check_refused(snapshot_refuse_origin(lv), "unfinished");
	words_remove(&lv->tags, UNFINISHED_TAG);
	lv->flags |= LV_LOCKED;
	check_refused(snapshot_refuse_origin(lv), "locked");
	lv->flags = LV_READ;
	check_refused(snapshot_refuse_origin(lv), "hidden");
	lv_rename(lv, "y_vorigin");
	check_refused(snapshot_refuse_origin(lv), "sparse");
	vg_free(&f.vg);
}

TEST("no snapshot is taken of volumes of foreign kinds or on missing devices")
{
	struct fixture f;
	struct lv *raid;

	fixture_init(&f);
	raid = group_lv(f.vg, "raid");
	group_append_foreign(raid, (struct stripe) { .pv = group_pv(f.vg, 0), .extent = 50 },
			     (struct stripe) { .pv = group_pv(f.vg, 1), .extent = 50 }, 10);
	check_refused(snapshot_refuse_origin(raid), "type");
	group_pv(f.vg, 0)->path = NULL;
	check_refused(snapshot_refuse_origin(f.base), "missing");
	check_refused(snapshot_refuse_merge(f.snapshot0), "missing");
	check_refused(snapshot_refuse_merge(f.snapshot1), "its origin");
	check_refused(snapshot_refuse_detach(f.snapshot0), "missing");
	vg_free(&f.vg);
}

TEST("no merge begins beside another, into a read-only origin or of an unfinished store")
{
	struct fixture f;

	fixture_init(&f);
	words_add(f.vg, &f.s0->tags, UNFINISHED_TAG);
	check_refused(snapshot_refuse_merge(f.snapshot0), "unfinished");
	f.base->flags &= ~(unsigned)LV_WRITE;
	check_refused(snapshot_refuse_merge(f.snapshot1), "use svchange -p rw");
	f.base->flags |= LV_WRITE;
	snapshot_begin_merge(f.snapshot1);
	check_refused(snapshot_refuse_merge(f.snapshot0), "another snapshot");
	check_refused(snapshot_refuse_merge(f.snapshot1), "already");
	check_refused(snapshot_refuse_detach(f.snapshot1), "merging");
	vg_free(&f.vg);
}

TEST("a sparse volume is neither merged nor split")
{
	AUTO(vg) struct vg *vg = group_new(1, 100);
	struct lv *origin = group_lv(vg, "big_vorigin");
	struct snapshot *snapshot;

	lv_append(origin, SEGMENT_ZERO, NULL, 0, 0, 1000);
	origin->flags = LV_READ;
	snapshot = snapshot_attach(origin, group_linear(vg, "big", 0, 0, 10), CHUNK);
	CHECK_INT(vg_check(vg), 0);
	check_refused(snapshot_refuse_merge(snapshot), "sparse");
	check_refused(snapshot_refuse_detach(snapshot), "sparse");
}

TEST_MAIN
