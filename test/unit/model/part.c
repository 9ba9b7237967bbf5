/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "group.h"
#include "tap.h"

#include "base/auto.h"
#include "model/check.h"
#include "model/part.h"
#include "model/snapshot.h"

enum { CHUNK = 8 };

/* vg0 on four devices: base and its snapshot on the first, data on the second, wide on the third and
 * fourth. */
static struct vg *set_up(void)
{
	struct vg *vg = group_new(4, 100);
	struct lv *base = group_linear(vg, "base", 0, 0, 10);
	struct lv *snap = group_linear(vg, "snap", 0, 10, 4);
	struct lv *wide = group_linear(vg, "wide", 2, 0, 4);

	snapshot_attach(base, snap, CHUNK);
	group_linear(vg, "data", 1, 0, 5);
	group_append(wide, 3, 7, 4);
	return vg;
}

static void leave(struct vg *vg, unsigned pv)
{
	group_pv(vg, pv)->flags |= PV_LEAVING;
}

static void check_refused(struct vg *vg, int code, const char *message)
{
	struct messages messages;

	messages_catch(&messages);
	CHECK_INT(part_mark(vg), code);
	CHECK_TEXT(messages.last, message);
	CHECK_INT(messages.count, 1);
	messages_release();
}

TEST("devices go with their volumes, snapshots with their origin")
{
	AUTO(vg) struct vg *from = set_up();
	AUTO(vg) struct vg *to = vg_new("vg1", EXTENT_SECTORS);

	leave(from, 0);
	CHECK_INT(part_mark(from), 0);
	CHECK_INT(part_move(from, to), 0);
	CHECK_INT(vg_check(from), 0);
	CHECK_INT(vg_check(to), 0);
	CHECK_INT(dm_list_size(&from->pvs), 3);
	CHECK_INT(dm_list_size(&to->pvs), 1);
	CHECK_TEXT(group_pv(to, 0)->key, "pv0");
	CHECK(group_pv(to, 0)->vg == to && group_pv(to, 0)->flags == PV_ALLOCATABLE);
	CHECK(vg_find_lv(to, "base") && vg_find_lv(to, "snap")->store_of);
	CHECK(vg_find_lv(to, "snap")->vg == to && !(vg_find_lv(to, "snap")->flags & LV_LEAVING));
	CHECK_INT(dm_list_size(&from->lvs), 2);
	CHECK_INT(dm_list_size(&from->snapshots), 0);
	CHECK_INT(dm_list_size(&to->snapshots), 1);
	vg_free(&to);
}

TEST("a merged group's descriptors and devices get names of their own")
{
	AUTO(vg) struct vg *from = set_up();
	AUTO(vg) struct vg *to = group_new(1, 100);
	struct lv *origin = group_linear(to, "origin", 0, 0, 10);

	snapshot_attach(origin, group_linear(to, "store", 0, 10, 4), CHUNK);
	part_take_all(from);
	CHECK_INT(part_mark(from), 0);
	CHECK_INT(part_move(from, to), 0);
	CHECK_INT(vg_check(to), 0);
	CHECK(dm_list_empty(&from->pvs) && dm_list_empty(&from->lvs));
	CHECK_INT(dm_list_size(&to->pvs), 5);
	CHECK_INT(dm_list_size(&to->lvs), 6);
	CHECK_TEXT(vg_find_lv(to, "snap")->store_of->name, "snapshot1");
	CHECK_TEXT(group_pv(to, 4)->key, "pv4");
	vg_free(&to);
}

TEST("a sparse volume takes its hidden origin along, other volumes on no device stay")
{
	AUTO(vg) struct vg *from = group_new(2, 100);
	AUTO(vg) struct vg *to = vg_new("vg1", EXTENT_SECTORS);
	struct lv *hidden = group_lv(from, "thin_vorigin"), *zero = group_lv(from, "zero");

	hidden->flags &= ~(unsigned)LV_VISIBLE;
	CHECK_INT(lv_append(hidden, SEGMENT_ZERO, NULL, 0, 0, 50), 0);
	CHECK_INT(lv_append(zero, SEGMENT_ZERO, NULL, 0, 0, 50), 0);
	snapshot_attach(hidden, group_linear(from, "thin", 1, 0, 4), CHUNK);
	leave(from, 1);
	CHECK_INT(part_mark(from), 0);
	CHECK_INT(part_move(from, to), 0);
	CHECK(vg_find_lv(to, "thin_vorigin") && vg_find_lv(to, "thin") && vg_find_lv(from, "zero"));
	CHECK_INT(vg_check(from), 0);
	CHECK_INT(vg_check(to), 0);
	vg_free(&to);
}

TEST("what would be torn apart or is not understood is refused")
{
	struct vg *vg = set_up();
	const struct stripe on_0 = { .pv = group_pv(vg, 0), .extent = 50 };
	const struct stripe on_1 = { .pv = group_pv(vg, 1), .extent = 50 };

	leave(vg, 3);
	check_refused(vg, -EBUSY, "vg0/wide: lies on devices of both parts");
	vg_free(&vg);

	vg = set_up();
	snapshot_attach(vg_find_lv(vg, "base"), group_linear(vg, "far", 1, 20, 4), CHUNK);
	leave(vg, 1);
	check_refused(vg, -EBUSY,
		      "vg0/far: is a snapshot of base, which lies on the other part's devices");
	vg_free(&vg);

	vg = set_up();
	group_append_foreign(group_lv(vg, "raid"), on_0, on_1, 4);
	leave(vg, 0);
	leave(vg, 1);
	check_refused(vg, -ENOTSUP,
		      "vg0/raid: is of a type snapvol does not handle; use LVM2");
	vg_free(&vg);

	vg = set_up();
	vg_find_lv(vg, "data")->flags |= LV_LOCKED;
	leave(vg, 1);
	check_refused(vg, -EBUSY, "vg0/data: is locked while its extents are moved");
	vg_free(&vg);
}

TEST("the other group must be able to take it, or nothing is moved")
{
	static const struct {
		uint64_t extent_size;
		uint32_t max_pv, max_lv;
		const char *name;
		int code;
	} table[] = {
		{ EXTENT_SECTORS * 2, 0, 0, "x", -EINVAL },
		{ EXTENT_SECTORS, 1, 0, "x", -ENOSPC },
		{ EXTENT_SECTORS, 0, 2, "x", -ENOSPC },
		{ EXTENT_SECTORS, 0, 0, "data", -EEXIST },
		{ EXTENT_SECTORS, 2, 3, "x", 0 },
	};
	struct messages messages;
	struct vg *from, *to;
	unsigned i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		from = set_up();
		to = group_new(1, 100);
		to->extent_size_sectors = table[i].extent_size;
		to->max_pv = table[i].max_pv;
		to->max_lv = table[i].max_lv;
		group_linear(to, "y", 0, 0, 4);
		group_linear(to, table[i].name, 0, 50, 4);
		leave(from, 1);
		messages_catch(&messages);
		CHECK_INT(part_mark(from), 0);
		CHECK_INT(part_move(from, to), table[i].code);
		CHECK_INT(messages.count, table[i].code != 0);
		CHECK_INT(dm_list_size(&from->pvs), table[i].code ? 4 : 3);
		messages_release();
		vg_free(&to);
		vg_free(&from);
	}
}

TEST("dropping a part leaves the rest, and beginning and ending leave no trace")
{
	AUTO(vg) struct vg *vg = set_up();
	AUTO(vg) struct vg *other = vg_new("other", EXTENT_SECTORS);

	leave(vg, 0);
	CHECK_INT(part_mark(vg), 0);
	part_drop(vg);
	CHECK_INT(vg_check(vg), 0);
	CHECK_INT(dm_list_size(&vg->pvs), 3);
	CHECK_INT(dm_list_size(&vg->lvs), 2);
	CHECK_INT(dm_list_size(&vg->snapshots), 0);

	CHECK(!part_is_unfinished(vg));
	CHECK(!part_other(vg));
	CHECK_INT(part_begin(vg, other), 0);
	CHECK(part_is_unfinished(vg));
	CHECK_TEXT(part_other(vg), other->id);
	part_end(vg);
	CHECK(!part_is_unfinished(vg) && !(vg->flags & VG_EXPORTED) && dm_list_empty(&vg->tags));
}

TEST_MAIN
