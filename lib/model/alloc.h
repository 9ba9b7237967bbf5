/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_MODEL_ALLOC_H
#define SNAPVOL_MODEL_ALLOC_H

/*
 * Choosing free extents for a volume.
 *
 * A request either extends the volume by exactly what was asked for, or, if it is approximate, by the most
 * that is to be had, or changes nothing.  Free is
 * every PE that no segment of any volume names.  Runs are chosen first-fit in the order of devices
 * (or of the ranges the user gave), after the PE that follows the volume's last one: this is where
 * LVM2 users expect them.
 *
 * Policies: contiguous (one run, behind the last), cling (devices the last segment lies on), cling
 * by tags (those, and devices that share a tag with one of them), normal (columns of a striped
 * segment on distinct devices), anywhere.  inherit takes the group's.  Whatever the policy, one run
 * directly behind the last segment is tried first, then one run on the same devices, then one run
 * elsewhere, then several pieces.
 */

#include "model/lv.h"
#include "model/range.h"

/* Of a stripe whose size nobody says. */
enum { DEFAULT_STRIPE_SECTORS = 128 };

struct alloc_request {
	uint32_t extents;		/* to add, a multiple of stripes */
	uint32_t stripes;		/* columns, at least 1 */
	uint32_t stripe_size_sectors;	/* 0 if stripes is 1 */
	bool approximate;		/* rather fewer than none */
	enum alloc_policy policy;	/* ALLOC_INHERIT: the volume's, then the group's */
	const struct alloc_range *ranges;	/* NULL: everything usable */
	unsigned range_count;
};

/* "contiguous", …; -1 for a word that is no policy. */
const char *alloc_word(enum alloc_policy policy);
int alloc_of_word(const char *word);

/* Extend lv.  0; -ENOSPC, -EINVAL reported with what was asked and what there is; -ENOMEM. */
int alloc_extents(struct lv *lv, const struct alloc_request *request);

/* Free extents within the ranges, which do not overlap (NULL: all usable devices). */
uint64_t alloc_free_extents(const struct vg *vg, const struct alloc_range *ranges,
			    unsigned range_count);

#endif
