/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_AREAS_H
#define SNAPVOL_OPS_AREAS_H

/*
 * Which metadata areas are in use.
 *
 * An area that is not says so itself; it is neither read nor written.  What is to be used again is emptied before
 * the commit, which fills it; what is not, after it.
 *
 * A group may say how many shall be (metadata_copies; 0: nobody chooses but svpvchange).  As in LVM2, areas come into
 * use and go out of it whenever devices join or leave, until there are so many, or all there are.
 */

#include "ops/change.h"

#include <stdbool.h>

struct disk;

bool areas_any_used(const struct disk *disk);

/* Bit by bit, those that are sound and would change. */
unsigned areas_to_switch(const struct disk *disk, bool ignore);

/* Written, and the device synced. */
int areas_write(struct disk *disk, unsigned which, bool ignore);

/* As a step of the change; of those that are to be used again the commits that are staged from now on know. */
int areas_switch(struct change *change, struct disk *disk, unsigned which, bool ignore);

/* change_stage(), with steps to as many areas as the group says; METADATA_COPIES_ALL: to all, once, and then nobody
 * chooses. */
int areas_stage(struct change *change, enum when when);

#endif
