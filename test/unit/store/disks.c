/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "disks.h"

#include "base/auto.h"
#include "base/units.h"
#include "model/lv.h"
#include "store/catalog.h"
#include "store/transaction.h"

enum { FIRST_AREA = 4096, FIRST_AREA_SIZE = 60 * 1024, SECOND_AREA = 192 * 1024 };

static const char *const paths[DISKS_MAX] = { "/dev/sda", "/dev/sdb", "/dev/sdc", "/dev/sdd" };
static const char *const no_links[] = { NULL };

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void set_candidates(struct disks *disks)
{
	unsigned i;

	for (i = 0; i < disks->count; i++)
		disks->candidate[i] = (struct candidate) {
			.path = paths[i], .links = no_links, .major = 8, .minor = 16 * i,
		};
}

void disks_init(struct disks *disks, unsigned count)
{
	unsigned i;

	*disks = (struct disks) { .log = memlog_new(), .count = count };
	for (i = 0; i < count; i++)
		disks->device[i] = memdev_new(paths[i], DISK_SECTORS, disks->log);
	set_candidates(disks);
}

void disks_release(struct disks *disks)
{
	unsigned i;

	for (i = 0; i < disks->count; i++)
		memdev_free(&disks->device[i]);
	memlog_free(&disks->log);
}

void disks_cut(const struct disks *disks, size_t events, uint64_t seed, struct disks *left)
{
	unsigned i;

	*left = (struct disks) { .count = disks->count };
	for (i = 0; i < disks->count; i++)
		left->device[i] = memdev_cut(disks->device[i], events, seed);
	set_candidates(left);
}

static void identity_of(unsigned index, char id[ID_LEN + 1])
{
	memset(id, 'a' + (int)index, ID_LEN);
	id[ID_LEN] = 0;
}

void disks_format(struct disks *disks, unsigned index, unsigned copies)
{
	struct label label = {
		.sector = LABEL_SECTOR,
		.dev_size = DISK_SECTORS * SECTOR_SIZE,
		.data = { .count = 1, .range = { { .offset = DATA_START * SECTOR_SIZE } } },
		.areas = {
			.count = copies,
			.range = {
				{ .offset = FIRST_AREA, .size = FIRST_AREA_SIZE },
				{ .offset = SECOND_AREA, .size = 64 * 1024 },
			},
		},
	};
	struct blkdev *dev = NULL;
	struct area area;
	unsigned i;

	identity_of(index, label.id);
	memdev_open(disks->device[index], BLKDEV_WRITE, &dev);
	for (i = 0; i < copies; i++) {
		area_init(&area, dev, label.areas.range[i].offset, label.areas.range[i].size);
		require(area_format(&area, false) == 0);
	}
	require(label_write(dev, &label) == 0);
	require(blkdev_sync(dev) == 0);
	blkdev_free(&dev);
}

struct catalog *disks_catalog(struct disks *disks)
{
	struct catalog *catalog = NULL;
	unsigned i;

	require(catalog_new(&catalog) == 0);
	for (i = 0; i < disks->count; i++) {
		struct blkdev *dev = NULL;

		memdev_open(disks->device[i], BLKDEV_WRITE, &dev);
		require(catalog_add(catalog, &disks->candidate[i], dev) == 0);
	}
	require(catalog_assemble(catalog) == 0);
	return catalog;
}

void disks_add_pv(struct vg *vg, unsigned index)
{
	char id[ID_LEN + 1];
	struct pv *pv;

	identity_of(index, id);
	pv = vg_add_pv(vg, id);
	require(pv != NULL);
	pv->dev_size_sectors = DISK_SECTORS;
	pv->pe_start_sectors = DATA_START;
	pv->pe_count = DISK_EXTENTS;
	pv->hint = paths[index];
}

struct vg *disks_group(const char *name, unsigned count)
{
	struct vg *vg = vg_new(name, EXTENT_SECTORS);
	struct stripe stripe = { 0 };
	struct lv *lv;
	unsigned i;

	require(vg != NULL);
	for (i = 0; i < count; i++)
		disks_add_pv(vg, i);
	lv = lv_new(vg, "base");
	require(lv != NULL);
	stripe.pv = dm_list_item(dm_list_first(&vg->pvs), struct pv);
	require(lv_append(lv, SEGMENT_STRIPED, &stripe, 1, 0, 4) == 0);
	return vg;
}

int disks_commit(struct catalog *catalog, struct group *group, struct vg *vg)
{
	AUTO(transaction) struct transaction *transaction = NULL;
	int r;

	r = transaction_begin(catalog, group, "test", &transaction);
	if (r == 0)
		r = transaction_stage(transaction, vg);
	if (r == 0)
		r = transaction_commit(transaction);
	return r;
}
