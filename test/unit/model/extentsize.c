/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "group.h"
#include "tap.h"

#include "base/auto.h"
#include "model/check.h"
#include "model/extentsize.h"
#include "model/snapshot.h"

/* vg0/base on 10+6@pv0:20 and 6+2@pv1:0, with a snapshot on 12+4@pv1:12. */
static struct vg *sample(void)
{
	struct vg *vg = group_new(2, 100);
	struct lv *base = group_linear(vg, "base", 0, 20, 6);

	group_append(base, 1, 0, 2);
	snapshot_attach(base, group_linear(vg, "snap", 1, 12, 4), 8);
	return vg;
}

TEST("places and lengths are counted in extents of the new size, and back again")
{
	AUTO(vg) struct vg *vg = sample();
	const struct snapshot *snapshot = vg_find_lv(vg, "snap")->store_of;
	char text[MESSAGE_TEXT];

	CHECK_INT(vg_set_extent_size(vg, EXTENT_SECTORS * 2), 0);
	CHECK_TEXT(group_print(vg_find_lv(vg, "base"), text), "0+3@pv0:10 3+1@pv1:0");
	CHECK_TEXT(group_print(vg_find_lv(vg, "snap"), text), "0+2@pv1:6");
	CHECK_INT(snapshot->extents, 4);
	CHECK_INT(group_pv(vg, 0)->pe_count, 50);
	CHECK_INT(vg_check(vg), 0);

	CHECK_INT(vg_set_extent_size(vg, EXTENT_SECTORS / 4), 0);
	CHECK_TEXT(group_print(vg_find_lv(vg, "base"), text), "0+24@pv0:80 24+8@pv1:0");
	CHECK_INT(snapshot->extents, 32);
	CHECK_INT(group_pv(vg, 1)->pe_count, 400);
	CHECK_INT(vg_check(vg), 0);
}

TEST("what is no whole number of the new extents is refused by name")
{
	static const struct {
		uint64_t sectors;
		const char *message;
	} rows[] = {
		{ EXTENT_SECTORS * 4, "vg0/base: is no whole number of extents of that size" },
		{ EXTENT_SECTORS * 3, "/dev/sda: is no whole number of extents of that size" },
		{ EXTENT_SECTORS * 128, "/dev/sda: is no whole number of extents of that size" },
	};
	struct messages messages;

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		AUTO(vg) struct vg *vg = sample();

		messages_catch(&messages);
		CHECK_INT(vg_set_extent_size(vg, rows[i].sectors), -EINVAL);
		CHECK_TEXT(messages.last, rows[i].message);
		CHECK_INT(messages.count, 1);
		messages_release();
	}
}

TEST("more extents than can be counted are refused")
{
	AUTO(vg) struct vg *vg = group_new(1, UINT32_MAX / 8);
	struct messages messages;

	messages_catch(&messages);
	CHECK_INT(vg_set_extent_size(vg, EXTENT_SECTORS / 8), 0);
	CHECK_INT(vg_set_extent_size(vg, EXTENT_SECTORS / 16), -EINVAL);
	messages_release();
}

TEST("a volume of a kind that is not known keeps its group's extents as they are")
{
	AUTO(vg) struct vg *vg = group_new(1, 100);
	struct stripe first = { .pv = group_pv(vg, 0), .extent = 0 };
	struct stripe second = { .pv = group_pv(vg, 0), .extent = 8 };
	struct messages messages;

	group_append_foreign(group_lv(vg, "raid"), first, second, 4);
	messages_catch(&messages);
	CHECK_INT(vg_set_extent_size(vg, EXTENT_SECTORS / 2), -EPERM);
	messages_release();
}

TEST_MAIN
