/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_STORE_MEMBERS_H
#define SNAPVOL_STORE_MEMBERS_H

/*
 * The disks of a group: which they are, and what is written on one that joins or leaves.
 *
 * A label's flag USED says that the disk is in a group: set before a text lists it, cleared when
 * none does any more.  Its metadata areas are emptied before the flag goes.
 */

#include <stdbool.h>

struct disk;

/* Disks, by pointer. */
struct disk_set {
	struct disk **disks;
	unsigned count;
};

int disk_set_init(struct disk_set *set, unsigned room);
void disk_set_release(struct disk_set *set);
bool disk_set_has(const struct disk_set *set, const struct disk *disk);

/* Mark as used / as unused again the disks of set that are not among members. */
int disks_join(const struct disk_set *set, const struct disk_set *members);
void disks_leave(const struct disk_set *set, const struct disk_set *members);

/* Make empty areas of those that are damaged, ready for a text; pretend: only in memory, for
 * --test.  0 or negative, reported. */
int disk_mend_areas(struct disk *disk, bool pretend);

/* Make an orphan of a former member of the group of that name; 0 or negative, reported. */
int disk_retire(struct disk *disk, const char *group);

#endif
