/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_REFUSE_H
#define SNAPVOL_OPS_REFUSE_H

/*
 * What a change of a whole group, or of a volume, is not made upon.  0, or negative, reported.
 */

struct change;
struct lv;

/* -EBUSY if a volume of the group is active; what: what is to be done about it. */
int refuse_active(const struct change *change, const char *what);

/* -EPERM unless the newest metadata are on every area; --test, which has settled nothing, does not ask. */
int refuse_torn(const struct change *change);

/* -EBUSY if the volume is a snapshot that is to be merged, or has one. */
int refuse_merging(const struct lv *lv);

#endif
