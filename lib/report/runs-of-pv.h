/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_REPORT_RUNS_OF_PV_H
#define SNAPVOL_REPORT_RUNS_OF_PV_H

/*
 * A device as runs of extents that belong to one segment each, or to none, in the order they lie.
 */

#include "model/lv.h"

struct pv_run {
	uint32_t pe, len;
	const struct segment *segment;	/* NULL: free */
};

/* *runs is malloc'd.  0 or -ENOMEM, reported. */
int pv_runs(const struct pv *pv, struct pv_run **runs, unsigned *count);

#endif
