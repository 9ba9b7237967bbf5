/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_DM_TREE_H
#define SNAPVOL_DM_TREE_H

/*
 * What the kernel makes of an origin and its snapshots: the questions whose answers decide how a tree
 * is to be shown, asked by those who change a group and by those who only look.
 */

#include "dm/layout.h"
#include "dm/live.h"

/* The device a user opens for this volume, asked about; NULL if it is not in the kernel.  It is found by
 * its identity, under whatever name. */
struct live_device *tree_device(struct live *live, const struct lv *lv);

/* The same for a layer of it, of whatever kind. */
struct live_device *tree_layer(struct live *live, const struct lv *lv, const char *layer);

/* How the kernel shows an origin now: a merge that has not begun is held, one of an inactive origin
 * begins when it is activated. */
enum layout_merge tree_merge_now(struct live *live, const struct lv *lv);

/* The device that tells the state of a snapshot: its own, or the origin's that it merges into; NULL: it is not
 * active. */
const struct live_device *tree_teller(struct live *live, const struct snapshot *snapshot);

/* The status that a device of these tells; 1, 0 if there is no device, negative reported. */
struct snapshot_status;
int tree_status(struct live *live, const struct live_device *device,
		struct snapshot_status *status);

/* Whether the kernel merges this very snapshot, whatever the metadata say of it. */
bool tree_merges(struct live *live, const struct snapshot *snapshot);

/* Whether all of a merging store is merged: then it can go. */
bool tree_merge_is_done(struct live *live, const struct snapshot *snapshot);

/* Whether the kernel has given its merge up, after an error of a device. */
bool tree_merge_has_failed(struct live *live, const struct snapshot *snapshot);

/* Whether the origin is active without this snapshot, which then may have missed a write.  A question to the kernel
 * that failed (live.h) is no answer to this one. */
bool tree_runs_without(struct live *live, const struct snapshot *snapshot);

/* The volume of the group that a dm UUID names; NULL if there is none any more.  *known tells whether
 * it is that of a layer of ours. */
struct lv *tree_lv_of(const struct vg *vg, const char *uuid, bool *known);

/* Whether a volume of the tree is of a kind that we do not lay out. */
bool tree_is_foreign(const struct lv *top);

/* The volume of a device in the plan if all of its tree is to be laid out, else NULL: it is unfinished, or gone, and
 * then the device goes; or not ours to change, and then it is left alone. */
struct lv *tree_to_lay_out(const struct vg *vg, struct live_device *device);

#endif
