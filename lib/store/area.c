/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Metadata areas: header sector, ring of text, two slots.
 */
#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "store/area.h"

#include "base/auto.h"
#include "base/crc.h"
#include "base/log.h"
#include "base/text.h"
#include "base/units.h"
#include "device/blkdev.h"
#include "store/format.h"

enum {
	RING = AREA_HEADER_SIZE, /* where the ring begins */
	AREA_MIN = 4 * DISK_SECTOR,
	WIPE = 4096, /* of an area newly made */
};

static const char *refuse_place(const struct area *area)
{
	uint64_t end;

	if (area->start % DISK_SECTOR || area->size % DISK_SECTOR)
		return _("metadata area is not made of whole sectors");
	if (area->start < DISK_SECTOR || area->size < AREA_MIN)
		return _("metadata area is too small");
	if (add_overflows(area->start, area->size, &end) ||
	    end / SECTOR_SIZE > area->dev->size_sectors)
		return _("metadata area lies beyond the end of the device");
	return NULL;
}

void area_init(struct area *area, struct blkdev *dev, uint64_t start, uint64_t size)
{
	*area = (struct area) { .dev = dev, .start = start, .size = size };
	area->damage = refuse_place(area);
}

bool area_is_usable(const struct area *area)
{
	return !area->ignored && !area->lost && !area->damage;
}

static struct area_slot slot_from_disk(const struct disk_slot *disk)
{
	return (struct area_slot) {
		.offset = le64toh(disk->offset),
		.size = le64toh(disk->size),
		.crc = le32toh(disk->crc),
		.flags = le32toh(disk->flags),
	};
}

static struct disk_slot slot_to_disk(const struct area_slot *slot)
{
	return (struct disk_slot) {
		.offset = htole64(slot->offset),
		.size = htole64(slot->size),
		.crc = htole32(slot->crc),
		.flags = htole32(slot->flags),
	};
}

static uint32_t header_crc(const struct disk_area_header *header)
{
	return crc_update(CRC_INITIAL, (const char *)header + CRC_SIZE, sizeof(*header) - CRC_SIZE);
}

/* What is wrong with a header, or NULL. */
static const char *refuse_header(struct area *area, const struct disk_area_header *header)
{
	if (le32toh(header->crc) != header_crc(header))
		return _("metadata area header has a wrong checksum");
	if (memcmp(header->magic, AREA_MAGIC, sizeof(header->magic)) != 0)
		return _("metadata area header is not LVM2's");
	area->foreign = le32toh(header->version) != AREA_VERSION;
	if (area->foreign)
		return _("metadata area header has a version that is not known");
	if (le64toh(header->start) != area->start)
		return _("metadata area header was made for another place");
	if (le64toh(header->size) != area->size)
		return _("metadata area header and label disagree on its size");
	return NULL;
}

/* What is wrong with the committed slot, or NULL. */
static const char *refuse_slot(const struct area *area, const struct area_slot *slot)
{
	if (slot->offset < RING || slot->offset >= area->size)
		return _("metadata text lies outside its area");
	if (!slot->size || slot->size > area->size - RING)
		return _("metadata text is larger than its area");
	if (slot->size > AREA_TEXT_MAX)
		return _("metadata text is larger than 128 MiB, the most that is read");
	return NULL;
}

static int read_through(const struct area *area, const struct area_window *window, uint64_t offset,
			void *buffer, size_t len)
{
	if (window && offset >= window->offset && offset - window->offset <= window->len &&
	    len <= window->len - (offset - window->offset)) {
		memcpy(buffer, window->data + (offset - window->offset), len);
		return 0;
	}

	return blkdev_read(area->dev, offset, buffer, len);
}

static int read_header(struct area *area, const struct area_window *window,
		       struct disk_area_header *header)
{
	int r;

	r = read_through(area, window, area->start, header, sizeof(*header));
	if (r < 0) {
		area->damage = _("metadata area cannot be read");
		area->unread = true;
		return r;
	}

	area->damage = refuse_header(area, header);
	if (area->damage)
		return -EBADMSG;

	area->current = slot_from_disk(&header->slots[0]);
	area->next = slot_from_disk(&header->slots[1]);
	area->ignored = area->current.flags & SLOT_IGNORED;
	return 0;
}

static int read_text(struct area *area, const struct area_window *window, char *text)
{
	const struct area_slot *slot = &area->current;
	size_t size = (size_t)slot->size;
	size_t first = size;
	int r;

	if (size > area->size - slot->offset)
		first = (size_t)(area->size - slot->offset);

	r = read_through(area, window, area->start + slot->offset, text, first);
	if (r == 0 && first < size)
		r = read_through(area, window, area->start + RING, text + first, size - first);
	if (r < 0) {
		area->damage = _("metadata text cannot be read");
		area->unread = true;
		return r;
	}

	if (crc_update(CRC_INITIAL, text, size) == slot->crc)
		return 0;
	area->damage = _("metadata text has a wrong checksum");
	return -EBADMSG;
}

/* 1 text, 0 none, -EBADMSG silent: worth a second look; other errors are reported. */
static int read_once(struct area *area, const struct area_window *window,
		     struct disk_area_header *header, char **result, size_t *len)
{
	AUTO_FREE char *text = NULL;
	int r;

	r = read_header(area, window, header);
	if (r < 0)
		return r;
	if (area->ignored || !area->current.offset)
		return 0;

	area->damage = refuse_slot(area, &area->current);
	if (area->damage)
		return -EBADMSG;

	text = malloc((size_t)area->current.size);
	if (!text)
		return fail_memory();
	r = read_text(area, window, text);
	if (r < 0)
		return r;

	*len = (size_t)area->current.size;
	*result = TAKE(text);
	return 1;
}

/* A reader takes no lock.  If the header is still the one that led to nonsense, no writer was in
 * between and the damage is real. */
static bool was_changed(const struct area *area, const struct disk_area_header *seen)
{
	struct disk_area_header header;

	return blkdev_read(area->dev, area->start, &header, sizeof(header)) == 0 &&
	       memcmp(&header, seen, sizeof(header)) != 0;
}

int area_read(struct area *area, const struct area_window *window, char **text, size_t *len)
{
	enum { MOST_TRIES = 100 };
	struct disk_area_header header;
	unsigned tries = 0;
	int r;

	if (area->damage)
		return 0;

	/* the window may have been read long ago, or while a header was being written */
	r = read_once(area, window, &header, text, len);
	if (r == -EBADMSG)
		do
			r = read_once(area, NULL, &header, text, len);
		while (r == -EBADMSG && ++tries < MOST_TRIES && was_changed(area, &header));
	/* -ENOMEM may be the device's, too */
	return r < 0 && area->damage ? 0 : r;
}

static int write_header(struct area *area, const struct area_slot *current,
			const struct area_slot *next)
{
	struct disk_area_header header = {
		.version = htole32(AREA_VERSION),
		.start = htole64(area->start),
		.size = htole64(area->size),
		.slots = { slot_to_disk(current), slot_to_disk(next) },
	};
	int r;

	memcpy(header.magic, AREA_MAGIC, sizeof(header.magic));
	header.crc = htole32(header_crc(&header));

	r = blkdev_write(area->dev, area->start, &header, sizeof(header));
	if (r < 0)
		return r;

	area->current = *current;
	area->next = *next;
	return 0;
}

/*
 * Where the next text begins: in the sector behind the committed one, or at the ring's beginning
 * when there is none or too little is left to begin in (LVM2: _next_rlocn_offset).
 */
static uint64_t place_text(const struct area *area)
{
	const struct area_slot *slot = &area->current;
	uint64_t last, next;

	if (!slot->offset || refuse_slot(area, slot))
		return RING;

	last = slot->offset + slot->size - 1;
	if (last >= area->size)
		last = last - area->size + RING;
	if (area->size - last < DISK_SECTOR)
		return RING;

	next = round_up(last + 1, DISK_SECTOR);
	return next > area->size - DISK_SECTOR ? RING : next;
}

/* Bytes from there, going round, to the committed text. */
static uint64_t room_at(const struct area *area, uint64_t offset)
{
	const struct area_slot *slot = &area->current;

	if (!slot->offset || refuse_slot(area, slot))
		return area->size - RING;
	return slot->offset >= offset ? slot->offset - offset
				      : slot->offset + area->size - RING - offset;
}

/* Half the ring, so that old and new fit side by side, less a sector for rounding.  LVM2 allows a
 * text to be longer, as long as the one before was shorter: then there is less beside it. */
uint64_t area_text_max(const struct area *area)
{
	uint64_t half, room;

	if (area->size < AREA_MIN)
		return 0;
	half = (area->size - RING) / 2 - DISK_SECTOR;
	half = half < AREA_TEXT_MAX ? half : AREA_TEXT_MAX;
	room = room_at(area, place_text(area)) / DISK_SECTOR * DISK_SECTOR;
	return room < half ? room : half;
}

int area_is_as_read(struct area *area)
{
	struct disk_area_header header;
	struct disk_slot current = slot_to_disk(&area->current);
	struct disk_slot next = slot_to_disk(&area->next);
	int r;

	r = blkdev_read(area->dev, area->start, &header, sizeof(header));
	if (r < 0)
		return r;
	return !refuse_header(area, &header) &&
	       !memcmp(&header.slots[0], &current, sizeof(current)) &&
	       !memcmp(&header.slots[1], &next, sizeof(next));
}

/* The header on disk must be the one that was read when the group's lock was taken: if it is not,
 * somebody who does not take the lock writes here too. */
static int check_unchanged(struct area *area)
{
	int r = area_is_as_read(area);

	if (r)
		return r < 0 ? r : 0;
	return fail(-ESTALE, _("%s: metadata was changed by somebody who holds no lock"),
		    area->dev->name);
}

/* Write text at the slot, padded with zeros to whole sectors. */
static int write_text(struct area *area, const struct area_slot *slot, const char *text)
{
	AUTO_FREE char *padded = NULL;
	size_t len = (size_t)slot->size;
	size_t whole = (size_t)round_up(len, DISK_SECTOR);
	size_t first = whole;
	int r;

	padded = calloc(1, whole);
	if (!padded)
		return fail_memory();
	memcpy(padded, text, len);

	if (whole > area->size - slot->offset)
		first = (size_t)(area->size - slot->offset);
	r = blkdev_write(area->dev, area->start + slot->offset, padded, first);
	if (r < 0 || first == whole)
		return r;
	return blkdev_write(area->dev, area->start + RING, padded + first, whole - first);
}

int area_stage(struct area *area, const char *text, size_t len)
{
	struct area_slot slot = { .size = len, .crc = crc_update(CRC_INITIAL, text, len) };
	int r;

	area->staged = (struct area_slot) { 0 };
	if (len > area_text_max(area))
		return fail(-EFBIG, _("%s: the metadata needs %zu bytes, its area takes %" PRIu64),
			    area->dev->name, len, area_text_max(area));

	r = check_unchanged(area);
	if (r < 0)
		return r;

	slot.offset = place_text(area);
	r = write_text(area, &slot, text);
	if (r < 0)
		return r;

	area->staged = slot;
	return 0;
}

int area_precommit(struct area *area)
{
	struct area_slot current = area->current, staged = area->staged;

	if (!staged.offset)
		return fail(-ENOTRECOVERABLE, "internal: %s: no text to commit", area->dev->name);
	return write_header(area, &current, &staged);
}

int area_publish(struct area *area)
{
	const struct area_slot none = { 0 };
	struct area_slot staged = area->staged;
	int r;

	if (!staged.offset)
		return fail(-ENOTRECOVERABLE, "internal: %s: no text to publish", area->dev->name);
	r = write_header(area, &staged, &none);
	if (r == 0)
		area->staged = none;
	return r;
}

int area_withdraw(struct area *area)
{
	const struct area_slot none = { 0 };
	struct area_slot current = area->current;

	area->staged = none;
	return write_header(area, &current, &none);
}

int area_clear(struct area *area)
{
	const struct area_slot none = { 0 };
	struct area_slot empty = { .flags = area->current.flags & SLOT_IGNORED };

	area->staged = none;
	area->seqno = 0;
	return write_header(area, &empty, &none);
}

int area_set_ignored(struct area *area, bool ignored)
{
	area->ignored = ignored;
	area->current = (struct area_slot) { .flags = ignored ? SLOT_IGNORED : 0 };
	return area_clear(area);
}

int area_format(struct area *area, bool ignored)
{
	uint64_t wipe = area->size < WIPE ? area->size : WIPE;
	int r;

	area->damage = refuse_place(area);
	if (area->damage)
		return fail(-EINVAL, "%s: %s", area->dev->name, area->damage);

	r = blkdev_zero(area->dev, area->start, wipe);
	return r < 0 ? r : area_set_ignored(area, ignored);
}
