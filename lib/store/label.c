/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The label sector: bytes to struct label and back.
 */

#include <endian.h>
#include <errno.h>
#include <string.h>

#include "store/label.h"

#include "base/crc.h"
#include "base/log.h"
#include "base/text.h"
#include "device/blkdev.h"
#include "store/format.h"

enum { LABEL_BODY = offsetof(struct disk_label, id), LABEL_CRC_FROM = 20 };

_Static_assert(offsetof(struct disk_label, crc) + CRC_SIZE == LABEL_CRC_FROM, "crc from byte 20");

/* What is left of a label's lists. */
struct reader {
	const unsigned char *at;
	size_t left;
};

static bool take(struct reader *reader, void *to, size_t len)
{
	if (reader->left < len)
		return false;
	memcpy(to, reader->at, len);
	reader->at += len;
	reader->left -= len;
	return true;
}

/* NULL, or what is wrong. */
static const char *read_list(struct reader *reader, struct byte_ranges *ranges)
{
	struct disk_range entry;
	struct byte_range range;

	for (;;) {
		if (!take(reader, &entry, sizeof(entry)))
			return _("label: a list does not end within the sector");
		range = (struct byte_range) { .offset = le64toh(entry.offset),
					      .size = le64toh(entry.size) };
		if (!range.offset)
			return NULL;
		if (ranges->count == LABEL_RANGES)
			return _("label: more areas than are known to exist");
		if (range.size > UINT64_MAX - range.offset)
			return _("label: an area ends beyond what a number can say");
		ranges->range[ranges->count++] = range;
	}
}

/* --- places --- */

static bool overlap(uint64_t offset, uint64_t size, const struct byte_range *range)
{
	return offset < range->offset + range->size && range->offset < offset + size;
}

static bool is_taken(const struct label *label, unsigned areas, uint64_t offset, uint64_t size)
{
	const struct byte_range sector = { (uint64_t)label->sector * DISK_SECTOR, DISK_SECTOR };
	unsigned i;

	for (i = 0; i < areas; i++)
		if (overlap(offset, size, &label->areas.range[i]))
			return true;
	return overlap(offset, size, &sector);
}

bool label_occupies(const struct label *label, uint64_t offset, uint64_t size)
{
	return is_taken(label, label->areas.count, offset, size);
}

/* What would be written over the label or an area.  Data end where an area begins, be it at once: LVM2 makes PVs
 * that have room for nothing but their areas. */
static const char *refuse_places(const struct label *label)
{
	const uint64_t data = label->data.count ? label->data.range[0].offset : UINT64_MAX;
	const struct byte_range *area;
	unsigned i;

	for (i = 0; i < label->areas.count; i++) {
		area = &label->areas.range[i];
		if (is_taken(label, i, area->offset, area->size))
			return _("label: a metadata area lies where something else does");
		if (area->offset < data && data < area->offset + area->size)
			return _("label: data begin within a metadata area");
	}
	return data < ((uint64_t)label->sector + 1) * DISK_SECTOR ? _("label: data begin before its end")
								  : NULL;
}

/* --- reading --- */

static bool is_zero(const struct reader *reader)
{
	size_t i;

	for (i = 0; i < reader->left; i++)
		if (reader->at[i])
			return false;
	return true;
}

/* Labels older than the extension have zeros there, or end before it. */
static const char *read_extension(struct reader *reader, struct label *label)
{
	struct disk_extension extension;
	uint32_t flags;

	if (!take(reader, &extension, sizeof(extension)))
		return NULL;

	label->version = le32toh(extension.version);
	flags = le32toh(extension.flags);
	label->used = label->version >= EXTENSION_VERSION && flags & EXTENSION_USED;
	label->foreign = label->version > EXTENSION_VERSION || flags & ~(uint32_t)EXTENSION_USED;
	return label->version ? read_list(reader, &label->bootloader) : NULL;
}

static const char *read_body(const struct disk_label *disk, struct label *label)
{
	struct reader reader = { disk->lists, sizeof(disk->lists) };
	const char *damage;

	if (!uuid_is_valid(disk->id, DISK_ID_LEN))
		return _("label: the identity has characters that no identity has");

	memcpy(label->id, disk->id, DISK_ID_LEN);
	label->dev_size = le64toh(disk->dev_size);

	damage = read_list(&reader, &label->data);
	if (!damage)
		damage = read_list(&reader, &label->areas);
	if (!damage)
		damage = read_extension(&reader, label);
	label->foreign |= !is_zero(&reader);
	return damage;
}

/* NULL with the label filled in, or what is wrong with a sector that has the magic. */
static const char *label_decode(const unsigned char *bytes, unsigned sector, struct label *label)
{
	struct label found = { .sector = sector };
	struct disk_label disk;
	const char *damage;

	memcpy(&disk, bytes, sizeof(disk));
	if (le32toh(disk.crc) !=
	    crc_update(CRC_INITIAL, bytes + LABEL_CRC_FROM, DISK_SECTOR - LABEL_CRC_FROM))
		return _("label: wrong checksum");
	if (le64toh(disk.sector) != sector)
		return _("label: made for another sector");
	if (memcmp(disk.type, LABEL_TYPE, sizeof(disk.type)) != 0)
		return _("label: of a type that is not LVM2's");
	if (le32toh(disk.body_offset) != LABEL_BODY)
		return _("label: its body is not where it always is");

	damage = read_body(&disk, &found);
	damage = damage ? damage : refuse_places(&found);
	if (!damage)
		*label = found;
	return damage;
}

static bool is_label(const unsigned char *sector)
{
	return memcmp(sector, LABEL_MAGIC, sizeof(LABEL_MAGIC) - 1) == 0;
}

int label_find(const void *data, size_t len, struct label *label, const char **damage)
{
	const unsigned char *bytes = data;
	const char *wrong;
	unsigned i;

	*damage = NULL;
	if (len > LABEL_SCAN_BYTES)
		len = LABEL_SCAN_BYTES;

	for (i = 0; i < len / DISK_SECTOR; i++) {
		const unsigned char *sector = bytes + (size_t)i * DISK_SECTOR;

		if (!is_label(sector))
			continue;
		wrong = label_decode(sector, i, label);
		if (!wrong) {
			*damage = NULL;
			return 1;
		}
		if (!*damage)
			*damage = wrong;
	}

	return 0;
}

/* Append to the lists; false if it does not fit. */
static bool put(unsigned char *lists, size_t size, size_t *used, const void *from, size_t len)
{
	if (size - *used < len)
		return false;
	memcpy(lists + *used, from, len);
	*used += len;
	return true;
}

static bool put_list(unsigned char *lists, size_t size, size_t *used,
		     const struct byte_ranges *ranges)
{
	struct disk_range entry;
	unsigned i;

	for (i = 0; i < ranges->count; i++) {
		entry.offset = htole64(ranges->range[i].offset);
		entry.size = htole64(ranges->range[i].size);
		if (!put(lists, size, used, &entry, sizeof(entry)))
			return false;
	}

	entry = (struct disk_range) { 0 };
	return put(lists, size, used, &entry, sizeof(entry));
}

int label_encode(const struct label *label, unsigned char sector[512])
{
	struct disk_extension extension = {
		.version = htole32(EXTENSION_VERSION),
		.flags = htole32(label->used ? EXTENSION_USED : 0),
	};
	struct disk_label disk = {
		.sector = htole64(label->sector),
		.body_offset = htole32(LABEL_BODY),
		.dev_size = htole64(label->dev_size),
	};
	size_t used = 0;

	memcpy(disk.magic, LABEL_MAGIC, sizeof(disk.magic));
	memcpy(disk.type, LABEL_TYPE, sizeof(disk.type));
	memcpy(disk.id, label->id, sizeof(disk.id));

	if (!put_list(disk.lists, sizeof(disk.lists), &used, &label->data) ||
	    !put_list(disk.lists, sizeof(disk.lists), &used, &label->areas) ||
	    !put(disk.lists, sizeof(disk.lists), &used, &extension, sizeof(extension)) ||
	    !put_list(disk.lists, sizeof(disk.lists), &used, &label->bootloader))
		return -EOVERFLOW;

	memcpy(sector, &disk, sizeof(disk));
	disk.crc = htole32(
		crc_update(CRC_INITIAL, sector + LABEL_CRC_FROM, DISK_SECTOR - LABEL_CRC_FROM));
	memcpy(sector, &disk, sizeof(disk));
	return 0;
}

int label_write(struct blkdev *dev, const struct label *label)
{
	unsigned char sector[DISK_SECTOR];
	int r;

	if (label->foreign)
		return fail(
			-ENOTSUP,
			_("%s: the label says things that are not known here and is left as it is"),
			dev->name);
	r = label_encode(label, sector);
	if (r < 0)
		return fail(r, _("%s: the label does not fit its sector"), dev->name);

	return blkdev_write(dev, (uint64_t)label->sector * DISK_SECTOR, sector, sizeof(sector));
}

int label_erase(struct blkdev *dev)
{
	unsigned char sectors[LABEL_SCAN_BYTES];
	unsigned i;
	int r, erased = 0;

	r = blkdev_read(dev, 0, sectors, sizeof(sectors));
	if (r < 0)
		return r;

	for (i = 0; i < LABEL_SCAN_BYTES / DISK_SECTOR; i++) {
		if (!is_label(sectors + (size_t)i * DISK_SECTOR))
			continue;
		r = blkdev_zero(dev, (uint64_t)i * DISK_SECTOR, DISK_SECTOR);
		if (r < 0)
			return r;
		erased++;
	}

	return erased;
}
