/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * First sectors of any bytes: what is taken for a label is written and found again and says the
 * same.  Checksums are put right, for else hardly any input would get past them.
 */
#include <stdlib.h>
#include <string.h>

#include "base/crc.h"
#include "store/format.h"
#include "store/label.h"
#include "test/fuzz/fuzz.h"

enum { CRC_OFFSET = 16, CRC_FROM = 20 };

static void put_checksum(unsigned char *sector)
{
	uint32_t crc;

	if (memcmp(sector, LABEL_MAGIC, 8) != 0)
		return;
	crc = crc_update(CRC_INITIAL, sector + CRC_FROM, DISK_SECTOR - CRC_FROM);
	for (unsigned i = 0; i < 4; i++)
		sector[CRC_OFFSET + i] = (unsigned char)(crc >> 8 * i);
}

static void require_same(const struct byte_ranges *one, const struct byte_ranges *other)
{
	if (one->count != other->count)
		abort();
	for (unsigned i = 0; i < one->count; i++)
		if (one->range[i].offset != other->range[i].offset ||
		    one->range[i].size != other->range[i].size)
			abort();
}

static void check_again(const struct label *label)
{
	unsigned char data[LABEL_SCAN_BYTES] = { 0 };
	struct label again;
	const char *damage;

	if (label->sector >= LABEL_SCAN_BYTES / DISK_SECTOR)
		abort();
	if (label_encode(label, data + label->sector * DISK_SECTOR) < 0 ||
	    label_find(data, sizeof(data), &again, &damage) != 1)
		abort();
	if (strcmp(label->id, again.id) != 0 || label->dev_size != again.dev_size ||
	    label->used != again.used)
		abort();
	require_same(&label->data, &again.data);
	require_same(&label->areas, &again.areas);
	require_same(&label->bootloader, &again.bootloader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char sectors[LABEL_SCAN_BYTES + DISK_SECTOR] = { 0 };
	const char *damage = NULL;
	struct label label;

	if (size > sizeof(sectors))
		size = sizeof(sectors);
	if (size)
		memcpy(sectors, data, size);
	for (size_t i = 0; i < sizeof(sectors); i += DISK_SECTOR)
		put_checksum(sectors + i);
	if (label_find(sectors, size, &label, &damage) == 1)
		check_again(&label);
	return 0;
}
