/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_STORE_EXPORT_H
#define SNAPVOL_STORE_EXPORT_H

/*
 * A group in memory to metadata text, in the words and order LVM2 writes.
 *
 * What import kept as text goes out as it came.  vg_import(vg_export(vg)) gives the same group, and
 * exporting that gives the same bytes.
 */

#include <stddef.h>
#include <stdint.h>

struct vg;

enum export_form {
	EXPORT_DISK,	/* group first, no indentation, ends in "\n\n" and NUL (counted) */
	EXPORT_FILE,	/* header first, tabs, comments; for archive and backup */
};

/* What the header says; time comes in so that tests can hold it still. */
struct export_header {
	const char *description;	/* "Write from svcreate -n base vg0." */
	const char *host, *uname;
	uint64_t time;			/* seconds since 1970 */
};

/* *text is malloc'd, the caller frees; *len counts the NUL of the disk form.  0 or negative,
 * reported. */
int vg_export(const struct vg *vg, enum export_form form, const struct export_header *header,
	      char **text, size_t *len);

#endif
