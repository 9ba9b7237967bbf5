/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_DM_TASK_H
#define SNAPVOL_DM_TASK_H

/*
 * One function per ioctl of device-mapper that is asked through libdevmapper; suspend and resume
 * are not among them (control.h).  Existing devices are found by UUID, which outlives renaming.
 * libdevmapper makes no nodes here (devnode.h does) and its messages are debugging output.
 */

#include "dm/live.h"
#include "dm/table.h"

struct dm_node;

/* 0, or -ENODEV (silent) if the kernel has no device-mapper, or has not loaded its module. */
int task_available(void);

/* Make the node of /dev/mapper/control, where nobody has. */
int task_make_control(void);

/* Fill in what the kernel says about device->name; 1, 0 if there is none, negative reported. */
int task_query(struct dm_pool *mem, struct live_device *device);

/* Type and status parameters of the first target; type is "" without a table.  1, 0 if there is no
 * such device, negative reported. */
int task_status(const char *name, char type[TABLE_TYPE_LEN], char *params, size_t room);
int task_status_of(const char *uuid, const char *label, char type[TABLE_TYPE_LEN], char *params,
		   size_t room);

int task_create(const struct dm_node *node, uint32_t *major, uint32_t *minor);

enum task_access { TASK_READ_WRITE, TASK_READ_ONLY };

/* table has numbers in place of every {NAME}. */
int task_load(const struct dm_node *node, const char *table, enum task_access access);
int task_clear(const struct dm_node *node);

/* 0 if nobody has it open, or it is not there; -EBUSY, about which nothing is said; others reported. */
int task_closed(const struct dm_node *node);

/* The next two make udev events; cookie 0 makes none that is waited for.  task_remove() says
 * nothing about -EBUSY. */
int task_remove(const struct dm_node *node, uint32_t cookie);
int task_rename(const struct dm_node *node, const char *new_name, uint32_t cookie);

#endif
