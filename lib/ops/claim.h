/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_CLAIM_H
#define SNAPVOL_OPS_CLAIM_H

/*
 * Making sure that a merge begins under nobody's feet.
 *
 * When snapshot-merge takes over, what the origin's device shows changes from the origin's contents
 * to the snapshot's.  So nobody may have either device open.  A claim opens both exclusively and then
 * looks whether anybody else has them open; it keeps the origin's, on which no filesystem can be mounted
 * until it is released.
 */

#include "ops/change.h"
#include "dm/holder.h"

struct claim {
	const struct lv *origin;
	uint32_t minor;			/* of its device */
	int fd;				/* that, -1 if not open */
	const struct lv *open;		/* which of the two somebody has open; NULL: none */
	char holder[HOLDER_TEXT];	/* who */
};

/* 1: claimed; 0: one is open, see claim->open; negative, reported. */
int claim_take(struct change *change, const struct snapshot *snapshot, struct claim *claim);

/* Say who has it open, and that the merge waits for that. */
void claim_tell(const struct claim *claim, const struct snapshot *snapshot);

/* While the change is there.  What is cached of the origin's device goes, and it is told if that failed. */
void claim_release(struct claim *claim);

#endif
