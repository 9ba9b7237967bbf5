/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_STORE_VOLUMES_H
#define SNAPVOL_STORE_VOLUMES_H

/*
 * The "logical_volumes" section of metadata text: volumes, segments and snapshots.
 *
 * Volumes refer to each other by name in any order, so names are read before bodies.  A volume
 * whose only segment is of type snapshot is no volume but ties a store to its origin: struct
 * snapshot.
 */

struct dm_config_node;
struct vg;

/* Devices have been read.  0, -EBADMSG or -ENOMEM, reported. */
int volumes_import(const char *source, struct vg *vg, const struct dm_config_node *node);

#endif
