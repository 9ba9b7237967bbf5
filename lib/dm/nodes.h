/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_DM_NODES_H
#define SNAPVOL_DM_NODES_H

/*
 * All nodes and links (devnode.h) of a group, after somebody was killed who had not come to making and
 * removing them.  Where udevd runs there is nothing to do.
 */

struct layout;
struct live;

/* Make those of the wanted devices that live shows; remove those whose names are neither wanted nor
 * live, as their numbers may be those of other devices one day. */
void nodes_settle(const struct layout *wanted, const struct live *live, const char *vg_name,
		  const char *dev_dir);

#endif
