/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_MODEL_PART_H
#define SNAPVOL_MODEL_PART_H

/*
 * A part of a group that goes over to another: some of its devices with all volumes on them.
 *
 *	PV_LEAVING is set by the caller on the devices that go
 *	part_mark()	finds the volumes that go along, or says why the group can't be cut there
 *	part_move()	moves devices and volumes
 *
 * While two groups are being written one after the other, a power cut must not leave extents with two
 * owners.  So one of the two is committed first as unfinished: exported, with the unfinished tag, so
 * that nobody acts on it.  What an unfinished group lists and another group lists, too, is the
 * other's; part_drop() takes it away.  Whoever next changes an unfinished group finishes it, which can't be
 * done before the other group is there with all its devices, and all is read that they say: it may list any
 * of them.
 */

#include <stdbool.h>

struct vg;

bool part_is_unfinished(const struct vg *vg);

/* The ID of the other of the two, for as long as the group is unfinished; or NULL. */
const char *part_other(const struct vg *vg);

/* Exported and tagged; and back.  0 or -ENOMEM, reported. */
int part_begin(struct vg *vg, const struct vg *other);
void part_end(struct vg *vg);

/* Everything goes. */
void part_take_all(struct vg *vg);

/* Set LV_LEAVING on the volumes that go along.  0, or negative, reported: -EBUSY for a volume that is
 * on both sides, -ENOTSUP for one that can't be moved because it isn't understood or is locked;
 * then none is marked. */
int part_mark(struct vg *vg);

/* Move what is marked from one group to another, whose names and limits allow it; from must stay as long
 * as the other does.  0, or negative, reported, with nothing moved but for -ENOMEM. */
int part_move(struct vg *from, struct vg *to);

/* Remove what is marked. */
void part_drop(struct vg *vg);

#endif
