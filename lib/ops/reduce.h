/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_REDUCE_H
#define SNAPVOL_OPS_REDUCE_H

/*
 * Taking devices out of a group.  Devices with extents in use stay, and so does the last one, and
 * the last one with a metadata area.  What is taken out stays a PV, of no group.
 */

struct session;

/* Those named (count paths). */
int group_reduce(struct session *session, const char *name, const char *const *devices,
		 unsigned count);

/* All that no volume uses; one stays if none is used. */
int group_reduce_unused(struct session *session, const char *name);

#endif
