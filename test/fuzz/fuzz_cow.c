/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exception stores made of any bytes: whatever they say, reading ends, every exception given out
 * lies inside the store and beside its metadata, and invalidating and zeroing do what they say.
 *
 * An input is two bytes of size (in 4 KiB, less one), the 16 bytes of a header, and entries of 16
 * bytes that are put where the areas of that header's chunk size lie.
 */
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "memdev.h"

#include "base/log.h"
#include "base/units.h"
#include "cow/runs.h"
#include "cow/store.h"
#include "test/fuzz/fuzz.h"

enum { SIZE_BYTES = 2, HEADER_BYTES = 16, ENTRY_BYTES = 16, UNIT = 4096, UNITS_MAX = 512 };

static void ignore_line(void *data, enum log_level level, const char *line)
{
	(void)data;
	(void)level;
	(void)line;
}

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* The chunk size that the header names, or the least if it cannot be one. */
static size_t chunk_bytes(const uint8_t *header)
{
	uint32_t chunk_sectors;

	memcpy(&chunk_sectors, header + 12, sizeof(chunk_sectors));
	chunk_sectors = le32toh(chunk_sectors);
	return cow_chunk_is_valid(chunk_sectors) ? (size_t)chunk_sectors * SECTOR_SIZE : UNIT;
}

static void put_entries(unsigned char *bytes, size_t room, const uint8_t *data, size_t size)
{
	size_t chunk = chunk_bytes(bytes), entries = chunk / ENTRY_BYTES;

	for (size_t i = 0; (i + 1) * ENTRY_BYTES <= size; i++) {
		size_t area = 1 + i / entries * (entries + 1);
		size_t offset = area * chunk + i % entries * ENTRY_BYTES;

		if (offset + ENTRY_BYTES > room)
			break;
		memcpy(bytes + offset, data + i * ENTRY_BYTES, ENTRY_BYTES);
	}
}

static struct memdev *disk_of(const uint8_t *data, size_t size)
{
	size_t units = 1 + (data[0] | (size_t)data[1] << 8) % UNITS_MAX;
	struct memdev *disk = memdev_new("/dev/fuzz", units * (UNIT / SECTOR_SIZE), NULL);

	memcpy(memdev_bytes(disk), data + SIZE_BYTES, HEADER_BYTES);
	put_entries(memdev_bytes(disk), units * UNIT, data + SIZE_BYTES + HEADER_BYTES,
		    size - SIZE_BYTES - HEADER_BYTES);
	return disk;
}

static void check_exceptions(struct cow_store *store)
{
	uint64_t chunks = store->chunk_sectors ? store->size_sectors / store->chunk_sectors : 0;
	uint64_t stride = (uint64_t)store->chunk_sectors * SECTOR_SIZE / ENTRY_BYTES + 1;
	struct cow_exception exception;
	uint64_t count = 0;

	while (cow_next(store, &exception) == 1) {
		require(++count <= chunks * stride);
		require(exception.store_chunk < chunks);
		require(exception.store_chunk > 1 && (exception.store_chunk - 1) % stride != 0);
		require(exception.origin_chunk <= UINT64_MAX / SECTOR_SIZE / store->chunk_sectors);
	}
}

static void check_runs(struct cow_store *store)
{
	struct runs origin = { 0 };
	struct cow_twice twice;

	if (runs_read(store, &origin, &twice) >= 0)
		for (size_t i = 1; i < origin.used; i++)
			require(origin.array[i].start >
				origin.array[i - 1].start + origin.array[i - 1].count);
	runs_release(&origin);
}

static void check_store(const struct cow_span *span)
{
	struct cow_store store;
	enum cow_state state;
	struct cow_header was;

	require(cow_open(&store, "fuzz", span, 1) == 0);
	state = store.state;
	require(cow_has_exceptions(&store, COW_CHUNK_SECTORS_MIN) >= 0);
	check_exceptions(&store);
	cow_close(&store);

	require(cow_open(&store, "fuzz", span, 1) == 0);
	check_runs(&store);
	cow_close(&store);

	require(cow_invalidate("fuzz", span, 1, &was) == 0);
	require(cow_open(&store, "fuzz", span, 1) == 0);
	if (state == COW_VALID)
		require(store.state == COW_INVALID);
	else if (state == COW_NEW)	/* or too small for any store */
		require(store.state == COW_INVALID || store.state == COW_UNSOUND);
	else
		require(store.state == state);
	cow_close(&store);

	require(cow_zero("fuzz", span, 1, COW_CHUNK_SECTORS_MIN) == 0);
	require(cow_open(&store, "fuzz", span, 1) == 0);
	require(store.state == COW_NEW);
	cow_close(&store);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cow_span span = { 0 };
	struct memdev *disk;

	if (size < SIZE_BYTES + HEADER_BYTES)
		return 0;
	log_set_sink(ignore_line, NULL);
	disk = disk_of(data, size);
	memdev_open(disk, BLKDEV_WRITE, &span.dev);
	span.len_sectors = span.dev->size_sectors;
	check_store(&span);
	blkdev_free(&span.dev);
	memdev_free(&disk);
	return 0;
}
