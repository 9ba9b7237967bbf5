/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Block devices in memory.  An event keeps the bytes it replaced beside those it wrote, so that
 * an earlier state is reached by going backwards from the present one; no first image is kept,
 * and what a test spoils by hand stays spoilt in every copy.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "memdev.h"

#include "base/units.h"

enum { CALL_KINDS = 3 };

struct record {
	struct memlog_event event;
	unsigned char *before;		/* len bytes, then len bytes written: event.data */
};

struct memlog {
	struct record *records;
	size_t count;
	size_t room;
};

struct fault {
	unsigned nth;			/* 0: none */
	int error;
	enum memdev_fault kind;
};

struct memdev {
	char *name;
	uint64_t size_sectors;
	unsigned char *bytes;
	struct memlog *log;
	unsigned calls[CALL_KINDS];
	struct fault faults[CALL_KINDS];
};

static void *must(void *pointer)
{
	if (!pointer)
		abort();
	return pointer;
}

struct memlog *memlog_new(void)
{
	return must(calloc(1, sizeof(struct memlog)));
}

void memlog_clear(struct memlog *log)
{
	for (size_t i = 0; i < log->count; i++)
		free(log->records[i].before);
	log->count = 0;
}

void memlog_free(struct memlog **log)
{
	if (!*log)
		return;
	memlog_clear(*log);
	free((*log)->records);
	free(*log);
	*log = NULL;
}

size_t memlog_count(const struct memlog *log)
{
	return log->count;
}

const struct memlog_event *memlog_event(const struct memlog *log, size_t index)
{
	return &log->records[index].event;
}

static struct record *log_append(struct memlog *log)
{
	if (log->count == log->room) {
		log->room = log->room ? 2 * log->room : 64;
		log->records = must(realloc(log->records, log->room * sizeof(*log->records)));
	}
	return &log->records[log->count++];
}

static void log_sync(struct memdev *device)
{
	if (device->log)
		*log_append(device->log) = (struct record) {
			.event = { .device = device, .call = MEMDEV_SYNC },
		};
}

static void log_write(struct memdev *device, uint64_t offset, const void *data, size_t len)
{
	unsigned char *both;

	if (!device->log)
		return;
	both = must(malloc(2 * len + 1));
	memcpy(both, device->bytes + offset, len);
	memcpy(both + len, data, len);
	*log_append(device->log) = (struct record) {
		.event = {
			.device = device,
			.call = MEMDEV_WRITE,
			.offset = offset,
			.len = len,
			.data = both + len,
		},
		.before = both,
	};
}

/* Count the call and say whether it is the one that fails: 0 or a negative errno. */
static int call_begin(struct memdev *device, enum memdev_call call)
{
	struct fault *fault = &device->faults[call];

	device->calls[call]++;
	if (!fault->nth)
		return 0;
	if (fault->nth > 1) {
		fault->nth--;
		return 0;
	}
	if (fault->kind == MEMDEV_ONCE)
		fault->nth = 0;
	return -fault->error;
}

/* blkdev.c promises whole blocks within the device: a test must see it break that promise. */
static void require_blocks(const struct blkdev *dev, uint64_t offset, size_t len)
{
	const struct memdev *device = dev->state;
	uint64_t size = device->size_sectors * SECTOR_SIZE;

	if (offset % dev->block_size || len % dev->block_size || offset > size ||
	    len > size - offset)
		abort();
}

static int mem_read(struct blkdev *dev, uint64_t offset, void *buffer, size_t len)
{
	struct memdev *device = dev->state;
	int r = call_begin(device, MEMDEV_READ);

	require_blocks(dev, offset, len);
	if (r < 0)
		return r;
	memcpy(buffer, device->bytes + offset, len);
	return 0;
}

static int mem_write(struct blkdev *dev, uint64_t offset, const void *buffer, size_t len)
{
	struct memdev *device = dev->state;
	int r = call_begin(device, MEMDEV_WRITE);

	require_blocks(dev, offset, len);
	if (r < 0)
		return r;
	log_write(device, offset, buffer, len);
	memcpy(device->bytes + offset, buffer, len);
	return 0;
}

static int mem_sync(struct blkdev *dev)
{
	struct memdev *device = dev->state;
	int r = call_begin(device, MEMDEV_SYNC);

	if (r < 0)
		return r;
	log_sync(device);
	return 0;
}

static void mem_close(struct blkdev *dev)
{
	dev->state = NULL;
}

static const struct blkdev_ops mem_ops = {
	.read = mem_read,
	.write = mem_write,
	.sync = mem_sync,
	.close = mem_close,
};

struct memdev *memdev_new(const char *name, uint64_t size_sectors, struct memlog *log)
{
	struct memdev *device = must(calloc(1, sizeof(*device)));

	device->name = must(strdup(name));
	device->size_sectors = size_sectors;
	device->bytes = must(calloc(size_sectors + 1, SECTOR_SIZE));
	device->log = log;
	return device;
}

void memdev_free(struct memdev **device)
{
	if (!*device)
		return;
	free((*device)->name);
	free((*device)->bytes);
	free(*device);
	*device = NULL;
}

int memdev_open(struct memdev *device, enum blkdev_mode mode, struct blkdev **dev)
{
	*dev = must(blkdev_new(device->name, device->size_sectors, &mem_ops, device));
	(*dev)->writable = mode == BLKDEV_WRITE;
	return 0;
}

unsigned char *memdev_bytes(struct memdev *device)
{
	return device->bytes;
}

unsigned memdev_calls(const struct memdev *device, enum memdev_call call)
{
	return device->calls[call];
}

void memdev_fail(struct memdev *device, enum memdev_call call, unsigned nth, int error,
		 enum memdev_fault fault)
{
	device->faults[call] = (struct fault) { .nth = nth, .error = error, .kind = fault };
}

static struct memdev *copy(const struct memdev *device)
{
	struct memdev *other = memdev_new(device->name, device->size_sectors, NULL);

	memcpy(other->bytes, device->bytes, device->size_sectors * SECTOR_SIZE);
	return other;
}

/* Take back what happened to the original of copy from its log's event number events on. */
static void undo(struct memdev *other, const struct memdev *device, size_t events)
{
	const struct memlog *log = device->log;

	for (size_t i = log ? log->count : 0; i > events; i--) {
		const struct record *record = &log->records[i - 1];

		if (record->event.device == device && record->event.call == MEMDEV_WRITE)
			memcpy(other->bytes + record->event.offset, record->before,
			       record->event.len);
	}
}

struct memdev *memdev_after(const struct memdev *device, size_t events)
{
	struct memdev *other = copy(device);

	undo(other, device, events);
	return other;
}

/* A number that depends on all three and on nothing else (splitmix64's last steps). */
static uint64_t scramble(uint64_t seed, uint64_t event, uint64_t sector)
{
	uint64_t z = seed * UINT64_C(0x9e3779b97f4a7c15) + event * UINT64_C(0xd1342543de82ef95) +
		     sector * UINT64_C(0x2545f4914f6cdd1d) + 1;

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static void redo_part(struct memdev *other, const struct memlog_event *event, size_t index,
		      uint64_t seed)
{
	for (size_t done = 0; done < event->len; done += SECTOR_SIZE) {
		uint64_t sector = seed % 2 ? done / SECTOR_SIZE + 1 : 0;

		if (scramble(seed, index, sector) >> 63)
			memcpy(other->bytes + event->offset + done, event->data + done,
			       SECTOR_SIZE);
	}
}

/* The number of the event after this device's last sync among the first events. */
static size_t first_undurable(const struct memdev *device, size_t events)
{
	while (events > 0) {
		const struct memlog_event *event = &device->log->records[events - 1].event;

		if (event->device == device && event->call == MEMDEV_SYNC)
			break;
		events--;
	}
	return events;
}

struct memdev *memdev_cut(const struct memdev *device, size_t events, uint64_t seed)
{
	struct memdev *other = copy(device);
	size_t first = device->log ? first_undurable(device, events) : events;

	undo(other, device, first);
	for (size_t i = first; i < events && seed; i++) {
		const struct memlog_event *event = &device->log->records[i].event;

		if (event->device == device && event->call == MEMDEV_WRITE)
			redo_part(other, event, i, seed);
	}
	return other;
}
