/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_DM_HOLDER_H
#define SNAPVOL_DM_HOLDER_H

/*
 * Who has a device open.
 *
 * Looked for in this order, and the first kind that is found is told: mounts, here and in other mount
 * namespaces; mounts of filesystems that have only their log or realtime part there (ext4, xfs); swap;
 * devices above, device-mapper's by their dm names; loop devices; processes, also those with files open on
 * a filesystem that is mounted nowhere any more.  Nothing here waits for I/O: so a process that has mapped
 * a device and closed it is not found, as its mappings are told only when its page faults have ended.
 */

#include <stdint.h>

enum { HOLDER_TEXT = 512 };

enum holder_kind {
	HOLDER_UNKNOWN,
	HOLDER_MOUNT,
	HOLDER_MOUNT_ELSEWHERE, /* in another mount namespace */
	HOLDER_SWAP,
	HOLDER_DEVICE,
	HOLDER_PROCESS,
};

/* "mounted on /srv, /mnt", "mounted on /srv in the mount namespace of PID 12 (sleep, since 3 s)", "part of
 * the filesystem mounted on /srv", "holds the journal of the filesystem on vg1-home (dm-7)", "used as
 * swap", "used by device vg1-home (dm-7)", "open in PID 4711 (mkfs.ext4, since 3 s)", or "in use" when
 * nobody can be named. */
enum holder_kind holder_of(uint32_t major, uint32_t minor, char text[HOLDER_TEXT]);

/* Where a filesystem on the device is mounted for us, the first place if there are several (malloc'd),
 * or NULL. */
char *holder_mount_point(uint32_t major, uint32_t minor);

#endif
