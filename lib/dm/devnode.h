/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_DM_DEVNODE_H
#define SNAPVOL_DM_DEVNODE_H

/*
 * What users open: DEV_DIR/mapper/NAME and, for a volume that is not hidden, the link
 * DEV_DIR/VG/LV. udev makes and removes these; where it does not, we do.
 */

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

/* A device by its place in the file system. */
struct devnode {
	const char *dev_dir;
	const char *name;  /* of the device */
	const char *label; /* "VG/LV": where the link is */
	bool hidden;	   /* no link */
	uint32_t major, minor;
};

enum devnode_state {
	DEVNODE_RIGHT,
	DEVNODE_MISSING,
	DEVNODE_WRONG, /* something is there that does not lead to the device */
};

/* The path to open the device by: DEV_DIR/dm-MINOR, which the kernel makes at once; where it does not, as in a container
 * with a /dev of its own, DEV_DIR/mapper/NAME, which is made if it is not there. */
void devnode_open_path(const struct devnode *devnode, char path[PATH_MAX]);

/* Its paths: malloc'd, or NULL, reported, without memory.  Of either, how it is. */
char *devnode_path(const struct devnode *devnode);
char *devnode_link(const struct devnode *devnode);
enum devnode_state devnode_look(const struct devnode *devnode, const char *path);

/* Whether DEV_DIR/mapper/NAME is there. */
bool devnode_exists(const struct devnode *devnode);

/* Make what is missing or stale.  What cannot be made is warned of, once. */
void devnode_make(const struct devnode *devnode);

/* Remove what is still there. */
void devnode_remove(const struct devnode *devnode);

#endif
