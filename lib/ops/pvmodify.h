/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_PVMODIFY_H
#define SNAPVOL_OPS_PVMODIFY_H

/*
 * Changing what is said about PVs, in groups and outside: size, identity, tags, whether extents are
 * given out on them, whether their metadata areas are used.
 *
 * In a group the group's metadata is committed first and the label, which is only a note, follows.
 * The identity of a member cannot change: label and metadata cannot be written at one instant.
 */

#include "base/units.h"
#include "ops/modify.h"

struct session;

struct pv_edit {
	bool resize;
	struct amount size; /* not given: the device's */
	enum modify_switch allocatable, ignore_metadata;
	struct tag_edit tags;
	bool new_id;
};

/* operands are count devices, or @TAG for those that have the tag, none if none has it; trouble with one
 * does not keep the next from being changed. */
int modify_pvs(struct session *session, const char *const *operands, unsigned count,
	       const struct pv_edit *edit);

/* All PVs there are. */
int modify_all_pvs(struct session *session, const struct pv_edit *edit);

#endif
