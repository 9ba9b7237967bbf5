/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_WIPE_H
#define SNAPVOL_OPS_WIPE_H

/*
 * Clearing what a new volume's extents held before: its first 4 KiB, and every signature libblkid
 * knows, so that nobody mounts the ghost of an old filesystem.
 *
 * It is done through the volume's device, before udev tells others about the volume.  A signature is
 * somebody's data until the user says otherwise: it is named and needs --yes.
 */

#include "ops/change.h"

enum wipe_flags { WIPE_ZERO = 1u << 0, WIPE_SIGNATURES = 1u << 1 };

/* Put wiping the volume's device among the change's acts, after the work on devices. */
int wipe_volume(struct change *change, const struct lv *lv, unsigned flags);

#endif
