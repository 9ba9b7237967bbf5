/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_FSRESIZE_H
#define SNAPVOL_OPS_FSRESIZE_H

/*
 * The filesystem of a volume that changes its size: ext2, ext3, ext4, xfs and btrfs by their own tools.
 *
 *	fsresize_prepare()	find it, refuse what cannot be done, check it (e2fsck, or mounting it);
 *				nothing has been touched if that fails
 *	fsresize_stage()	before a volume shrinks: a step of the plan that makes the filesystem as
 *				small; should a later step fail, it gets the size of the volume again
 *	fsresize_grow()		after a volume has grown
 *
 * What must be mounted to be resized and is not, is mounted where only the tool sees it.  ext shrinks
 * only while it is not mounted, xfs never.  A COW store's content is no filesystem's and never touched.
 */

#include "device/filesystem.h"

#include <stdbool.h>

struct change;
struct fs_kind;
struct lv;

enum fs_wish {
	FS_IGNORE, /* the filesystem is the caller's matter */
	FS_CHECK,  /* refuse to cut off a part of it */
	FS_RESIZE,
};

struct fsresize {
	struct change *change;
	const struct lv *lv;
	const char *label;	/* "vg0/base" */
	uint64_t now, wanted;	/* sizes of the volume, in sectors */
	enum fs_wish wish;
	bool unchecked;		/* no e2fsck */
	/* found by fsresize_prepare(); of the group's arena */
	const char *path, *point; /* point: where it is mounted, or NULL */
	const struct fs_kind *kind;
	struct filesystem filesystem;
	bool fits; /* nothing of it will be cut off */
};

int fsresize_prepare(struct fsresize *fs);
int fsresize_stage(struct fsresize *fs);
int fsresize_grow(struct fsresize *fs);

#endif
