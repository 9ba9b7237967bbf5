/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_COOKIE_H
#define SNAPVOL_OPS_COOKIE_H

/*
 * Semaphores by which processes wait for udev (dm/udev.h) and which their makers, killed, have left.
 * They belong to no group, and who made one cannot be told: they are only found, not removed.
 */

struct findings;

/* Those with device-mapper's magic in the key that nobody waits for, whose last user is gone, and that
 * have not been touched for idle_seconds. */
void cookies_find(struct findings *findings, unsigned idle_seconds);

#endif
