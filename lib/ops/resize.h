/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_RESIZE_H
#define SNAPVOL_OPS_RESIZE_H

/*
 * Growing and shrinking volumes and COW stores.
 *
 * Growing commits first and reloads then; shrinking reloads first, so that the extents named on disk
 * always contain those the kernel maps.  An origin may grow under its snapshots, which keep their
 * size, but not shrink.  A store grows up to what it can use, and shrinks only while active, never
 * below what is used.  A filesystem shrinks before its volume and grows after it (fsresize.h).
 */

#include "base/units.h"
#include "model/vg.h"
#include "ops/fsresize.h"

#include <stdbool.h>

struct session;
struct target;

enum resize_direction { RESIZE_EITHER, RESIZE_GROW, RESIZE_SHRINK };

struct resize_request {
	struct amount size;		/* sign 0: to this size; + and -: by it */
	enum resize_direction direction;
	bool by_policy;			/* size is not given, the settings say by how much */
	bool at_least;			/* not smaller than this size; larger it stays as it is */
	uint32_t stripes;		/* 0: as the last segment */
	uint32_t stripe_size_sectors;
	enum alloc_policy alloc;
	enum fs_wish filesystem;
	bool unchecked;			/* the filesystem is not checked before */
	const char *const *devices;
	unsigned device_count;
};

int resize_volume(struct session *session, const struct target *target,
		  const struct resize_request *request);

#endif
