/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_DEVICE_FACTS_H
#define SNAPVOL_DEVICE_FACTS_H

/*
 * What the system knows of a block device without opening it (but for loop devices, of which sysfs knows too
 * little).
 *
 * The kernel's sysfs directory of the device is asked first and always there; what udev found on
 * the device (its properties) is added where an udevd runs.  A device that goes away meanwhile
 * leaves facts that say "no size".
 */

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { DM_TEXT = 256 };

enum facts_flags {
	FACTS_IMAGE = 1u << 0,		/* an image file: no facts beside this and read-only */
	FACTS_READ_ONLY = 1u << 1,
	FACTS_PARTITION = 1u << 2,
	FACTS_PARTITIONED = 1u << 3,	/* the kernel or kpartx made devices of its partitions */
	FACTS_DETACHED = 1u << 4,	/* a loop device without a file */
	FACTS_SUSPENDED = 1u << 5,	/* reads of this dm device would wait */
	FACTS_RAID_MEMBER = 1u << 6,
	FACTS_MULTIPATH_MEMBER = 1u << 7,
	FACTS_REMOVABLE_DRIVE = 1u << 8, /* floppy or optical */
	FACTS_LVM2_MEMBER = 1u << 9,	/* udev found a PV's label when it last looked */
	FACTS_OTHER_CONTENT = 1u << 10, /* or something else */
};

struct device_facts {
	uint32_t major, minor;
	uint64_t size_sectors;
	unsigned flags;
	char dm_name[DM_TEXT];		/* empty if not a dm device */
	char dm_uuid[DM_TEXT];
};

/* Read the sysfs directory ("/sys/devices/…/block/sdb") of the device of that number. */
void facts_read(struct device_facts *facts, dev_t number, const char *sysfs_path);

/* Whether reads would wait: the device is suspended, or lies on one that is, as encryption and md do, or the file of
 * a loop device (unless its filesystem has no one device, as btrfs).  This takes a walk down to the disks. */
bool facts_read_waits(const struct device_facts *facts, const char *sysfs_path);

/* If that entry of /sys/class/block is a dm device of a volume, read of it what names it and its
 * size, and no more: there may be thousands. */
bool facts_read_volume(struct device_facts *facts, int class_dir, const char *name);

/* Add one udev property. */
void facts_add_property(struct device_facts *facts, const char *name, const char *value);

#endif
