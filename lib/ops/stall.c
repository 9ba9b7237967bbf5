/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/stall.h"

static bool is_same(const struct snapshot_status *a, const struct snapshot_status *b)
{
	return a->state == b->state && a->used_sectors == b->used_sectors &&
	       a->metadata_sectors == b->metadata_sectors;
}

uint64_t stall_look(struct stall *stall, const struct snapshot_status *status, uint64_t now_ms)
{
	if (!stall->since_ms || !is_same(&stall->last, status)) {
		stall->last = *status;
		stall->since_ms = now_ms;
	}
	return now_ms - stall->since_ms;
}
