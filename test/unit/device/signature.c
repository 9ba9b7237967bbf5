/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "memdev.h"
#include "scratch.h"
#include "tap.h"

#include "device/blkdev.h"
#include "device/signature.h"

enum { IMAGE_SIZE = 4 * 1024 * 1024, PAGE = 4096 };

struct fixture {
	struct scratch scratch;
	struct blkdev *dev;
	char text[SIGNATURE_TEXT];
};

static void fixture_init(struct fixture *f)
{
	char path[SCRATCH_TEXT];

	*f = (struct fixture) { .text = "" };
	scratch_init(&f->scratch);
	scratch_image(&f->scratch, "image", IMAGE_SIZE);
	CHECK_INT(blkdev_open(scratch_path(&f->scratch, "image", path), BLKDEV_WRITE, &f->dev), 0);
}

static void fixture_release(struct fixture *f)
{
	blkdev_free(&f->dev);
	scratch_release(&f->scratch);
}

static void put(struct fixture *f, uint64_t offset, const char *bytes, size_t len)
{
	CHECK_INT(blkdev_write(f->dev, offset, bytes, len), 0);
}

static void put_swap(struct fixture *f)
{
	const uint32_t version_and_last_page[] = { htole32(1), htole32(IMAGE_SIZE / PAGE - 1) };

	put(f, PAGE - 10, "SWAPSPACE2", 10);
	put(f, 1024, (const char *)version_and_last_page, sizeof(version_and_last_page));
}

static void put_partition_table(struct fixture *f)
{
	static const unsigned char entry[16] = {
		0, 0, 2, 0, 0x83, 0, 3, 0, 8, 0, 0, 0, 0, 4, 0, 0,
	};

	put(f, 446, (const char *)entry, sizeof(entry));
	put(f, 510, "\x55\xaa", 2);
}

TEST("an empty device has no signature")
{
	struct fixture f;

	fixture_init(&f);
	CHECK_INT(signature_find(f.dev, f.text), 0);
	CHECK_INT(signature_wipe(f.dev), 0);
	fixture_release(&f);
}

TEST("signatures are described by kind")
{
	struct fixture f;

	fixture_init(&f);
	put_partition_table(&f);
	CHECK_INT(signature_find(f.dev, f.text), 1);
	CHECK_TEXT(f.text, "dos partition table");
	put_swap(&f);
	CHECK_INT(signature_find(f.dev, f.text), 1);
	CHECK_TEXT(f.text, "swap signature");
	fixture_release(&f);
}

TEST("a file system is called one")
{
	struct fixture f;

	fixture_init(&f);
	put(&f, 0, "hsqs", 4);
	put(&f, 28, "\4", 1);		/* version 4.0 */
	CHECK_INT(signature_find(f.dev, f.text), 1);
	CHECK_TEXT(f.text, "squashfs filesystem");
	fixture_release(&f);
}

TEST("every signature is wiped and counted")
{
	struct fixture f;

	fixture_init(&f);
	put_partition_table(&f);
	put_swap(&f);
	CHECK_INT(signature_wipe(f.dev), 2);
	CHECK_INT(blkdev_sync(f.dev), 0);
	CHECK_INT(signature_find(f.dev, f.text), 0);
	fixture_release(&f);
}

TEST("a device that is open for reading is searched but not wiped")
{
	struct fixture f;
	char path[SCRATCH_TEXT];

	fixture_init(&f);
	put_swap(&f);
	blkdev_free(&f.dev);
	CHECK_INT(blkdev_open(scratch_path(&f.scratch, "image", path), BLKDEV_READ, &f.dev), 0);
	tap_log_capture();
	CHECK_INT(signature_wipe(f.dev), -EROFS);
	CHECK_INT(signature_find(f.dev, f.text), 1);
	CHECK_TEXT(f.text, "swap signature");
	fixture_release(&f);
}

TEST("a device without a descriptor cannot be searched, and that is no absence")
{
	struct memdev *disk = memdev_new("/dev/test", 8192, NULL);
	struct blkdev *dev;
	char text[SIGNATURE_TEXT];

	memdev_open(disk, BLKDEV_WRITE, &dev);
	tap_log_capture();
	CHECK_INT(signature_find(dev, text), -ENOTSUP);
	CHECK_INT(signature_wipe(dev), -ENOTSUP);
	blkdev_free(&dev);
	memdev_free(&disk);
}

TEST_MAIN
