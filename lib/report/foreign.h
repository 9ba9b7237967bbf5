/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_REPORT_FOREIGN_H
#define SNAPVOL_REPORT_FOREIGN_H

/*
 * What is shown of volumes whose first segment is of a type that snapvol does not make: the letters LVM2 gives
 * them, how they are laid out, which pool and which origin they have.  All of it is in the metadata.
 */

#include "model/lv.h"

struct foreign_type {
	const char *begin;	     /* of the type's name */
	char volume, target;	     /* letters */
	const char *layout, *detail; /* detail NULL: the type's name, "": nothing more */
	const char *layer;	     /* the device that works for it has this layer; or NULL */
};

/* NULL: a volume of a type that snapvol makes, or one that nobody knows. */
const struct foreign_type *foreign_type(const struct lv *lv);

/* The pool of a thin or cached volume, and what such a volume shows or was taken of; or NULL. */
const struct lv *foreign_pool(const struct lv *lv);
const struct lv *foreign_origin(const struct lv *lv);

/* Whether new chunks of a thin volume or pool are zeroed. */
bool foreign_zeroes(const struct lv *lv);

#endif
