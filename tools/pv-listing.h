/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_TOOLS_PV_LISTING_H
#define SNAPVOL_TOOLS_PV_LISTING_H

/*
 * Walking over devices: those of groups with absent ones, orphans, and on request those that are no
 * PV.  Operands are paths and tags.
 */

#include "tools/listing.h"

struct pv_walk {
	struct listing *listing;
	const char *const *operands;
	unsigned operand_count;
	bool *found;			/* one for each operand */
	bool blank;			/* devices without label, too */
	/* group and pv are NULL for an orphan, disk for an absent device */
	int (*visit)(struct pv_walk *walk, const struct group_facts *group, const struct pv *pv,
		     const struct disk_facts *disk);
	void *data;
};

/* Visit those that are in no group. */
int pv_walk_orphans(struct pv_walk *walk);

/* Visit all; then negative, reported, for each operand that named nothing. */
int pv_walk(struct pv_walk *walk);

#endif
