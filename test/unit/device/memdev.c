/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The test device itself: crash tests of other layers are worth what it is worth. */
#include <errno.h>
#include <string.h>

#include "memdev.h"
#include "tap.h"

enum { SECTORS = 64, SEEDS = 64 };

static void write_at(struct blkdev *dev, uint64_t offset, char value, size_t len)
{
	unsigned char bytes[8192];

	memset(bytes, value, len);
	CHECK_INT(blkdev_write(dev, offset, bytes, len), 0);
}

/* The byte of a state of the disk, which is freed. */
static unsigned char byte_of(struct memdev *state, size_t offset)
{
	unsigned char byte = memdev_bytes(state)[offset];

	memdev_free(&state);
	return byte;
}

TEST("every prefix of the log is a state of the disk")
{
	struct memlog *log = memlog_new();
	struct memdev *disk = memdev_new("/dev/test", SECTORS, log);
	struct blkdev *dev;

	memdev_open(disk, BLKDEV_WRITE, &dev);
	write_at(dev, 0, 'a', 512);
	CHECK_INT(blkdev_sync(dev), 0);
	write_at(dev, 0, 'b', 512);
	CHECK_INT(memlog_count(log), 3);
	CHECK_INT(memlog_event(log, 1)->call, MEMDEV_SYNC);
	CHECK_INT(byte_of(memdev_after(disk, 0), 0), 0);
	CHECK_INT(byte_of(memdev_after(disk, 1), 0), 'a');
	CHECK_INT(byte_of(memdev_after(disk, 2), 0), 'a');
	CHECK_INT(byte_of(memdev_after(disk, 3), 0), 'b');
	memlog_clear(log);
	CHECK_INT(byte_of(memdev_cut(disk, 0, 0), 0), 'b');
	blkdev_free(&dev);
	memdev_free(&disk);
	memlog_free(&log);
}

TEST("a power cut keeps what was synced and any part of the rest")
{
	struct memlog *log = memlog_new();
	struct memdev *disk = memdev_new("/dev/test", SECTORS, log);
	struct blkdev *dev;
	unsigned kept = 0, torn = 0;

	memdev_open(disk, BLKDEV_WRITE, &dev);
	write_at(dev, 0, 'a', 1024);
	CHECK_INT(blkdev_sync(dev), 0);
	write_at(dev, 512, 'b', 4096);
	CHECK_INT(byte_of(memdev_cut(disk, 3, 0), 512), 'a');
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		unsigned char first = byte_of(memdev_cut(disk, 3, seed), 512);
		unsigned char last = byte_of(memdev_cut(disk, 3, seed), 4607);

		CHECK_INT(byte_of(memdev_cut(disk, 3, seed), 0), 'a');
		CHECK_INT(byte_of(memdev_cut(disk, 3, seed), 1023), first);
		CHECK(seed % 2 || (first == 'b') == (last == 'b'));
		kept += first == 'b';
		torn += (first == 'b') != (last == 'b');
	}
	CHECK(kept > SEEDS / 4 && kept < 3 * SEEDS / 4);
	CHECK(torn > 0);
	blkdev_free(&dev);
	memdev_free(&disk);
	memlog_free(&log);
}

TEST("disks of one log lose power together and are synced apart")
{
	struct memlog *log = memlog_new();
	struct memdev *a = memdev_new("/dev/a", SECTORS, log);
	struct memdev *b = memdev_new("/dev/b", SECTORS, log);
	struct blkdev *on_a, *on_b;

	memdev_open(a, BLKDEV_WRITE, &on_a);
	memdev_open(b, BLKDEV_WRITE, &on_b);
	write_at(on_a, 0, 'a', 512);
	write_at(on_b, 0, 'b', 512);
	CHECK_INT(blkdev_sync(on_b), 0);
	CHECK_INT(memlog_count(log), 3);
	CHECK(memlog_event(log, 1)->device == b);
	CHECK_INT(byte_of(memdev_cut(a, 3, 0), 0), 0);
	CHECK_INT(byte_of(memdev_cut(b, 3, 0), 0), 'b');
	CHECK_INT(byte_of(memdev_cut(b, 2, 0), 0), 0);
	CHECK_INT(byte_of(memdev_after(b, 1), 0), 0);
	blkdev_free(&on_a);
	blkdev_free(&on_b);
	memdev_free(&a);
	memdev_free(&b);
	memlog_free(&log);
}

TEST("a fault comes at its call, once or for ever")
{
	struct memdev *disk = memdev_new("/dev/test", SECTORS, NULL);
	struct blkdev *dev;

	memdev_open(disk, BLKDEV_WRITE, &dev);
	memdev_fail(disk, MEMDEV_SYNC, 2, EIO, MEMDEV_ONCE);
	CHECK_INT(dev->ops->sync(dev), 0);
	CHECK_INT(dev->ops->sync(dev), -EIO);
	CHECK_INT(dev->ops->sync(dev), 0);
	memdev_fail(disk, MEMDEV_SYNC, 1, ENOSPC, MEMDEV_FOR_EVER);
	CHECK_INT(dev->ops->sync(dev), -ENOSPC);
	CHECK_INT(dev->ops->sync(dev), -ENOSPC);
	memdev_fail(disk, MEMDEV_SYNC, 0, 0, MEMDEV_ONCE);
	CHECK_INT(dev->ops->sync(dev), 0);
	CHECK_INT(memdev_calls(disk, MEMDEV_SYNC), 6);
	blkdev_free(&dev);
	memdev_free(&disk);
}

TEST_MAIN
