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

enum wipe_flags {
	WIPE_ZERO = 1u << 0,
	WIPE_SIGNATURES = 1u << 1,
	WIPE_AGREED = 1u << 2,		/* whoever was asked wants them wiped */
};

/* Ask about a signature in the first run of the volume's extents while nothing has been changed yet: a
 * refusal then leaves no trace.  One that is found only on the whole volume is asked about when it is
 * wiped.  Adds WIPE_AGREED to *flags; 0 or a negative errno, reported. */
int wipe_ask(struct change *change, const struct lv *lv, unsigned *flags);

/* Put wiping the volume's device among the change's acts, after the work on devices. */
int wipe_volume(struct change *change, const struct lv *lv, unsigned flags);

#endif
