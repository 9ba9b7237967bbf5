/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_COOKIE_H
#define SNAPVOL_OPS_COOKIE_H

/*
 * Semaphores by which processes wait for udev (dm/udev.h) and which their makers, killed, have left.
 * They belong to no group.  Who made one cannot be told unless it is ours: others' are only found, not
 * removed.
 */

struct findings;

/* Ours whose makers are dead; and others with device-mapper's magic in the key that nobody waits for,
 * whose last user is gone, and that have not been touched for idle_seconds. */
void cookies_find(struct findings *findings, unsigned idle_seconds);

/* Remove ours whose makers are dead, saying so. */
void cookies_remove(void);

#endif
