/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_STORE_FORMAT_H
#define SNAPVOL_STORE_FORMAT_H

/*
 * LVM2's structures on disk, as bytes lie there.  All integers are little-endian and are converted
 * where these structs are read and written, in label.c and area.c.
 *
 * Sector 1 of a PV holds the label, whose body is a list of data areas, a list of metadata areas,
 * and since LVM2 2.02.99 an extension with a list of bootloader areas.  A list ends with an entry
 * of zeros.  A metadata area begins with a header; the rest of it is a ring of text.
 */

#include <assert.h>
#include <stdint.h>

#define LABEL_MAGIC "LABELONE"
#define LABEL_TYPE "LVM2 001"
#define AREA_MAGIC "\040\114\126\115\062\040\170\133\065\101\045\162\060\116\052\076"

enum {
	DISK_SECTOR = 512,
	DISK_ID_LEN = 32,
	AREA_VERSION = 1,
	AREA_HEADER_SIZE = 512,
	SLOT_IGNORED = 1u << 0,		/* flags of the first slot: leave this area alone */
	EXTENSION_VERSION = 2,
	EXTENSION_USED = 1u << 0,	/* flags of the extension: in a group */
	CRC_SIZE = 4,
};

struct disk_range {
	uint64_t offset;
	uint64_t size;
} __attribute__((packed));

struct disk_label {
	char magic[8];
	uint64_t sector;
	uint32_t crc;			/* of everything behind it */
	uint32_t body_offset;
	char type[8];
	char id[DISK_ID_LEN];		/* the body begins here */
	uint64_t dev_size;
	unsigned char lists[DISK_SECTOR - 72];
} __attribute__((packed));

/* Behind the second list's end. */
struct disk_extension {
	uint32_t version;
	uint32_t flags;
} __attribute__((packed));

struct disk_slot {
	uint64_t offset;
	uint64_t size;
	uint32_t crc;
	uint32_t flags;
} __attribute__((packed));

struct disk_area_header {
	uint32_t crc;			/* of everything behind it */
	char magic[16];
	uint32_t version;
	uint64_t start;
	uint64_t size;
	struct disk_slot slots[2];
	unsigned char zero[AREA_HEADER_SIZE - 88];
} __attribute__((packed));

_Static_assert(sizeof(struct disk_range) == 16, "a list entry is 16 bytes");
_Static_assert(sizeof(struct disk_label) == DISK_SECTOR, "a label fills its sector");
_Static_assert(sizeof(struct disk_extension) == 8, "the extension's fixed part is 8 bytes");
_Static_assert(sizeof(struct disk_slot) == 24, "a slot is 24 bytes");
_Static_assert(sizeof(struct disk_area_header) == AREA_HEADER_SIZE, "a header fills its sector");
_Static_assert(sizeof(AREA_MAGIC) == 17, "the magic is 16 bytes");

#endif
