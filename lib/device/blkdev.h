/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_DEVICE_BLKDEV_H
#define SNAPVOL_DEVICE_BLKDEV_H

/*
 * An open block device, or an image file, or memory that a test put in its place.
 *
 * Reads and writes bypass the page cache (O_DIRECT) where the device allows it, because the
 * kernel's own users of a device (dm targets) do not share a block device's page cache; callers
 * may use any offset, length and buffer, alignment is seen to here.  A write that covers part of
 * a logical block reads the block first, so a write of 512 aligned bytes is one block's write and
 * as atomic as the device makes that.  Nothing is durable before blkdev_sync() has returned 0.
 *
 * Errors are reported here, once, beginning with the device's name.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct blkdev;

/* What lies beneath: files here, recorded memory in tests.  Offsets and lengths are bytes, always
 * multiples of block_size; 0 or a negative errno; they do not print. */
struct blkdev_ops {
	int (*read)(struct blkdev *dev, uint64_t offset, void *buffer, size_t len);
	int (*write)(struct blkdev *dev, uint64_t offset, const void *buffer, size_t len);
	int (*sync)(struct blkdev *dev);
	void (*close)(struct blkdev *dev);
};

struct blkdev {
	char *name;			/* as messages call it: "/dev/sdb" */
	char *path;			/* where it was opened; NULL in tests */
	uint64_t size_sectors;
	uint32_t block_size;		/* logical block, bytes */
	uint32_t physical_block_size;	/* bytes */
	uint32_t optimal_io_size;	/* bytes, 0 if not known */
	uint32_t major, minor;		/* 0:0 for an image file */
	bool writable;
	const struct blkdev_ops *ops;
	int fd;				/* -1 in tests */
	void *state;			/* of ops */
};

enum blkdev_mode { BLKDEV_READ, BLKDEV_WRITE };

int blkdev_open(const char *path, enum blkdev_mode mode, struct blkdev **dev);

/* The same of what a path says little about: messages call it by that name. */
int blkdev_open_as(const char *name, const char *path, enum blkdev_mode mode, struct blkdev **dev);
void blkdev_free(struct blkdev **dev);

/* Make a device of other ops (tests); name is copied, size in sectors; NULL without memory. */
struct blkdev *blkdev_new(const char *name, uint64_t size_sectors, const struct blkdev_ops *ops,
			  void *state);

int blkdev_read(struct blkdev *dev, uint64_t offset, void *buffer, size_t len);
int blkdev_write(struct blkdev *dev, uint64_t offset, const void *buffer, size_t len);
int blkdev_zero(struct blkdev *dev, uint64_t offset, uint64_t len);
int blkdev_sync(struct blkdev *dev);

/* Its contents there are of no use any more.  0 or a negative errno, silent: not every device can. */
int blkdev_discard(struct blkdev *dev, uint64_t offset, uint64_t len);

#endif
