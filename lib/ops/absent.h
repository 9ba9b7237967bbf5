/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_ABSENT_H
#define SNAPVOL_OPS_ABSENT_H

/*
 * Groups of which the kernel has devices, but of which no metadata are found: their disks have gone
 * or were overwritten, or settings keep us from looking at them.
 *
 * All that is known of them is in the devices' identities and names; a device is of the group whose
 * identity and name it has, so that the lock of that name is what whoever is at work on it holds.
 * Where devices/only says what there is, none is absent.
 */

#include "base/uuid.h"

#include <stdbool.h>

struct catalog;
struct dm_pool;
struct live;
struct live_device;
struct session;

struct absent {
	char id[ID_LEN + 1];
	const char *name;
};

/* Each once, from mem.  Their number, or negative, reported. */
int absent_list(struct session *session, struct dm_pool *mem, struct absent **absents);

/* Whether the device is the group's. */
bool absent_has(struct dm_pool *mem, const struct absent *absent, const struct live_device *device);

/* Whether the device, which has been asked about, stands on one that is there and was not read, be it that
 * settings hide it: then others may see the group. */
bool absent_is_hidden(const struct catalog *catalog, const struct live *live,
		      const struct live_device *device);

#endif
