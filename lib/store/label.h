/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_STORE_LABEL_H
#define SNAPVOL_STORE_LABEL_H

/*
 * The label: the sector that makes a device a PV.  It stands in one of the first four sectors
 * (always the second when we write it) and holds the PV's identity, the device's size, and where
 * on the device lie data, metadata areas and bootloader areas.
 *
 * Positions and sizes here are bytes, as on disk.  Decoding judges and does not print: it gives the
 * reason why a sector that calls itself a label is none.
 */

#include "base/uuid.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct blkdev;

enum {
	LABEL_SCAN_BYTES = 2048,	/* where a label may be */
	LABEL_SECTOR = 1,		/* where we put it */
	LABEL_RANGES = 4,		/* of a kind; LVM2 makes at most two */
};

struct byte_range {
	uint64_t offset, size;		/* data: size 0 is "to the end" */
};

struct byte_ranges {
	unsigned count;
	struct byte_range range[LABEL_RANGES];
};

struct label {
	char id[ID_LEN + 1];
	unsigned sector;		/* it was found in, or goes to */
	uint64_t dev_size;		/* bytes */
	struct byte_ranges data, areas, bootloader;
	uint32_t version;		/* of the extension: 0 none, 1 bootloader areas, 2 flags */
	bool used;			/* flag: in a group */
	bool foreign;			/* says more than is understood: not to be written again */
};

/* Whether label or metadata areas have any of these bytes of the device. */
bool label_occupies(const struct label *label, uint64_t offset, uint64_t size);

/* Look through the first sectors of a device (len bytes from its start).  1: label filled in, its
 * ranges not yet compared with the size of the device, but none begins within another or the label;
 * 0: none, and *damage is NULL or says what is wrong with a sector that looks like one. */
int label_find(const void *data, size_t len, struct label *label, const char **damage);

/* The 512 bytes of a label (extension version 2).  0, or -EOVERFLOW (silent) if it does not fit. */
int label_encode(const struct label *label, unsigned char sector[512]);

/* One sector's write, not synced.  0 or a negative errno, reported: -ENOTSUP for a foreign one. */
int label_write(struct blkdev *dev, const struct label *label);

/* Zero each of the first four sectors that calls itself a label, not synced; number or negative. */
int label_erase(struct blkdev *dev);

#endif
