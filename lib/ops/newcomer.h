/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_NEWCOMER_H
#define SNAPVOL_OPS_NEWCOMER_H

/*
 * Devices that a command line names to become PVs.
 *
 *	newcomers_find()	every device is judged and every question asked; nothing is written
 *	newcomers_foresee()	whether there is room for what is wanted; nothing is written
 *	newcomers_make()	those that are no PVs yet are wiped and initialised
 *	newcomers_unmake()	the undo of that, if what they were made for has failed
 *	newcomers_free()	lets go of the devices
 *
 * In between the block devices are held open exclusively, so that nobody mounts them or builds
 * something upon them.  The catalog must outlive the newcomers.
 */

#include "device/signature.h"
#include "store/pvinit.h"

#include <stdbool.h>

struct catalog;
struct disk;
struct session;
struct vg;

enum newcomer_flags {
	NEWCOMER_RENEW = 1u << 0,	/* also what is a PV already is made anew */
	NEWCOMER_RESTORE = 1u << 1,	/* under an identity it has had: its label may be damaged */
};

struct newcomer {
	struct disk *disk;
	int fd;				/* the exclusive hold; -1: an image file, or not yet */
	bool to_make;			/* is to be initialised */
	bool made;			/* has been, by us */
	char signature[SIGNATURE_TEXT];	/* of what is to be wiped; "" if there is nothing */
};

struct newcomers {
	struct session *session;
	struct catalog *catalog;
	unsigned flags;			/* enum newcomer_flags */
	unsigned count;
	struct newcomer list[];
};

/* paths are count device names as typed.  0, or negative, reported: no such device, not to be used
 * and why, in use and by whom, member of a group, something else lives on it. */
int newcomers_find(struct session *session, struct catalog *catalog, const char *const *paths,
		   unsigned count, unsigned flags, struct newcomers **newcomers);
void newcomers_free(struct newcomers **newcomers);

/* Whether any of them is to be initialised. */
bool newcomers_have_work(const struct newcomers *newcomers);

/* Whether they can be made, and (with a group) hold extents of its size.  0, or negative,
 * reported. */
int newcomers_foresee(const struct newcomers *newcomers, const struct pv_format *format,
		      const struct vg *vg);

/* What newcomers_make() would do, a line a step. */
void newcomers_print(const struct newcomers *newcomers);

/* Which have been made by us. */
void newcomers_say(const struct newcomers *newcomers);

/* 0, or negative, reported: then those made before have been unmade. */
int newcomers_make(struct newcomers *newcomers, const struct pv_format *format);
void newcomers_unmake(struct newcomers *newcomers);

/* Make them, PVs all, devices of the group in memory. */
int newcomers_join(const struct newcomers *newcomers, struct vg *vg);

#endif
