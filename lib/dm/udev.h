/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_DM_UDEV_H
#define SNAPVOL_DM_UDEV_H

/*
 * Waiting for udev.
 *
 * A cookie is a SysV semaphore that counts events sent to udev and not yet handled; udev's rules
 * count it down by the number that each event carries.  It is raised before the ioctl that makes
 * the event and lowered again if none was made.  One cookie serves a whole plan.
 *
 * Ours have a second semaphore beside the one that counts.  It is one while the process lives that made them:
 * the kernel undoes that when the process ends, however it ends.  So it can be told that a
 * cookie is forsaken.
 *
 * dm_udev_wait() waits for ever; udev_wait() does not.
 */

#include <stdbool.h>
#include <stdint.h>

enum {
	COOKIE_MAGIC = 0x0d4d, /* upper half of the key: libdm-common.c */
	COOKIE_SEMAPHORES = 2, /* in one of ours */
};

struct udev {
	uint32_t cookie; /* 0: nobody to wait for */
	int semaphore;
};

enum udev_mode { UDEV_IGNORE, UDEV_SYNC };

/* Get a cookie if udevd runs and is to be waited for. */
void udev_begin(struct udev *udev, enum udev_mode mode);

/* What an ioctl carries in event_nr: cookie and flags. */
uint32_t udev_event(const struct udev *udev, uint16_t flags);

/* count events are about to be sent / were not sent after all. */
void udev_expect(const struct udev *udev, unsigned count);
void udev_forgo(const struct udev *udev, unsigned count);

/* 0, or -ETIMEDOUT (silent).  The cookie is gone afterwards. */
int udev_wait(struct udev *udev, unsigned timeout_ms);

/* Whether nobody waits any more by this cookie of ours, whose semaphores' id is given.  One that was just
 * being made may seem so for a moment. */
bool udev_is_forsaken(int semaphore);

/* Give the cookie up without waiting: for those who clean up after a process that died. */
void udev_drop(struct udev *udev);

#endif
