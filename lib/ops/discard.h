/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_DISCARD_H
#define SNAPVOL_OPS_DISCARD_H

/*
 * Telling devices which extents nobody uses any more (devices/issue_discards).
 *
 * What was in use before a change is remembered; of that, what is free when the change has been
 * committed is discarded, while the group is still locked.  So no volume can have got it again.
 */

struct used_extents;
struct vg;

/* All that is in use.  0 or -ENOMEM, reported. */
int used_extents_new(const struct vg *vg, struct used_extents **used);
void used_extents_free(struct used_extents **used);

/* Of that, what vg does not use, on devices that it still has.  Trouble is a warning: nothing is lost. */
void discard_freed(const struct used_extents *used, const struct vg *vg);

#endif
