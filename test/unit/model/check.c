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

/* A sound group: base with snapshots s0 and s1, a striped volume and one of a foreign kind. */
struct fixture {
	struct vg *vg;
	struct lv *base, *s0, *s1, *striped, *raid;
	struct snapshot *snapshot0, *snapshot1;
};

static void fixture_init(struct fixture *f)
{
	f->vg = group_new(2, 100);
	f->base = group_linear(f->vg, "base", 0, 0, 10);
	f->s0 = group_linear(f->vg, "s0", 0, 10, 4);
	f->s1 = group_linear(f->vg, "s1", 1, 0, 4);
	f->striped = group_lv(f->vg, "striped");
	f->raid = group_lv(f->vg, "raid");
	lv_append(f->striped, SEGMENT_STRIPED,
		  (const struct stripe[]) { { .pv = group_pv(f->vg, 0), .extent = 20 },
					    { .pv = group_pv(f->vg, 1), .extent = 20 } },
		  2, 128, 8);
	group_append_foreign(f->raid, (struct stripe) { .pv = group_pv(f->vg, 0), .extent = 50 },
			     (struct stripe) { .pv = group_pv(f->vg, 1), .extent = 50 }, 10);
	f->snapshot0 = snapshot_attach(f->base, f->s0, CHUNK);
	f->snapshot1 = snapshot_attach(f->base, f->s1, CHUNK);
}

static struct vg *another_vg(struct fixture *f)
{
	struct vg *vg = vg_alloc(f->vg, sizeof(*vg));

	*vg = *f->vg;
	vg->name = "vg1";
	return vg;
}

static void damage_vg_name(struct fixture *f) { f->vg->name = "v/g"; }
static void damage_vg_id(struct fixture *f) { f->vg->id[3] = '-'; }
static void damage_vg_id_length(struct fixture *f) { f->vg->id[31] = 0; }
static void damage_extent_size(struct fixture *f) { f->vg->extent_size_sectors = 300; }
static void damage_extent_size_zero(struct fixture *f) { f->vg->extent_size_sectors = 0; }

static void damage_pv_id(struct fixture *f) { group_pv(f->vg, 1)->id[0] = ' '; }
static void damage_pv_key(struct fixture *f) { group_pv(f->vg, 1)->key = "pv0"; }

static void damage_pv_start(struct fixture *f)
{
	group_pv(f->vg, 1)->pe_start_sectors = UINT64_MAX;
}

static void damage_pv_end(struct fixture *f)
{
	group_pv(f->vg, 1)->pe_start_sectors = UINT64_MAX >> 10;
}

static void damage_pv_twin(struct fixture *f)
{
	memcpy(group_pv(f->vg, 1)->id, group_pv(f->vg, 0)->id, ID_LEN);
}

static void damage_name(struct fixture *f) { f->base->name = ".."; }
static void damage_name_twin(struct fixture *f) { f->striped->name = "s0"; }
static void damage_name_descriptor(struct fixture *f) { f->striped->name = "snapshot1"; }
static void damage_id(struct fixture *f) { f->base->id[0] = 0; }
static void damage_id_twin(struct fixture *f) { memcpy(f->snapshot1->id, f->base->id, ID_LEN); }
static void damage_lv_vg(struct fixture *f) { f->striped->vg = another_vg(f); }

static void damage_size(struct fixture *f)
{
	f->vg->extent_size_sectors = UINT64_C(1) << 53;
}

static void damage_gap(struct fixture *f) { group_segment(f->base, 0)->le = 1; }
static void damage_empty_segment(struct fixture *f) { group_segment(f->raid, 0)->len = 0; }
static void damage_owner(struct fixture *f) { group_segment(f->base, 0)->lv = f->striped; }
static void damage_empty_volume(struct fixture *f) { lv_truncate(f->base, 0); }

static void damage_overlap(struct fixture *f)
{
	group_append(f->base, 1, 60, 5);
	group_segment(f->base, 1)->le = 9;
}

static void damage_too_long(struct fixture *f)
{
	struct segment *segment = group_segment(f->raid, 0);

	segment->len = UINT32_MAX;
	group_append_foreign(f->raid, segment->stripes[0], segment->stripes[1], 1)->le = UINT32_MAX;
}

static void damage_no_stripes(struct fixture *f) { group_segment(f->base, 0)->stripe_count = 0; }
static void damage_zero(struct fixture *f) { group_segment(f->base, 0)->kind = SEGMENT_ZERO; }
static void damage_area(struct fixture *f) { group_segment(f->striped, 0)->area_len = 5; }

static void damage_stripe_size(struct fixture *f)
{
	group_segment(f->striped, 0)->stripe_size_sectors = 96;
}

static struct stripe *stripe_of(struct fixture *f)
{
	return &group_segment(f->striped, 0)->stripes[1];
}

static void damage_stripe_nothing(struct fixture *f) { stripe_of(f)->pv = NULL; }
static void damage_stripe_both(struct fixture *f) { stripe_of(f)->lv = f->raid; }
static void damage_stripe_beyond(struct fixture *f) { stripe_of(f)->extent = 97; }
static void damage_stripe_far_beyond(struct fixture *f) { stripe_of(f)->extent = UINT32_MAX; }
static void damage_two_owners(struct fixture *f) { stripe_of(f)->extent = 3; }

static void damage_stripe_foreign_pv(struct fixture *f)
{
	stripe_of(f)->pv = vg_alloc(f->vg, sizeof(struct pv));
}

static void damage_stripe_foreign_lv(struct fixture *f)
{
	*stripe_of(f) = (struct stripe) { .lv = vg_alloc(f->vg, sizeof(struct lv)) };
	dm_list_init(&stripe_of(f)->lv->segments);
}

static void damage_stripe_beyond_lv(struct fixture *f)
{
	*stripe_of(f) = (struct stripe) { .lv = f->s1, .extent = 1 };
}

static void damage_circle(struct fixture *f)
{
	struct lv *lv = group_lv(f->vg, "ring");

	lv_append(lv, SEGMENT_STRIPED, &(struct stripe) { .lv = f->striped }, 1, 0, 8);
	*stripe_of(f) = (struct stripe) { .lv = lv };
}

static void damage_no_origin(struct fixture *f) { f->snapshot0->store = NULL; }
static void damage_own_origin(struct fixture *f) { f->snapshot0->origin = f->s0; }
static void damage_store(struct fixture *f) { f->snapshot0->store = f->s1; }
static void damage_pair_vg(struct fixture *f) { f->snapshot0->store->vg = another_vg(f); }
static void damage_chunk(struct fixture *f) { f->snapshot0->chunk_size_sectors = 12; }
static void damage_no_size(struct fixture *f) { f->snapshot0->extents = 0; }
static void damage_descriptor_name(struct fixture *f) { f->snapshot0->name = "-s"; }
static void damage_descriptor_id(struct fixture *f) { f->snapshot0->id[0] = 0; }
static void damage_origin_list(struct fixture *f) { dm_list_del(&f->snapshot0->origin_list); }

static void damage_descriptor_size(struct fixture *f)
{
	f->vg->extent_size_sectors = UINT64_C(1) << 48;
	f->snapshot0->extents = UINT32_MAX;
}

static void damage_origin_is_store(struct fixture *f)
{
	dm_list_move(&f->s1->snapshots, &f->snapshot0->origin_list);
	f->snapshot0->origin = f->s1;
}

static void damage_origin(struct fixture *f)
{
	f->snapshot0->origin = f->striped;
}

static void damage_two_merges(struct fixture *f)
{
	snapshot_begin_merge(f->snapshot0);
	snapshot_begin_merge(f->snapshot1);
}

static const struct {
	const char *said;
	void (*damage)(struct fixture *f);
} damages[] = {
	{ "v/g: a name may have", damage_vg_name },
	{ "vg0: its identity", damage_vg_id },
	{ "vg0: its identity", damage_vg_id_length },
	{ "extent size is neither a power", damage_extent_size },
	{ "extent size is neither a power", damage_extent_size_zero },
	{ "device pv1: its identity", damage_pv_id },
	{ "device pv1: its extents end", damage_pv_start },
	{ "device pv1: its extents end", damage_pv_end },
	{ "device name pv0 is used twice", damage_pv_key },
	{ "device identity", damage_pv_twin },
	{ "vg0/..: a name may not be", damage_name },
	{ "volume name s0 is used twice", damage_name_twin },
	{ "volume name snapshot1 is used twice", damage_name_descriptor },
	{ "vg0/base: its identity", damage_id },
	{ "volume identity", damage_id_twin },
	{ "volume of another group", damage_lv_vg },
	{ "vg0/base: its size", damage_size },
	{ "vg0/base: segment at extent 1: leaves a gap", damage_gap },
	{ "segment at extent 0: is empty", damage_empty_segment },
	{ "vg0/base: holds a segment of another volume", damage_owner },
	{ "vg0/base: has no extents", damage_empty_volume },
	{ "segment at extent 9: leaves a gap or overlaps another", damage_overlap },
	{ "more extents than can be counted", damage_too_long },
	{ "has no stripes", damage_no_stripes },
	{ "has stripes", damage_zero },
	{ "do not divide it", damage_area },
	{ "stripe size", damage_stripe_size },
	{ "on nothing or on two", damage_stripe_nothing },
	{ "on nothing or on two", damage_stripe_both },
	{ "beyond its device", damage_stripe_beyond },
	{ "beyond its device", damage_stripe_far_beyond },
	{ "vg0: extent 3 of device pv1 belongs to s1 and to striped", damage_two_owners },
	{ "device of another group", damage_stripe_foreign_pv },
	{ "volume of another group", damage_stripe_foreign_lv },
	{ "beyond its volume", damage_stripe_beyond_lv },
	{ "vg0/striped: lies on itself", damage_circle },
	{ "vg0/snapshot0: has no origin", damage_no_origin },
	{ "is its own origin", damage_own_origin },
	{ "its store belongs to another", damage_store },
	{ "in different groups", damage_pair_vg },
	{ "its origin is the store", damage_origin_is_store },
	{ "its store is the origin", damage_origin_is_store },
	{ "is listed by another origin", damage_origin },
	{ "lists of snapshots disagree", damage_origin_list },
	{ "chunk size", damage_chunk },
	{ "vg0/snapshot0: has no extents", damage_no_size },
	{ "vg0/-s: a name may not begin", damage_descriptor_name },
	{ "vg0/snapshot0: its identity", damage_descriptor_id },
	{ "vg0/snapshot0: its size", damage_descriptor_size },
	{ "more than one snapshot merges", damage_two_merges },
};

TEST("a sound group passes in silence")
{
	struct fixture f;
	struct messages said;

	fixture_init(&f);
	messages_catch(&said);
	CHECK_INT(vg_check(f.vg), 0);
	f.vg->max_pv = 2;
	f.vg->max_lv = 5;
	f.vg->extent_size_sectors = 3 * 256;
	CHECK_INT(vg_check(f.vg), 0);
	CHECK_INT(vg_check_limits(f.vg, 0, 0), 0);
	messages_release();
	CHECK_TEXT(said.all, "");
	vg_free(&f.vg);
}

TEST("every breach is found and named")
{
	struct fixture f;
	struct messages said;

	for (size_t i = 0; i < sizeof(damages) / sizeof(*damages); i++) {
		fixture_init(&f);
		damages[i].damage(&f);
		messages_catch(&said);
		CHECK_INT(vg_check(f.vg), -EBADMSG);
		messages_release();
		if (!strstr(said.all, damages[i].said))
			CHECK_TEXT(said.all, damages[i].said);
		vg_free(&f.vg);
	}
}

TEST("all breaches are said at once")
{
	struct fixture f;
	struct messages said;

	fixture_init(&f);
	damage_vg_id(&f);
	damage_two_owners(&f);
	damage_chunk(&f);
	messages_catch(&said);
	CHECK_INT(vg_check(f.vg), -EBADMSG);
	messages_release();
	CHECK_INT(said.count, 3);
	vg_free(&f.vg);
}

TEST("a snapshot's store and descriptor count once towards max_lv, a merging one not at all")
{
	struct fixture f;
	struct messages said;

	fixture_init(&f);
	f.vg->max_lv = 4;
	messages_catch(&said);
	CHECK_INT(vg_check_limits(f.vg, 0, 0), -EBADMSG);
	messages_release();
	snapshot_begin_merge(f.snapshot0);
	CHECK_INT(vg_check_limits(f.vg, 0, 0), 0);
	vg_free(&f.vg);
}

TEST("a limit is broken by what grows past it, not by what was past it before")
{
	static const struct {
		uint32_t max_pv, max_lv;
		unsigned had_pvs, had_lvs;
		const char *said;
	} rows[] = { /* of two devices and five volumes */
		{ 1, 0, 1, 5, "vg0: has more devices than its limit max_pv\n" },
		{ 1, 0, 0, 0, "vg0: has more devices than its limit max_pv\n" },
		{ 1, 0, 2, 4, "" },
		{ 1, 0, 3, 0, "" },
		{ 0, 4, 2, 4, "vg0: has more volumes than its limit max_lv\n" },
		{ 0, 1, 0, 4, "vg0: has more volumes than its limit max_lv\n" },
		{ 0, 4, 0, 5, "" },
		{ 0, 1, 0, 6, "" },
		{ 2, 5, 0, 0, "" },
	};
	struct messages said;
	struct fixture f;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		fixture_init(&f);
		f.vg->max_pv = rows[i].max_pv;
		f.vg->max_lv = rows[i].max_lv;
		messages_catch(&said);
		CHECK_INT(vg_check(f.vg), 0);
		CHECK_INT(vg_check_limits(f.vg, rows[i].had_pvs, rows[i].had_lvs),
			  *rows[i].said ? -EBADMSG : 0);
		messages_release();
		CHECK_TEXT(said.all, rows[i].said);
		vg_free(&f.vg);
	}
}

/* Each volume on the one before. */
static void pile(struct vg *vg, unsigned height)
{
	struct stripe stripe = { .lv = group_linear(vg, "v0", 0, 0, 1) };
	struct lv *lv;
	char name[32];

	for (unsigned i = 1; i < height; i++) {
		snprintf(name, sizeof(name), "v%u", i);
		lv = group_lv(vg, name);
		lv_append(lv, SEGMENT_STRIPED, &stripe, 1, 0, 1);
		stripe.lv = lv;
	}
}

TEST("volumes may be piled up to a hundred")
{
	static const struct {
		unsigned height;
		int result;
	} rows[] = { { 2, 0 }, { 100, 0 }, { 101, -EBADMSG }, { 5000, -EBADMSG } };
	struct messages said;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		AUTO(vg) struct vg *vg = group_new(1, 10);

		pile(vg, rows[i].height);
		messages_catch(&said);
		CHECK_INT(vg_check(vg), rows[i].result);
		messages_release();
	}
}

TEST("volumes of foreign kinds may name each other in a circle")
{
	struct fixture f;

	fixture_init(&f);
	group_segment(f.raid, 0)->stripes[0] = (struct stripe) { .lv = f.raid };
	group_segment(f.raid, 0)->stripes[1] = (struct stripe) { .lv = f.striped };
	CHECK_INT(vg_check(f.vg), 0);
	CHECK(!lv_is_partial(f.raid));
	group_pv(f.vg, 1)->path = NULL;
	CHECK(lv_is_partial(f.raid));
	vg_free(&f.vg);
}

TEST("ten thousand volumes are checked without a quadratic loop")
{
	AUTO(vg) struct vg *vg = group_new(4, 100000);
	char name[32];

	for (unsigned i = 0; i < 10000; i++) {
		snprintf(name, sizeof(name), "v%u", i);
		group_linear(vg, name, i % 4, i / 4 * 3, 2);
	}
	CHECK_INT(vg_check(vg), 0);
}

TEST_MAIN
