/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_CREATE_H
#define SNAPVOL_OPS_CREATE_H

/*
 * Making volumes, snapshots and sparse volumes.
 *
 * A new volume is committed with the unfinished tag, made a device, wiped, and committed without the
 * tag, so that an interrupted creation leaves nothing (model/snapshot.h).  A snapshot of an active
 * origin likewise: its store exists before the freeze, and the metadata call it a snapshot only
 * once it has been taken.
 */

#include "base/units.h"
#include "model/vg.h"
#include "ops/modify.h"
#include "ops/target.h"

struct session;

struct create_request {
	const char *name;		/* NULL: made up; a template (see below) */
	int64_t now;			/* seconds since 1970, for the template */
	bool if_missing;		/* done if there is such a volume already */
	struct amount size;		/* of the volume or of each store */
	uint32_t stripes;		/* 0: one */
	uint32_t stripe_size_sectors;	/* 0: default 64 KiB */
	enum alloc_policy alloc;	/* ALLOC_INHERIT: the group's */
	const char *const *devices;	/* PV operands to take extents from */
	unsigned device_count;
	const char *const *tags;
	unsigned tag_count;
	bool read_only;
	bool inactive;			/* -an */
	enum modify_switch zero;	/* the beginning; on unless it cannot be */
	enum modify_switch wipe;	/* signatures; as the settings say where it is zeroed */
	bool activation_skip;		/* -ky */
	bool no_autoactivation;		/* --setautoactivation n */
	int32_t minor;			/* always this one, -1: any */
	int64_t read_ahead_sectors;	/* 0: auto, -1: none */
	uint32_t chunk_size_sectors;	/* snapshots; 0: the setting */
	uint64_t virtual_size_sectors;	/* sparse volumes */
};

/* In a name %o stands for the origin's, %Y %m %d %H %M %S for the moment in UTC. */
int create_volume(struct session *session, const char *vg_name,
		  const struct create_request *request);

/* A snapshot of each origin (all in one group), all at one instant.  With several origins the name,
 * if given, must contain "%o", which stands for the origin's name. */
int create_snapshots(struct session *session, const struct target *origins, unsigned count,
		     const struct create_request *request);

/* A volume of virtual_size that reads as zeros and keeps what is written in a store. */
int create_sparse(struct session *session, const char *vg_name,
		  const struct create_request *request);

/* The size of a new store's chunks: what is given, or if that is 0 the setting.  0, or negative,
 * reported: -EDOM for what is given. */
int create_chunk_size(const struct session *session, uint32_t given_sectors, uint32_t *sectors);

#endif
