/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_TEST_DAMAGE_H
#define SNAPVOL_TEST_DAMAGE_H

/*
 * Broken disks: every field of label, metadata area header, text and COW store at its limits and past
 * them, one at a time, with checksums that are right, so that nothing but the field itself is there
 * to be noticed.
 *
 * Each kind numbers its damages from 0.  An image is a PV as svgcreate makes it, with one area that
 * begins at AREA_START.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DAMAGE_TEXT = 256, DAMAGE_AREA_START = 4096 };

struct damage {
	unsigned char *image;
	size_t image_size;
	size_t store_offset; /* where the COW store begins, a multiple of 512 */
	size_t store_size;
	char what[DAMAGE_TEXT]; /* "area header: slots[0].size = 0x0" */
};

/* Do damage number n; false if there are not so many. */
typedef bool damage_kind(struct damage *damage, unsigned n);

damage_kind damage_label, damage_header, damage_text, damage_store;

/* One metadata area up to the end of a device of so many bytes, and in it a text that fills it. */
void damage_hollow(struct damage *damage, uint64_t device_size);

/* A store with three sound exceptions, of chunks of 4 KiB, where there is one of zeros. */
void damage_fill_store(struct damage *damage);

#endif
