/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_STORE_COMMIT_H
#define SNAPVOL_STORE_COMMIT_H

/*
 * One text into all usable areas of some disks, in the order that store/area.h describes, each disk
 * synced once a stage.  Nothing is allocated between commit_prepare() and the end of commit_run().
 */

#include <stddef.h>
#include <stdint.h>

struct disk;
struct commit_target;

struct commit {
	const char *name;		/* the group's, for messages */
	const char *text;
	size_t len;
	uint32_t seqno;
	struct commit_target *targets;
	unsigned count;
};

/* Find the areas and see that the text fits each: 0, or -EFBIG / -ENOSPC (no area at all) /
 * -ENOMEM, reported. */
int commit_prepare(struct commit *commit, struct disk *const *disks, unsigned disk_count);
void commit_release(struct commit *commit);

/* Write.  0 if at least one area was published; otherwise negative, reported, and all areas are as
 * they were.  -EINPROGRESS: nobody can say whether one was published. */
int commit_run(struct commit *commit);

#endif
