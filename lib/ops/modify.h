/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_MODIFY_H
#define SNAPVOL_OPS_MODIFY_H

/*
 * Changing what is said about volumes: name, permission, tags, flags.  Committed first; devices follow
 * under their new name or with their new permission.
 */

#include "model/vg.h"
#include "ops/tags.h"

#include <stdbool.h>
#include <stdint.h>

struct session;
struct target;

enum modify_permission { PERMISSION_KEEP, PERMISSION_READ, PERMISSION_READ_WRITE };
enum modify_switch { SWITCH_KEEP, SWITCH_ON, SWITCH_OFF };

struct modify_request {
	enum modify_permission permission;
	struct tag_edit tags;
	enum modify_switch activation_skip;
	enum modify_switch autoactivation;
	enum modify_switch fixed_minor;
	int32_t minor;			 /* with SWITCH_ON; for one volume, which is inactive */
	const enum alloc_policy *alloc;	 /* NULL: as it is */
	const int64_t *read_ahead;	 /* sectors, 0: auto, -1: none; NULL: as it is */
};

int modify_volumes(struct session *session, const struct target *targets, unsigned count,
		   const struct modify_request *request);

/* Fix the device number of a volume; one that is active is deactivated for that and comes back with
 * its new number, which is asked about first. */
int modify_number(struct session *session, const struct target *target, int32_t minor);

int rename_volume(struct session *session, const struct target *target, const char *new_name);

#endif
