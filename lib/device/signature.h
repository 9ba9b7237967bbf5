/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_DEVICE_SIGNATURE_H
#define SNAPVOL_DEVICE_SIGNATURE_H

/*
 * What else lives on a device: filesystems, partition tables, RAID members, as libblkid knows them.
 */

#include <stddef.h>
#include <stdint.h>

struct blkdev;

enum { SIGNATURE_TEXT = 128 };

/* Look for signatures.  1 and the first one's description ("ext4 filesystem",
 * "dos partition table"), 0 if there is none, or a negative errno, reported. */
int signature_find(struct blkdev *dev, char description[SIGNATURE_TEXT]);

/* The same in a part of it, which is looked at as if it were a device. */
int signature_find_within(struct blkdev *dev, uint64_t start_sectors, uint64_t len_sectors,
			  char description[SIGNATURE_TEXT]);

/* Erase every signature libblkid finds; number erased, or a negative errno, reported.
 * The caller syncs. */
int signature_wipe(struct blkdev *dev);

#endif
