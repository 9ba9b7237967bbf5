/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_TEST_LVM2_H
#define SNAPVOL_TEST_LVM2_H

/*
 * Stock LVM2, the other reader of the same disks: whether it shows the volumes of a scene, each with its size,
 * and its own checker has nothing to say of them, nor either of the two anything on stderr.
 *
 * It is run as it is found, with the settings of its environment (LVM_SYSTEM_DIR); files for what it says are made
 * in a directory.
 */

struct scene;

/* 1 or 0, with what was found in *said, to be freed; negative, said on stderr, if it could not be asked. */
int lvm2_agrees(const char *directory, const struct scene *scene, char **said);

#endif
