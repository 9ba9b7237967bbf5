/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_GROUPMODIFY_H
#define SNAPVOL_OPS_GROUPMODIFY_H

/*
 * Changing what is said about groups.  One commit a group; devices stay as they are.
 *
 * An exported group is nobody's: no host activates or changes it until one imports it.
 */

#include "base/units.h"
#include "model/vg.h"
#include "ops/modify.h"

struct session;
struct target;

struct group_edit {
	enum modify_switch resizeable, autoactivation, exported;
	const uint64_t *max_lv, *max_pv; /* NULL: as they are; 0: no limit */
	const uint32_t *metadata_copies; /* NULL: as they are; or METADATA_COPIES_ALL */
	struct amount extent_size;
	enum alloc_policy alloc; /* ALLOC_INHERIT: as it is */
	const char *system_id;	 /* NULL: as it is; "": none */
	struct tag_edit tags;
	bool new_id;
};

/* The size of extents that a command line asks for; 0 or -EDOM, reported. */
int group_check_extent_size(const char *name, const struct amount *size);

/* Of targets that name all groups: those that are to be exported, or to be imported, are left. */
int modify_drop_exported(struct session *session, struct target *targets, unsigned *count,
			 enum modify_switch exported);

int modify_groups(struct session *session, const struct target *targets, unsigned count,
		  const struct group_edit *edit);

#endif
