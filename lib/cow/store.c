/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The exception store of dm-snap-persistent.c.  Everything read here may be hostile: a number is
 * used only after it has been compared with the size of the store.
 */
#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cow/store.h"

#include "base/log.h"
#include "base/text.h"
#include "base/units.h"
#include "device/blkdev.h"

enum {
	MAGIC = 0x70416e53, /* "SnAp" */
	VERSION = 1,
	ZERO_SIZE = 4096, /* the least chunk: all that the kernel looks at */
};

/* The beginning of chunk 0; the rest of the chunk is zero. */
struct disk_header {
	uint32_t magic;
	uint32_t valid;
	uint32_t version;
	uint32_t chunk_sectors;
};

struct disk_exception {
	uint64_t origin_chunk;
	uint64_t store_chunk;
};

_Static_assert(sizeof(struct disk_header) == 16, "as on disk");
_Static_assert(sizeof(struct disk_exception) == COW_EXCEPTION_SIZE, "as on disk");

enum transfer_kind { TRANSFER_READ, TRANSFER_WRITE, TRANSFER_SYNC };

/* Bytes of a store: an offset in it and a length. */
struct stretch {
	uint64_t offset;
	size_t len;
};

/* What follows an offset of a run without a break: bytes of one device. */
struct piece {
	struct blkdev *dev;
	uint64_t offset, len;
};

static unsigned run_spans(const struct cow_span *run)
{
	return run->columns ? run->columns : 1;
}

/* Computed, for a text of a few lines can ask for more stripes than there is memory. */
static struct piece piece_at(const struct cow_span *run, uint64_t offset)
{
	const uint64_t stripe = (uint64_t)run->stripe_sectors << SECTOR_SHIFT;
	uint64_t turn, left = (run->len_sectors << SECTOR_SHIFT) - offset;

	if (run->columns) {
		turn = offset / stripe;
		left = stripe - offset % stripe;
		offset = turn / run->columns * stripe + offset % stripe;
		run += turn % run->columns;
	}
	return (struct piece) { run->dev, (run->start_sectors << SECTOR_SHIFT) + offset, left };
}

static int transfer_piece(const struct piece *piece, enum transfer_kind kind, void *buffer,
			  size_t len)
{
	if (kind == TRANSFER_SYNC)
		return blkdev_sync(piece->dev);
	if (kind == TRANSFER_WRITE)
		return blkdev_write(piece->dev, piece->offset, buffer, len);
	return blkdev_read(piece->dev, piece->offset, buffer, len);
}

/* Read, write or sync the stretch, piece by piece as it lies in the spans.  The caller has seen
 * to it that it lies inside. */
static int transfer(const struct cow_span *run, enum transfer_kind kind, struct stretch stretch,
		    void *buffer)
{
	unsigned char *bytes = buffer;

	while (stretch.len) {
		uint64_t run_len = (run->len_sectors << SECTOR_SHIFT) * run_spans(run);
		struct piece piece;
		size_t part;
		int r;

		if (stretch.offset >= run_len) {
			stretch.offset -= run_len;
			run += run_spans(run);
			continue;
		}
		piece = piece_at(run, stretch.offset);
		part = piece.len < stretch.len ? (size_t)piece.len : stretch.len;
		r = transfer_piece(&piece, kind, bytes, part);
		if (r < 0)
			return r;
		stretch.offset += part;
		stretch.len -= part;
		bytes = bytes ? bytes + part : NULL;
	}
	return 0;
}

static uint64_t spans_size(const struct cow_span *spans, unsigned span_count)
{
	uint64_t size = 0;

	for (unsigned i = 0; i < span_count; i++)
		size += spans[i].len_sectors;
	return size;
}

static const struct blkdev *find_cut(const struct cow_span *spans, unsigned span_count)
{
	for (unsigned i = 0; i < span_count; i++)
		if (spans[i].len_sectors > spans[i].dev->size_sectors ||
		    spans[i].start_sectors > spans[i].dev->size_sectors - spans[i].len_sectors)
			return spans[i].dev;
	return NULL;
}

static uint64_t chunk_count(const struct cow_store *store)
{
	return store->size_sectors / store->chunk_sectors;
}

static uint32_t chunk_bytes(const struct cow_store *store)
{
	return store->chunk_sectors << SECTOR_SHIFT;
}

static uint32_t entries_per_area(const struct cow_store *store)
{
	return chunk_bytes(store) / (uint32_t)sizeof(struct disk_exception);
}

/* Chunks 1, 1 + (e + 1), 1 + 2(e + 1), … are areas of e entries each. */
static bool chunk_is_metadata(const struct cow_store *store, uint64_t chunk)
{
	return chunk == 0 || (chunk - 1) % (entries_per_area(store) + 1) == 0;
}

/* What the header says, in the order in which the kernel looks at it. */
static enum cow_state header_state(const struct disk_header *header, uint64_t size_sectors)
{
	uint32_t chunk_sectors = le32toh(header->chunk_sectors);

	if (!header->magic)
		return COW_NEW;
	if (le32toh(header->magic) != MAGIC || !cow_chunk_is_valid(chunk_sectors) ||
	    le32toh(header->version) != VERSION)
		return COW_UNSOUND;
	if (!header->valid)
		return COW_INVALID;

	/* A store in use has at least its header and its first area. */
	if (size_sectors / chunk_sectors < 2)
		return COW_UNSOUND;
	return COW_VALID;
}

/* Read the first sector of the spans and say what state it shows. */
static int read_header(const char *name, const struct cow_span *spans, unsigned span_count,
		       unsigned char sector[SECTOR_SIZE], enum cow_state *state)
{
	const struct stretch first = { .len = SECTOR_SIZE };
	uint64_t size_sectors = spans_size(spans, span_count);
	struct disk_header header;
	int r;

	if (!size_sectors)
		return fail(-EINVAL, _("%s: has no extents to hold an exception store"), name);
	r = transfer(spans, TRANSFER_READ, first, sector);
	if (r < 0)
		return r;
	memcpy(&header, sector, sizeof(header));
	*state = header_state(&header, size_sectors);
	return 0;
}

int cow_open(struct cow_store *store, const char *name, const struct cow_span *spans,
	     unsigned span_count)
{
	unsigned char sector[SECTOR_SIZE];
	struct disk_header header;
	int r;

	*store = (struct cow_store) {
		.name = name,
		.spans = spans,
		.size_sectors = spans_size(spans, span_count),
		.cut_off = find_cut(spans, span_count),
	};
	r = read_header(name, spans, span_count, sector, &store->state);
	if (r < 0)
		return r;
	if (store->state != COW_VALID && store->state != COW_INVALID)
		return 0;

	memcpy(&header, sector, sizeof(header));
	store->chunk_sectors = le32toh(header.chunk_sectors);
	if (store->state == COW_INVALID)
		return 0;

	/* Aligned so that direct reads go straight into it. */
	store->buffer = aligned_alloc(ZERO_SIZE, chunk_bytes(store));
	return store->buffer ? 0 : fail_memory();
}

void cow_close(struct cow_store *store)
{
	free(store->buffer);
	store->buffer = NULL;
}

static int read_area(struct cow_store *store)
{
	uint64_t stride = (uint64_t)entries_per_area(store) + 1;
	struct stretch area = { .len = chunk_bytes(store) };

	/* The kernel wipes the next area before it fills the last entry of the one before. */
	if (store->area > (chunk_count(store) - 2) / stride)
		return fail(-EBADMSG,
			    _("%s: damaged exception store: area %" PRIu64 " lies past its end"),
			    store->name, store->area);
	area.offset = (1 + store->area * stride) * chunk_bytes(store);
	return transfer(store->spans, TRANSFER_READ, area, store->buffer);
}

static const char *flaw_of(const struct cow_store *store, const struct cow_exception *exception)
{
	if (exception->store_chunk >= chunk_count(store))
		return _("is kept past the end of the store");
	if (chunk_is_metadata(store, exception->store_chunk))
		return _("is kept where the store's own metadata lies");
	if (exception->origin_chunk >= (UINT64_MAX >> SECTOR_SHIFT) / store->chunk_sectors)
		return _("is past the end of any device");
	if (store->origin_sectors &&
	    exception->origin_chunk * store->chunk_sectors >= store->origin_sectors)
		return _("is past the end of the origin");
	return NULL;
}

static int check_exception(const struct cow_store *store, const struct cow_exception *exception)
{
	const char *flaw = flaw_of(store, exception);

	if (!flaw)
		return 0;
	return fail(-EBADMSG,
		    _("%s: damaged exception store: entry %" PRIu64 " of area %" PRIu64
		      ": chunk %" PRIu64 " %s"),
		    store->name, store->entry, store->area, exception->origin_chunk, flaw);
}

/* Go to the next area behind the last entry of one; read an area before its first entry. */
static int find_entry(struct cow_store *store)
{
	if (store->entry == entries_per_area(store)) {
		store->area++;
		store->entry = 0;
	}
	return store->entry == 0 ? read_area(store) : 0;
}

int cow_next(struct cow_store *store, struct cow_exception *exception)
{
	const struct disk_exception *entries = store->buffer;
	struct cow_exception found;
	int r;

	if (store->cut_off)
		return fail(-ENXIO, _("%s: its extents end past device %s"), store->name,
			    store->cut_off->name);
	if (store->state == COW_NEW)
		return 0;
	if (store->state != COW_VALID)
		return fail(-EBADMSG, _("%s: not a valid exception store"), store->name);
	r = find_entry(store);
	if (r < 0)
		return r;

	found.origin_chunk = le64toh(entries[store->entry].origin_chunk);
	found.store_chunk = le64toh(entries[store->entry].store_chunk);
	if (!found.store_chunk)
		return 0;
	r = check_exception(store, &found);
	if (r < 0)
		return r;
	store->entry++;
	if (found.store_chunk < store->last_chunk)
		store->disordered = true;
	else
		store->last_chunk = found.store_chunk;
	*exception = found;
	return 1;
}

/* dm-snap-persistent.c: next_free is behind the highest chunk in use and steps over areas. */
uint64_t cow_used_sectors(const struct cow_store *store)
{
	uint64_t next = store->last_chunk ? store->last_chunk + 1 : 1;

	if (!store->chunk_sectors)
		return 0;
	return (next + chunk_is_metadata(store, next)) * store->chunk_sectors;
}

uint64_t cow_metadata_sectors(const struct cow_store *store)
{
	return store->chunk_sectors ? (store->area + 2) * store->chunk_sectors : 0;
}

int cow_has_exceptions(struct cow_store *store, uint32_t chunk_sectors)
{
	struct disk_exception entries[SECTOR_SIZE / sizeof(struct disk_exception)];
	const struct stretch sector = {
		.offset = (uint64_t)chunk_sectors << SECTOR_SHIFT,
		.len = SECTOR_SIZE,
	};
	struct cow_store as_if = *store;
	unsigned i;
	int r;

	as_if.chunk_sectors = chunk_sectors;
	if (!cow_chunk_is_valid(chunk_sectors) || chunk_count(&as_if) < 2)
		return 0;
	r = transfer(store->spans, TRANSFER_READ, sector, entries);
	if (r < 0)
		return r;
	for (i = 0; i < SECTOR_SIZE / sizeof(*entries) && entries[i].store_chunk; i++) {
		const struct cow_exception found = {
			.origin_chunk = le64toh(entries[i].origin_chunk),
			.store_chunk = le64toh(entries[i].store_chunk),
		};

		if (flaw_of(&as_if, &found))
			return 0;
	}
	return i > 0;
}

int cow_zero(const char *name, const struct cow_span *spans, unsigned span_count,
	     uint32_t chunk_sectors)
{
	const uint64_t size = spans_size(spans, span_count) << SECTOR_SHIFT;
	unsigned char zeros[ZERO_SIZE] = { 0 };
	const struct stretch header = { .len = ZERO_SIZE };
	const struct stretch area = {
		.offset = (uint64_t)chunk_sectors << SECTOR_SHIFT,
		.len = ZERO_SIZE,
	};
	int r = 0;

	if (size < ZERO_SIZE)
		return fail(-EINVAL, _("%s: too small for an exception store"), name);
	if (size >= area.offset + area.len)
		r = transfer(spans, TRANSFER_WRITE, area, zeros);
	r = r < 0 ? r : transfer(spans, TRANSFER_WRITE, header, zeros);
	return r < 0 ? r : cow_sync(spans, span_count, chunk_sectors);
}

int cow_sync(const struct cow_span *spans, unsigned span_count, uint32_t chunk_sectors)
{
	const uint64_t size = spans_size(spans, span_count) << SECTOR_SHIFT;
	const uint64_t end = (uint64_t)chunk_sectors << (SECTOR_SHIFT + 1);
	const struct stretch beginning = { .len = size < end ? size : end };

	return transfer(spans, TRANSFER_SYNC, beginning, NULL);
}

/* A header as the kernel writes it; the chunk size on disk overrides the table's. */
static void fill_header(unsigned char sector[SECTOR_SIZE])
{
	const struct disk_header header = {
		.magic = htole32(MAGIC),
		.version = htole32(VERSION),
		.chunk_sectors = htole32(COW_CHUNK_SECTORS_MIN),
	};

	memset(sector, 0, SECTOR_SIZE);
	memcpy(sector, &header, sizeof(header));
}

static const struct stretch first_sector = { .len = SECTOR_SIZE };

int cow_invalidate(const char *name, const struct cow_span *spans, unsigned span_count,
		   struct cow_header *was)
{
	unsigned char sector[SECTOR_SIZE];
	enum cow_state state;
	int r;

	was->changed = false;
	r = read_header(name, spans, span_count, sector, &state);
	if (r < 0)
		return r;
	memcpy(was->bytes, sector, SECTOR_SIZE);
	if (state == COW_NEW)
		fill_header(sector);
	else if (state != COW_VALID)
		return 0;
	memset(sector + offsetof(struct disk_header, valid), 0, sizeof(uint32_t));
	r = transfer(spans, TRANSFER_WRITE, first_sector, sector);
	if (r < 0)
		return r;
	was->changed = true;
	return transfer(spans, TRANSFER_SYNC, first_sector, NULL);
}

int cow_revalidate(const struct cow_span *spans, const struct cow_header *was)
{
	unsigned char sector[SECTOR_SIZE];
	int r;

	if (!was->changed)
		return 0;
	memcpy(sector, was->bytes, sizeof(sector));
	r = transfer(spans, TRANSFER_WRITE, first_sector, sector);
	return r < 0 ? r : transfer(spans, TRANSFER_SYNC, first_sector, NULL);
}
