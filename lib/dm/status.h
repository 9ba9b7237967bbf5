/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_DM_STATUS_H
#define SNAPVOL_DM_STATUS_H

/*
 * What the kernel says of a snapshot or a merge: one ioctl a device, never one that flushes or waits
 * for I/O.
 */

#include <stdbool.h>
#include <stdint.h>

enum snapshot_state {
	SNAPSHOT_UNKNOWN,	/* no such device, no such target, or a line that says nothing */
	SNAPSHOT_GOOD,
	SNAPSHOT_INVALID,
	SNAPSHOT_OVERFLOW,
	SNAPSHOT_MERGE_FAILED,
};

struct snapshot_status {
	enum snapshot_state state;
	bool merge;			/* target is snapshot-merge */
	uint64_t used_sectors;		/* allocated in the store, its metadata included */
	uint64_t total_sectors;		/* of the store */
	uint64_t metadata_sectors;	/* used == metadata: holds nothing, a merge is done */
};

/* Ask for a device's status by dm name, or by dm UUID (label is for messages); 1, 0 if it is not there, negative
 * reported. */
int status_snapshot(const char *name, struct snapshot_status *status);
int status_snapshot_of(const char *uuid, const char *label, struct snapshot_status *status);

/* Parse a target's type and status parameters; pure. */
void status_parse(const char *type, const char *parameters, struct snapshot_status *status);

/* Used part in hundredths of a percent, as LVM2's Data% has it: 0 when nothing but metadata is used,
 * 10000 when full or invalid, else 1..9999. */
uint32_t status_percent(const struct snapshot_status *status);

#endif
