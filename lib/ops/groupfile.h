/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_GROUPFILE_H
#define SNAPVOL_OPS_GROUPFILE_H

/*
 * The metadata of groups in files: writing them when asked for, showing which there are, and making
 * what a file says the metadata of the group again.
 *
 * A file is trusted no more than a disk: it must be understood whole, its devices must be there and
 * have room where it puts extents.  Devices of the group that the file does not list leave it.
 */

#include <stdbool.h>

struct session;

struct backup_request {
	const char *file;		/* every %s stands for the group's name; NULL: the backup directory */
	bool foreign;			/* other hosts' groups, too, without words */
	bool unlocked;			/* what is there, even if somebody is changing it */
};

/* Groups by name or tag; without words all that are this host's. */
int groups_backup(struct session *session, const char *const *words, unsigned count,
		  const struct backup_request *request);

/* file NULL: the group's file in the backup directory. */
int group_restore(struct session *session, const char *name, const char *file);

/* Print what is known of the files of a group, the oldest first, or of the one file. */
int group_list_files(struct session *session, const char *name, const char *file);

#endif
