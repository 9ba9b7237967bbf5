/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_STORE_BACKUP_H
#define SNAPVOL_STORE_BACKUP_H

/*
 * Copies of metadata in files, where LVM2's own tools look for them: before a change one in the
 * archive directory ("vg_00012-1804289383.vg", pruned by number and age), after it the backup
 * ("vg") is replaced.  What killed commands left half written goes.  Best effort: a failure is a
 * warning and never fails the change.
 */

#include "model/vg.h"

#include <stdbool.h>
#include <stddef.h>

struct conf;
struct text_header;

void backup_write(const struct conf *conf, const char *vg_name, const char *text, size_t len);
void archive_write(const struct conf *conf, const char *vg_name, const char *text, size_t len);

/* Another group name: the backup follows, archives stay. */
void backup_rename(const struct conf *conf, const char *old_name, const char *new_name);
void backup_remove(const struct conf *conf, const char *vg_name);

/* Where the backup of a group is, or would be; malloc'd, NULL, reported, without memory. */
char *backup_path(const struct conf *conf, const char *vg_name);

/* Whether a file of that name in one of the two directories is half of such a copy, and of which group. */
bool backup_is_left(const char *file, char vg_name[NAME_LEN + 1]);

/* The paths of a group's archive files, oldest first, and of its backup, NULL-terminated.  0 or
 * -ENOMEM, reported. */
int backup_list(const struct conf *conf, const char *vg_name, char ***paths);
void paths_free(char ***paths);

/* Read such a file; header may be NULL.  0 or negative, reported. */
int backup_read(const char *path, struct vg **vg, struct text_header *header);

#endif
