/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_GROUPFILE_H
#define SNAPVOL_OPS_GROUPFILE_H

/*
 * The metadata of groups in files: writing them when asked for, and showing which there are.
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

/* Print what is known of the files of a group, the oldest first, or of the one file. */
int group_list_files(struct session *session, const char *name, const char *file);

#endif
