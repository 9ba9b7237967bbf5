/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_ONLINE_H
#define SNAPVOL_OPS_ONLINE_H

/*
 * Which devices have appeared since the machine was started, and which groups have been told complete.
 *
 * Files below /run/lvm, where LVM2 has them, so that either tool may answer the next event of udev:
 * pvs_online/PVID (number, group and path of a device), pvs_lookup/VG (the devices of a group) and
 * vgs_online/VG (empty: whoever makes it is the one to activate the group).
 */

#include <stdint.h>

struct disk;
struct vg;

/* That it is there, with its group, if that can be told by now.  0 or a negative errno, reported. */
int online_note_device(const struct disk *disk, const struct vg *vg);

/* How many devices of the group have not been noted; or a negative errno, reported.  The list of its
 * devices is written, too. */
int online_missing(const struct vg *vg);

/* 1: nobody had told of the group before; 0; or negative, reported. */
int online_claim_group(const char *name);
void online_forget_group(const char *name);

/* There is no group of that name any more: it was removed, or has that other name now. */
void online_end_group(const char *name);
void online_rename_group(const char *name, const char *new_name);

/* The device of that number, by which its group is not complete any more; and everything. */
void online_forget_number(uint32_t major, uint32_t minor);
void online_forget_all(void);

#endif
