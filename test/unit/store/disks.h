/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_TEST_DISKS_H
#define SNAPVOL_TEST_DISKS_H

/*
 * Small disks in memory that are PVs, and groups on them, for tests of lib/store.
 *
 * A disk is 256 KiB: a first metadata area of 60 KiB, 128 KiB of data (32 extents of 8 sectors),
 * and 64 KiB at the end that may be a second area.  Whatever fails here aborts the test program.
 */

#include "memdev.h"

#include "device/scan.h"

struct catalog;
struct group;
struct vg;

enum {
	DISKS_MAX = 4,
	DISK_SECTORS = 512,
	DATA_START = 128,
	EXTENT_SECTORS = 8,
	DISK_EXTENTS = 32,
};

struct disks {
	struct memlog *log;
	unsigned count;
	struct memdev *device[DISKS_MAX];
	struct candidate candidate[DISKS_MAX];
};

void disks_init(struct disks *disks, unsigned count);
void disks_release(struct disks *disks);

/* The same disks as a power cut after that many events may leave them. */
void disks_cut(const struct disks *disks, size_t events, uint64_t seed, struct disks *left);

/* Make disk number index a PV with so many areas; its identity is 32 times the letter
 * 'a' + index. */
void disks_format(struct disks *disks, unsigned index, unsigned copies);

/* All disks in a catalog; the caller frees it. */
struct catalog *disks_catalog(struct disks *disks);

/* A group on the first so many disks, with one volume, not written yet. */
struct vg *disks_group(const char *name, unsigned count);

/* Add disk number index to a group in memory. */
void disks_add_pv(struct vg *vg, unsigned index);

/* Stage and commit vg; group may be NULL.  The transaction's result. */
int disks_commit(struct catalog *catalog, struct group *group, struct vg *vg);

#endif
