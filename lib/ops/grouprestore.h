/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_GROUPRESTORE_H
#define SNAPVOL_OPS_GROUPRESTORE_H

/*
 * Making what a file says the metadata of a group again.
 *
 * A file is trusted no more than a disk: it must be understood whole, its devices must be there and
 * have room where it puts extents.  Devices of the group that the file does not list leave it.
 *
 * What is active stays so, with the tables it has.  So a file must not tell otherwise of a merge than the kernel
 * does, and a snapshot that its origin runs without is marked invalid before the file counts.
 */

struct session;

/* file NULL: the group's file in the backup directory.  0 or negative, reported. */
int group_restore(struct session *session, const char *name, const char *file);

#endif
