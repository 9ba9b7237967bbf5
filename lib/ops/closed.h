/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_CLOSED_H
#define SNAPVOL_OPS_CLOSED_H

/*
 * Whether a volume's device is closed, as it must be before it goes.
 *
 * udev looks at every device that has appeared or has been written to, and programs like it do; such
 * looks are short and are waited for up to the setting activation/remove_timeout.  A device above, or a mount
 * in another namespace, may be going just now and is waited for up to a second of that, or all of it if
 * it was said for this command; a mount of ours, or swap, is not.
 */

#include "ops/change.h"

/* 0 if it is closed or not in the kernel; -EBUSY, reported: "vg0/base: mounted on /srv; CONSEQUENCE". */
int closed_or_fail(struct change *change, const struct lv *lv, const char *consequence);

#endif
