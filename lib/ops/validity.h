/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_VALIDITY_H
#define SNAPVOL_OPS_VALIDITY_H

/*
 * Whether a snapshot is worth anything: the kernel says so of one that is active or merges, unless its origin runs
 * and copies nothing to it; the header of its store of one that is not.  One that is invalid stays so for ever; it can only be removed.
 */

#include "ops/change.h"

struct cow_store;

/* 1: valid, or not used yet; 0: invalid; negative, reported: its store could not be read. */
int validity_of(struct change *change, const struct snapshot *snapshot);

/* Whether the exceptions in its store, as far as we can read it, can be gone by: 0, or negative, reported. */
int validity_of_exceptions(struct change *change, const struct snapshot *snapshot);

/* Whether what looks like a new store was none before it lost its header: the kernel would make a
 * new store of it.  1 or 0, or negative, reported. */
int validity_lost_header(struct cow_store *cow, const struct snapshot *snapshot);

/* Whether that stands against a merge that would begin as its origin is activated: 0, or negative,
 * reported.  What of it is not there or not understood is for others to say. */
int validity_of_waiting(struct change *change, const struct snapshot *snapshot);

/* Of the others the kernel would make new stores, and their snapshots would show what the origin is by now: those
 * of a tree that is to be activated which the kernel has not are marked invalid first.  0, or negative, reported. */
int validity_invalidate_lost(struct change *change, const struct lv *top);

/* validity_of_exceptions() of a store whose merge has begun, which has not been new since. */
int validity_of_merging(struct change *change, const struct snapshot *snapshot);

/* What only the kernel can tell goes with a device that is taken out of it: snapshots of the tree that are
 * invalid there, or that their origin runs without, are marked so in their stores first. */
int validity_keep(struct change *change, const struct lv *top);

/* What only the kernel can tell does not outlive it: snapshots of the group that are invalid there are marked so in
 * their stores, as far as these can be reached.  How many, or negative, reported. */
int validity_mark(struct change *change);

#endif
