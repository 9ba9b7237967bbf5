/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "memdev.h"
#include "tap.h"

#include "base/auto.h"
#include "base/units.h"
#include "device/blkdev.h"
#include "device/scan.h"
#include "model/vg.h"
#include "store/catalog.h"
#include "store/pvinit.h"

#define ID "abcdefghijklmnopqrstuvwxyz012345"

enum { MIB = 2048 };	/* sectors */

static const char *const no_links[] = { NULL };
static const struct candidate candidate = { .path = "/dev/sda", .links = no_links };

/* A disk full of old bytes in a catalog. */
struct fixture {
	struct memdev *device;
	struct catalog *catalog;
	struct disk *disk;
};

static void look(struct fixture *f)
{
	struct blkdev *dev = NULL;

	catalog_free(&f->catalog);
	memdev_open(f->device, BLKDEV_WRITE, &dev);
	CHECK_INT(catalog_new(&f->catalog), 0);
	CHECK_INT(catalog_add(f->catalog, &candidate, dev), 0);
	CHECK_INT(catalog_assemble(f->catalog), 0);
	f->disk = catalog_find_disk(f->catalog, "/dev/sda");
	if (!f->disk->dev)
		memdev_open(f->device, BLKDEV_WRITE, &f->disk->dev);
}

static void set_up(struct fixture *f, uint64_t size_sectors)
{
	*f = (struct fixture) { .device = memdev_new("/dev/sda", size_sectors, NULL) };
	memset(memdev_bytes(f->device), 0x55, size_sectors * SECTOR_SIZE);
	look(f);
}

static void tear_down(struct fixture *f)
{
	catalog_free(&f->catalog);
	memdev_free(&f->device);
}

TEST("areas and data lie where LVM2 puts them")
{
	/* Asked for and got, observed with pvcreate of LVM2 2.03.16. */
	static const struct {
		uint64_t device;		/* sectors, as all but areas */
		struct pv_format format;
		uint64_t pe_start;
		struct byte_range areas[2];
		uint64_t pe_count;		/* of 1 MiB */
		struct byte_range bootloader;
	} cases[] = {
		{ 64 * MIB, { .copies = 1 }, 2048, { { 4096, 1044480 } }, 63 },
		{ 64 * MIB, { .copies = 1, .data_alignment_sectors = 384, .metadata_sectors = 200 },
		  384, { { 4096, 192512 } }, 63 },
		{ 64 * MIB, { .copies = 1, .data_alignment_sectors = 384, .metadata_sectors = 376 },
		  384, { { 4096, 192512 } }, 63 },
		{ 64 * MIB, { .copies = 1, .data_alignment_sectors = 384, .metadata_sectors = 378 },
		  768, { { 4096, 389120 } }, 63 },
		{ 64 * MIB, { .copies = 1, .data_alignment_sectors = 384 },
		  2304, { { 4096, 1175552 } }, 62 },
		{ 64 * MIB, { .copies = 1, .metadata_sectors = 200 }, 2048, { { 4096, 1044480 } },
		  63 },
		{ 64 * MIB, { .copies = 1, .metadata_sectors = 4096 }, 6144, { { 4096, 3141632 } },
		  61 },
		{ 64 * MIB, { .copies = 1, .metadata_sectors = 143360 },
		  126976, { { 4096, 65007616 } }, 2 },
		{ 64 * MIB, { .copies = 1, .data_alignment_sectors = 8192 },
		  8192, { { 4096, 4190208 } }, 60 },
		{ 64 * MIB, { .copies = 1, .data_offset_sectors = 7 }, 2055, { { 4096, 1048064 } },
		  62 },
		{ 64 * MIB, { .copies = 1, .data_alignment_sectors = 128, .data_offset_sectors = 16,
			      .metadata_sectors = 256 }, 400, { { 4096, 200704 } }, 63 },
		{ 64 * MIB, { .copies = 2 }, 2048, { { 4096, 1044480 }, { 66060288, 1048576 } },
		  62 },
		{ 64 * MIB, { .copies = 2, .metadata_sectors = 666 },
		  2048, { { 4096, 1044480 }, { 66060288, 1048576 } }, 62 },
		{ 64 * MIB, { .copies = 2, .data_alignment_sectors = 384, .metadata_sectors = 200 },
		  384, { { 4096, 192512 }, { 66846720, 262144 } }, 63 },
		{ 64 * MIB, { .copies = 2, .metadata_sectors = 40960 },
		  43008, { { 4096, 22016000 }, { 46137344, 20971520 } }, 23 },
		{ 64 * MIB, { .copies = 2, .metadata_sectors = 81920 },
		  83968, { { 4096, 42987520 }, { 42991616, 24117248 } }, 0 },
		{ 64 * MIB, { .copies = 0 }, 2048, { { 0 } }, 63 },
		{ 64 * MIB, { .copies = 0, .data_offset_sectors = 7 }, 2055, { { 0 } }, 62 },
		{ 5000, { .copies = 1 }, 2048, { { 4096, 1044480 } }, 1 },
		{ 5000, { .copies = 2 }, 2048, { { 4096, 1044480 }, { 1048576, 1511424 } }, 0 },
		{ 64 * MIB, { .copies = 1, .pe_start_sectors = 384 }, 384, { { 4096, 192512 } },
		  63 },
		{ 64 * MIB, { .copies = 1, .size_sectors = 32 * MIB }, 2048, { { 4096, 1044480 } },
		  31 },
		{ 64 * MIB, { .copies = 2, .size_sectors = 32 * MIB },
		  2048, { { 4096, 1044480 }, { 32505856, 1048576 } }, 30 },
		/* bootloader areas: as LVM2's _text_pv_add_metadata_area() places them */
		{ 64 * MIB, { .copies = 1, .bootloader_sectors = 1200 }, 4096, { { 4096, 1044480 } },
		  62, { 1048576, 1048576 } },
		{ 64 * MIB, { .copies = 0, .bootloader_sectors = 1200, .data_alignment_sectors = 512 },
		  2048, { { 0 } }, 63, { 262144, 786432 } },
		{ 64 * MIB, { .copies = 2, .bootloader_sectors = 2048, .data_offset_sectors = 8 },
		  4104, { { 4096, 1048576 }, { 66060288, 1048576 } }, 60, { 1052672, 1048576 } },
		{ 64 * MIB, { .copies = 1, .pe_start_sectors = 4096, .bootloader_sectors = 2048,
			      .bootloader_start_sectors = 2048 }, 4096, { { 4096, 1044480 } }, 62,
		  { 1048576, 1048576 } },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO(vg) struct vg *vg = vg_new("vg0", MIB);
		struct pv *pv = vg_add_pv(vg, ID);
		struct fixture f;

		printf("# case %zu\n", i);
		tap_log_capture();
		set_up(&f, cases[i].device);
		CHECK_INT(pv_initialise(f.catalog, f.disk, &cases[i].format), 0);
		look(&f);
		CHECK(f.disk->has_label && !f.disk->damage && !f.disk->label.used);
		CHECK_INT(f.disk->label.dev_size,
			  (cases[i].format.size_sectors ? cases[i].format.size_sectors
							: cases[i].device) * SECTOR_SIZE);
		CHECK_INT(f.disk->label.bootloader.count, cases[i].bootloader.size ? 1 : 0);
		CHECK_INT(f.disk->label.bootloader.range[0].offset, cases[i].bootloader.offset);
		CHECK_INT(f.disk->label.bootloader.range[0].size, cases[i].bootloader.size);
		CHECK_INT(f.disk->label.data.range[0].offset, cases[i].pe_start * SECTOR_SIZE);
		CHECK_INT(f.disk->area_count, cases[i].format.copies);
		for (unsigned k = 0; k < f.disk->area_count; k++) {
			CHECK_INT(f.disk->areas[k].start, cases[i].areas[k].offset);
			CHECK_INT(f.disk->areas[k].size, cases[i].areas[k].size);
		}
		CHECK_INT(pv_measure(f.disk, MIB, pv), cases[i].pe_count ? 0 : -ENOSPC);
		CHECK_INT(pv->pe_count, cases[i].pe_count);
		if (cases[i].pe_count)
			CHECK_INT(pv->pe_start_sectors, cases[i].pe_start);
		tear_down(&f);
	}
}

TEST("what cannot be is refused and the device is left alone")
{
	static const struct {
		uint64_t device;
		struct pv_format format;
		int code;
	} cases[] = {
		{ MIB, { .copies = 1 }, -ENOSPC },
		{ 64 * MIB, { .copies = 3 }, -EINVAL },
		{ 64 * MIB, { .copies = 1, .data_alignment_sectors = 32, .metadata_sectors = 16 },
		  -ENOSPC },
		{ 64 * MIB, { .copies = 1, .pe_start_sectors = 8 }, -ENOSPC },
		{ 64 * MIB, { .copies = 1, .pe_start_sectors = 40 }, -ENOSPC },
		{ 64 * MIB, { .copies = 0, .pe_start_sectors = 64 * MIB }, -ENOSPC },
		{ 64 * MIB, { .copies = 1, .data_offset_sectors = MIB }, -EINVAL },
		{ 64 * MIB, { .copies = 1, .metadata_sectors = UINT64_MAX / 2 }, -EINVAL },
		{ 64 * MIB, { .copies = 1, .id = "short" }, -EINVAL },
		{ 64 * MIB, { .copies = 1, .size_sectors = 65 * MIB }, -ENOSPC },
		{ 64 * MIB, { .copies = 1, .size_sectors = MIB }, -ENOSPC },
		{ 64 * MIB, { .copies = 1, .bootloader_sectors = 63 * MIB }, -ENOSPC },
		{ 64 * MIB, { .copies = 1, .bootloader_sectors = UINT64_MAX / 2 }, -EINVAL },
		{ 64 * MIB, { .copies = 0, .pe_start_sectors = 2048, .bootloader_sectors = 1024,
			      .bootloader_start_sectors = 4 }, -ENOSPC },
		{ 64 * MIB, { .copies = 1, .pe_start_sectors = 2048, .bootloader_sectors = 1024,
			      .bootloader_start_sectors = 1536 }, -ENOSPC },
	};

	tap_log_capture();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fixture f;

		set_up(&f, cases[i].device);
		CHECK_INT(pv_initialise(f.catalog, f.disk, &cases[i].format), cases[i].code);
		CHECK_INT(memdev_calls(f.device, MEMDEV_WRITE), 0);
		tear_down(&f);
	}
}

TEST("an identity may be given, and old labels are gone")
{
	static const struct pv_format format = { .copies = 1, .id = ID, .metadata_ignored = true };
	struct fixture f;

	set_up(&f, 64 * MIB);
	CHECK_INT(pv_initialise(f.catalog, f.disk, &(struct pv_format) { .copies = 1 }), 0);
	memcpy(memdev_bytes(f.device), memdev_bytes(f.device) + 512, 512);
	CHECK_INT(pv_initialise(f.catalog, f.disk, &format), 0);
	CHECK_INT(memdev_bytes(f.device)[0], 0);
	look(&f);
	CHECK_TEXT(f.disk->label.id, ID);
	CHECK_INT(f.disk->label.sector, 1);
	CHECK(f.disk->areas[0].ignored);
	tear_down(&f);
}

TEST("of the first four sectors only old labels go if the rest is to be kept")
{
	static const struct pv_format format = { .copies = 1, .keep_head = true };
	struct fixture f;
	unsigned char *head;

	set_up(&f, 64 * MIB);
	head = memdev_bytes(f.device);
	CHECK_INT(pv_initialise(f.catalog, f.disk, &format), 0);
	CHECK(head[0] == 0x55 && head[2 * 512] == 0x55 && head[3 * 512] == 0x55);
	memcpy(head + 3 * 512, head + 512, 512);
	CHECK_INT(pv_initialise(f.catalog, f.disk, &format), 0);
	CHECK(head[0] == 0x55 && head[2 * 512] == 0x55 && head[3 * 512] == 0);
	look(&f);
	CHECK(f.disk->has_label && f.disk->label.sector == 1);
	tear_down(&f);
}

TEST("the label is the last thing written and follows a sync")
{
	struct memlog *log = memlog_new();
	struct fixture f = { .device = memdev_new("/dev/sda", 64 * MIB, log) };
	const struct memlog_event *event;
	size_t count;

	look(&f);
	CHECK_INT(pv_initialise(f.catalog, f.disk, &(struct pv_format) { .copies = 2 }), 0);
	count = memlog_count(log);
	event = memlog_event(log, count - 2);
	CHECK(event->call == MEMDEV_WRITE && event->offset == 512 && event->len == 512);
	CHECK(memlog_event(log, count - 1)->call == MEMDEV_SYNC);
	CHECK(memlog_event(log, count - 3)->call == MEMDEV_SYNC);
	CHECK(memlog_event(log, 1)->call == MEMDEV_SYNC);
	tear_down(&f);
	memlog_free(&log);
}

TEST("a PV that is retired is none")
{
	struct fixture f;

	set_up(&f, 64 * MIB);
	CHECK_INT(pv_initialise(f.catalog, f.disk, &(struct pv_format) { .copies = 1 }), 0);
	CHECK_INT(pv_retire(f.disk), 0);
	CHECK(!f.disk->has_label);
	look(&f);
	CHECK(!f.disk->has_label && !f.disk->damage);
	tear_down(&f);
}

TEST("a member is neither made anew nor retired")
{
	struct fixture f;
	struct group group = { .name = "vg0" };

	set_up(&f, 64 * MIB);
	f.disk->group = &group;
	tap_log_capture();
	CHECK_INT(pv_initialise(f.catalog, f.disk, &(struct pv_format) { .copies = 1 }), -EBUSY);
	CHECK_INT(pv_retire(f.disk), -EBUSY);
	CHECK_INT(memdev_calls(f.device, MEMDEV_WRITE), 0);
	tear_down(&f);
}

TEST("a new size is noted, unless an area would be in the way")
{
	struct fixture f;

	set_up(&f, 64 * MIB);
	CHECK_INT(pv_initialise(f.catalog, f.disk, &(struct pv_format) { .copies = 1 }), 0);
	CHECK_INT(pv_refuse_resize(f.disk), 0);
	CHECK_INT(pv_resize(f.disk, 32 * MIB), 0);
	look(&f);
	CHECK_INT(f.disk->label.dev_size, 32 * 1024 * 1024);
	CHECK_INT(pv_initialise(f.catalog, f.disk, &(struct pv_format) { .copies = 2 }), 0);
	tap_log_capture();
	CHECK_INT(pv_refuse_resize(f.disk), -ENOTSUP);
	tear_down(&f);
}

TEST("a device of more extents than 32 bits count is refused")
{
	AUTO(vg) struct vg *vg = vg_new("vg0", 1);
	struct pv *pv = vg_add_pv(vg, ID);
	struct fixture f;

	set_up(&f, 64 * MIB);
	CHECK_INT(pv_initialise(f.catalog, f.disk, &(struct pv_format) { .copies = 1 }), 0);
	tap_log_capture();
	f.disk->dev->size_sectors = UINT64_C(1) << 33;
	f.disk->label.dev_size = f.disk->dev->size_sectors * SECTOR_SIZE;
	CHECK_INT(pv_measure(f.disk, 1, pv), -ENOSPC);
	f.disk->dev->size_sectors = 64 * MIB; /* the lesser of the two */
	CHECK_INT(pv_measure(f.disk, 1, pv), 0);
	CHECK_INT(pv->pe_count, 63 * MIB);
	CHECK_INT(pv->dev_size_sectors, 64 * MIB);
	tear_down(&f);
}

TEST_MAIN
