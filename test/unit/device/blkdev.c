/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "memdev.h"
#include "scratch.h"
#include "tap.h"

#include "device/blkdev.h"

enum { SECTORS = 8192, MIB = 1024 * 1024 };

static bool all_are(const unsigned char *bytes, size_t len, unsigned char value)
{
	for (size_t i = 0; i < len; i++)
		if (bytes[i] != value)
			return false;
	return true;
}

static void fill(unsigned char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		bytes[i] = (unsigned char)(i * 31 + i / 251 + 1);
}

/* A disk whose block size is 4096 bytes, every byte 'o', and the device open on it. */
static struct memdev *disk_4k(struct memlog *log, struct blkdev **dev)
{
	struct memdev *disk = memdev_new("/dev/test", SECTORS, log);

	memset(memdev_bytes(disk), 'o', SECTORS * 512);
	memdev_open(disk, BLKDEV_WRITE, dev);
	(*dev)->block_size = 4096;
	return disk;
}

TEST("a write of one sector is one write of one sector")
{
	struct memlog *log = memlog_new();
	struct memdev *disk = memdev_new("/dev/test", SECTORS, log);
	struct blkdev *dev;
	_Alignas(512) unsigned char sector[512] = { 1 };

	memdev_open(disk, BLKDEV_WRITE, &dev);
	CHECK_INT(blkdev_write(dev, 1024, sector, sizeof(sector)), 0);
	CHECK_INT(memlog_count(log), 1);
	CHECK_INT(memlog_event(log, 0)->offset, 1024);
	CHECK_INT(memlog_event(log, 0)->len, 512);
	blkdev_free(&dev);
	memdev_free(&disk);
	memlog_free(&log);
}

TEST("a part of a block is written as the whole block with its neighbours kept")
{
	struct memlog *log = memlog_new();
	struct blkdev *dev;
	struct memdev *disk = disk_4k(log, &dev);

	CHECK_INT(blkdev_write(dev, 4096 + 512, "new", 3), 0);
	CHECK_INT(memlog_count(log), 1);
	CHECK_INT(memlog_event(log, 0)->offset, 4096);
	CHECK_INT(memlog_event(log, 0)->len, 4096);
	CHECK(all_are(memdev_bytes(disk), 4096 + 512, 'o'));
	CHECK(memcmp(memdev_bytes(disk) + 4096 + 512, "newoo", 5) == 0);
	CHECK(all_are(memdev_bytes(disk) + 4096 + 515, SECTORS * 512 - 4096 - 515, 'o'));
	blkdev_free(&dev);
	memdev_free(&disk);
	memlog_free(&log);
}

TEST("any offset, length and buffer gives back what was written")
{
	static const struct { uint64_t offset; size_t len; } cases[] = {
		{ 0, 1 }, { 4095, 2 }, { 4096, 4096 }, { 100, 4096 }, { 4000, 9000 },
		{ 1, 2 * MIB }, { 8192, 8191 }, { 4097, 4095 }, { 12288, 0 }, { 777, 3 * MIB },
	};
	unsigned char *data = malloc(3 * MIB + 1), *back = malloc(3 * MIB + 1);

	fill(data, 3 * MIB + 1);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct blkdev *dev;
		struct memdev *disk = disk_4k(NULL, &dev);
		uint64_t end = cases[i].offset + cases[i].len;

		CHECK_INT(blkdev_write(dev, cases[i].offset, data + 1, cases[i].len), 0);
		CHECK(all_are(memdev_bytes(disk), (size_t)cases[i].offset, 'o'));
		CHECK(memcmp(memdev_bytes(disk) + cases[i].offset, data + 1, cases[i].len) == 0);
		CHECK(all_are(memdev_bytes(disk) + end, SECTORS * 512 - (size_t)end, 'o'));
		CHECK_INT(blkdev_read(dev, cases[i].offset, back + 1, cases[i].len), 0);
		CHECK(memcmp(back + 1, data + 1, cases[i].len) == 0);
		blkdev_free(&dev);
		memdev_free(&disk);
	}
	free(data);
	free(back);
}

TEST("nothing past the end is read or written")
{
	struct blkdev *dev;
	struct memdev *disk = disk_4k(NULL, &dev);
	unsigned char byte;

	tap_log_capture();
	CHECK_INT(blkdev_read(dev, SECTORS * 512, &byte, 1), -EINVAL);
	CHECK_TEXT(tap_log_text(), "/dev/test: cannot read 1 bytes at 4194304: past its end\n");
	tap_log_capture();
	CHECK_INT(blkdev_write(dev, SECTORS * 512 - 1, "ab", 2), -EINVAL);
	CHECK_INT(blkdev_write(dev, UINT64_MAX, "ab", 2), -EINVAL);
	CHECK_INT(blkdev_zero(dev, SECTORS * 512 - 1, UINT64_MAX), -EINVAL);
	CHECK_INT(blkdev_write(dev, SECTORS * 512 - 1, "a", 1), 0);
	CHECK_INT(blkdev_read(dev, SECTORS * 512, &byte, 0), 0);
	blkdev_free(&dev);
	memdev_free(&disk);
}

TEST("a failed write, read or sync names the device, the length and the place")
{
	struct blkdev *dev;
	struct memdev *disk = disk_4k(NULL, &dev);
	unsigned char byte;

	tap_log_capture();
	memdev_fail(disk, MEMDEV_WRITE, 1, EIO, MEMDEV_ONCE);
	CHECK_INT(blkdev_write(dev, 512, "abc", 3), -EIO);
	CHECK_TEXT(tap_log_text(), "/dev/test: cannot write 3 bytes at 512: Input/output error\n");
	tap_log_capture();
	CHECK(all_are(memdev_bytes(disk), SECTORS * 512, 'o'));
	memdev_fail(disk, MEMDEV_READ, 1, ENODATA, MEMDEV_ONCE);
	CHECK_INT(blkdev_write(dev, 512, "abc", 3), -ENODATA);
	CHECK_TEXT(tap_log_text(), "/dev/test: cannot write 3 bytes at 512: No data available\n");
	tap_log_capture();
	memdev_fail(disk, MEMDEV_READ, 1, EIO, MEMDEV_ONCE);
	CHECK_INT(blkdev_read(dev, 7, &byte, 1), -EIO);
	CHECK_TEXT(tap_log_text(), "/dev/test: cannot read 1 bytes at 7: Input/output error\n");
	tap_log_capture();
	memdev_fail(disk, MEMDEV_SYNC, 1, EIO, MEMDEV_ONCE);
	CHECK_INT(blkdev_sync(dev), -EIO);
	CHECK_TEXT(tap_log_text(), "/dev/test: cannot make writes durable: Input/output error\n");
	tap_log_capture();
	CHECK_INT(blkdev_sync(dev), 0);
	blkdev_free(&dev);
	memdev_free(&disk);
}

TEST("a device that is open for reading is not written")
{
	struct memdev *disk = memdev_new("/dev/test", SECTORS, NULL);
	struct blkdev *dev;

	tap_log_capture();
	memdev_open(disk, BLKDEV_READ, &dev);
	CHECK_INT(blkdev_write(dev, 0, "a", 1), -EROFS);
	CHECK_INT(blkdev_zero(dev, 0, 512), -EROFS);
	CHECK_INT(memdev_calls(disk, MEMDEV_WRITE), 0);
	blkdev_free(&dev);
	memdev_free(&disk);
}

TEST("zeroing touches exactly the range")
{
	struct blkdev *dev;
	struct memdev *disk = disk_4k(NULL, &dev);

	CHECK_INT(blkdev_zero(dev, 1000, 2 * MIB + 5), 0);
	CHECK(all_are(memdev_bytes(disk), 1000, 'o'));
	CHECK(all_are(memdev_bytes(disk) + 1000, 2 * MIB + 5, 0));
	CHECK_INT(memdev_bytes(disk)[1000 + 2 * MIB + 5], 'o');
	CHECK_INT(blkdev_zero(dev, 0, 0), 0);
	CHECK_INT(memdev_bytes(disk)[0], 'o');
	blkdev_free(&dev);
	memdev_free(&disk);
}

TEST("an image file is a device of whole sectors")
{
	struct scratch scratch;
	char path[SCRATCH_TEXT], text[6] = "";
	struct blkdev *dev = NULL;
	int fd;

	scratch_init(&scratch);
	scratch_image(&scratch, "image", 4096 + 100);
	scratch_path(&scratch, "image", path);
	CHECK_INT(blkdev_open(path, BLKDEV_WRITE, &dev), 0);
	CHECK_TEXT(dev->name, path);
	CHECK_INT(dev->size_sectors, 8);
	CHECK_INT(dev->block_size, 512);
	CHECK_INT(dev->major, 0);
	CHECK(dev->writable);
	CHECK_INT(fcntl(dev->fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	CHECK_INT(blkdev_write(dev, 1001, "hello", 5), 0);
	CHECK_INT(blkdev_sync(dev), 0);
	blkdev_free(&dev);
	CHECK(!dev);
	fd = open(path, O_RDONLY);
	CHECK_INT(pread(fd, text, 5, 1001), 5);
	CHECK_TEXT(text, "hello");
	close(fd);
	scratch_release(&scratch);
}

TEST("messages call a device what it was opened as")
{
	struct scratch scratch;
	char path[SCRATCH_TEXT];
	struct blkdev *dev = NULL;

	scratch_init(&scratch);
	scratch_image(&scratch, "image", 4096);
	scratch_path(&scratch, "image", path);
	CHECK_INT(blkdev_open_as("vg0/base", path, BLKDEV_READ, &dev), 0);
	tap_log_capture();
	CHECK_INT(blkdev_write(dev, 0, "hello", 5), -EROFS);
	CHECK_TEXT(tap_log_text(), "vg0/base: is open for reading only\n");
	blkdev_free(&dev);
	CHECK_INT(unlink(path), 0);
	tap_log_capture();
	CHECK_INT(blkdev_open_as("vg0/base", path, BLKDEV_READ, &dev), -ENOENT);
	CHECK(strstr(tap_log_text(), "vg0/base: ") == tap_log_text());
	scratch_release(&scratch);
}

TEST("what is neither device nor image is refused without waiting for it")
{
	struct scratch scratch;
	char path[SCRATCH_TEXT];
	struct blkdev *dev = NULL;

	scratch_init(&scratch);
	scratch_path(&scratch, "fifo", path);
	CHECK_INT(mkfifo(path, 0600), 0);
	tap_log_capture();
	CHECK_INT(blkdev_open(path, BLKDEV_READ, &dev), -ENOTBLK);
	CHECK(strstr(tap_log_text(), "neither a block device nor an image file") != NULL);
	CHECK_INT(blkdev_open(scratch.path, BLKDEV_READ, &dev), -ENOTBLK);
	CHECK_INT(unlink(path), 0);
	CHECK_INT(blkdev_open(path, BLKDEV_READ, &dev), -ENOENT);
	CHECK(!dev);
	scratch_release(&scratch);
}

TEST_MAIN
