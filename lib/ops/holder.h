/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_HOLDER_H
#define SNAPVOL_OPS_HOLDER_H

/*
 * Who has a device open: a mount point, a device above, a process.
 */

#include <stdint.h>

enum { HOLDER_TEXT = 256 };

enum holder_kind { HOLDER_UNKNOWN, HOLDER_MOUNT, HOLDER_DEVICE, HOLDER_PROCESS, HOLDER_UDEV };

/* "mounted on /srv", "used by device dm-7", "open in mkfs.ext4 (PID 4711)", or "in use" when nobody
 * can be named. */
enum holder_kind holder_of(uint32_t major, uint32_t minor, char text[HOLDER_TEXT]);

#endif
