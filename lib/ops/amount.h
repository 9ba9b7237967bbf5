/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_AMOUNT_H
#define SNAPVOL_OPS_AMOUNT_H

/*
 * What -L and -l ask for, as a number of extents.
 *
 * A size is rounded up to a whole number of extents and, with stripes, to a multiple of them; that is
 * said.  A percentage is of the group's extents, of its free ones, of those of the devices given, or
 * of the origin's or the volume's own.  As in LVM2 what is to be taken away is rounded down, and so is what
 * a new volume gets of its devices; all else is rounded up.
 */

#include "base/units.h"
#include "model/alloc.h"

struct amount_context {
	const struct vg *vg;
	const char *label;		/* "vg0/base", for messages */
	const struct lv *origin;	/* %ORIGIN; NULL if there is none */
	const struct lv *lv;		/* %LV; NULL if there is none */
	const struct alloc_range *ranges;	/* %PVS; NULL: all devices */
	unsigned range_count;
	uint32_t stripes;		/* at least 1 */
};

/* Whether it is a share of what others have, too: as in LVM2 as much of it is taken as fits. */
bool amount_is_share(const struct amount *amount);

/* 0, or -EDOM (makes no sense here) / -ENOSPC (rounds to nothing), reported.  The sign is the
 * caller's matter. */
int amount_extents(const struct amount *amount, const struct amount_context *context,
		   uint32_t *extents);

#endif
