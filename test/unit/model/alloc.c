/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "group.h"
#include "tap.h"

#include "base/auto.h"
#include "model/alloc.h"
#include "model/check.h"
#include "model/snapshot.h"

enum { STRIPE_SECTORS = 128, CHUNK = 8 };

static int extend(struct lv *lv, uint32_t extents, uint32_t stripes, enum alloc_policy policy)
{
	const struct alloc_request request = {
		.extents = extents,
		.stripes = stripes,
		.stripe_size_sectors = stripes > 1 ? STRIPE_SECTORS : 0,
		.policy = policy,
	};

	return alloc_extents(lv, &request);
}

static int extend_quietly(struct lv *lv, uint32_t extents, uint32_t stripes,
			  enum alloc_policy policy)
{
	struct messages said;
	int r;

	messages_catch(&said);
	r = extend(lv, extents, stripes, policy);
	messages_release();
	CHECK_INT(said.count, r < 0);
	return r;
}

TEST("a new volume takes the first run that is long enough")
{
	AUTO(vg) struct vg *vg = group_new(2, 100);
	struct lv *lv = group_lv(vg, "base");
	char text[MESSAGE_TEXT];

	group_linear(vg, "a", 0, 5, 5);
	CHECK_INT(extend(lv, 10, 1, ALLOC_INHERIT), 0);
	CHECK_TEXT(group_print(lv, text), "0+10@pv0:10");
	CHECK_INT(extend(lv, 0, 1, ALLOC_INHERIT), 0);
	CHECK_INT(lv_extents(lv), 10);
	CHECK_INT(vg_check(vg), 0);
}

TEST("a volume grows behind its end, else on its device, else elsewhere, else in pieces")
{
	AUTO(vg) struct vg *vg = group_new(2, 100);
	struct lv *lv = group_linear(vg, "base", 1, 20, 10);
	char text[MESSAGE_TEXT];

	group_linear(vg, "a", 1, 35, 5);
	CHECK_INT(extend(lv, 2, 1, ALLOC_NORMAL), 0);
	CHECK_TEXT(group_print(lv, text), "0+12@pv1:20");
	CHECK_INT(extend(lv, 10, 1, ALLOC_NORMAL), 0);
	CHECK_TEXT(group_print(lv, text), "0+12@pv1:20 12+10@pv1:0");
	CHECK_INT(extend(lv, 80, 1, ALLOC_NORMAL), 0);
	CHECK_TEXT(group_print(lv, text), "0+12@pv1:20 12+10@pv1:0 22+80@pv0:0");
	CHECK_INT(extend(lv, 90, 1, ALLOC_NORMAL), 0);
	CHECK_TEXT(group_print(lv, text),
		   "0+12@pv1:20 12+10@pv1:0 22+100@pv0:0 122+10@pv1:10 132+3@pv1:32 135+57@pv1:40");
	CHECK_INT(vg_check(vg), 0);
	CHECK_INT(vg_free_extents(vg), 3);
}

TEST("contiguous is one run, behind the end of what there is")
{
	AUTO(vg) struct vg *vg = group_new(2, 100);
	struct lv *lv = group_lv(vg, "base");
	char text[MESSAGE_TEXT];

	group_linear(vg, "a", 0, 30, 20);
	CHECK_INT(extend_quietly(lv, 101, 1, ALLOC_CONTIGUOUS), -ENOSPC);
	CHECK_INT(extend(lv, 20, 1, ALLOC_CONTIGUOUS), 0);
	CHECK_INT(extend_quietly(lv, 11, 1, ALLOC_CONTIGUOUS), -ENOSPC);
	CHECK_INT(extend(lv, 10, 1, ALLOC_CONTIGUOUS), 0);
	CHECK_TEXT(group_print(lv, text), "0+30@pv0:0");
	CHECK_INT(extend_quietly(lv, 1, 1, ALLOC_CONTIGUOUS), -ENOSPC);
}

TEST("cling stays on the volume's devices, by tags also on those with a common tag")
{
	AUTO(vg) struct vg *vg = group_new(3, 100);
	struct lv *lv = group_linear(vg, "base", 1, 0, 90);
	char text[MESSAGE_TEXT];

	group_linear(vg, "a", 1, 95, 1);
	CHECK_INT(extend_quietly(lv, 10, 1, ALLOC_CLING), -ENOSPC);
	CHECK_INT(extend(lv, 8, 1, ALLOC_CLING), 0);
	CHECK_TEXT(group_print(lv, text), "0+95@pv1:0 95+3@pv1:96");
	CHECK_INT(extend_quietly(lv, 10, 1, ALLOC_CLING_BY_TAGS), -ENOSPC);
	words_add(vg, &group_pv(vg, 1)->tags, "left");
	words_add(vg, &group_pv(vg, 1)->tags, "fast");
	words_add(vg, &group_pv(vg, 2)->tags, "fast");
	CHECK_INT(extend(lv, 10, 1, ALLOC_CLING_BY_TAGS), 0);
	CHECK_TEXT(group_print(lv, text), "0+95@pv1:0 95+3@pv1:96 98+10@pv2:0");
	CHECK_INT(extend(group_lv(vg, "new"), 10, 1, ALLOC_CLING), 0);
	CHECK_TEXT(group_print(vg_find_lv(vg, "new"), text), "0+10@pv0:0");
}

TEST("the policy is the request's, else the volume's, else the group's")
{
	AUTO(vg) struct vg *vg = group_new(2, 100);
	struct lv *lv = group_linear(vg, "base", 0, 0, 100);

	lv->alloc = ALLOC_CLING;
	CHECK_INT(extend_quietly(lv, 1, 1, ALLOC_INHERIT), -ENOSPC);
	CHECK_INT(extend(lv, 1, 1, ALLOC_NORMAL), 0);
	lv_truncate(lv, 100);
	lv->alloc = ALLOC_INHERIT;
	vg->alloc = ALLOC_CONTIGUOUS;
	CHECK_INT(extend_quietly(lv, 1, 1, ALLOC_INHERIT), -ENOSPC);
	vg->alloc = ALLOC_INHERIT;
	CHECK_INT(extend(lv, 1, 1, ALLOC_INHERIT), 0);
}

TEST("columns lie on distinct devices and go on there")
{
	AUTO(vg) struct vg *vg = group_new(3, 100);
	struct lv *lv = group_lv(vg, "striped");
	char text[MESSAGE_TEXT];

	group_linear(vg, "a", 0, 0, 100);
	CHECK_INT(extend(lv, 20, 2, ALLOC_NORMAL), 0);
	CHECK_TEXT(group_print(lv, text), "0+20@pv1:0,pv2:0");
	lv_remove(vg_find_lv(vg, "a"));
	CHECK_INT(extend(lv, 20, 2, ALLOC_NORMAL), 0);
	CHECK_TEXT(group_print(lv, text), "0+40@pv1:0,pv2:0");
	CHECK_INT(group_segment(lv, 0)->stripe_size_sectors, STRIPE_SECTORS);
	CHECK_INT(vg_check(vg), 0);
}

TEST("a column whose way is blocked stays on its device, the other goes straight on")
{
	AUTO(vg) struct vg *vg = group_new(3, 100);
	struct lv *lv = group_lv(vg, "striped");
	char text[MESSAGE_TEXT];

	CHECK_INT(extend(lv, 20, 2, ALLOC_NORMAL), 0);
	group_linear(vg, "a", 0, 10, 5);
	CHECK_INT(extend(lv, 20, 2, ALLOC_NORMAL), 0);
	CHECK_TEXT(group_print(lv, text), "0+20@pv0:0,pv1:0 20+20@pv0:15,pv1:10");
	group_linear(vg, "b", 0, 25, 75);
	CHECK_INT(extend(lv, 20, 2, ALLOC_NORMAL), 0);
	CHECK_TEXT(group_print(lv, text),
		   "0+20@pv0:0,pv1:0 20+20@pv0:15,pv1:10 40+20@pv2:0,pv1:20");
	CHECK_INT(extend_quietly(lv, 160, 2, ALLOC_CLING), -ENOSPC);
	CHECK_INT(extend(lv, 140, 2, ALLOC_CLING), 0);
	CHECK_TEXT(group_print(lv, text),
		   "0+20@pv0:0,pv1:0 20+20@pv0:15,pv1:10 40+160@pv2:0,pv1:20");
	CHECK_INT(vg_check(vg), 0);
}

TEST("a volume in pieces keeps its columns on their devices")
{
	AUTO(vg) struct vg *vg = group_new(3, 100);
	struct lv *lv = group_lv(vg, "striped");
	char text[MESSAGE_TEXT];

	CHECK_INT(extend(lv, 20, 2, ALLOC_NORMAL), 0);
	group_linear(vg, "a", 0, 40, 5);
	group_linear(vg, "b", 1, 50, 5);
	group_linear(vg, "c", 2, 0, 50);
	CHECK_INT(extend(lv, 160, 2, ALLOC_NORMAL), 0);
	CHECK_TEXT(group_print(lv, text),
		   "0+80@pv0:0,pv1:0 80+20@pv0:45,pv1:40 100+80@pv0:55,pv1:55");
	CHECK_INT(vg_check(vg), 0);
}

TEST("a linear volume can be continued in columns")
{
	AUTO(vg) struct vg *vg = group_new(2, 100);
	struct lv *lv = group_linear(vg, "base", 1, 0, 10);
	char text[MESSAGE_TEXT];

	CHECK_INT(extend(lv, 20, 2, ALLOC_NORMAL), 0);
	CHECK_TEXT(group_print(lv, text), "0+10@pv1:0 10+20@pv1:10,pv0:0");
	CHECK_INT(extend(lv, 20, 1, ALLOC_NORMAL), 0);
	CHECK_TEXT(group_print(lv, text), "0+10@pv1:0 10+20@pv1:10,pv0:0 30+20@pv1:20");
}

TEST("under anywhere columns may share a device")
{
	AUTO(vg) struct vg *vg = group_new(1, 100);
	struct lv *lv = group_lv(vg, "striped");
	char text[MESSAGE_TEXT];

	CHECK_INT(extend_quietly(lv, 20, 2, ALLOC_NORMAL), -ENOSPC);
	CHECK_INT(extend(lv, 20, 2, ALLOC_ANYWHERE), 0);
	CHECK_TEXT(group_print(lv, text), "0+20@pv0:0,pv0:10");
	CHECK_INT(extend(lv, 20, 2, ALLOC_ANYWHERE), 0);
	CHECK_INT(vg_check(vg), 0);
}

TEST("allocation keeps to the ranges given, in their order")
{
	AUTO(vg) struct vg *vg = group_new(3, 100);
	const struct alloc_range ranges[] = {
		{ group_pv(vg, 2), 50, 10 }, { group_pv(vg, 0), 95, 5 }, { group_pv(vg, 2), 0, 5 },
	};
	struct alloc_request request = {
		.extents = 18, .stripes = 1, .ranges = ranges, .range_count = 3,
	};
	struct lv *lv = group_linear(vg, "base", 1, 0, 10);
	char text[MESSAGE_TEXT];
	struct messages said;

	CHECK_INT(alloc_free_extents(vg, NULL, 0), 290);
	CHECK_INT(alloc_free_extents(vg, ranges, 3), 20);
	CHECK_INT(alloc_free_extents(vg, ranges, 0), 0);
	CHECK_INT(alloc_extents(lv, &request), 0);
	CHECK_TEXT(group_print(lv, text), "0+10@pv1:0 10+10@pv2:50 20+5@pv0:95 25+3@pv2:0");
	CHECK_INT(alloc_free_extents(vg, ranges, 3), 2);
	messages_catch(&said);
	CHECK_INT(alloc_extents(lv, &request), -ENOSPC);
	messages_release();
	CHECK_TEXT(said.last,
		   "vg0/base: 18 extents in 1 stripes do not fit, policy normal: 2 free; add a "
		   "device with svgextend, or see --alloc");
	CHECK_INT(vg_check(vg), 0);
}

TEST("what may be approximate takes the most that fits")
{
	AUTO(vg) struct vg *vg = group_new(2, 20);
	struct alloc_request request = {
		.extents = 32,
		.stripes = 2,
		.stripe_size_sectors = STRIPE_SECTORS,
		.approximate = true,
	};
	struct lv *lv = group_lv(vg, "base");

	group_linear(vg, "a", 0, 0, 13);
	CHECK_INT(alloc_extents(lv, &request), 0);
	CHECK_INT(lv_extents(lv), 14);
	CHECK_INT(vg_check(vg), 0);
	CHECK_INT(extend_quietly(lv, 2, 2, ALLOC_CONTIGUOUS), -ENOSPC);
	CHECK_INT(lv_extents(lv), 14);
}

TEST("requests that make no sense are refused and nothing changes")
{
	AUTO(vg) struct vg *vg = group_new(2, 100);
	const struct alloc_range twice[] = { { group_pv(vg, 0), 0, 5 }, { group_pv(vg, 0), 4, 5 } };
	const struct alloc_request rows[] = {
		{ .extents = 10 },
		{ .extents = 129, .stripes = 129, .stripe_size_sectors = 128 },
		{ .extents = 11, .stripes = 2, .stripe_size_sectors = 128 },
		{ .extents = 10, .stripes = 2 },
		{ .extents = 10, .stripes = 2, .stripe_size_sectors = 96 },
		{ .extents = 10, .stripes = 2, .stripe_size_sectors = 2 * EXTENT_SECTORS },
		{ .extents = UINT32_MAX, .stripes = 1 },
		{ .extents = 10, .stripes = 1, .ranges = twice, .range_count = 2 },
	};
	struct lv *lv = group_linear(vg, "base", 0, 0, 10);
	struct messages said;

	messages_catch(&said);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		CHECK_INT(alloc_extents(lv, &rows[i]), -EINVAL);
	group_append_foreign(lv, (struct stripe) { .pv = group_pv(vg, 0), .extent = 50 },
			     (struct stripe) { .pv = group_pv(vg, 1), .extent = 50 }, 10);
	CHECK_INT(extend(lv, 10, 1, ALLOC_NORMAL), -EINVAL);
	messages_release();
	CHECK_INT(said.count, sizeof(rows) / sizeof(*rows) + 1);
	CHECK_INT(lv_extents(lv), 20);
}

TEST("among ten thousand volumes the gaps are found")
{
	AUTO(vg) struct vg *vg = group_new(4, 10000);
	struct lv *lv = group_lv(vg, "striped");
	char name[32];

	for (unsigned i = 0; i < 10000; i++) {
		snprintf(name, sizeof(name), "v%u", i);
		group_linear(vg, name, i % 4, i / 4 * 3, 2);
	}
	CHECK_INT(vg_free_extents(vg), 20000);
	CHECK_INT(extend(lv, 16000, 4, ALLOC_NORMAL), 0);
	CHECK_INT(extend(lv, 4000, 1, ALLOC_NORMAL), 0);
	CHECK_INT(vg_free_extents(vg), 0);
	CHECK_INT(vg_check(vg), 0);
}

/* A group under random changes.  The sequence follows from the seed alone. */
struct chaos {
	uint64_t state;
	struct vg *vg;
	unsigned made, grown, refused;
};

static uint32_t draw(struct chaos *chaos, uint32_t below)
{
	chaos->state = chaos->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(chaos->state >> 33) % below;
}

static struct lv *draw_lv(struct chaos *chaos)
{
	const unsigned count = dm_list_size(&chaos->vg->lvs);
	unsigned number = count ? draw(chaos, count) : 0;
	struct lv *lv;

	dm_list_iterate_items(lv, &chaos->vg->lvs)
		if (!number--)
			return lv;
	return NULL;
}

/* What normal could do at most, from the counts of devices alone. */
static bool could_fit(const struct vg *vg, uint32_t columns, uint32_t each)
{
	const struct pv *pv;
	uint64_t sum = 0;

	dm_list_iterate_items(pv, &vg->pvs) {
		const uint32_t unused = pv->pe_count - pv_used_extents(pv);

		if (pv_is_usable(pv))
			sum += unused < each ? unused : each;
	}
	return sum >= (uint64_t)each * columns;
}

static void grow(struct chaos *chaos, struct lv *lv)
{
	static const enum alloc_policy policies[] = {
		ALLOC_CONTIGUOUS, ALLOC_CLING, ALLOC_NORMAL, ALLOC_NORMAL, ALLOC_ANYWHERE,
	};
	const enum alloc_policy policy = policies[draw(chaos, 5)];
	const uint32_t stripes = draw(chaos, 2) ? 1 : 1 + draw(chaos, 5);
	const uint32_t each = 1 + draw(chaos, draw(chaos, 4) ? 8 : 60);
	const uint32_t before = lv_extents(lv);
	const bool fits = could_fit(chaos->vg, stripes, each);
	const uint64_t unused = vg_free_extents(chaos->vg);
	const int r = extend_quietly(lv, stripes * each, stripes, policy);

	CHECK_INT(lv_extents(lv), before + (r ? 0 : stripes * each));
	CHECK_INT(vg_free_extents(chaos->vg), unused - (r ? 0 : stripes * each));
	if (policy == ALLOC_NORMAL)
		CHECK_INT(r, fits ? 0 : -ENOSPC);
	if (policy == ALLOC_ANYWHERE)
		CHECK_INT(r, unused >= stripes * each ? 0 : -ENOSPC);
	chaos->grown += r == 0;
	chaos->refused += r < 0;
}

static void make(struct chaos *chaos)
{
	char name[32];
	struct lv *lv;

	snprintf(name, sizeof(name), "v%u", chaos->made++);
	lv = group_lv(chaos->vg, name);
	grow(chaos, lv);
	if (!lv_extents(lv))
		lv_remove(lv);
}

static void shrink(struct chaos *chaos, struct lv *lv)
{
	const uint32_t before = lv_extents(lv);
	const uint32_t extents = 1 + draw(chaos, before);

	if (lv_truncate(lv, extents > before ? before : extents) == -EINVAL)
		CHECK_INT(lv_extents(lv), before);
}

static void take_or_leave(struct chaos *chaos, struct lv *lv)
{
	struct lv *other = draw_lv(chaos);

	if (lv->store_of)
		snapshot_detach(lv->store_of);
	else if (!lv_is_origin(lv) && lv != other && !snapshot_refuse_origin(other))
		snapshot_attach(other, lv, CHUNK);
}

static void change(struct chaos *chaos)
{
	struct lv *lv = draw_lv(chaos);

	switch (lv ? draw(chaos, 8) : 0) {
	case 0:
	case 1:
		make(chaos);
		break;
	case 2:
		shrink(chaos, lv);
		break;
	case 3:
		take_or_leave(chaos, lv);
		break;
	case 4:
		group_pv(chaos->vg, draw(chaos, 5))->flags ^= PV_ALLOCATABLE;
		break;
	case 5:
		if (!lv->store_of && !lv_is_origin(lv))
			lv_remove(lv);
		break;
	default:
		grow(chaos, lv);
	}
}

TEST("after any sequence of changes every invariant holds and no extent has two owners")
{
	struct chaos chaos;

	for (uint64_t seed = 1; seed <= 20; seed++) {
		chaos = (struct chaos) { .state = seed, .vg = group_new(5, 150) };
		group_pv(chaos.vg, 4)->pe_count = 40;
		for (unsigned i = 0; i < 400; i++) {
			change(&chaos);
			CHECK_INT(vg_check(chaos.vg), 0);
		}
		CHECK(chaos.grown > 20 && chaos.refused > 5);
		vg_free(&chaos.vg);
	}
}

TEST_MAIN
