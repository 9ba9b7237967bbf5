/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memdev.h"
#include "tap.h"

#include "cow/store.h"

enum {
	SECTORS = 16384, /* 8 MiB */
	CHUNK = 4096,	 /* bytes: 8 sectors, 256 entries an area */
	ENTRIES = 256,
	CHUNKS = SECTORS / 8,
};

/* A store on one disk. */
struct fixture {
	struct memlog *log;
	struct memdev *disk;
	struct blkdev *dev;
	struct cow_span span;
	struct cow_store store;
};

static void fixture_init(struct fixture *f)
{
	*f = (struct fixture) { .log = memlog_new() };
	f->disk = memdev_new("/dev/test", SECTORS, f->log);
	memdev_open(f->disk, BLKDEV_WRITE, &f->dev);
	f->span = (struct cow_span) { .dev = f->dev, .len_sectors = SECTORS };
	tap_log_capture();
}

static void fixture_release(struct fixture *f)
{
	cow_close(&f->store);
	blkdev_free(&f->dev);
	memdev_free(&f->disk);
	memlog_free(&f->log);
}

static void put_header(struct fixture *f, uint32_t valid, uint32_t version, uint32_t chunk_sectors)
{
	const uint32_t header[] = {
		htole32(0x70416e53),
		htole32(valid),
		htole32(version),
		htole32(chunk_sectors),
	};

	memcpy(memdev_bytes(f->disk), header, sizeof(header));
}

static void put_entry(struct fixture *f, unsigned area, unsigned entry, uint64_t origin_chunk,
		      uint64_t store_chunk)
{
	const uint64_t pair[] = { htole64(origin_chunk), htole64(store_chunk) };

	memcpy(memdev_bytes(f->disk) + (1 + area * (ENTRIES + 1)) * CHUNK + entry * sizeof(pair),
	       pair, sizeof(pair));
}

/* As the kernel would: chunks in order, areas passed over; every one n from origin 10 n. */
static void put_entries(struct fixture *f, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		put_entry(f, i / ENTRIES, i % ENTRIES, 10 * (uint64_t)i, 2 + i + i / ENTRIES);
}

static int open_store(struct fixture *f)
{
	return cow_open(&f->store, "vg0/snap", &f->span, 1);
}

static enum cow_state state_of(struct fixture *f)
{
	CHECK_INT(open_store(f), 0);
	cow_close(&f->store);
	return f->store.state;
}

TEST("a zeroed store is new and has no exceptions")
{
	struct fixture f;
	struct cow_exception exception;

	fixture_init(&f);
	CHECK_INT(open_store(&f), 0);
	CHECK_INT(f.store.state, COW_NEW);
	CHECK_INT(f.store.chunk_sectors, 0);
	CHECK_INT(f.store.size_sectors, SECTORS);
	CHECK_INT(cow_next(&f.store, &exception), 0);
	fixture_release(&f);
}

TEST("headers that cannot be are told from invalid ones")
{
	static const struct {
		uint32_t valid, version, chunk;
		enum cow_state state;
	} rows[] = {
		{ 1, 1, 8, COW_VALID },	     { 2, 1, 8, COW_VALID },
		{ 1, 1, 1024, COW_VALID },   { 0, 1, 8, COW_INVALID },
		{ 0, 2, 8, COW_UNSOUND },    { 1, 2, 8, COW_UNSOUND },
		{ 1, 0, 8, COW_UNSOUND },    { 1, 1, 0, COW_UNSOUND },
		{ 1, 1, 4, COW_UNSOUND },    { 1, 1, 24, COW_UNSOUND },
		{ 1, 1, 2048, COW_UNSOUND }, { 1, 1, 0x80000000, COW_UNSOUND },
		{ 0, 1, 9, COW_UNSOUND },
	};
	struct fixture f;

	fixture_init(&f);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		put_header(&f, rows[i].valid, rows[i].version, rows[i].chunk);
		CHECK_INT(state_of(&f), rows[i].state);
	}
	memdev_bytes(f.disk)[0] ^= 1;
	CHECK_INT(state_of(&f), COW_UNSOUND);
	fixture_release(&f);
}

TEST("a store that does not hold its first area is unsound")
{
	struct fixture f;

	fixture_init(&f);
	put_header(&f, 1, 1, 8);
	f.span.len_sectors = 16;
	CHECK_INT(state_of(&f), COW_VALID);
	f.span.len_sectors = 15;
	CHECK_INT(state_of(&f), COW_UNSOUND);
	f.span.len_sectors = 0;
	CHECK_INT(open_store(&f), -EINVAL);
	fixture_release(&f);
}

TEST("exceptions come in order over full and half full areas")
{
	static const unsigned counts[] = { 0, 1, 255, 256, 257, 512, 600 };

	for (size_t c = 0; c < sizeof(counts) / sizeof(*counts); c++) {
		struct cow_exception exception;
		struct fixture f;
		unsigned seen = 0;

		fixture_init(&f);
		put_header(&f, 1, 1, 8);
		put_entries(&f, counts[c]);
		CHECK_INT(open_store(&f), 0);
		while (cow_next(&f.store, &exception) == 1) {
			CHECK_INT(exception.origin_chunk, 10 * (uint64_t)seen);
			CHECK_INT(exception.store_chunk, 2 + seen + seen / ENTRIES);
			seen++;
		}
		CHECK_INT(seen, counts[c]);
		CHECK_INT(cow_next(&f.store, &exception), 0);
		CHECK_TEXT(tap_log_text(), "");
		fixture_release(&f);
	}
}

TEST("an entry that names what is no data chunk is refused with its place")
{
	static const struct {
		uint64_t origin, store;
		const char *flaw;
	} rows[] = {
		{ 7, CHUNKS, "is kept past the end of the store" },
		{ 7, UINT64_MAX, "is kept past the end of the store" },
		{ 7, 1, "is kept where the store's own metadata lies" },
		{ 7, 1 + 3 * (ENTRIES + 1), "is kept where the store's own metadata lies" },
		{ UINT64_MAX, 2, "is past the end of any device" },
		{ UINT64_C(1) << 52, 2, "is past the end of any device" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct cow_exception exception;
		struct fixture f;

		fixture_init(&f);
		put_header(&f, 1, 1, 8);
		put_entries(&f, 3);
		put_entry(&f, 0, 1, rows[i].origin, rows[i].store);
		CHECK_INT(open_store(&f), 0);
		CHECK_INT(cow_next(&f.store, &exception), 1);
		CHECK_INT(cow_next(&f.store, &exception), -EBADMSG);
		CHECK(strstr(tap_log_text(),
			     "vg0/snap: damaged exception store: entry 1 of area 0: ") ==
		      tap_log_text());
		CHECK(strstr(tap_log_text(), rows[i].flaw) != NULL);
		CHECK_INT(cow_next(&f.store, &exception), -EBADMSG);
		fixture_release(&f);
	}
}

TEST("the last data chunk of a store may be used")
{
	struct cow_exception exception;
	struct fixture f;

	fixture_init(&f);
	put_header(&f, 1, 1, 8);
	put_entry(&f, 0, 0, 5, CHUNKS - 1);
	CHECK_INT(open_store(&f), 0);
	CHECK_INT(cow_next(&f.store, &exception), 1);
	CHECK_INT(exception.store_chunk, CHUNKS - 1);
	fixture_release(&f);
}

TEST("a full area must have a next one inside the store")
{
	struct cow_exception exception;
	struct fixture f;

	fixture_init(&f);
	put_header(&f, 1, 1, 8);
	put_entries(&f, ENTRIES);
	f.span.len_sectors = (2 + ENTRIES) * 8;
	CHECK_INT(open_store(&f), 0);
	for (unsigned i = 0; i < ENTRIES; i++)
		CHECK_INT(cow_next(&f.store, &exception), 1);
	CHECK_INT(cow_next(&f.store, &exception), -EBADMSG);
	CHECK_TEXT(tap_log_text(), "vg0/snap: damaged exception store: area 1 lies past its end\n");
	cow_close(&f.store);

	f.span.len_sectors += 8;
	CHECK_INT(open_store(&f), 0);
	for (unsigned i = 0; i < ENTRIES; i++)
		CHECK_INT(cow_next(&f.store, &exception), 1);
	CHECK_INT(cow_next(&f.store, &exception), 0);
	fixture_release(&f);
}

TEST("an exception behind the end of the origin is refused, where that is known")
{
	struct cow_exception exception;
	struct fixture f;

	fixture_init(&f);
	put_header(&f, 1, 1, 8);
	put_entry(&f, 0, 0, 99, 2);
	put_entry(&f, 0, 1, 100, 3);
	CHECK_INT(open_store(&f), 0);
	CHECK_INT(cow_next(&f.store, &exception), 1);
	CHECK_INT(cow_next(&f.store, &exception), 1);
	CHECK_INT(cow_next(&f.store, &exception), 0);
	cow_close(&f.store);

	CHECK_INT(open_store(&f), 0);
	f.store.origin_sectors = 100 * 8 - 7;
	CHECK_INT(cow_next(&f.store, &exception), 1);
	CHECK_INT(cow_next(&f.store, &exception), -EBADMSG);
	CHECK_TEXT(tap_log_text(),
		   "vg0/snap: damaged exception store: entry 1 of area 0: chunk 100 "
		   "is past the end of the origin\n");
	fixture_release(&f);
}

/* Read all; what is in use then. */
static void check_used(struct fixture *f, uint64_t used, uint64_t metadata, bool disordered)
{
	struct cow_exception exception;

	CHECK_INT(open_store(f), 0);
	while (cow_next(&f->store, &exception) == 1)
		;
	CHECK_INT(cow_used_sectors(&f->store), used);
	CHECK_INT(cow_metadata_sectors(&f->store), metadata);
	CHECK_INT(f->store.disordered, disordered);
	cow_close(&f->store);
}

TEST("what is in use is told as the kernel tells it")
{
	struct fixture f;

	fixture_init(&f);
	check_used(&f, 0, 0, false);
	put_header(&f, 1, 1, 8);
	check_used(&f, 2 * 8, 2 * 8, false);
	put_entries(&f, 3);
	check_used(&f, (2 + 3) * 8, 2 * 8, false);
	/* a full area: the next chunk is the next area */
	put_entries(&f, ENTRIES);
	check_used(&f, (2 + ENTRIES + 1) * 8, 3 * 8, false);
	put_entries(&f, ENTRIES + 1);
	check_used(&f, (2 + ENTRIES + 2) * 8, 3 * 8, false);
	fixture_release(&f);
}

TEST("chunks that are not in order are noticed, and the highest counts")
{
	struct fixture f;

	fixture_init(&f);
	put_header(&f, 1, 1, 8);
	put_entry(&f, 0, 0, 5, 3);
	put_entry(&f, 0, 1, 6, 9);
	put_entry(&f, 0, 2, 7, 4);
	check_used(&f, 10 * 8, 2 * 8, true);
	fixture_release(&f);
}

TEST("a store in pieces on several disks reads as one")
{
	struct cow_exception exception;
	struct fixture f;
	struct cow_span spans[3];
	struct memdev *other = memdev_new("/dev/other", SECTORS, NULL);
	struct blkdev *dev;
	unsigned seen = 0;

	fixture_init(&f);
	put_header(&f, 1, 1, 8);
	put_entries(&f, 600);
	memdev_open(other, BLKDEV_WRITE, &dev);
	/* The middle piece begins and ends within areas. */
	spans[0] = (struct cow_span) { .dev = f.dev, .len_sectors = 10 };
	spans[1] = (struct cow_span) { .dev = dev, .start_sectors = 77, .len_sectors = 2056 };
	spans[2] = (struct cow_span) { .dev = f.dev,
				       .start_sectors = 2066,
				       .len_sectors = SECTORS - 2066 };
	memcpy(memdev_bytes(other) + 77 * 512, memdev_bytes(f.disk) + 10 * 512, 2056 * 512);
	memset(memdev_bytes(f.disk) + 10 * 512, 0xff, 2056 * 512);

	CHECK_INT(cow_open(&f.store, "vg0/snap", spans, 3), 0);
	CHECK_INT(f.store.size_sectors, SECTORS);
	while (cow_next(&f.store, &exception) == 1)
		CHECK_INT(exception.origin_chunk, 10 * (uint64_t)seen++);
	CHECK_INT(seen, 600);
	fixture_release(&f);
	blkdev_free(&dev);
	memdev_free(&other);
}

TEST("a store that a device is too small for gives out nothing and names it, new or not")
{
	struct cow_exception exception;
	struct fixture f;

	for (uint32_t is_new = 0; is_new < 2; is_new++) {
		fixture_init(&f);
		if (!is_new)
			put_header(&f, 1, 1, 8);
		f.span.len_sectors = SECTORS + 1;
		CHECK_INT(open_store(&f), 0);
		CHECK_INT(cow_next(&f.store, &exception), -ENXIO);
		CHECK_TEXT(tap_log_text(), "vg0/snap: its extents end past device /dev/test\n");
		fixture_release(&f);
	}
}

TEST("exceptions of a store that is not valid are not given out")
{
	struct cow_exception exception;
	struct fixture f;

	fixture_init(&f);
	put_header(&f, 0, 1, 8);
	put_entries(&f, 3);
	CHECK_INT(open_store(&f), 0);
	CHECK_INT(f.store.state, COW_INVALID);
	CHECK_INT(f.store.chunk_sectors, 8);
	CHECK_INT(cow_next(&f.store, &exception), -EBADMSG);
	fixture_release(&f);
}

TEST("a disk that cannot be read is an error, not an end")
{
	struct cow_exception exception;
	struct fixture f;

	fixture_init(&f);
	put_header(&f, 1, 1, 8);
	put_entries(&f, 3);
	memdev_fail(f.disk, MEMDEV_READ, 1, EIO, MEMDEV_ONCE);
	CHECK_INT(open_store(&f), -EIO);
	CHECK_INT(open_store(&f), 0);
	memdev_fail(f.disk, MEMDEV_READ, 1, EIO, MEMDEV_ONCE);
	CHECK_INT(cow_next(&f.store, &exception), -EIO);
	CHECK_INT(cow_next(&f.store, &exception), 1);
	fixture_release(&f);
}

TEST("zeroing makes a new store of any contents, durably, and no more than 4 KiB of its first two "
     "chunks")
{
	struct fixture f;

	fixture_init(&f);
	memset(memdev_bytes(f.disk), 0xff, SECTORS * 512);
	CHECK_INT(cow_zero("vg0/snap", &f.span, 1, 16), 0);
	CHECK_INT(memlog_event(f.log, memlog_count(f.log) - 1)->call, MEMDEV_SYNC);
	CHECK_INT(state_of(&f), COW_NEW);
	CHECK_INT(memdev_bytes(f.disk)[4095], 0);
	CHECK_INT(memdev_bytes(f.disk)[4096], 0xff);
	CHECK_INT(memdev_bytes(f.disk)[8191], 0xff);
	CHECK_INT(memdev_bytes(f.disk)[8192], 0);
	CHECK_INT(memdev_bytes(f.disk)[12287], 0);
	CHECK_INT(memdev_bytes(f.disk)[12288], 0xff);
	f.span.len_sectors = 15;
	CHECK_INT(cow_zero("vg0/snap", &f.span, 1, 8), 0);
	f.span.len_sectors = 7;
	CHECK_INT(cow_zero("vg0/snap", &f.span, 1, 8), -EINVAL);
	fixture_release(&f);
}

TEST("zeroing reports a write or sync that failed")
{
	struct fixture f;

	fixture_init(&f);
	memdev_fail(f.disk, MEMDEV_WRITE, 1, EIO, MEMDEV_ONCE);
	CHECK_INT(cow_zero("vg0/snap", &f.span, 1, 8), -EIO);
	memdev_fail(f.disk, MEMDEV_WRITE, 2, EIO, MEMDEV_ONCE);
	CHECK_INT(cow_zero("vg0/snap", &f.span, 1, 8), -EIO);
	memdev_fail(f.disk, MEMDEV_SYNC, 1, EIO, MEMDEV_ONCE);
	CHECK_INT(cow_zero("vg0/snap", &f.span, 1, 8), -EIO);
	fixture_release(&f);
}

TEST("a new store is synced wherever its header and first area lie, and nowhere else")
{
	struct fixture f;
	struct memdev *other;
	struct cow_span spans[3];
	struct blkdev *dev;

	fixture_init(&f);
	other = memdev_new("/dev/other", SECTORS, f.log);
	memdev_open(other, BLKDEV_WRITE, &dev);
	spans[0] = (struct cow_span) { .dev = dev, .len_sectors = 16 };
	spans[1] = f.span;
	spans[2] = spans[0];
	CHECK_INT(cow_sync(spans, 3, 8), 0);
	CHECK_INT(memlog_count(f.log), 1);
	CHECK_INT(cow_sync(spans, 3, 16), 0);
	CHECK_INT(memlog_count(f.log), 3);
	CHECK_INT(memlog_event(f.log, 2)->call, MEMDEV_SYNC);
	memdev_fail(f.disk, MEMDEV_SYNC, 1, EIO, MEMDEV_ONCE);
	CHECK_INT(cow_sync(spans, 3, 16), -EIO);
	spans[0].len_sectors = 8;
	CHECK_INT(cow_sync(spans, 1, 8), 0);
	CHECK_INT(memlog_count(f.log), 5);
	blkdev_free(&dev);
	memdev_free(&other);
	fixture_release(&f);
}

TEST("a store that looks new and has exceptions is told from one that has never been used")
{
	struct fixture f;

	fixture_init(&f);
	CHECK_INT(open_store(&f), 0);
	CHECK_INT(cow_has_exceptions(&f.store, CHUNK / 512), 0);
	put_entries(&f, 3);
	CHECK_INT(cow_has_exceptions(&f.store, CHUNK / 512), 1);
	CHECK_INT(cow_has_exceptions(&f.store, 1024), 0);
	CHECK_INT(cow_has_exceptions(&f.store, 0), 0);
	f.store.origin_sectors = 20 * (CHUNK / 512);
	CHECK_INT(cow_has_exceptions(&f.store, CHUNK / 512), 0);
	f.store.origin_sectors = 0;
	put_entry(&f, 0, 3, 40, 1);
	CHECK_INT(cow_has_exceptions(&f.store, CHUNK / 512), 0);
	memdev_fail(f.disk, MEMDEV_READ, 1, EIO, MEMDEV_ONCE);
	CHECK_INT(cow_has_exceptions(&f.store, CHUNK / 512), -EIO);
	cow_close(&f.store);
	fixture_release(&f);
}

TEST("invalidating is one durable write and leaves the rest of the header")
{
	struct cow_header was;
	struct fixture f;

	fixture_init(&f);
	put_header(&f, 1, 1, 16);
	CHECK_INT(cow_invalidate("vg0/snap", &f.span, 1, &was), 0);
	CHECK_INT(memlog_count(f.log), 2);
	CHECK_INT(memlog_event(f.log, 0)->len, 512);
	CHECK_INT(memlog_event(f.log, 1)->call, MEMDEV_SYNC);
	CHECK_INT(state_of(&f), COW_INVALID);
	CHECK_INT(f.store.chunk_sectors, 16);
	CHECK_INT(cow_invalidate("vg0/snap", &f.span, 1, &was), 0);
	CHECK_INT(memlog_count(f.log), 2);
	fixture_release(&f);
}

TEST("invalidating can be taken back, if it has done anything")
{
	static const uint32_t valid[] = { 0, 1 };
	struct cow_header was;
	struct fixture f;
	unsigned i;

	for (i = 0; i < 2; i++) {
		fixture_init(&f);
		put_header(&f, valid[i], 1, 16);
		CHECK_INT(cow_invalidate("vg0/snap", &f.span, 1, &was), 0);
		CHECK_INT(cow_revalidate(&f.span, &was), 0);
		CHECK_INT(state_of(&f), valid[i] ? COW_VALID : COW_INVALID);
		CHECK_INT(f.store.chunk_sectors, 16);
		fixture_release(&f);
	}

	fixture_init(&f);
	CHECK_INT(cow_invalidate("vg0/snap", &f.span, 1, &was), 0);
	CHECK_INT(cow_revalidate(&f.span, &was), 0);
	CHECK_INT(state_of(&f), COW_NEW);
	fixture_release(&f);
}

TEST("a store that has not been used yet can be made invalid, too")
{
	struct cow_store store;
	struct cow_header was;
	struct fixture f;

	fixture_init(&f);
	CHECK_INT(cow_invalidate("vg0/snap", &f.span, 1, &was), 0);
	CHECK_INT(cow_open(&store, "vg0/snap", &f.span, 1), 0);
	CHECK_INT(store.state, COW_INVALID);
	cow_close(&store);
	fixture_release(&f);
}

TEST("invalidating leaves alone what is no store")
{
	struct cow_header was;
	struct fixture f;

	fixture_init(&f);
	put_header(&f, 1, 7, 8);
	CHECK_INT(cow_invalidate("vg0/snap", &f.span, 1, &was), 0);
	CHECK_INT(memlog_count(f.log), 0);
	fixture_release(&f);
}

TEST("invalidating reports what failed")
{
	struct cow_header was;
	struct fixture f;

	fixture_init(&f);
	put_header(&f, 1, 1, 8);
	memdev_fail(f.disk, MEMDEV_READ, 1, EIO, MEMDEV_ONCE);
	CHECK_INT(cow_invalidate("vg0/snap", &f.span, 1, &was), -EIO);
	memdev_fail(f.disk, MEMDEV_WRITE, 1, EIO, MEMDEV_ONCE);
	CHECK_INT(cow_invalidate("vg0/snap", &f.span, 1, &was), -EIO);
	memdev_fail(f.disk, MEMDEV_SYNC, 1, EIO, MEMDEV_ONCE);
	CHECK_INT(cow_invalidate("vg0/snap", &f.span, 1, &was), -EIO);
	fixture_release(&f);
}

TEST("a chunk is a power of two from 4 KiB to 512 KiB")
{
	CHECK(cow_chunk_is_valid(8));
	CHECK(cow_chunk_is_valid(1024));
	CHECK(!cow_chunk_is_valid(0));
	CHECK(!cow_chunk_is_valid(4));
	CHECK(!cow_chunk_is_valid(12));
	CHECK(!cow_chunk_is_valid(2048));
}

TEST("the largest useful store holds every chunk of the origin and its areas")
{
	CHECK_INT(cow_max_sectors(65536, 8), 65808);
	CHECK_INT(cow_max_sectors(65537, 8), 65816);
	CHECK_INT(cow_max_sectors(1, 8), 24);
	CHECK_INT(cow_max_sectors(0, 8), 16);
	CHECK_INT(cow_max_sectors(65536, 1024), 65536 + 2 * 1024);
	CHECK(cow_max_sectors(UINT64_MAX, 8) == UINT64_MAX);
	CHECK(cow_max_sectors(UINT64_MAX, 1024) == UINT64_MAX);
}

TEST_MAIN
