/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_TARGET_H
#define SNAPVOL_OPS_TARGET_H

/*
 * What the words on a command line name: "vg", "vg/lv", "/dev/vg/lv", "/dev/mapper/vg-lv", "@tag".
 *
 * targets_parse() only takes words apart; what they name is looked up in the group once it has been
 * read.  Targets come out sorted by group (strcmp), each group's in the order given, because locks
 * of several groups are taken in that order.
 */

#include "model/name.h"

#include <stdbool.h>

struct session;

struct target {
	char vg[NAME_LEN + 1];		/* "" with a tag: any group */
	char lv[NAME_LEN + 1];		/* "" if only a group is named */
	const char *tag;		/* "@tag" without the @, or NULL */
	const char *word;		/* as typed */
	unsigned order;			/* which of the words it was, from 0 */
};

enum target_kind {
	TARGET_NONE,
	TARGET_VG,			/* groups */
	TARGET_LV,			/* volumes */
	TARGET_VG_OR_LV,
	TARGET_PV,			/* device paths: not for targets_parse() */
};

/* *targets is a malloc'd array of count; the caller frees it.  0 or -EDOM, reported. */
int targets_parse(const struct session *session, const char *const *words, unsigned count,
		  enum target_kind kind, struct target **targets);

/* The volume a target names in its group; NULL, reported, if there is none. */
struct lv *target_lv(const struct vg *vg, const struct target *target);

/* Whether lv is what a target names (by name or tag). */
bool target_matches(const struct target *target, const struct lv *lv);

#endif
