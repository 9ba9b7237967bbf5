/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "group.h"
#include "tap.h"

#include "base/auto.h"
#include "model/space.h"

TEST("the space is what is free on usable devices, in their order")
{
	AUTO(vg) struct vg *vg = group_new(3, 100);
	struct space space;

	group_linear(vg, "a", 0, 10, 10);
	group_pv(vg, 1)->flags |= PV_MISSING;
	CHECK_INT(space_init(&space, vg, NULL, 0), 0);
	CHECK_INT(space_free(&space), 190);
	CHECK_INT(space.run_count, 3);
	CHECK_INT(space.device_count, 2);
	CHECK(!space_device(&space, group_pv(vg, 1)));
	CHECK(space.runs[2].device == space_device(&space, group_pv(vg, 2)));
	space_release(&space);
	CHECK_INT(space_free(&space), 0);
}

TEST("with ranges it is what is free in them, in their order")
{
	AUTO(vg) struct vg *vg = group_new(3, 100);
	const struct alloc_range ranges[] = {
		{ group_pv(vg, 1), 50, 10 }, { group_pv(vg, 0), 0, 15 },
		{ group_pv(vg, 1), 0, 10 }, { group_pv(vg, 2), 0, 100 },
	};
	const struct free_device *device;
	struct space space;

	group_linear(vg, "a", 0, 10, 10);
	group_pv(vg, 2)->flags = 0;
	CHECK_INT(space_init(&space, vg, ranges, 4), 0);
	CHECK_INT(space_free(&space), 30);
	device = space_device(&space, group_pv(vg, 1));
	CHECK_INT(device->free, 20);
	CHECK_INT(device->runs->first, 50);
	CHECK_INT(device->runs->next->first, 0);
	CHECK(!device->runs->next->next);
	CHECK_INT(space.runs[1].count, 10);
	space_release(&space);
}

TEST("what is taken or dropped is no longer there")
{
	AUTO(vg) struct vg *vg = group_new(2, 100);
	struct free_device *device;
	struct free_run *run;
	struct space space;

	group_linear(vg, "a", 0, 10, 10);
	CHECK_INT(space_init(&space, vg, NULL, 0), 0);
	device = space_device(&space, group_pv(vg, 0));
	run = space_run_at(device, 20);
	CHECK(run && run == space_run_of(device, 11));
	CHECK(!space_run_at(device, 10));
	CHECK(!space_run_of(device, 81));
	space_take(run, 30);
	CHECK(device->current == run);
	CHECK_INT(run->first, 50);
	CHECK_INT(device->free, 60);
	CHECK(space_run_of(device, 1) == device->runs);
	space_take(device->runs, 10);
	CHECK(space_run_of(device, 1) == run);
	space_drop(device);
	CHECK(!space_run_of(device, 0));
	CHECK_INT(space_free(&space), 100);
	space_release(&space);
}

TEST("a device cut into many runs is gathered whole")
{
	AUTO(vg) struct vg *vg = group_new(1, 1000);
	struct lv *lv = group_lv(vg, "comb");
	struct space space;

	for (uint32_t extent = 0; extent < 1000; extent += 2)
		group_append(lv, 0, extent, 1);
	CHECK_INT(space_init(&space, vg, NULL, 0), 0);
	CHECK_INT(space.run_count, 500);
	CHECK_INT(space_free(&space), 500);
	CHECK(space_run_at(&space.devices[0], 999) != NULL);
	space_release(&space);
}

TEST_MAIN
