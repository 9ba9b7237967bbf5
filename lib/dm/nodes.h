/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_DM_NODES_H
#define SNAPVOL_DM_NODES_H

/*
 * All nodes and links (devnode.h) of a group, after somebody was killed who had not come to making and
 * removing them.  Where udevd runs there is nothing to do.
 */

struct dm_node;
struct layout;
struct live;

enum node_fault {
	NODE_MISSING,
	NODE_WRONG, /* it is there, and of something else */
	NODE_STALE, /* of no device, or of one that has another name */
};

struct nodes {
	const struct layout *wanted;
	const struct live *live;
	const char *vg_name, *dev_dir;
	/* NULL, or nothing is done but to tell what would be, once the devices are as wanted: node is whose it
	 * is, NULL if it is stale */
	void (*tell)(void *data, enum node_fault fault, const char *path,
		     const struct dm_node *node);
	void *data;
};

/* Make those of the wanted devices that live shows; remove those whose names are neither wanted nor
 * live, nor of what has been made meanwhile, as their numbers may be those of other devices one day. */
void nodes_settle(const struct nodes *nodes);

#endif
