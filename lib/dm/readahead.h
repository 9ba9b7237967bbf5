/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_DM_READAHEAD_H
#define SNAPVOL_DM_READAHEAD_H

/*
 * How much the kernel reads ahead on a device: what the volume asks for, or at least enough to
 * keep all disks of a striped one busy.  Failing is no failure of the plan.
 */

#include <stdbool.h>
#include <stdint.h>

struct dm_node;

/* What the kernel says now; false if it says nothing. */
bool readahead_get(uint32_t major, uint32_t minor, uint64_t *sectors);

void readahead_set(const struct dm_node *node, uint32_t major, uint32_t minor);

#endif
