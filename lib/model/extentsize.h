/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_MODEL_EXTENTSIZE_H
#define SNAPVOL_MODEL_EXTENTSIZE_H

/*
 * Another extent size for a group that is there already.  Nothing moves: every place and length is
 * counted anew, and all of them must be whole numbers of the new extents.
 */

#include <stdint.h>

struct vg;

/* 0, or -EINVAL, reported: then the group in memory is of no use any more. */
int vg_set_extent_size(struct vg *vg, uint64_t sectors);

#endif
