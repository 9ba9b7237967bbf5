/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_MODEL_DEMAND_H
#define SNAPVOL_MODEL_DEMAND_H

/*
 * A request for extents while it is being met (model/alloc.c is what others call).
 *
 * A piece is one segment: in each column a run of the same length.  Whoever chooses a piece puts
 * the run of each column into "picks" and appends it; the volume grows and the space shrinks by it.
 */

#include "model/lv.h"
#include "model/space.h"

enum { MAX_COLUMNS = 128 };		/* LVM2's limit */

/* "each" extents are still wanted in each column. */
struct demand {
	struct lv *lv;
	uint32_t columns, stripe_size_sectors, each;
	enum alloc_policy policy;	/* not ALLOC_INHERIT */
	struct space space;
	struct free_run *picks[MAX_COLUMNS];
};

/* The volume's last segment if it is one that can go on, else NULL. */
const struct segment *demand_last_segment(const struct demand *demand);

/* The run that continues a column of that segment; NULL if it is in use or not allowed. */
struct free_run *demand_following_run(const struct demand *demand, uint32_t column);

void demand_clear_picks(struct demand *demand);

/* Append a piece of count extents in each column; columns may share a run.  0 or an error. */
int demand_append(struct demand *demand, uint32_t count);

/* Meet the rest in as many pieces as it takes: -ENOSPC, silent, before anything is appended, if the
 * space is not enough; else 0 or an error. */
int demand_fill(struct demand *demand);

#endif
