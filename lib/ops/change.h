/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_CHANGE_H
#define SNAPVOL_OPS_CHANGE_H

/*
 * The one road of every change of one group.
 *
 *	change_begin()		lock, read disk, refuse what must not be changed, read kernel; commands
 *				come here through recover_and_begin() (recover.h), which first
 *				settles what an interrupted command left
 *	edit			the caller changes change->vg, which is in memory only
 *	change_stage()		checks the group and takes a picture of it as the next metadata to
 *				commit; once or twice, the order of calls is the order of commits
 *	change_want…()		the devices as they shall be
 *	change_act()		steps of the caller's own (zero a store's header …)
 *	change_run()		plan, print it under --test, else run it; archive before, backup after
 *	change_free()		unlock
 *
 * Stages and acts are put before or after the work on devices by their "when".
 *
 * While a change works a marker file, run_dir/VG-UUID, exists.  Whoever finds one with the lock
 * in his hands knows that its maker is dead, and recovers before he does anything else.  (It lives
 * where a reboot removes it, as a reboot removes what is in the kernel.)
 */

#include "dm/layout.h"
#include "dm/plan.h"
#include "model/vg.h"

#include <stdbool.h>

struct change;
struct group;
struct lock;
struct session;
struct snapshot;

enum when { BEFORE_DEVICES, AFTER_DEVICES };

enum change_flags {
	CHANGE_ACTIVATION_ONLY = 1u << 0, /* metadata stay as they are: partial groups are allowed */
	CHANGE_REPAIR = 1u << 1,       /* partial groups are allowed */
	CHANGE_EXPORTED = 1u << 2,     /* exported groups are allowed */
	CHANGE_GLOBAL = 1u << 3,     /* devices join or leave, or the name changes: P_global too */
	CHANGE_CREATE = 1u << 4,     /* there must be no such group; change_vg() is a new one */
	CHANGE_UNREADABLE = 1u << 5, /* with CREATE: one that nobody can read may be there */
	CHANGE_TRY = 1u << 6,	     /* -EAGAIN, silent, if somebody has the lock */
	CHANGE_REPLACE = 1u << 7,    /* of what devices say nothing counts: they may disagree */
	CHANGE_RENEW = 1u << 8,	     /* areas that cannot be read do not count */
	CHANGE_ALONE = 1u << 9,	     /* unfinished ones whose other group is not there, too */
	CHANGE_IN_PASSING = 1u << 10, /* devices are not waited for long, and udev is not */
	CHANGE_NONE = 1u << 11,	     /* none is meant: whatever keeps a group from being changed is no
				      * hindrance.  One that nobody can read, or that is on
				      * no disk and known by its identity, has no volumes then */
};

/* 0, or negative: no such group, locked too long, not to be changed; reported. */
int change_begin(struct session *session, const char *vg_name, unsigned flags,
		 struct change **change);

/* Another group on the same road: what is staged of it is a step of leader's, in the order of calls, and
 * done by leader's change_run().  The caller has had its lock since before leader began, and frees it
 * before leader.  Both may list the devices that disk->moves. */
int change_begin_beside(struct change *leader, const char *vg_name, unsigned flags,
			struct change **change);

struct vg *change_vg(const struct change *change);
/* Another group takes the place of change_vg(), as if that had been edited into it; it is the change's
 * from then on.  0, or negative, reported: not to be changed. */
int change_replace(struct change *change, struct vg **vg);

struct live *change_live(const struct change *change);

/* Whether the last change_run() had anything to do. */
bool change_did_something(const struct change *change);

/* Whether the metadata may be written at all: with CHANGE_ACTIVATION_ONLY that has not been judged. */
bool change_may_commit(const struct change *change);

/* Whether none of the group's devices is read-only: 0, or negative, reported. */
int change_check_writable(const struct change *change);

/* Whether newer metadata may lie where nothing could be read, or are known to this host, or the newest are two: devices
 * are not to be brought to what these say.  And say so: negative. */
bool change_is_doubtful(struct change *change);
int change_tell_doubt(const struct change *change);

/* Whether this host knows of newer metadata, and these are not put in their place: 0, or negative, reported. */
int change_check_newest(const struct change *change);

/* What was found on disk under the lock. */
struct catalog *change_catalog(const struct change *change);
struct session *change_session(const struct change *change);

/* The group's lock, for a program that is to hold it until it has ended. */
int change_lock_fd(const struct change *change);

/* Whether a volume (or the tree it belongs to) has devices in the kernel. */
bool change_lv_is_active(const struct change *change, const struct lv *lv);

/* Open the group's devices for writing; what is staged does so, too.  For who writes to them before that. */
int change_open(struct change *change);

/* Take a picture of the group as it is now, to be committed at "when". */
int change_stage(struct change *change, enum when when);

/* A step of the caller's own.  text is printed by --test; run gets data, which must live until
 * change_run() has returned; undo may be NULL (plan.h). */
int change_act(struct change *change, enum when when, const struct plan_act *act);

/* Make a new store, before the work on devices / mark one invalid, as a step of the plan; the
 * latter for ever, or (disown) for one that has missed nothing yet and is valid again should the plan be
 * undone. */
int change_zero_store(struct change *change, const struct lv *store, uint32_t chunk_sectors);
int change_invalidate_store(struct change *change, const struct lv *store, enum when when);
int change_disown_store(struct change *change, const struct lv *store, enum when when);

/* Mark one invalid, before the work on devices, that is lost whatever comes of the plan: it stays so if that is
 * undone. */
int change_write_off_store(struct change *change, const struct lv *store);

/* The same, whatever other devices of the group are like; if its store cannot be written to, that is said, and all else
 * is done. */
int change_mark_store(struct change *change, const struct lv *store);

/* Whether that was said of any. */
bool change_left_unmarked(const struct change *change);

/* What the kernel has written of a new store is durable before what is staged next, as a step of the plan. */
int change_sync_store(struct change *change, const struct lv *store, uint32_t chunk_sectors);

/* The merge of this store is new, and the kernel is handed it by what is wanted: a command that dies before that has not
 * begun it (recover.c). */
int change_hand_over(struct change *change, const struct lv *store);

/* The devices of the tree as the group says now; what of it is live is taken into the plan.  A snapshot
 * that its active origin has been running without is marked invalid first. */
int change_want_tree(struct change *change, const struct lv *lv, enum layout_merge merge);
/* Whether that has been said already: 1 or 0, or negative, reported. */
int change_wants_tree(const struct change *change, const struct lv *lv);
/* The same, and nothing is marked: for who looks at nodes only. */
int change_lay_out(struct change *change, const struct lv *lv, enum layout_merge merge);
/* A new snapshot beside others that stay as they are; all of the tree if its origin does not run yet. */
int change_want_branch(struct change *change, const struct snapshot *snapshot);

/* How the kernel shows an origin now: a merge that has not begun is held, one of an inactive origin
 * begins when it is activated. */
enum layout_merge change_merge_now(struct change *change, const struct lv *lv);

/* The device a user opens for this volume, asked about; NULL if it is not in the kernel. */
struct live_device *change_device(struct change *change, const struct lv *lv);

/* What lv's tree has in the kernel now shall be compared (and removed if not wanted): to be called
 * before an edit that renames or removes.  Or of that tree only the origin's own device. */
int change_touch_tree(struct change *change, const struct lv *lv);
int change_touch_top(struct change *change, const struct lv *lv);

/* Devices that are wanted from now on may lack what lies on missing devices of the group. */
void change_allow_partial(struct change *change);

/* The marker, if there is one, stays as it is when change_run() has failed and is undone; for what is left to do
 * (though_done) also when it has not. */
void change_keep_marker(struct change *change, bool though_done);

/* A marker is left when change_run() is done: recovery has the rest to do. */
void change_leave_marker(struct change *change);

int change_run(struct change *change);

/* The volume at whose device the last change_run() failed; NULL: it did not, or elsewhere. */
const struct lv *change_failed_at(const struct change *change);

/* Whether the last change_run() failed, and not all of it could be undone. */
bool change_left_something(const struct change *change);

/* Under --test: as if what change_run() has printed were done, for what comes next. */
int change_pretend(struct change *change);

/* The group's nodes and links, where nobody has seen to them. */
void change_settle_nodes(const struct change *change);

/* What is staged from now on has FREEZE_TAG_BLANK in it, to be filled in when it is committed. */
void change_record_freeze(struct change *change);

/* Length of the freeze of the last run; 0 if nothing was frozen. */
uint64_t change_freeze_ns(const struct change *change);

void change_free(struct change **change);

/* The same, but for the group's lock, which is the caller's from then on. */
void change_free_but_lock(struct change **change, struct lock **lock);

#endif
