/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_MODEL_EXTENTS_H
#define SNAPVOL_MODEL_EXTENTS_H

/*
 * Which extents of a group's devices are in use, and by what.
 *
 * An extent map is made once from all segments of a group (hidden and foreign ones too), sorted by
 * device and place, and is good until the group changes.  A cursor walks the free runs of a part
 * of a device.  Uses may overlap in a damaged group: the map shows them all, the cursor takes an
 * extent with several owners as used.
 */

#include <stddef.h>

#include "model/vg.h"

struct segment;

/* PEs [first, first + count) of a device are one column of a segment. */
struct extent_use {
	const struct pv *pv;
	const struct segment *segment;
	uint32_t first, count;
};

struct extent_map {
	struct extent_use *uses; /* those of one device together, by ascending first */
	size_t count;
};

/* 0, or -ENOMEM reported. */
int extent_map_init(struct extent_map *map, const struct vg *vg);
void extent_map_release(struct extent_map *map);

struct extent_cursor {
	const struct extent_use *use, *end;
	const struct pv *pv;
	uint64_t at, limit;
};

/* Start at PE "first" of the device; PEs from "limit" on are not looked at. */
void extent_cursor_init(struct extent_cursor *cursor, const struct extent_map *map,
			const struct pv *pv, uint64_t first, uint64_t limit);

/* The next free run; false after the last. */
bool extent_cursor_next(struct extent_cursor *cursor, uint32_t *first, uint32_t *count);

/* The device ends after this many sectors: as many extents as fit.  0, or, reported, -EBUSY (in use
 * behind that) / -ENOSPC (not one fits, or more than can be counted) / -ENOMEM. */
int pv_set_size(struct pv *pv, uint64_t size_sectors);

#endif
