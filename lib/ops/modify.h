/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_MODIFY_H
#define SNAPVOL_OPS_MODIFY_H

/*
 * Changing what is said about volumes: name, permission, tags, flags.  Committed first; devices follow
 * under their new name or with their new permission.
 */

#include "ops/tags.h"

struct session;
struct target;

enum modify_permission { PERMISSION_KEEP, PERMISSION_READ, PERMISSION_READ_WRITE };
enum modify_switch { SWITCH_KEEP, SWITCH_ON, SWITCH_OFF };

struct modify_request {
	enum modify_permission permission;
	struct tag_edit tags;
	enum modify_switch activation_skip;
	enum modify_switch autoactivation;
};

int modify_volumes(struct session *session, const struct target *targets, unsigned count,
		   const struct modify_request *request);

int rename_volume(struct session *session, const struct target *target, const char *new_name);

#endif
