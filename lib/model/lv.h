/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_MODEL_LV_H
#define SNAPVOL_MODEL_LV_H

/*
 * A logical volume: a name, an identity and segments that tile its extents from 0 on.
 *
 * A COW store is an ordinary volume whose "store_of" names the snapshot it belongs to; an origin
 * is one with something in "snapshots".  LVM2's third volume of a snapshot, the descriptor that
 * only ties the two together, is struct snapshot here and no lv.
 *
 * Segments of kinds that snapvol does not make (raid, thin, cache …) are SEGMENT_FOREIGN: their
 * body is kept as text, and the devices and volumes it names are known so that their extents
 * count as used.  A volume with such a segment is never edited.
 */

#include "model/vg.h"

struct snapshot;

enum lv_flags {
	LV_READ = 1u << 0,
	LV_WRITE = 1u << 1,
	LV_VISIBLE = 1u << 2, /* as the text has it: a COW store lacks it */
	LV_FIXED_MINOR = 1u << 3,
	LV_LOCKED = 1u << 4,
	LV_PVMOVE = 1u << 5,
	LV_NOTSYNCED = 1u << 6,
	LV_REBUILD = 1u << 7,
	LV_WRITEMOSTLY = 1u << 8,
	LV_ACTIVATION_SKIP = 1u << 9, /* from here on: words of the "flags" list */
	LV_NOAUTOACTIVATE = 1u << 10,
	LV_WRITE_LOCKED = 1u << 11,
	LV_ERROR_WHEN_FULL = 1u << 12,
	LV_CACHE_VOL = 1u << 13,
	LV_LEAVING = 1u << 16,	      /* not on disk: goes over to another group (part.h) */
	LV_READ_ONLY_HERE = 1u << 17, /* not on disk: this host has it active read-only */
};

enum segment_kind { SEGMENT_STRIPED, SEGMENT_ZERO, SEGMENT_ERROR, SEGMENT_FOREIGN };

/* One column of a segment: extents from "extent" on of a device, or of another volume. */
struct stripe {
	struct pv *pv;			/* exactly one of pv and lv is set */
	struct lv *lv;
	uint32_t extent;
};

struct segment {
	struct dm_list list;		/* in lv->segments, ascending le */
	struct lv *lv;
	enum segment_kind kind;
	const char *type;		/* as in the text: "striped", "zero", "raid1" */
	uint32_t le, len;		/* extents of the volume: [le, le + len) */
	uint32_t stripe_count;		/* columns; 1 is linear, 0 for zero and error */
	uint32_t stripe_size_sectors;	/* 0 if one column */
	uint32_t area_len;		/* extents used in each column */
	struct stripe *stripes;		/* stripe_count of them */
	struct dm_list tags;		/* struct word */
	struct dm_list extras;		/* struct word; if foreign all but the common keys */
};

struct lv {
	struct dm_list list;		/* in vg->lvs, order of the text */
	struct vg *vg;
	const char *name;
	char id[ID_LEN + 1];
	unsigned flags;			/* enum lv_flags */
	struct dm_list segments;	/* struct segment */
	struct dm_list snapshots;	/* struct snapshot by origin_list: of this volume */
	struct snapshot *store_of;	/* this is its COW store; or NULL */
	bool carries;			/* segments of other volumes lie on this one */
	struct dm_list tags;		/* struct word */
	struct dm_list extras;		/* struct word: lock_args, profile, anything unknown */
	enum alloc_policy alloc;
	int64_t read_ahead_sectors;	/* 0: auto, -1: none */
	int32_t major, minor;		/* with FIXED_MINOR; -1 if not set */
	uint64_t creation_time;		/* seconds since 1970; 0: not known */
	const char *creation_host;
};

/* A volume without extents, new identity, flags READ WRITE VISIBLE, at the end of the list.
 * The name has been checked.  NULL without memory. */
struct lv *lv_new(struct vg *vg, const char *name);

/* The same without an identity, which the caller knows and fills in. */
struct lv *lv_new_known(struct vg *vg, const char *name);

/* Take the volume, which is neither store nor origin, out of its group. */
void lv_remove(struct lv *lv);

/* Rename, a sparse volume with its hidden origin; snapshot descriptors follow by themselves as they
 * point to the volume.  0 or -ENOMEM. */
int lv_rename(struct lv *lv, const char *name);

uint32_t lv_extents(const struct lv *lv);
uint64_t lv_size_sectors(const struct lv *lv);

/* Append a segment (columns already allocated); merges with the last one where they are one
 * run.  "extents" are the volume's: a multiple of the columns, which are 0 for zero and error.
 * 0; -EINVAL, reported, with nothing changed; -ENOMEM. */
int lv_append(struct lv *lv, enum segment_kind kind, const struct stripe *stripes,
	      uint32_t stripe_count, uint32_t stripe_size_sectors, uint32_t extents);

/* Cut the volume down to its first "extents" extents (a multiple of the stripes of the segment that
 * is cut, else -EINVAL, silent; so for more extents than there are and for foreign segments). */
int lv_truncate(struct lv *lv, uint32_t extents);

/* What a user sees as a volume of its own: VISIBLE, or the store of a sparse volume or of a
 * snapshot that does not merge and whose origin is visible. */
bool lv_is_visible(const struct lv *lv);
bool lv_is_writable(const struct lv *lv); /* while it is active here */
bool lv_is_origin(const struct lv *lv);

/* Not to be edited: a segment is SEGMENT_FOREIGN or lies on a volume, or another volume's does on
 * this one. */
bool lv_is_foreign(const struct lv *lv);

bool lv_is_virtual_origin(const struct lv *lv);	/* NAME_vorigin of a sparse volume */
bool lv_is_partial(const struct lv *lv);	/* an extent is on an absent or missing device */

/* The volume whose device stands on top of the others of its tree: a store's origin, else itself. */
const struct lv *lv_tree_top(const struct lv *lv);

/* The origin a merge is under way or pending into; NULL if none. */
struct snapshot *lv_merging_snapshot(const struct lv *origin);

/* Find the place of a sector of the volume: device, sector there, and how many follow in one piece
 * (a stripe's chunk at most).  False for sectors on no device (zero, error, foreign, beyond). */
bool lv_map(const struct lv *lv, uint64_t sector, const struct pv **pv, uint64_t *pv_sector,
	    uint64_t *run_sectors);

#endif
