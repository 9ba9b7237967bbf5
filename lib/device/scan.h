/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_DEVICE_SCAN_H
#define SNAPVOL_DEVICE_SCAN_H

/*
 * The block devices of this machine that may be looked at, each with the reason if it may not.
 *
 * The list comes from udev (which falls back on sysfs when no udevd runs), in the order of
 * device numbers; where devices/scan names other directories than /dev, it is of the devices that have a
 * node there (walk.h).  The setting devices/only replaces it by the devices and image files it names,
 * in its order; then nothing else is looked at.  Nothing is opened here.
 */

#include <libdevmapper.h>
#include <stdbool.h>
#include <stdint.h>

struct conf;

struct candidate {
	struct dm_list list;
	const char *path;		/* preferred name: /dev/sdb, /dev/loop0 */
	const char *const *links;	/* other names, NULL-terminated; never NULL itself */
	uint32_t major, minor;		/* 0:0 for an image file */
	uint64_t size_sectors;		/* 0 for an image file */
	const char *skip_reason;	/* NULL: may be looked at */
	const char *id_type, *id;	/* by which LVM2's devices file names it; or NULL */
	bool read_only;
	bool waits;			/* skipped for being suspended, or on what is, alone */
	bool is_member, is_other;	/* without looking at it: udev or the devices file call it a PV;
					 * udev has found something else on it */
};

struct candidates {
	struct dm_pool *mem;
	struct dm_list list;
};

/* All candidates, filtered by filter.h.  0 or a negative errno, reported. */
int scan_devices(const struct conf *conf, struct candidates **candidates);
void candidates_free(struct candidates **candidates);

/* The candidate that path names (itself, by a link, or by device number); NULL if none. */
const struct candidate *candidates_find(const struct candidates *candidates, const char *path);

#endif
