/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dm/name.h"
#include "dm/scene.h"
#include "dm/table.h"
#include "tap.h"

#include "base/auto.h"
#include "dm/layout.h"
#include "model/snapshot.h"

#include <errno.h>

TEST("hyphens are doubled in names and back again")
{
	struct dm_pool *mem = dm_pool_create("test", 256);

	CHECK_TEXT(dm_name_of(mem, "v-h", "l-a--b", LAYER_REAL), "v--h-l--a----b-real");
	CHECK_TEXT(dm_name_of(mem, "vg0", "base", NULL), "vg0-base");
	CHECK_TEXT(dm_name_prefix(mem, "a-b"), "a--b-");
	CHECK_TEXT(dm_name_label(mem, "v--h-l--a----b-real"), "v-h/l-a--b");
	CHECK_TEXT(dm_name_label(mem, "vg0-base"), "vg0/base");
	CHECK_TEXT(dm_name_label(mem, "alone"), "alone");
	dm_pool_destroy(mem);
}

TEST("an identity is LVM2's: group, volume, layer")
{
	AUTO(vg) struct vg *vg = scene_new(8, 16, 100);
	struct dm_pool *mem = dm_pool_create("test", 256);

	scene_do(vg, "lv base 4");
	CHECK_TEXT(dm_uuid_of(mem, vg_find_lv(vg, "base"), LAYER_COW),
		   "LVM-vg0ZZZZZZZZZZZZZZZZZZZZZZZZZZZZZbaseZZZZZZZZZZZZZZZZZZZZZZZZZZZZ-cow");
	CHECK_TEXT(dm_uuid_prefix_of(mem, vg), "LVM-vg0ZZZZZZZZZZZZZZZZZZZZZZZZZZZZZ");
	dm_pool_destroy(mem);
}

static bool number_of(void *data, const char *name, uint32_t *major, uint32_t *minor)
{
	*major = 254;
	*minor = 7;
	return !strcmp(name, data);
}

TEST("tables are read, and names in them become numbers")
{
	struct dm_pool *mem = dm_pool_create("test", 256);
	static char known[] = "vg0-real";
	char type[TABLE_TYPE_LEN];

	CHECK_TEXT(table_type("0 8 snapshot-origin 254:1\n", type), "snapshot-origin");
	CHECK_TEXT(table_type("", type), "");
	CHECK_TEXT(table_type("x 8 linear\n", type), "");
	CHECK_INT(table_size("0 8 linear 8:1 0\n8 24 zero\n"), 32);
	CHECK(table_uses("0 8 snapshot 254:1 254:12 P 8\n", 254, 12));
	CHECK(!table_uses("0 8 snapshot 254:1 254:12 P 8\n", 254, 2));
	CHECK_TEXT(table_resolve(mem, "0 8 snapshot {vg0-real} {vg0-real} P 8\n", number_of, known),
		   "0 8 snapshot 254:7 254:7 P 8\n");
	CHECK(!table_resolve(mem, "0 8 snapshot-origin {other}\n", number_of, known));
	dm_pool_destroy(mem);
}

TEST("a volume on an absent device has no layout, and says so")
{
	AUTO(vg) struct vg *vg = scene_new(8, 16, 100);
	AUTO(layout) struct layout *layout = NULL;

	tap_log_capture();
	scene_do(vg, "lv base 4");
	dm_list_item(dm_list_first(&vg->pvs), struct pv)->path = NULL;
	CHECK_INT(layout_new(&layout), 0);
	CHECK_INT(layout_add_tree(layout, vg_find_lv(vg, "base"), LAYOUT_MERGE_LIVE), -ENODEV);
	CHECK(strstr(tap_log_text(), "missing"));
}

TEST("hidden devices and snapshots carry LVM2's udev flags")
{
	AUTO(vg) struct vg *vg = scene_new(8, 16, 100);
	AUTO(layout) struct layout *layout = NULL;

	scene_do(vg, "lv base 4");
	scene_do(vg, "snap s0 base 4");
	CHECK_INT(layout_new(&layout), 0);
	CHECK_INT(layout_add_tree(layout, vg_find_lv(vg, "s0"), LAYOUT_MERGE_LIVE), 0);
	CHECK_INT(layout_find(layout, "vg0-base")->udev_flags, 0x20);
	CHECK_INT(layout_find(layout, "vg0-base-real")->udev_flags, 0x2e);
	CHECK_INT(layout_find(layout, "vg0-s0-cow")->udev_flags, 0x3e);
	CHECK_INT(layout_find(layout, "vg0-s0")->udev_flags, 0x30);
}

TEST_MAIN
