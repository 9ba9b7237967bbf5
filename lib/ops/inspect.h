/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_INSPECT_H
#define SNAPVOL_OPS_INSPECT_H

/*
 * Inspecting a group: what the kernel makes of it, what its snapshots are worth, and what of an
 * interrupted command is left.  Nothing is changed, no lock is taken, no table is loaded.
 *
 * "vg" and "live" may be of different moments if somebody is at work; whoever asks knows whether he
 * holds the group's lock.
 */

#include <libdevmapper.h>
#include <stdbool.h>

struct catalog;
struct conf;
struct findings;
struct live;
struct vg;

struct inspection {
	struct findings *findings;
	const struct vg *vg;
	struct live *live;     /* live->owner: the group's (live.h) */
	unsigned warn_percent; /* a store this full is nearly full */
	struct dm_list
		*read; /* stores that an earlier look has read and found good, which are not read
				* again; those of this one are put on it */
};

/* All devices of the group: 0, or negative, reported. */
int inspect_devices(struct inspection *inspection);

/* What the kernel says of active snapshots; what of others lies on disk.  The second reads all
 * exceptions of every store, which may take its time. */
void inspect_snapshots(struct inspection *inspection);
void inspect_stores(struct inspection *inspection, const struct catalog *catalog);

/* A mark of a command that died, merges that are done, volumes left unfinished, nodes and links that are
 * not as devices are: only to be believed while nobody is at work.  The devices have been inspected. */
void inspect_leavings(struct inspection *inspection, const struct conf *conf);

#endif
