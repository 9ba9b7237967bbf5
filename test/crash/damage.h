/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_TEST_DAMAGE_H
#define SNAPVOL_TEST_DAMAGE_H

/*
 * Broken disks: every field of label, metadata area header, text and COW store at its limits and past
 * them, one at a time, with checksums that are right, so that nothing but the field itself is there
 * to be noticed; and, as fields of their own, the checksums of label and area header, left wrong.
 *
 * Each kind numbers its fields, and the values of each, from 0.  An image is a PV as svgcreate makes
 * it, with one area that begins at AREA_START.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DAMAGE_TEXT = 256, DAMAGE_AREA_START = 4096 };

/* What svcheck's exit status must be. */
enum { DAMAGE_HARMLESS = 0, DAMAGE_ODD = 10, DAMAGE_INVALID = 11, DAMAGE_UNSOUND = 12 };

/* Or: LVM2's rules do not say whether it is damage at all; svgck does. */
enum { DAMAGE_UNJUDGED = -1 };

struct damage {
	unsigned char *image;
	const unsigned char *other; /* another PV */
	size_t image_size;
	size_t store_offset; /* where the COW store begins, a multiple of 512 */
	size_t store_size;
	size_t origin_size;
	char what[DAMAGE_TEXT]; /* "area header: slots[0].size = 0x0" */
	int verdict;
	const char *says;  /* how svcheck's line about it begins; NULL: it names device or group */
	bool names_device; /* the device it is */
	bool unmergeable;  /* though svcheck's verdict is no more than odd */
};

/* How many values numbers have, and lines of text. */
enum { DAMAGE_NUMBERS = 15, DAMAGE_WAYS = 36 };

enum damage_result { DAMAGE_DONE, DAMAGE_NO_VALUE, DAMAGE_NO_FIELD };

/*
 * The group whose first PV is broken, of 64 KiB extents from 128 KiB on:
 *
 *	svgcreate -s 64k --metadatasize 60k --dataalignment 128k vg DISK
 *	svcreate -an -Zn -l 17 -n base vg
 *	svcreate -an -s -l 18 -n snap vg/base
 */
enum {
	DAMAGE_IMAGE = 3 << 20, /* of the disk */
	DAMAGE_EXTENT = 65536,
	DAMAGE_DATA_START = 131072,
	DAMAGE_ORIGIN_EXTENTS = 17, /* a chunk more than the store's first area has entries */
	DAMAGE_STORE_EXTENTS = 18,  /* all that it can ever need */
};

/* None yet, in that image of the disk. */
struct damage damage_of(unsigned char *image, const unsigned char *other);

/* Give a field one of its values.  A text's fields are its lines, and not all take all values. */
typedef enum damage_result damage_kind(struct damage *damage, unsigned field, unsigned value);

damage_kind damage_label, damage_header, damage_text, damage_store;

/* One metadata area up to the end of a device of so many bytes, and in it a text that fills it. */
void damage_hollow(struct damage *damage, uint64_t device_size);

/* Put another line in place of a value's in that section of the text. */
void damage_line(struct damage *damage, const char *section, const char *key, const char *line);

/* A store with sound exceptions of chunks of 4 KiB, in two areas, where there is one of zeros. */
void damage_fill_store(struct damage *damage);

#endif
