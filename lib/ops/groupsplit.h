/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_GROUPSPLIT_H
#define SNAPVOL_OPS_GROUPSPLIT_H

/*
 * Two groups of one, and one of two.  Devices go over with the volumes on them, which are inactive; no
 * extent is copied.
 *
 * Both groups' metadata is written, one after the other, and a power cut in between must leave no
 * extent with two owners.  In a split the group that gains is committed first, but as unfinished
 * (model/part.h): until the other group is committed without them, its devices are the other's.  Then it
 * is committed again, finished.  In a merge the group that ends is committed first, as unfinished; the
 * commit of the one that gains decides.  What is left of either is settled by whoever changes the
 * group next.
 */

#include "model/vg.h"

#include <stdbool.h>
#include <stdint.h>

struct session;

struct split_request {
	const char *volume;		/* devices of this volume's tree; or NULL: */
	const char *const *devices;	/* these paths */
	unsigned device_count;
	const uint64_t *max_lv, *max_pv; /* of a new group; NULL: as the other's */
	const uint32_t *metadata_copies; /* likewise; or METADATA_COPIES_ALL */
	enum alloc_policy alloc;	/* of a new group; ALLOC_INHERIT: normal */
};

int group_split(struct session *session, const char *from, const char *to,
		const struct split_request *request);

/* from ends. */
int group_merge(struct session *session, const char *to, const char *from);

#endif
