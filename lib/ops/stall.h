/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_STALL_H
#define SNAPVOL_OPS_STALL_H

/*
 * Whether a merge gets on.
 *
 * It does if what the kernel says of it differs from what it said before.  A state that can't be read says
 * nothing, and is the same as any other that can't.
 */

#include "dm/status.h"

struct stall {
	struct snapshot_status last;
	uint64_t since_ms; /* when it became so; 0: not looked yet */
};

/* A look at now_ms, which is never 0: for how long the merge has got no further. */
uint64_t stall_look(struct stall *stall, const struct snapshot_status *status, uint64_t now_ms);

#endif
