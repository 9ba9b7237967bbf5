/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Metadata areas of any bytes: reading ends within the area, and what can be written can be read.
 *
 * An input is the header from its magic on, then the ring.  Checksums of the header, and of the
 * text that its first slot names, are put right.
 */
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "memdev.h"

#include "base/auto.h"
#include "base/crc.h"
#include "base/units.h"
#include "store/area.h"
#include "store/format.h"
#include "test/fuzz/fuzz.h"

enum { START = 4096, SIZE = 8192, DEVICE_SECTORS = (START + SIZE) / SECTOR_SIZE, HEADER_FROM = 4 };

static uint32_t checksum(const unsigned char *data, size_t len)
{
	return crc_update(CRC_INITIAL, data, len);
}

/* The checksum of the text that the slot names, as far as that lies in the area. */
static uint32_t text_checksum(const unsigned char *area, const struct disk_slot *slot)
{
	uint64_t offset = le64toh(slot->offset), size = le64toh(slot->size);
	uint32_t crc;

	if (offset >= SIZE || size > SIZE - DISK_SECTOR)
		return 0;
	if (size <= SIZE - offset)
		return checksum(area + offset, (size_t)size);
	crc = checksum(area + offset, (size_t)(SIZE - offset));
	return crc_update(crc, area + DISK_SECTOR, (size_t)(size - (SIZE - offset)));
}

static void fill(unsigned char *area, const uint8_t *data, size_t size)
{
	struct disk_area_header header;

	if (size > SIZE - HEADER_FROM)
		size = SIZE - HEADER_FROM;
	memcpy(area + HEADER_FROM, data, size);
	memcpy(&header, area, sizeof(header));
	header.start = htole64(START);
	header.size = htole64(SIZE);
	header.slots[0].crc = htole32(text_checksum(area, &header.slots[0]));
	memcpy(area, &header, sizeof(header));
	header.crc = htole32(checksum(area + HEADER_FROM, DISK_SECTOR - HEADER_FROM));
	memcpy(area, &header, sizeof(header));
}

static void check_write(struct area *area)
{
	static const char text[] = "a { }";
	AUTO_FREE char *read = NULL;
	struct area again;
	size_t len = 0;

	/* beside a text that all but fills the ring there is no room */
	if (area_text_max(area) < sizeof(text)) {
		if (area_stage(area, text, sizeof(text)) >= 0)
			abort();
		return;
	}
	if (area_stage(area, text, sizeof(text)) < 0 || area_precommit(area) < 0 ||
	    area_publish(area) < 0)
		abort();
	area_init(&again, area->dev, area->start, area->size);
	if (area_read(&again, NULL, &read, &len) != 1 || len != sizeof(text) ||
	    memcmp(read, text, len) != 0)
		abort();
}

static void check_area(struct blkdev *dev, const unsigned char *bytes)
{
	struct area_window window = { .data = bytes, .len = START + 1024 };
	AUTO_FREE char *text = NULL;
	AUTO_FREE char *same = NULL;
	struct area area, other;
	size_t len = 0, same_len = 0;
	int r;

	area_init(&area, dev, START, SIZE);
	r = area_read(&area, NULL, &text, &len);
	area_init(&other, dev, START, SIZE);
	if (area_read(&other, &window, &same, &same_len) != r || len != same_len)
		abort();
	if (r == 1 && (!area_is_usable(&area) || memcmp(text, same, len) != 0))
		abort();
	if (area_is_usable(&area))
		check_write(&area);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct memdev *disk = memdev_new("/dev/fuzz", DEVICE_SECTORS, NULL);
	struct blkdev *dev = NULL;

	if (size)
		fill(memdev_bytes(disk) + START, data, size);
	memdev_open(disk, BLKDEV_WRITE, &dev);
	check_area(dev, memdev_bytes(disk));
	blkdev_free(&dev);
	memdev_free(&disk);
	return 0;
}
