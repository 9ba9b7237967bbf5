/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_STORE_CATALOG_H
#define SNAPVOL_STORE_CATALOG_H

/*
 * What a scan found: disks (devices with a label, or looked at for one) and the groups they form.
 *
 * Reading takes no lock.  A text whose checksum is wrong is read once more with its header,
 * because a writer may have been in between; only then is its area called damaged.  Of a group's
 * areas the highest sequence number counts: if that text is not understood, no older one is believed
 * in its place; nor if an area could not be read, which may hold a newer one, is the group changed.  Older
 * ones are "stale" and are brought up to date by the next commit; a disk whose identity the newest text does
 * not list is "outdated" and not written to, unless its label says that it is free: then it was leaving
 * when a command died.  Two disks with one identity are duplicates, whether they are in one group, in two or
 * in none, and the groups they are in are "duplicated".  Areas that say "ignored" are neither read nor
 * written.
 *
 * A command that changes a group builds the catalog under the group's lock, so that what it read is
 * what it changes.
 */

#include "device/scan.h"
#include "store/area.h"
#include "store/label.h"

#include <libdevmapper.h>
#include <stdbool.h>

struct blkdev;
struct conf;
struct found_text;
struct vg;

enum { DISK_AREAS = 2 };

struct disk {
	struct dm_list list;			/* in catalog->disks */
	const struct candidate *candidate;
	struct blkdev *dev;			/* open for reading; NULL if there is no label,
						 * until catalog_open_for_write() */
	bool has_label;				/* false: looked at, no PV */
	struct label label;			/* identity, sizes, positions (store/label.h) */
	struct area areas[DISK_AREAS];
	const struct found_text *texts[DISK_AREAS];	/* in each area; of catalog.c */
	unsigned area_count;
	const char *damage;			/* NULL, or what is wrong with label or an area */
	bool unread;				/* could not be read, or not be opened though it should
						 * be a PV: nobody knows whose it is */
	bool hides;				/* an area could not be read, and what it holds counts */
	bool outdated;				/* its group's newest text does not list it */
	bool duplicate;				/* another disk has this identity */
	struct group *group;			/* it is a member of; NULL: orphan, outdated or contested */
	const struct group *rivals[2];		/* contested: both are finished and list it, it holds
						 * neither's text, and is neither's; or NULL */
	bool moves;				/* from one group to another, whose texts are committed one
						 * after the other: it need not be free to join the one,
						 * and is not emptied when it leaves the other */
};

struct group {
	struct dm_list list;			/* in catalog->groups */
	const char *name;
	char id[33];
	struct vg *vg;				/* newest metadata, devices located; NULL: not
						 * understood.  A command may edit it */
	const char *text;			/* that metadata as read, with its length */
	size_t text_len;
	uint32_t seqno;				/* the text's; UINT32_MAX: cannot be told */
	unsigned stale_areas, damaged_areas;
	unsigned empty_areas;			/* of the stale those without any text */
	unsigned lost_areas;			/* given up, whatever is in them: not among those */
	bool unread_areas;			/* some of the damaged: what they hold may be newer */
	unsigned unmarked;			/* members whose labels call them free */
	struct group *claimant;			/* unfinished (model/part.h), and its newest text lists a
						 * device of this one's; NULL: there is none */
	bool waits;				/* unfinished, and of the other group not all devices are
						 * there or not all areas readable, or they disagree:
						 * whose the devices are can't be told */
	bool duplicated;			/* a member's identity is there twice, be it outside of it */
	bool overlaid;				/* a member's label or area has extents over it */
	bool mismatched;			/* same seqno, different text on two areas */
};

struct catalog {
	struct dm_pool *mem;
	struct candidates *candidates;
	struct dm_list disks;
	struct dm_list groups;
	struct dm_list texts;			/* each distinct text found; of catalog.c */
};

/* Scan.  Trouble with single disks is kept in the catalog (and warned about), not returned. */
int catalog_build(const struct conf *conf, struct catalog **catalog);
void catalog_free(struct catalog **catalog);

/* What catalog_build() is made of, for devices that are open already (tests, a device just made):
 * an empty catalog; look at a device, which the catalog owns from then on; form groups of what was
 * found so far. */
int catalog_new(struct catalog **catalog);
int catalog_add(struct catalog *catalog, const struct candidate *candidate, struct blkdev *dev);
int catalog_assemble(struct catalog *catalog);

/* Lookups: silent, NULL if there is none.  Two groups of one name: by name gives the first and sets
 * *ambiguous (may be NULL). */
struct group *catalog_find_group(const struct catalog *catalog, const char *name, bool *ambiguous);
struct group *catalog_find_group_id(const struct catalog *catalog, const char *id);
struct disk *catalog_find_disk(const struct catalog *catalog, const char *path);
/* By id those that are not contested, as whatever is found by it is its group's; by identity all. */
struct disk *catalog_find_disk_id(const struct catalog *catalog, const char *id);
struct disk *catalog_find_identity(const struct catalog *catalog, const char *id);
/* The disk that this device of a group is: its own, else one that is free to join it or moves; never another
 * group's, whatever its identity. */
struct disk *catalog_find_device(const struct catalog *catalog, const struct vg *vg, const char *id);

/* Whether a disk that is unread may be a PV: what holds something else by udev's word need not be one. */
bool disk_may_be_pv(const struct disk *disk);

/* Whether a disk that is unread can be read by now: 1, 0, or negative, reported, if that cannot be told. */
int disk_can_be_read(const struct disk *disk);

/* Whether the newest text is on every area: any of them may then be lost. */
bool group_is_everywhere(const struct group *group);

/* Reopen a disk's device for writing.  0 or a negative errno, reported. */
int catalog_open_for_write(struct disk *disk);

#endif
