/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "scratch.h"
#include "tap.h"

#include "device/blkdev.h"
#include "device/filesystem.h"

enum { IMAGE_SIZE = 8 * 1024 * 1024 };

struct fixture {
	struct scratch scratch;
	char path[SCRATCH_TEXT];
	struct filesystem found;
};

static void fixture_init(struct fixture *f)
{
	*f = (struct fixture) { .path = "" };
	scratch_init(&f->scratch);
	scratch_image(&f->scratch, "image", IMAGE_SIZE);
	scratch_path(&f->scratch, "image", f->path);
}

static void put(struct fixture *f, uint64_t offset, const void *bytes, size_t len)
{
	struct blkdev *dev = NULL;

	CHECK_INT(blkdev_open(f->path, BLKDEV_WRITE, &dev), 0);
	CHECK_INT(blkdev_write(dev, offset, bytes, len), 0);
	blkdev_free(&dev);
}

static int find(struct fixture *f)
{
	return filesystem_find("vg0/base", f->path, &f->found);
}

/* An ext2 of 0x1800 blocks of 1 KiB << log_kib, as far as it is looked at. */
static void put_ext(struct fixture *f, uint8_t log_kib, bool large)
{
	uint8_t super[1024] = { 0 };

	super[0x01] = 1;     /* s_inodes_count */
	super[0x05] = 0x18;  /* s_blocks_count_lo */
	super[0x18] = log_kib;
	super[0x38] = 0x53;  /* s_magic */
	super[0x39] = 0xef;
	super[0x4c] = 1;     /* s_rev_level */
	super[0x58] = 128;   /* s_inode_size */
	super[0x60] = large ? 0xc2 : 2; /* filetype; extents and 64bit */
	super[0x150] = 1;    /* s_blocks_count_hi */
	put(f, 1024, super, sizeof(super));
}

TEST("there is no filesystem on zeros")
{
	struct fixture f;

	fixture_init(&f);
	CHECK_INT(find(&f), 0);
	scratch_release(&f.scratch);
}

TEST("an ext filesystem tells its size in blocks of its own, and with 64 bits if it has them")
{
	struct fixture f;

	fixture_init(&f);
	put_ext(&f, 0, false);
	CHECK_INT(find(&f), 1);
	CHECK_TEXT(f.found.type, "ext2");
	CHECK_INT(f.found.block_sectors, 2);
	CHECK_INT(f.found.size_sectors, 0x1800 * 2);
	put_ext(&f, 2, true);
	CHECK_INT(find(&f), 1);
	CHECK_TEXT(f.found.type, "ext4");
	CHECK_INT(f.found.block_sectors, 8);
	CHECK_INT(f.found.size_sectors, INT64_C(0x100001800) * 8);
	put_ext(&f, 40, true);
	CHECK_INT(find(&f), 1);
	CHECK_INT(f.found.size_sectors, 0);
	scratch_release(&f.scratch);
}

TEST("signatures of two filesystems are neither's")
{
	struct fixture f;

	fixture_init(&f);
	put_ext(&f, 0, false);
	put(&f, 4096 - 10, "SWAPSPACE2", 10);
	put(&f, 1024, "\1\0\0\0\377\0\0\0", 8);
	tap_log_capture();
	CHECK_INT(find(&f), -EINVAL);
	CHECK(strstr(tap_log_text(), "vg0/base: has signatures of several") != NULL);
	scratch_release(&f.scratch);
}

TEST_MAIN
