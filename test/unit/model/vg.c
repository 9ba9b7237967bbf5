/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "group.h"
#include "tap.h"

#include "base/auto.h"

TEST("a new group is empty, may grow, be read and written, and has an identity")
{
	AUTO(vg) struct vg *vg = vg_new("vg0", EXTENT_SECTORS);

	CHECK_TEXT(vg->name, "vg0");
	CHECK_INT(strlen(vg->id), ID_LEN);
	CHECK_INT(vg->seqno, 0);
	CHECK_INT(vg->flags, VG_RESIZEABLE | VG_READ | VG_WRITE);
	CHECK_INT(vg->alloc, ALLOC_NORMAL);
	CHECK_INT(vg_extents(vg), 0);
	CHECK_INT(vg_free_extents(vg), 0);
	CHECK(!vg_find_lv(vg, "base"));
}

TEST("freeing a group twice is harmless")
{
	struct vg *vg = vg_new("vg0", EXTENT_SECTORS);

	vg_free(&vg);
	CHECK(!vg);
	vg_free(&vg);
	CHECK(!vg);
}

TEST("a device added gets a key above the highest in use")
{
	AUTO(vg) struct vg *vg = group_new(3, 10);
	struct pv *pv;

	CHECK_TEXT(group_pv(vg, 2)->key, "pv2");
	vg_remove_pv(group_pv(vg, 1));
	CHECK(!vg_find_pv(vg, "pv1"));
	pv = vg_add_pv(vg, group_pv(vg, 0)->id);
	CHECK_TEXT(pv->key, "pv3");
	group_pv(vg, 0)->key = "disk";
	group_pv(vg, 1)->key = "pv4294967295";
	CHECK_TEXT(vg_add_pv(vg, pv->id)->key, "pv4");
}

TEST("devices are found by key and identity")
{
	AUTO(vg) struct vg *vg = group_new(3, 10);
	struct pv *pv = group_pv(vg, 1);

	CHECK(vg_find_pv(vg, "pv1") == pv);
	CHECK(vg_find_pv_id(vg, pv->id) == pv);
	CHECK(!vg_find_pv(vg, "pv7"));
	CHECK(!vg_find_pv_id(vg, "x"));
}

TEST("volumes are found by name and identity")
{
	AUTO(vg) struct vg *vg = group_new(1, 10);
	struct lv *lv = group_linear(vg, "base", 0, 0, 4);

	group_linear(vg, "home", 0, 4, 4);
	CHECK(vg_find_lv(vg, "base") == lv);
	CHECK(vg_find_lv_id(vg, lv->id) == lv);
	CHECK(!vg_find_lv(vg, "bas"));
	CHECK(!vg_find_lv_id(vg, "bas"));
}

TEST("extents of every segment of every volume count as used")
{
	AUTO(vg) struct vg *vg = group_new(2, 100);
	const struct stripe columns[] = {
		{ .pv = group_pv(vg, 0), .extent = 50 }, { .pv = group_pv(vg, 1), .extent = 50 },
	};
	struct lv *striped = group_lv(vg, "striped");
	struct lv *raid = group_lv(vg, "raid");

	group_linear(vg, "base", 0, 0, 4)->flags &= ~(unsigned)LV_VISIBLE;
	lv_append(striped, SEGMENT_STRIPED, columns, 2, 128, 20);
	lv_append(striped, SEGMENT_ZERO, NULL, 0, 0, 1000);
	group_append_foreign(raid, (struct stripe) { .pv = group_pv(vg, 1) },
			     (struct stripe) { .lv = striped }, 7);
	CHECK_INT(pv_used_extents(group_pv(vg, 0)), 14);
	CHECK_INT(pv_used_extents(group_pv(vg, 1)), 17);
	CHECK_INT(vg_extents(vg), 200);
	CHECK_INT(vg_free_extents(vg), 169);
}

TEST("a device that is absent, missing or not allocatable has nothing free")
{
	AUTO(vg) struct vg *vg = group_new(3, 100);
	struct pv *pv = group_pv(vg, 1);

	group_linear(vg, "base", 1, 0, 40);
	CHECK_INT(vg_free_extents(vg), 260);
	pv->flags &= ~(unsigned)PV_ALLOCATABLE;
	CHECK(!pv_is_usable(pv));
	CHECK_INT(vg_free_extents(vg), 200);
	pv->flags |= PV_ALLOCATABLE | PV_MISSING;
	CHECK(!pv_is_usable(pv));
	pv->flags &= ~(unsigned)PV_MISSING;
	CHECK(pv_is_usable(pv));
	pv->path = NULL;
	CHECK(!pv_is_usable(pv));
	CHECK_INT(vg_extents(vg), 300);
	CHECK_INT(pv_used_extents(pv), 40);
}

TEST("counts of a damaged group stay within bounds")
{
	AUTO(vg) struct vg *vg = group_new(1, 10);

	group_linear(vg, "base", 0, 0, 8);
	group_linear(vg, "copy", 0, 0, 8);
	CHECK_INT(pv_used_extents(group_pv(vg, 0)), 10);
	CHECK_INT(vg_free_extents(vg), 0);
}

TEST("words are kept in order and once")
{
	AUTO(vg) struct vg *vg = group_new(0, 0);
	struct word *word;

	CHECK_INT(words_add(vg, &vg->tags, "b"), 0);
	CHECK_INT(words_add(vg, &vg->tags, "a"), 0);
	CHECK_INT(words_add(vg, &vg->tags, "b"), 0);
	CHECK_INT(dm_list_size(&vg->tags), 2);
	word = dm_list_item(dm_list_first(&vg->tags), struct word);
	CHECK_TEXT(word->text, "b");
	CHECK(words_have(&vg->tags, "a"));
	words_remove(&vg->tags, "b");
	words_remove(&vg->tags, "b");
	CHECK(!words_have(&vg->tags, "b"));
	CHECK(words_have(&vg->tags, "a"));
}

TEST_MAIN
