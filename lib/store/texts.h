/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_STORE_TEXTS_H
#define SNAPVOL_STORE_TEXTS_H

/*
 * The distinct metadata texts of a scan.  Each is parsed once, however many areas hold it.
 */

#include <libdevmapper.h>
#include <stddef.h>
#include <stdint.h>

struct catalog;
struct group;
struct vg;

struct found_text {
	struct dm_list list;		/* in catalog->texts */
	uint32_t crc;
	size_t len;
	const char *bytes;
	struct vg *vg;			/* NULL: not understood */
	struct group *group;		/* it speaks of; set by groups.c */
};

/* The text, remembered from before or new; one that cannot be understood is reported and kept
 * without vg.  0 or -ENOMEM. */
int texts_keep(struct catalog *catalog, const char *source, uint32_t crc, const char *bytes,
	       size_t len, struct found_text **result);

#endif
