/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_TEST_DM_KERNEL_H
#define SNAPVOL_TEST_DM_KERNEL_H

/*
 * A model of device-mapper that refuses what the kernel refuses and remembers who missed a write.
 *
 *	create		name and uuid must be new
 *	load		devices named by the table must exist; a store must have a table; a target must
 *			not be longer than a device below it that has one; a snapshot on a store that is
 *			in use becomes a destination of a handover, of which there is one at most
 *	suspend		of a device with a table
 *	resume		swaps tables; a suspended source of a handover cannot resume before the destination,
 *			the destination not before its source is suspended
 *	rename		to a name that is free
 *	remove		not while open or used by another device's table
 *
 * kernel_write() is a write to every origin that can be written.  A snapshot is hooked when its
 * device was resumed with the origin's -real under it; a write through snapshot-origin or
 * snapshot-merge is copied for every hooked snapshot of that -real.  Any other write to an origin
 * is one that its hooked or taken snapshots have missed.
 */

#include "dm/plan.h"

enum { KERNEL_DEVICES = 48, KERNEL_STORES = 24, KERNEL_TABLE = 512 };

struct kernel_device {
	char name[128], uuid[129];
	char live[KERNEL_TABLE], inactive[KERNEL_TABLE]; /* "" none; with numbers */
	bool present, suspended, read_only, inactive_read_only, open;
	bool hooked;  /* snapshot: has been resumed as one */
	bool drained; /* snapshot: its exceptions have been handed over */
};

/* What is in a COW store, by the uuid of its -cow device. */
struct kernel_store {
	char uuid[129];
	char origin[129]; /* uuid of the origin device, once it is taken */
	bool taken;	  /* is a snapshot in the kernel or in the metadata */
	bool missed;	  /* ... and a write went by since then */
	bool merging;	  /* has been merged from: no snapshot any more */
	bool invalid;	  /* its header says so */
};

struct kernel {
	struct kernel_device devices[KERNEL_DEVICES]; /* index is the minor; major 254 */
	struct kernel_store stores[KERNEL_STORES];
	unsigned store_count;
};

enum { KERNEL_MAJOR = 254 };

/* Carry out a step that is no act; 0 or what the kernel would answer. */
int kernel_step(struct kernel *kernel, const struct plan *plan, const struct step *step);

/* All of a plan; acts are skipped. */
int kernel_run(struct kernel *kernel, const struct plan *plan);

/* What live_take_group() would tell. */
struct live *kernel_live(const struct kernel *kernel);

void kernel_write(struct kernel *kernel);

/* The metadata say that the store is a snapshot's from now on. */
void kernel_claim(struct kernel_store *store, const char *real_uuid);

struct kernel_device *kernel_find(struct kernel *kernel, const char *name);
struct kernel_device *kernel_find_uuid(struct kernel *kernel, const char *uuid);
struct kernel_store *kernel_store(struct kernel *kernel, const char *cow_uuid);

/* Single calls of the guardian's. */
void kernel_clear(struct kernel *kernel, struct kernel_device *device);
int kernel_resume(struct kernel *kernel, struct kernel_device *device);

#endif
