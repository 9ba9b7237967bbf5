/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_STORE_MEMBERS_H
#define SNAPVOL_STORE_MEMBERS_H

/*
 * The disks of a group: which they are, and what is written on one that joins or leaves.
 *
 * A label's flag USED says that the disk is in a group, and never says it of one that is in none: it is set
 * when a text lists the disk, and cleared before none does any more.  After that the areas are emptied.
 * So a disk that lacks it is either one that was joining or leaving when its command died, or one that
 * was made by a tool that knows no such flag; the next commit sees to all of them.
 */

#include <stdbool.h>

struct disk;
struct pv;

/* Disks, by pointer. */
struct disk_set {
	struct disk **disks;
	unsigned count;
};

int disk_set_init(struct disk_set *set, unsigned room);
void disk_set_release(struct disk_set *set);
bool disk_set_has(const struct disk_set *set, const struct disk *disk);

/* Clear the flag of all; 0 or negative, reported.  Some may have lost it then. */
int disks_unmark(const struct disk_set *set);

/* Set the flag of all that lack it, as far as it can be; what could not is reported. */
void disks_mark(const struct disk_set *set);

/* Whether its extents would lie over a device's label or a metadata area, because either text or label is wrong. */
bool disk_is_overlaid(const struct disk *disk, const struct pv *pv);

/* Open one for writing whose areas may be mended: all of a group, before the first is.  0 or negative, reported: -EAGAIN
 * if an area can be read by now that could not. */
int disk_prepare_to_mend(struct disk *disk);

/* Whether disk_mend_areas() has an area to write to. */
bool disk_is_damaged(const struct disk *disk);

/* Make empty areas of those that are damaged, ready for a text of the group that has pv, this disk; what can be neither
 * read nor written is lost to that group (model/lost.h).  pretend: only in memory, for --test.  0 or negative,
 * reported. */
int disk_mend_areas(struct disk *disk, struct pv *pv, bool pretend);

/* Make an orphan of a former member, whose flag is gone: empty its areas.  One that was outdated is left alone if it is
 * not as it was seen: it is somebody else's by now.  0 or negative, reported. */
int disk_retire(struct disk *disk);

#endif
