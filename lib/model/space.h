/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_MODEL_SPACE_H
#define SNAPVOL_MODEL_SPACE_H

/*
 * The free extents an allocation may choose from, and shrinks as it chooses.
 *
 * The runs stand in order of preference (of devices, or of the ranges a user gave); those of one
 * device are also chained.  A run that is used up stays with count 0, but leaves the chain's head.
 * Nothing here touches the group.
 */

#include <stddef.h>

#include "model/range.h"

enum { NO_COLUMN = -1 };

struct free_run {
	struct free_device *device;
	struct free_run *next;		/* of the same device, NULL after the last */
	uint32_t first, count;
};

struct free_device {
	struct pv *pv;
	struct free_run *runs;		/* the chain */
	struct free_run *current;	/* where its last piece came from, or NULL */
	uint64_t free;			/* extents in all its runs */
	int column;			/* of the volume that lies here, or NO_COLUMN */
	bool taken;			/* by a column of the piece being chosen */
};

struct space {
	struct free_run *runs;
	size_t run_count, run_room;
	struct free_device *devices;
	unsigned device_count;
};

/* What is free in the ranges on usable devices (range_count 0: on all of them).
 * 0, or -ENOMEM reported; release it in either case. */
int space_init(struct space *space, const struct vg *vg, const struct alloc_range *ranges,
	       unsigned range_count);
void space_release(struct space *space);

uint64_t space_free(const struct space *space);

/* NULL if the device has no part in it. */
struct free_device *space_device(const struct space *space, const struct pv *pv);

/* The run of a device that begins with this extent, or the first of at least so many; or NULL. */
struct free_run *space_run_at(const struct free_device *device, uint64_t extent);
struct free_run *space_run_of(const struct free_device *device, uint32_t at_least);

/* Use up the beginning of a run. */
void space_take(struct free_run *run, uint32_t count);

/* Use up all of a device. */
void space_drop(struct free_device *device);

#endif
