/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_DEVICE_H
#define SNAPVOL_OPS_DEVICE_H

/*
 * A device named on a command line: which one it is, whether it may be written to, whether
 * somebody uses it.
 */

struct catalog;
struct disk;
struct session;

/* The disk of a path that may be written to.  0, or negative, reported: no such device, left alone
 * and why, read-only, could not be read. */
int device_find(struct catalog *catalog, const char *path, struct disk **disk);

/* Keep others from mounting or building upon it until *fd is closed; *fd stays -1 for an image
 * file.  0, or negative, reported: -EBUSY with who has it. */
int device_hold(const struct disk *disk, int *fd);

/* 0 if it is no PV or in no group; else negative, reported. */
int device_refuse_member(const struct disk *disk);

/* The same, but --force given twice makes it a question. */
int device_ask_member(const struct session *session, const struct disk *disk);

#endif
