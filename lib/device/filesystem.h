/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_DEVICE_FILESYSTEM_H
#define SNAPVOL_DEVICE_FILESYSTEM_H

/*
 * Which filesystem is on a device and how much of the device it takes, as its superblock says.
 */

#include <stdint.h>

enum { FILESYSTEM_TYPE = 32 };

struct filesystem {
	char type[FILESYSTEM_TYPE]; /* as mount(8) has it: "ext4"; also "swap", "crypto_LUKS" … */
	uint64_t size_sectors;	    /* of ext2, ext3, ext4, xfs and btrfs; else 0 */
	uint64_t block_sectors;	    /* of ext2, ext3 and ext4; else 0 */
	uint64_t devices;	    /* that it lies on; of btrfs more than 1 may be */
	uint64_t device_id;	    /* which of them this is, of btrfs */
};

/* Of one that is mounted there: what the kernel says where its superblock may be behind.  Xfs writes that from its log, up
 * to half a minute later.  0, or negative, reported. */
int filesystem_ask(const char *label, const char *point, struct filesystem *filesystem);

/* 1: found; 0: there is nothing that libblkid knows; negative, reported: could not be read. */
int filesystem_find(const char *label, const char *path, struct filesystem *filesystem);

#endif
