/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/span.h"

#include "store/disks.h"
#include "tap.h"

#include "base/auto.h"
#include "model/lv.h"
#include "store/catalog.h"

#include <endian.h>
#include <errno.h>
#include <string.h>

enum { CHUNK_SECTORS = 8, STRIPE_SECTORS = 2, EXCEPTIONS = 20 };

/* A volume on two disks: three extents of the second, then stripes on both. */
struct fixture {
	struct disks disks;
	struct catalog *catalog;
	struct vg *vg;
	struct lv *lv;
	struct spans spans;
	struct cow_store store;
};

static struct pv *pv_of(struct fixture *f, unsigned index)
{
	return index ? dm_list_item(dm_list_last(&f->vg->pvs), struct pv)
		     : dm_list_item(dm_list_first(&f->vg->pvs), struct pv);
}

static void fixture_init(struct fixture *f)
{
	*f = (struct fixture) { 0 };
	disks_init(&f->disks, 2);
	disks_format(&f->disks, 0, 1);
	disks_format(&f->disks, 1, 1);
	f->catalog = disks_catalog(&f->disks);
	f->vg = disks_group("vg0", 2);
	f->lv = lv_new(f->vg, "snap");
	lv_append(f->lv, SEGMENT_STRIPED, &(struct stripe) { .pv = pv_of(f, 1) }, 1, 0, 3);
	lv_append(f->lv, SEGMENT_STRIPED,
		  (struct stripe[]) { { .pv = pv_of(f, 0), .extent = 7 },
				      { .pv = pv_of(f, 1), .extent = 12 } },
		  2, STRIPE_SECTORS, 20);
	tap_log_capture();
}

static void fixture_release(struct fixture *f)
{
	cow_close(&f->store);
	spans_release(&f->spans);
	vg_free(&f->vg);
	catalog_free(&f->catalog);
	disks_release(&f->disks);
}

static int open_store(struct fixture *f)
{
	int r = spans_of(f->catalog, f->lv, &f->spans);

	return r < 0 ? r : cow_open(&f->store, "vg0/snap", f->spans.list, f->spans.count);
}

/* As dm would: sector by sector to where the model has it. */
static void put(struct fixture *f, uint64_t offset, const void *data, size_t len)
{
	const struct pv *pv;
	uint64_t sector, run;

	if (!lv_map(f->lv, offset / 512, &pv, &sector, &run))
		CHECK(!"mapped");
	else
		memcpy(memdev_bytes(f->disks.device[pv == pv_of(f, 1)]) + sector * 512 +
			       offset % 512,
		       data, len);
}

static void put_store(struct fixture *f)
{
	const uint32_t header[] = { htole32(0x70416e53), htole32(1), htole32(1),
				    htole32(CHUNK_SECTORS) };

	put(f, 0, header, sizeof(header));
	for (uint64_t i = 0; i < EXCEPTIONS; i++) {
		const uint64_t pair[] = { htole64(10 * i), htole64(2 + i) };

		put(f, CHUNK_SECTORS * 512 + i * sizeof(pair), pair, sizeof(pair));
	}
}

TEST("a store is read where its linear and striped segments have it")
{
	struct cow_exception exception;
	struct fixture f;
	uint64_t seen = 0;

	fixture_init(&f);
	put_store(&f);
	CHECK_INT(open_store(&f), 0);
	CHECK_INT(f.store.size_sectors, lv_size_sectors(f.lv));
	while (cow_next(&f.store, &exception) == 1) {
		CHECK_INT(exception.origin_chunk, 10 * seen);
		CHECK_INT(exception.store_chunk, 2 + seen++);
	}
	CHECK_INT(seen, EXCEPTIONS);
	CHECK_TEXT(tap_log_text(), "");
	fixture_release(&f);
}

TEST("a store with more stripes than there is memory is refused, not mapped stripe by stripe")
{
	struct cow_exception exception;
	struct segment *striped;
	struct fixture f;

	fixture_init(&f);
	f.vg->extent_size_sectors = 8192;
	striped = dm_list_item(dm_list_last(&f.lv->segments), struct segment);
	striped->stripe_size_sectors = 1;
	striped->area_len = 1u << 30;
	striped->len = 1u << 31;
	CHECK_INT(open_store(&f), 0);
	CHECK_INT(f.spans.count, 3);
	CHECK_INT(cow_next(&f.store, &exception), -ENXIO);
	CHECK_TEXT(tap_log_text(), "vg0/snap: its extents end past device /dev/sdb\n");
	fixture_release(&f);
}

TEST("a volume's store is looked for on its own group's disk, whatever identity another's has")
{
	struct fixture f;
	struct disks disks;
	struct group *group;
	struct vg *other;

	fixture_init(&f);
	catalog_free(&f.catalog);
	disks_init(&disks, 2);
	for (unsigned i = 0; i < 2; i++) {
		other = disks_group(i ? "vg1" : "vg0", 1);
		disks_format(&f.disks, 0, 1);
		f.catalog = disks_catalog(&f.disks);
		CHECK_INT(disks_commit(f.catalog, NULL, other), 0);
		memcpy(memdev_bytes(disks.device[i]), memdev_bytes(f.disks.device[0]),
		       DISK_SECTORS * 512);
		catalog_free(&f.catalog);
		vg_free(&other);
	}
	f.catalog = disks_catalog(&disks);
	for (unsigned i = 0; i < 2; i++) {
		group = catalog_find_group(f.catalog, i ? "vg1" : "vg0", NULL);
		CHECK_INT(spans_of(f.catalog, vg_find_lv(group->vg, "base"), &f.spans), 0);
		CHECK_INT(f.spans.count, 1);
		CHECK_TEXT(f.spans.list[0].dev->name, i ? "/dev/sdb" : "/dev/sda");
		spans_release(&f.spans);
	}
	catalog_free(&f.catalog);
	disks_release(&disks);
	fixture_release(&f);
}

TEST("stripes that no column is a multiple of, and volumes below, are not mapped")
{
	struct segment *segment;
	struct fixture f;

	fixture_init(&f);
	segment = dm_list_item(dm_list_last(&f.lv->segments), struct segment);
	segment->stripe_size_sectors = 128;
	CHECK_INT(open_store(&f), -EPERM);
	segment->stripe_size_sectors = STRIPE_SECTORS;
	segment->stripes[1] = (struct stripe) { .lv = vg_find_lv(f.vg, "base") };
	CHECK_INT(open_store(&f), -EPERM);
	CHECK(!f.spans.list && !f.spans.count);
	fixture_release(&f);
}

TEST_MAIN
