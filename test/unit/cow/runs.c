/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "memdev.h"
#include "tap.h"

#include "cow/runs.h"
#include "cow/store.h"

enum { SECTORS = 16384, CHUNK = 4096, ENTRY = 16 };

static void add_all(struct runs *runs, const uint64_t *chunks, size_t count)
{
	for (size_t i = 0; i < count; i++)
		CHECK_INT(runs_add(runs, chunks[i]), 0);
}

/* In merged runs. */
static uint64_t chunks_of(const struct runs *runs)
{
	uint64_t chunks = 0;

	for (size_t i = 0; i < runs->used; i++)
		chunks += runs->array[i].count;
	return chunks;
}

TEST("consecutive chunks are one run as they come")
{
	struct runs runs = { 0 };
	uint64_t twice = 0;

	for (uint64_t chunk = 5; chunk < 100000; chunk++)
		CHECK_INT(runs_add(&runs, chunk), 0);
	CHECK_INT(runs.used, 1);
	CHECK_INT(runs_merge(&runs, &twice), 0);
	CHECK_INT(runs.array[0].start, 5);
	CHECK_INT(runs.array[0].count, 99995);
	CHECK_INT(chunks_of(&runs), 99995);
	runs_release(&runs);
}

TEST("chunks in any order become sorted runs that do not touch")
{
	static const uint64_t chunks[] = { 9, 3, 4, 2, 100, 8, 1, 0, 50, 7, UINT64_MAX };
	struct runs runs = { 0 };
	uint64_t twice = 0;

	add_all(&runs, chunks, sizeof(chunks) / sizeof(*chunks));
	CHECK_INT(runs_merge(&runs, &twice), 0);
	CHECK_INT(runs.used, 5);
	CHECK_INT(runs.array[0].start, 0);
	CHECK_INT(runs.array[0].count, 5);
	CHECK_INT(runs.array[1].start, 7);
	CHECK_INT(runs.array[1].count, 3);
	CHECK_INT(runs.array[2].start, 50);
	CHECK_INT(runs.array[3].start, 100);
	CHECK(runs.array[4].start == UINT64_MAX);
	CHECK_INT(chunks_of(&runs), 11);
	runs_release(&runs);
}

TEST("the least chunk that was added twice is found and counted once")
{
	static const uint64_t chunks[] = { 20, 21, 22, 5, 9, 21, 22, 23, 9, 10, 22 };
	struct runs runs = { 0 };
	uint64_t twice = 0;

	add_all(&runs, chunks, sizeof(chunks) / sizeof(*chunks));
	CHECK_INT(runs_merge(&runs, &twice), 1);
	CHECK_INT(twice, 9);
	CHECK_INT(runs.used, 3);
	CHECK_INT(chunks_of(&runs), 7);
	runs_release(&runs);
}

TEST("a run inside another is found")
{
	static const uint64_t chunks[] = { 1, 2, 3, 4, 5, 2, 3, 6, 8 };
	struct runs runs = { 0 };
	uint64_t twice = 0;

	add_all(&runs, chunks, sizeof(chunks) / sizeof(*chunks));
	CHECK_INT(runs_merge(&runs, &twice), 1);
	CHECK_INT(twice, 2);
	CHECK_INT(runs.used, 2);
	CHECK_INT(chunks_of(&runs), 7);
	runs_release(&runs);
}

TEST("no chunks are no runs")
{
	struct runs runs = { 0 };
	uint64_t twice = 0;

	CHECK_INT(runs_merge(&runs, &twice), 0);
	CHECK_INT(chunks_of(&runs), 0);
	runs_release(&runs);
}

/* Random sets against a plain array of flags. */
TEST("merged runs hold exactly what was added")
{
	enum { RANGE = 512, ROUNDS = 200 };

	srandom(1);
	for (unsigned round = 0; round < ROUNDS; round++) {
		bool added[RANGE] = { false };
		struct runs runs = { 0 };
		uint64_t twice = RANGE, least = RANGE, chunks = 0;

		for (unsigned i = (unsigned)random() % 200; i > 0; i--) {
			uint64_t chunk = (uint64_t)random() % RANGE;

			if (added[chunk] && chunk < least)
				least = chunk;
			added[chunk] = true;
			CHECK_INT(runs_add(&runs, chunk), 0);
		}
		CHECK_INT(runs_merge(&runs, &twice), least < RANGE);
		CHECK_INT(twice, least);
		for (size_t i = 0; i < runs.used; i++) {
			CHECK(i == 0 || runs.array[i].start > runs.array[i - 1].start +
							      runs.array[i - 1].count);
			for (uint64_t k = 0; k < runs.array[i].count; k++)
				CHECK(added[runs.array[i].start + k]);
		}
		for (unsigned i = 0; i < RANGE; i++)
			chunks += added[i];
		CHECK_INT(chunks_of(&runs), chunks);
		runs_release(&runs);
	}
}

/* Put pairs of chunks into a store and read it back. */
static int read_pairs(const uint64_t *pairs, size_t count, struct runs *origin,
		      struct cow_twice *twice)
{
	const uint32_t header[] = { htole32(0x70416e53), htole32(1), htole32(1), htole32(8) };
	struct memdev *disk = memdev_new("/dev/test", SECTORS, NULL);
	struct cow_span span = { .len_sectors = SECTORS };
	struct cow_store store;
	int r;

	memcpy(memdev_bytes(disk), header, sizeof(header));
	for (size_t i = 0; i < 2 * count; i++) {
		uint64_t chunk = htole64(pairs[i]);

		memcpy(memdev_bytes(disk) + CHUNK + i * sizeof(chunk), &chunk, sizeof(chunk));
	}
	memdev_open(disk, BLKDEV_READ, &span.dev);
	CHECK_INT(cow_open(&store, "vg0/snap", &span, 1), 0);
	r = runs_read(&store, origin, twice);
	cow_close(&store);
	blkdev_free(&span.dev);
	memdev_free(&disk);
	return r;
}

TEST("a store gives the runs of its origin's chunks")
{
	static const uint64_t pairs[] = { 11, 2, 10, 3, 500, 4, 12, 5 };
	struct runs origin = { 0 };
	struct cow_twice twice;

	CHECK_INT(read_pairs(pairs, 4, &origin, &twice), 0);
	CHECK_INT(origin.used, 2);
	CHECK_INT(origin.array[0].start, 10);
	CHECK_INT(origin.array[0].count, 3);
	CHECK_INT(origin.array[1].start, 500);
	runs_release(&origin);
}

TEST("a store that names a chunk twice is found out and still read")
{
	static const uint64_t origin_twice[] = { 11, 2, 10, 3, 11, 4 };
	static const uint64_t store_twice[] = { 11, 2, 10, 3, 12, 2 };
	struct runs origin = { 0 };
	struct cow_twice twice;

	CHECK_INT(read_pairs(origin_twice, 3, &origin, &twice), 1);
	CHECK_INT(twice.kind, COW_TWICE_ORIGIN);
	CHECK_INT(twice.chunk, 11);
	CHECK_INT(chunks_of(&origin), 2);
	runs_release(&origin);
	CHECK_INT(read_pairs(store_twice, 3, &origin, &twice), 1);
	CHECK_INT(twice.kind, COW_TWICE_STORE);
	CHECK_INT(twice.chunk, 2);
	CHECK_INT(chunks_of(&origin), 3);
	runs_release(&origin);
}

TEST("a damaged store is an error")
{
	static const uint64_t pairs[] = { 11, 2, 10, 1 };
	struct runs origin = { 0 };
	struct cow_twice twice;

	tap_log_capture();
	CHECK_INT(read_pairs(pairs, 2, &origin, &twice), -EBADMSG);
	runs_release(&origin);
}

TEST_MAIN
