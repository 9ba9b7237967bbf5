/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "group.h"
#include "tap.h"

#include "base/auto.h"
#include "model/check.h"
#include "model/snapshot.h"

enum { CHUNK = 8 };

TEST("a new volume is visible, may be written and has no extents")
{
	AUTO(vg) struct vg *vg = group_new(1, 10);
	struct lv *lv = group_lv(vg, "base");

	CHECK_TEXT(lv->name, "base");
	CHECK_INT(lv->flags, LV_READ | LV_WRITE | LV_VISIBLE);
	CHECK_INT(lv->minor, -1);
	CHECK_INT(lv_extents(lv), 0);
	CHECK_INT(lv_size_sectors(lv), 0);
	CHECK(lv_is_visible(lv));
	CHECK(!lv_is_origin(lv));
	lv_remove(lv);
	CHECK(!vg_find_lv(vg, "base"));
}

TEST("runs that continue the last segment become part of it")
{
	AUTO(vg) struct vg *vg = group_new(2, 100);
	struct lv *lv = group_linear(vg, "base", 0, 10, 5);
	char text[MESSAGE_TEXT];

	group_append(lv, 0, 15, 5);
	CHECK_TEXT(group_print(lv, text), "0+10@pv0:10");
	group_append(lv, 1, 20, 5);
	group_append(lv, 1, 30, 5);
	CHECK_TEXT(group_print(lv, text), "0+10@pv0:10 10+5@pv1:20 15+5@pv1:30");
	words_add(vg, &group_segment(lv, 2)->tags, "keep");
	group_append(lv, 1, 35, 5);
	CHECK_INT(dm_list_size(&lv->segments), 4);
	CHECK_INT(lv_extents(lv), 25);
	CHECK_INT(lv_size_sectors(lv), 25 * EXTENT_SECTORS);
	CHECK_INT(vg_check(vg), 0);
}

TEST("striped runs become one segment only on the same columns and between whole stripes")
{
	AUTO(vg) struct vg *vg = group_new(2, 100);
	struct stripe columns[] = { { .pv = group_pv(vg, 0) }, { .pv = group_pv(vg, 1) } };
	struct lv *lv = group_lv(vg, "striped");
	char text[MESSAGE_TEXT];

	CHECK_INT(lv_append(lv, SEGMENT_STRIPED, columns, 2, 128, 10), 0);
	columns[0].extent = columns[1].extent = 5;
	CHECK_INT(lv_append(lv, SEGMENT_STRIPED, columns, 2, 128, 4), 0);
	CHECK_TEXT(group_print(lv, text), "0+14@pv0:0,pv1:0");
	columns[0].extent = columns[1].extent = 7;
	CHECK_INT(lv_append(lv, SEGMENT_STRIPED, columns, 2, 256, 2), 0);
	CHECK_INT(dm_list_size(&lv->segments), 2);
	columns[0].extent = 8;
	columns[1].extent = 9;
	CHECK_INT(lv_append(lv, SEGMENT_STRIPED, columns, 2, 256, 2), 0);
	CHECK_INT(dm_list_size(&lv->segments), 3);
	columns[0].extent = 9;
	columns[1].extent = 10;
	group_segment(lv, 2)->stripe_size_sectors = 2 * EXTENT_SECTORS;
	CHECK_INT(lv_append(lv, SEGMENT_STRIPED, columns, 2, 2 * EXTENT_SECTORS, 2), 0);
	CHECK_INT(dm_list_size(&lv->segments), 4);
}

TEST("zero and error segments have no columns and merge with their kind")
{
	AUTO(vg) struct vg *vg = group_new(0, 0);
	struct lv *lv = group_lv(vg, "nothing");
	char text[MESSAGE_TEXT];

	CHECK_INT(lv_append(lv, SEGMENT_ZERO, NULL, 0, 0, 10), 0);
	CHECK_INT(lv_append(lv, SEGMENT_ZERO, NULL, 0, 0, 10), 0);
	CHECK_INT(lv_append(lv, SEGMENT_ERROR, NULL, 0, 0, 10), 0);
	CHECK_TEXT(group_print(lv, text), "0+20 20+10");
	CHECK_TEXT(group_segment(lv, 0)->type, "zero");
	CHECK_TEXT(group_segment(lv, 1)->type, "error");
	CHECK_INT(vg_check(vg), 0);
}

TEST("segments that cannot be are refused and nothing is appended")
{
	AUTO(vg) struct vg *vg = group_new(2, 100);
	const struct stripe columns[] = { { .pv = group_pv(vg, 0) }, { .pv = group_pv(vg, 1) } };
	static const struct {
		enum segment_kind kind;
		uint32_t stripe_count, extents;
	} rows[] = {
		{ SEGMENT_STRIPED, 1, 0 },
		{ SEGMENT_STRIPED, 0, 4 },
		{ SEGMENT_STRIPED, 2, 5 },
		{ SEGMENT_STRIPED, 1, UINT32_MAX },
		{ SEGMENT_ZERO, 1, 4 },
		{ SEGMENT_FOREIGN, 1, 4 },
	};
	struct lv *lv = group_linear(vg, "base", 0, 50, 1);
	struct messages said;

	messages_catch(&said);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		CHECK_INT(lv_append(lv, rows[i].kind, columns, rows[i].stripe_count, 0,
				    rows[i].extents), -EINVAL);
	messages_release();
	CHECK_INT(said.count, sizeof(rows) / sizeof(*rows));
	CHECK_INT(lv_extents(lv), 1);
}

TEST("cutting drops whole segments and shortens one")
{
	AUTO(vg) struct vg *vg = group_new(2, 100);
	struct stripe columns[] = { { .pv = group_pv(vg, 0) }, { .pv = group_pv(vg, 1) } };
	struct lv *lv = group_linear(vg, "base", 0, 50, 4);
	char text[MESSAGE_TEXT];

	lv_append(lv, SEGMENT_STRIPED, columns, 2, 128, 10);
	lv_append(lv, SEGMENT_ERROR, NULL, 0, 0, 10);
	CHECK_INT(lv_truncate(lv, 25), -EINVAL);
	CHECK_INT(lv_truncate(lv, 17), 0);
	CHECK_TEXT(group_print(lv, text), "0+4@pv0:50 4+10@pv0:0,pv1:0 14+3");
	CHECK_INT(lv_truncate(lv, 7), -EINVAL);
	CHECK_TEXT(group_print(lv, text), "0+4@pv0:50 4+10@pv0:0,pv1:0 14+3");
	CHECK_INT(lv_truncate(lv, 8), 0);
	CHECK_TEXT(group_print(lv, text), "0+4@pv0:50 4+4@pv0:0,pv1:0");
	CHECK_INT(pv_used_extents(group_pv(vg, 1)), 2);
	CHECK_INT(lv_truncate(lv, 4), 0);
	CHECK_TEXT(group_print(lv, text), "0+4@pv0:50");
	CHECK_INT(lv_truncate(lv, 0), 0);
	CHECK_INT(lv_extents(lv), 0);
}

TEST("a volume of a foreign kind is not cut")
{
	AUTO(vg) struct vg *vg = group_new(2, 100);
	struct lv *lv = group_lv(vg, "raid");

	group_append_foreign(lv, (struct stripe) { .pv = group_pv(vg, 0) },
			     (struct stripe) { .pv = group_pv(vg, 1) }, 10);
	CHECK_INT(lv_truncate(lv, 5), -EINVAL);
	CHECK_INT(lv_truncate(lv, 0), -EINVAL);
}

TEST("renaming a sparse volume renames its hidden origin")
{
	AUTO(vg) struct vg *vg = group_new(1, 100);
	struct lv *origin = group_lv(vg, "big_vorigin");
	struct lv *store = group_linear(vg, "big", 0, 0, 10);
	struct lv *other = group_linear(vg, "other", 0, 10, 10);

	lv_append(origin, SEGMENT_ZERO, NULL, 0, 0, 1000);
	origin->flags = LV_READ;
	snapshot_attach(origin, store, CHUNK);
	CHECK_INT(lv_rename(store, "huge"), 0);
	CHECK_TEXT(store->name, "huge");
	CHECK_TEXT(origin->name, "huge_vorigin");
	CHECK_INT(lv_rename(other, "another"), 0);
	CHECK_TEXT(other->name, "another");
	CHECK(lv_is_virtual_origin(origin));
	CHECK(!lv_is_virtual_origin(store));
	CHECK(lv_is_visible(store));
	CHECK(!lv_is_visible(origin));
}

TEST("renaming a snapshot leaves its origin's name alone")
{
	AUTO(vg) struct vg *vg = group_new(1, 100);
	struct lv *origin = group_linear(vg, "base", 0, 0, 10);
	struct lv *store = group_linear(vg, "snap", 0, 10, 10);

	snapshot_attach(origin, store, CHUNK);
	CHECK_INT(lv_rename(store, "s"), 0);
	CHECK_TEXT(origin->name, "base");
	CHECK(vg_find_lv(vg, "s") == store);
}

TEST("a snapshot is seen as long as its origin is and it does not merge")
{
	AUTO(vg) struct vg *vg = group_new(1, 100);
	struct lv *origin = group_linear(vg, "base", 0, 0, 10);
	struct lv *store = group_linear(vg, "snap", 0, 10, 10);
	struct snapshot *snapshot = snapshot_attach(origin, store, CHUNK);

	CHECK(lv_is_visible(store));
	CHECK(lv_is_origin(origin));
	CHECK(!lv_merging_snapshot(origin));
	snapshot_begin_merge(snapshot);
	CHECK(!lv_is_visible(store));
	CHECK(lv_merging_snapshot(origin) == snapshot);
	snapshot_cancel_merge(snapshot);
	origin->flags &= ~(unsigned)LV_VISIBLE;
	CHECK(!lv_is_visible(store));
}

TEST("volumes of a foreign kind, below one and above one are foreign")
{
	AUTO(vg) struct vg *vg = group_new(2, 100);
	struct lv *raid = group_lv(vg, "raid");
	struct lv *image = group_linear(vg, "raid_rimage_0", 0, 0, 10);
	struct lv *plain = group_linear(vg, "base", 0, 10, 10);
	struct lv *moved = group_lv(vg, "moved");
	struct stripe on_raid = { .lv = raid };

	group_append_foreign(raid, (struct stripe) { .lv = image },
			     (struct stripe) { .pv = group_pv(vg, 1) }, 10);
	lv_append(moved, SEGMENT_STRIPED, &on_raid, 1, 0, 5);
	CHECK(lv_is_foreign(raid));
	CHECK(lv_is_foreign(image));
	CHECK(lv_is_foreign(moved));
	CHECK(!lv_is_foreign(plain));
	CHECK_INT(vg_check(vg), 0);
}

TEST("a volume is partial if an extent of it lies on an absent device, however deep")
{
	AUTO(vg) struct vg *vg = group_new(2, 100);
	struct lv *raid = group_lv(vg, "raid");
	struct lv *image = group_linear(vg, "raid_rimage_0", 0, 0, 10);
	struct lv *plain = group_linear(vg, "base", 1, 10, 10);

	group_append_foreign(raid, (struct stripe) { .pv = group_pv(vg, 1) },
			     (struct stripe) { .lv = image }, 10);
	CHECK(!lv_is_partial(raid));
	group_pv(vg, 0)->path = NULL;
	CHECK(lv_is_partial(raid));
	CHECK(lv_is_partial(image));
	CHECK(!lv_is_partial(plain));
	group_pv(vg, 1)->flags |= PV_MISSING;
	CHECK(lv_is_partial(plain));
}

TEST("a volume on more volumes than are followed passes for partial")
{
	AUTO(vg) struct vg *vg = group_new(1, 1000);
	struct lv *wide = group_lv(vg, "wide");
	struct stripe below[2] = { { 0 } };
	char name[32];

	for (unsigned i = 0; i < 600; i += 2) {
		for (unsigned j = 0; j < 2; j++) {
			snprintf(name, sizeof(name), "wide_rimage_%u", i + j);
			below[j].lv = group_linear(vg, name, 0, i + j, 1);
		}
		group_append_foreign(wide, below[0], below[1], 1);
		CHECK(lv_is_partial(wide) == (i + 2 >= 512));
	}
}

struct place {
	uint64_t sector, pv_sector, run;
	unsigned pv;
};

static void check_places(const struct lv *lv, const struct place *places, size_t count)
{
	const struct pv *pv = NULL;
	uint64_t sector = 0, run = 0;

	for (size_t i = 0; i < count; i++) {
		CHECK(lv_map(lv, places[i].sector, &pv, &sector, &run));
		CHECK(pv == group_pv(lv->vg, places[i].pv));
		CHECK_INT(sector, places[i].pv_sector);
		CHECK_INT(run, places[i].run);
	}
}

TEST("a sector is found on its device, with what follows in one piece")
{
	enum { E = EXTENT_SECTORS, S = 128 };
	AUTO(vg) struct vg *vg = group_new(2, 100);
	const struct stripe columns[] = {
		{ .pv = group_pv(vg, 0), .extent = 10 }, { .pv = group_pv(vg, 1), .extent = 20 },
	};
	static const struct place places[] = {
		{ 0, 2048 + 3 * E, 4 * E, 0 },
		{ 4 * E - 1, 2048 + 7 * E - 1, 1, 0 },
		{ 4 * E, 2048 + 10 * E, S, 0 },
		{ 4 * E + S, 2048 + 20 * E, S, 1 },
		{ 4 * E + 2 * S + 7, 2048 + 10 * E + S + 7, S - 7, 0 },
		{ 14 * E - 1, 2048 + 25 * E - 1, 1, 1 },
	};
	struct lv *lv = group_linear(vg, "base", 0, 3, 4);
	const struct pv *pv;
	uint64_t sector, run;

	lv_append(lv, SEGMENT_STRIPED, columns, 2, S, 10);
	lv_append(lv, SEGMENT_ZERO, NULL, 0, 0, 10);
	check_places(lv, places, sizeof(places) / sizeof(*places));
	CHECK(!lv_map(lv, 14 * E, &pv, &sector, &run));
	CHECK(!lv_map(lv, 24 * E, &pv, &sector, &run));
	group_segment(lv, 1)->stripe_size_sectors = 0;
	CHECK(!lv_map(lv, 4 * E, &pv, &sector, &run));
}

TEST("a sector of a volume on a volume is found below it")
{
	AUTO(vg) struct vg *vg = group_new(1, 100);
	struct lv *below = group_linear(vg, "below", 0, 10, 4);
	struct lv *above = group_lv(vg, "above");
	const struct stripe stripe = { .lv = below, .extent = 1 };
	static const struct place places[] = {
		{ 5, 2048 + 11 * EXTENT_SECTORS + 5, 2 * EXTENT_SECTORS - 5, 0 },
		{ 2 * EXTENT_SECTORS, 2048 + 13 * EXTENT_SECTORS, 1, 0 },
	};
	const struct pv *pv;
	uint64_t sector, run;

	lv_append(above, SEGMENT_STRIPED, &stripe, 1, 0, 3);
	group_append(below, 0, 20, 1);
	lv_truncate(below, 3);
	check_places(above, places, 1);
	CHECK(!lv_map(above, 2 * EXTENT_SECTORS, &pv, &sector, &run));
}

TEST_MAIN
