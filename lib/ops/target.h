/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_TARGET_H
#define SNAPVOL_OPS_TARGET_H

/*
 * What the words on a command line name: "vg", "vg/lv", "/dev/vg/lv", "/dev/mapper/vg-lv", "@tag".
 *
 * Words are only taken apart; what they name is looked up in the group once it has been read under its
 * lock.  A tag is replaced by the groups or volumes that carry it at the moment.  Targets come
 * out sorted by group (strcmp), each group's in the order given, because locks of several groups are
 * taken in that order.
 *
 * A volume may also be named by its UUID.  That is looked up once to know the group, and again under the
 * lock: a volume that has taken the name meanwhile is not meant.  Nor is it where a tag or criteria have chosen.
 */

#include "base/uuid.h"
#include "model/name.h"

#include <stdbool.h>

struct group;
struct session;

struct target {
	char vg[NAME_LEN + 1];
	char vg_id[ID_LEN + 1];		/* which of the groups of that name, if that is known; or "" */
	char lv[NAME_LEN + 1];		/* "" if a group is named */
	char id[ID_LEN + 1];		/* what counts instead of the name; "" if named by name */
	char chosen_id[ID_LEN + 1];	/* which volume a tag or criteria have chosen; or "" */
	const char *word;		/* as typed */
	unsigned order;			/* which of the words it was, from 0 */
};

enum target_kind {
	TARGET_NONE,
	TARGET_VG,			/* groups */
	TARGET_LV,			/* volumes */
	TARGET_VG_OR_LV,
	TARGET_PV,			/* device paths: this and what follows not for targets_parse() */
	TARGET_GROUP_THEN_PV,
};

/* *targets is a malloc'd array; the caller frees it.  0, or -EINVAL (no name) / -EDOM (of another kind) /
 * -ENOENT (nothing has the tag), reported. */
int targets_parse(struct session *session, const char *const *words, unsigned word_count,
		  enum target_kind kind, struct target **targets, unsigned *count);

/* As with LVM2 a tag that nothing has is no error: then *count may be 0. */
int targets_parse_any(struct session *session, const char *const *words, unsigned word_count,
		      enum target_kind kind, struct target **targets, unsigned *count);

/* A tag names snapshots that merge, too, and every group that nobody can read, which may have it. */
int targets_parse_all(struct session *session, const char *const *words, unsigned word_count,
		      enum target_kind kind, struct target **targets, unsigned *count);

/* The one that word, which may be no tag, names.  0, or -EDOM, reported. */
int target_parse(struct session *session, const char *word, enum target_kind kind,
		 struct target *target);

/* All groups; the words say just that.  As above. */
int targets_all_groups(struct session *session, struct target **targets, unsigned *count);

/* Say of each group which it is: where several have its name there is one target for each.  One
 * that is not there stays as it is. */
int targets_identify(struct session *session, struct target **targets, unsigned *count);

/* Leave those whose group is there and is to be kept. */
int targets_keep(struct session *session, struct target *targets, unsigned *count,
		 bool (*keep)(const struct session *session, const struct group *group));

/* The volume that has this UUID.  0, or -EDOM (no UUID) / -ENOENT / -ENOTUNIQ, reported. */
int target_of_id(struct session *session, const char *word, struct target *target);

/* Whether all are there, for who does nothing to them.  0 or -ENOENT, reported. */
int targets_check(struct session *session, const struct target *targets, unsigned count);

/* Into the order of targets_parse(). */
void targets_sort(struct target *targets, unsigned count);

/* Call work once for each group with that group's targets.  Trouble in one group does not keep
 * the next from being worked on; the first failure is returned. */
int targets_each_group(const struct target *targets, unsigned count,
		       int (*work)(void *data, const struct target *targets, unsigned count),
		       void *data);

/* The volume a target names in its group; NULL, reported, if there is none, or another than was chosen. */
struct lv *target_lv(const struct vg *vg, const struct target *target);

/* Once the group is locked: whether it still is what was chosen.  0 or -ENOENT, reported. */
int target_check_group(const struct vg *vg, const struct target *target);

/* Once the group is locked, and before it is edited: whether it (lv is NULL), or that volume of it, still is what was
 * chosen and has the tag by which it was.  0 or -ENOENT, reported. */
int target_check_chosen(const struct vg *vg, const struct lv *lv, const struct target *target);

#endif
