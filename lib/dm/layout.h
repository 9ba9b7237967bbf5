/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_DM_LAYOUT_H
#define SNAPVOL_DM_LAYOUT_H

/*
 * The devices a volume should have.  Pure: from the group in memory to names, identities, tables.
 *
 *	plain volume		vg-lv		its segments
 *	origin			vg-base-real	its segments
 *	 each snapshot		vg-snap-cow	the store's segments
 *				vg-snap		snapshot {real} {cow} P CHUNK
 *				vg-base		snapshot-origin {real}
 *	merging origin		vg-base-real	its segments
 *				vg-base-cow	the store's segments, named after the origin
 *	 each other snapshot	as above
 *				vg-base		snapshot-merge {real} {cow} P CHUNK
 *
 * The order of a layout is the order in which devices resume: what is below first, snapshots
 * before their origin, because dm-snapshot copies only for snapshots that are active when the origin
 * is written; its reverse is the order of suspend and remove.
 *
 * A table is text, a line per target ("START LENGTH TYPE PARAMETERS\n", sectors).  Where it names
 * another device of ours it says {NAME}; plan.c and run.c put the device number there.  PVs stand as
 * MAJOR:MINOR.
 */

#include "model/snapshot.h"

#include <libdevmapper.h>
#include <stdbool.h>
#include <stdint.h>

enum node_kind {
	NODE_LEAF,	/* rests on PVs only: -real, -cow, a plain volume */
	NODE_SNAPSHOT,	/* what a user mounts as a snapshot */
	NODE_ORIGIN,	/* snapshot-origin or snapshot-merge, on top of the others of its tree */
};

struct dm_node {
	struct dm_list list;		/* in layout->nodes, resume order */
	enum node_kind kind;
	const char *name, *uuid;	/* as the kernel has them; dm UUID "LVM-…[-real|-cow]" */
	const char *label;		/* "vg0/base", for messages */
	const char *table;
	const struct dm_node *top;	/* the origin device of its tree; itself or NULL for a plain one */
	bool hidden;			/* users see no /dev/VG/LV of it */
	bool read_only;
	uint16_t udev_flags;		/* DM_UDEV_… and LVM's 0x100 */
	int64_t read_ahead_sectors;	/* 0: leave to the kernel, -1: none */
	uint32_t least_read_ahead_sectors;	/* striped: at least this much */
	int32_t major, minor;		/* persistent numbers asked for; -1: any */
};

struct layout {
	struct dm_pool *mem;
	struct dm_list nodes;
	bool partial;		/* what lies on a missing device is mapped to errors */
};

/* How to show an origin whose metadata says that a snapshot merges. */
enum layout_merge {
	LAYOUT_MERGE_LIVE,	/* snapshot-merge */
	LAYOUT_MERGE_HELD,	/* still snapshot-origin and snapshot: something is open */
};

int layout_new(struct layout **layout);
void layout_free(struct layout **layout);

/* All devices of the tree lv belongs to: its origin, that one's snapshots, their stores; or just a
 * plain volume.  Adding a tree twice adds it once.  0, or -ENODEV (an extent lies on an absent
 * device, or a volume is of a kind left to LVM2) or -ENOMEM, reported. */
int layout_add_tree(struct layout *layout, const struct lv *lv, enum layout_merge merge);

/* Only origin, -real, and this snapshot with its store: for hooking in one more snapshot without
 * touching or asking about its siblings. */
int layout_add_branch(struct layout *layout, const struct snapshot *snapshot);

/* The node of a dm UUID / name; NULL if none. */
struct dm_node *layout_find_uuid(const struct layout *layout, const char *uuid);
struct dm_node *layout_find(const struct layout *layout, const char *name);

#endif
