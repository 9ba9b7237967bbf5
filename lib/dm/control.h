/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_DM_CONTROL_H
#define SNAPVOL_DM_CONTROL_H

/*
 * Suspend, resume and clear as bare ioctls, each prepared in memory ahead of the moment it is made:
 * libdevmapper allocates and may print, which is not allowed while devices are suspended.  Nothing
 * here allocates or prints but control_open() and control_list().
 *
 * The listing is one of them because libdevmapper does not ask for the identities that the kernel tells
 * along with the names since 5.13 (dm-ioctl.c: list_devices(), DM_UUID_FLAG).
 */

#include <linux/dm-ioctl.h>
#include <stdbool.h>
#include <stdint.h>

/* A descriptor of /dev/mapper/control, or negative, reported. */
int control_open(void);

/* Call add() for every device there is, until it returns negative; uuid is NULL where the kernel does not
 * tell it.  0, or negative, reported. */
typedef int control_add(void *data, const char *name, const char *uuid, uint64_t number);
int control_list(int control, control_add *add, void *data);

/* For the device with this dm UUID; event is udev's cookie and flags (udev.h). */
void control_prepare(struct dm_ioctl *call, const char *uuid, uint32_t flags, uint32_t event);

enum control_verb { CONTROL_SUSPEND, CONTROL_RESUME, CONTROL_CLEAR };

/* 0, 1 if udev was sent an event, or a negative errno, silent.  call is not changed. */
int control_call(int control, enum control_verb verb, const struct dm_ioctl *call);

#endif
