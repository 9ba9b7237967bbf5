/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_TEST_MEMDEV_H
#define SNAPVOL_TEST_MEMDEV_H

/*
 * Block devices in memory, what was done to them, and what a power cut would have left.
 *
 * A memdev is the disk itself: it belongs to the test and outlives the struct blkdev that the
 * code under test opens on it and frees.  A memlog records the writes and syncs of all memdevs
 * that were made with it, in the order in which they happened, so that several disks can lose
 * power at the same instant.
 *
 * The usual crash test:
 *
 *	struct memlog *log = memlog_new();
 *	struct memdev *disk = memdev_new("/dev/a", 8192, log);
 *	... bring disk to its first state, then memlog_clear(log), then make the change ...
 *	for (size_t at = 0; at <= memlog_count(log); at++)
 *		for (uint64_t seed = 0; seed < 16; seed++) {
 *			struct memdev *left = memdev_cut(disk, at, seed);
 *			... open left, it must read as before or after the change ...
 *			memdev_free(&left);
 *		}
 *
 * Nothing here returns an error for want of memory: it aborts.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "device/blkdev.h"

struct memdev;
struct memlog;

enum memdev_call { MEMDEV_READ, MEMDEV_WRITE, MEMDEV_SYNC };

struct memlog_event {
	const struct memdev *device;
	enum memdev_call call;		/* MEMDEV_WRITE or MEMDEV_SYNC */
	uint64_t offset;		/* of a write, in bytes */
	size_t len;
	const unsigned char *data;	/* what was written */
};

struct memlog *memlog_new(void);
void memlog_free(struct memlog **log);

size_t memlog_count(const struct memlog *log);
const struct memlog_event *memlog_event(const struct memlog *log, size_t index);

/* Forget all events: what the devices hold now is where they begin, and is durable. */
void memlog_clear(struct memlog *log);

/* A disk of zeros; log may be NULL, then nothing is recorded.  The log is freed last. */
struct memdev *memdev_new(const char *name, uint64_t size_sectors, struct memlog *log);
void memdev_free(struct memdev **device);

/* Open it, as blkdev_open() does a path.  block_size of what this gives may be set to 4096. */
int memdev_open(struct memdev *device, enum blkdev_mode mode, struct blkdev **dev);

/* All bytes of the disk, to look at or to spoil; changes made here are not events. */
unsigned char *memdev_bytes(struct memdev *device);

/* How often a call has been made since the disk was made, failed ones included. */
unsigned memdev_calls(const struct memdev *device, enum memdev_call call);

/* Let the nth call of this kind from now on (1 is the next one) fail with error (EIO, not -EIO)
 * and have no effect; with MEMDEV_FOR_EVER all later ones of the kind fail too.  nth 0: no more. */
enum memdev_fault { MEMDEV_ONCE, MEMDEV_FOR_EVER };
void memdev_fail(struct memdev *device, enum memdev_call call, unsigned nth, int error,
		 enum memdev_fault fault);

/* A copy of the disk as it was when the log held that many events (all writes arrived). */
struct memdev *memdev_after(const struct memdev *device, size_t events);

/*
 * A copy of the disk as a power cut after that many events may leave it: writes before this
 * disk's last sync are there, of those since then any part may be.  Seed 0 loses all of them;
 * an odd seed keeps or loses each 512-byte sector by itself, an even one each write as a whole.
 * The same seed gives the same choice.
 */
struct memdev *memdev_cut(const struct memdev *device, size_t events, uint64_t seed);

#endif
