/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_MODEL_SNAPSHOT_H
#define SNAPVOL_MODEL_SNAPSHOT_H

/*
 * A snapshot: an origin, a COW store, and the chunk size that ties them.
 *
 * In the text it is a volume "snapshotN" with one segment of type snapshot whose extent_count is
 * the origin's size when the snapshot was made; here it is this struct, and "name" and "id" are
 * that volume's.  The user knows the snapshot by its store's name.
 *
 * A sparse volume is a snapshot of a hidden origin NAME_vorigin made of one zero segment.
 */

#include "model/lv.h"

struct snapshot {
	struct dm_list list;		/* in vg->snapshots */
	struct dm_list origin_list;	/* in origin->snapshots */
	const char *name;		/* of the descriptor: "snapshot0" */
	char id[ID_LEN + 1];
	unsigned flags;			/* enum lv_flags of the descriptor */
	struct lv *origin, *store;
	uint32_t chunk_size_sectors;
	uint32_t extents;		/* the origin's size when it was taken, now its own */
	bool merging;			/* the text says merging_store */
	uint64_t creation_time;
	const char *creation_host;
	struct dm_list tags, extras;	/* of the descriptor; struct word */
	struct dm_list segment_extras;	/* of its segment; struct word */
};

/* The volumes a command leaves behind when it is cut off carry this tag: a COW store that is not
 * yet or no longer a snapshot's, a new volume not yet wiped.  Whoever next changes the group takes
 * their devices out of the kernel and gives their extents back. */
#define UNFINISHED_TAG "snapvol.unfinished"

/* A tag SET_TAG=NAME of the descriptor, which LVM2 keeps and shows nobody: it is one of the snapshots
 * that one command took of several origins at one instant. */
#define SET_TAG "snapvol.set"

/* Another: how long that instant was.  Until it is known the blank stands there, which has as many
 * digits. */
#define FREEZE_TAG "snapvol.freeze_ms"
#define FREEZE_TAG_BLANK FREEZE_TAG "=0000000"
enum { FREEZE_MS_MAX = 9999999 };

bool lv_is_unfinished(const struct lv *lv);

/* Whether that is all there is to it: LVM2 has not made more of it since. */
bool lv_is_to_be_given_back(const struct lv *lv);

/* Whether it is known that its origin was active when it was taken: then its store is not new. */
bool snapshot_was_hooked(const struct snapshot *snapshot);

/* Make store (no origin, no store yet) the COW store of a snapshot of origin: clears VISIBLE as
 * LVM2 does.  NULL without memory. */
struct snapshot *snapshot_attach(struct lv *origin, struct lv *store, uint32_t chunk_size_sectors);

/* Make the store an ordinary visible volume again and drop the descriptor. */
void snapshot_detach(struct snapshot *snapshot);

/* merging_store instead of cow_store, and back.  Legality is the caller's question. */
void snapshot_begin_merge(struct snapshot *snapshot);
void snapshot_cancel_merge(struct snapshot *snapshot);

/* Why this change is not legal (one reason, translated, without the object's name), or NULL. */
const char *snapshot_refuse_origin(const struct lv *origin);	/* a new snapshot of it */
const char *snapshot_refuse_merge(const struct snapshot *snapshot);
const char *snapshot_refuse_detach(const struct snapshot *snapshot);	/* keeping its store */

/* Sectors the snapshot device shows. */
uint64_t snapshot_size_sectors(const struct snapshot *snapshot);

/* How much of its origin may be in its store: an origin that has grown has not made it grow. */
uint64_t snapshot_reach_sectors(const struct snapshot *snapshot);

#endif
