/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_MODEL_RANGE_H
#define SNAPVOL_MODEL_RANGE_H

/*
 * Parts of devices that a user allows for an allocation, as LVM2 writes them on a command line:
 *
 *	DEVICE[:PE[-[PE]]]...	extents, the last included; DEVICE:10 is one, DEVICE:10- the rest
 *	DEVICE:PE+COUNT		COUNT extents
 *	@TAG			the devices with this tag
 *
 * A device's own path may contain colons: the longest known path is taken.
 */

#include "model/vg.h"

/* PEs of a device the user allows: [first, first + count). */
struct alloc_range {
	struct pv *pv;
	uint32_t first, count;
};

/* Operands to ranges, in their order (malloc'd array, the caller frees).  0; -EINVAL for what is no
 * range of the group, is not allocatable or is named twice, reported; -ENOMEM. */
int alloc_parse_ranges(struct vg *vg, const char *const *operands, unsigned count,
		       struct alloc_range **ranges, unsigned *range_count);

/* That ranges lie on devices of the group and do not overlap: 0, -EINVAL reported, -ENOMEM. */
int alloc_check_ranges(const struct vg *vg, const struct alloc_range *ranges, unsigned count);

#endif
