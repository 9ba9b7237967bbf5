/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_STORE_IMPORT_H
#define SNAPVOL_STORE_IMPORT_H

/*
 * Metadata text to a group in memory.
 *
 * Takes the on-disk form (the group's section first) and the form of archive and backup files
 * (header first).  Every number is range-checked, every reference must resolve, and the group has
 * passed vg_check().  Keys and sections that are not understood are kept as text; segment types
 * LVM2 has and snapvol does not make become SEGMENT_FOREIGN; types and status words that nobody
 * knows set vg->unknown.  Devices are not located here (pv->path stays NULL).
 */

#include <stddef.h>
#include <stdint.h>

struct vg;

/* What stands beside the group; the text is the group's. */
struct text_header {
	const char *description; /* NULL if there is none */
	uint64_t time;		 /* seconds since 1970; 0: not known */
};

/* text need not end in NUL.  name is what messages begin with ("/dev/sdb").
 * 0 with a new group, or -EBADMSG / -ENOMEM, reported. */
int vg_import(const char *name, const char *text, size_t len, struct vg **vg);

/* The same, and the header. */
int vg_import_with_header(const char *name, const char *text, size_t len, struct vg **vg,
			  struct text_header *header);

#endif
