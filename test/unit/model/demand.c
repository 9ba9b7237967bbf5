/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "group.h"
#include "tap.h"

#include "base/auto.h"
#include "model/check.h"
#include "model/demand.h"

enum { STRIPE_SECTORS = 128 };

static int fill(struct lv *lv, uint32_t columns, uint32_t each, enum alloc_policy policy)
{
	struct demand demand = {
		.lv = lv, .columns = columns, .each = each, .policy = policy,
		.stripe_size_sectors = columns > 1 ? STRIPE_SECTORS : 0,
	};
	int r;

	CHECK_INT(space_init(&demand.space, lv->vg, NULL, 0), 0);
	r = demand_fill(&demand);
	CHECK_INT(demand.each, r ? each : 0);
	space_release(&demand.space);
	return r;
}

/* A device with this much free at its end. */
static void leave_free(struct vg *vg, unsigned pv, uint32_t extents)
{
	static const char *const names[] = { "used0", "used1", "used2", "used3" };

	group_linear(vg, names[pv], pv, 0, group_pv(vg, pv)->pe_count - extents);
}

TEST("a linear piece goes on behind the last segment, then wherever something is free")
{
	AUTO(vg) struct vg *vg = group_new(2, 100);
	struct lv *lv = group_linear(vg, "base", 1, 20, 10);
	char text[MESSAGE_TEXT];

	group_linear(vg, "a", 1, 35, 5);
	group_linear(vg, "b", 0, 10, 90);
	CHECK_INT(fill(lv, 1, 20, ALLOC_NORMAL), 0);
	CHECK_TEXT(group_print(lv, text), "0+15@pv1:20 15+10@pv0:0 25+5@pv1:0");
	CHECK_INT(vg_check(vg), 0);
}

TEST("three equal devices give two columns one and a half times a device")
{
	AUTO(vg) struct vg *vg = group_new(3, 10);
	struct lv *lv = group_lv(vg, "striped");
	char text[MESSAGE_TEXT];

	CHECK_INT(fill(lv, 2, 15, ALLOC_NORMAL), 0);
	CHECK_TEXT(group_print(lv, text), "0+10@pv0:0,pv1:0 10+10@pv0:5,pv2:0 20+10@pv1:5,pv2:5");
	CHECK_INT(vg_check(vg), 0);
}

TEST("a full device beside two half ones serves one column throughout")
{
	AUTO(vg) struct vg *vg = group_new(3, 100);
	struct lv *lv = group_lv(vg, "striped");
	char text[MESSAGE_TEXT];

	leave_free(vg, 0, 10);
	leave_free(vg, 1, 10);
	leave_free(vg, 2, 20);
	CHECK_INT(fill(lv, 2, 20, ALLOC_NORMAL), 0);
	CHECK_TEXT(group_print(lv, text), "0+20@pv0:90,pv2:80 20+20@pv1:90,pv2:90");
	CHECK_INT(vg_check(vg), 0);
}

TEST("columns that would have to share a device are refused under normal, shared under anywhere")
{
	AUTO(vg) struct vg *vg = group_new(2, 100);
	struct lv *lv = group_lv(vg, "striped");
	char text[MESSAGE_TEXT];

	leave_free(vg, 0, 10);
	CHECK_INT(fill(lv, 2, 30, ALLOC_NORMAL), -ENOSPC);
	CHECK_INT(lv_extents(lv), 0);
	CHECK_INT(fill(lv, 2, 30, ALLOC_ANYWHERE), 0);
	CHECK_TEXT(group_print(lv, text), "0+60@pv1:0,pv1:30");
	CHECK_INT(fill(lv, 2, 25, ALLOC_ANYWHERE), 0);
	CHECK_INT(vg_free_extents(vg), 0);
	CHECK_INT(vg_check(vg), 0);
	CHECK_INT(fill(lv, 1, 1, ALLOC_ANYWHERE), -ENOSPC);
}

TEST("the last free extents, one by one on one device, serve several columns under anywhere")
{
	AUTO(vg) struct vg *vg = group_new(1, 20);
	struct lv *comb = group_lv(vg, "comb");
	struct lv *lv = group_lv(vg, "striped");

	for (uint32_t extent = 0; extent < 20; extent += 2)
		group_append(comb, 0, extent, 1);
	CHECK_INT(fill(lv, 5, 2, ALLOC_ANYWHERE), 0);
	CHECK_INT(lv_extents(lv), 10);
	CHECK_INT(vg_check(vg), 0);
}

/* Devices with 0 to 7 free extents: all of what normal should manage, and no more. */
static void check_amounts(const uint32_t amounts[4], uint32_t columns, uint32_t each)
{
	AUTO(vg) struct vg *vg = group_new(4, 8);
	struct lv *lv = group_lv(vg, "striped");
	uint32_t sum = 0;

	for (unsigned i = 0; i < 4; i++) {
		leave_free(vg, i, amounts[i]);
		sum += amounts[i] < each ? amounts[i] : each;
	}
	CHECK_INT(fill(lv, columns, each, ALLOC_NORMAL), sum < columns * each ? -ENOSPC : 0);
	CHECK_INT(lv_extents(lv), sum < columns * each ? 0 : columns * each);
	if (lv_extents(lv))
		CHECK_INT(vg_check(vg), 0);
}

TEST("whatever fits on distinct devices is found")
{
	for (uint32_t n = 0; n < 8 * 8 * 8 * 8; n += 3) {
		const uint32_t amounts[] = { n % 8, n / 8 % 8, n / 64 % 8, n / 512 };

		for (uint32_t columns = 2; columns <= 4; columns++)
			for (uint32_t each = 1; each <= 7; each += 2)
				check_amounts(amounts, columns, each);
	}
}

TEST_MAIN
