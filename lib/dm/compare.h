/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_DM_COMPARE_H
#define SNAPVOL_DM_COMPARE_H

/*
 * What differs between the devices the kernel has and those it should have: one item for each
 * device, wanted ones first and in resume order, those left alone last and each after what it rests
 * on.  Says nothing about the order of work.
 *
 * Words: a device is fresh if it has no live table, so that nobody can be using it.  A snapshot
 * is hooked if its live table is a snapshot's.  A tree is frozen if devices of it have to be
 * suspended together; a change of one device alone needs no more than its resume, in which the
 * kernel suspends, swaps tables and resumes within one ioctl.
 */

#include "dm/layout.h"
#include "dm/live.h"

enum item_work {
	ITEM_KEEP,	/* as it should be */
	ITEM_CREATE,	/* not in the kernel */
	ITEM_FILL,	/* in the kernel without a table: fresh too */
	ITEM_GROW,	/* rests on PVs and becomes larger: first of all, what is above needs it */
	ITEM_SWAP,	/* another table, on its own */
	ITEM_FREEZE,	/* suspended and resumed with others; table perhaps the same */
	ITEM_HAND_OVER, /* unwanted snapshot whose store a snapshot-merge takes over */
	ITEM_REMOVE,	/* unwanted */
	ITEM_REMOVE_LATE, /* unwanted, but under a device that changes first */
	ITEM_LEAVE,	/* left alone, and suspended */
};

struct item {
	const struct dm_node *node;	/* under the name that the device has now */
	const struct live_device *live; /* NULL if there is none */
	enum item_work work;
	bool load;	      /* needs a table: "table" */
	bool lockfs;	      /* a filesystem may be on it and is to be frozen */
	const char *table;    /* wanted, with {NAME}; of a handed over one: error */
	const char *new_name; /* NULL: keeps its name */
	struct item *top;     /* wanted origin of its tree, or NULL */
};

struct comparison {
	struct item *items;
	unsigned count;
};

/* All memory is from mem.  0; -EEXIST (a name is taken by another device), -ENOMEM, reported. */
int compare_devices(struct dm_pool *mem, const struct layout *wanted, const struct live *live,
		    struct comparison *comparison);

bool item_is_fresh(const struct item *item);

#endif
