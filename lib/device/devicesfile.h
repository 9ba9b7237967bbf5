/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_DEVICE_DEVICESFILE_H
#define SNAPVOL_DEVICE_DEVICESFILE_H

/*
 * LVM2's devices file: the devices that it may use, each by something that stays the same
 * when names do not (lvmdevices(8)).
 *
 * In use when devices/use_devicesfile says so and the file exists.  It is only read here: a device
 * is added with LVM2's lvmdevices.  Kinds of identity (IDTYPE): what the kernel shows of disks, of
 * dm devices, of md and loop devices, and names.  A line of another kind matches nothing.
 */

#include <stdbool.h>

struct conf;
struct device_facts;
struct devicesfile;

/* *file stays NULL if there is none to be used.  0 or a negative errno, reported. */
int devicesfile_read(const struct conf *conf, struct devicesfile **file);
void devicesfile_free(struct devicesfile **file);

enum { DEVICE_ID_SIZE = 512 };

struct device_id {
	char type[DEVICE_ID_SIZE], name[DEVICE_ID_SIZE]; /* IDTYPE, IDNAME */
};

/* By what a line names the device of these facts and names (NULL-terminated); false: none does. */
bool devicesfile_find(const struct devicesfile *file, const struct device_facts *facts,
		      const char *const *names, struct device_id *id);

#endif
