/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_RECOVER_H
#define SNAPVOL_OPS_RECOVER_H

/*
 * Settling what an interrupted command left behind.
 *
 * The rule is one: the kernel is brought to what the newest metadata says, and volumes that carry
 * the unfinished tag are given back.  Devices left suspended are resumed, inactive tables cleared,
 * devices of no volume removed; a merge that is done is finished.  What is not active stays so.
 * Each thing is said in a line before it is done.
 *
 * What lies on a missing device, and what a group holds that is not to be changed, or of which newer metadata may
 * lie where nothing could be read, cannot be laid out: it is resumed if it is suspended, and for the rest the
 * marker stays; as it does where metadata cannot be written.
 *
 * Recovery needs the group's lock and so never meets a command that is still at work.
 */

#include <stdbool.h>

struct change;
struct session;
struct snapshot;

/* The road's first step for every command: begin (change.h), and if something was left, of this group or of
 * an unfinished one that lists devices of this one's, settle it and begin again.  Under --test it is only told. */
int recover_and_begin(struct session *session, const char *vg_name, unsigned flags,
		      struct change **change);

/* Nodes and links of what is active in a group that change_begin() has been given, where nobody has made
 * them; under --test none are made. */
int recover_nodes(struct change *change);

/* A merge that its command has not come to hand over has not begun, and nobody has been told that it waits: recovery
 * calls it off, as soon as metadata can be written. */
bool recover_calls_off(struct change *change, const struct snapshot *snapshot);

enum recovered {
	RECOVERED_SOMETHING = 1u << 0,
	RECOVERED_MERGE_FAILED = 1u << 1, /* the kernel gave one up: activate_failed_merges() begins it anew */
	RECOVERED_UNMARKED = 1u << 2, /* a snapshot is invalid, and its store, as has been said, does not say so */
};

/* Settle everything of the group, whether or not there is a sign that it is needed.  flags are change.h's:
 * CHANGE_ACTIVATION_ONLY settles of a group that cannot be changed what is in the kernel, else it is refused.
 * enum recovered, or negative, reported; then what was suspended is resumed all the same. */
int recover_group(struct session *session, const char *vg_name, unsigned flags);

/* Of groups of that name, or of all (NULL) but those that others may see, that are on no disk (absent.h) resume what is
 * suspended.
 * 1 if anything was, 0, or negative, reported. */
int recover_absent(struct session *session, const char *vg_name);

/* recover_group() after what the caller itself has left; only trouble is told.  0, or negative,
 * reported. */
int recover_own(struct session *session, const char *vg_name);

/* The last step of a command that failed where there was no way back: once, and in silence, as what failed has
 * been told.  Who has a group's lock meanwhile settles it himself. */
void recover_failed(struct session *session);

/* What a command that only looks may settle in passing: merges that are done, in groups whose lock
 * nobody has, as far as that takes no longer than a look may.  Forgets what the session has read if anything was
 * changed.  What has been merged is said, and what failed warned of, unless it took too long: that is left to a command
 * that changes. */
void recover_merged(struct session *session);

#endif
