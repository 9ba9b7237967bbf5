/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_DEVICE_WALK_H
#define SNAPVOL_DEVICE_WALK_H

/*
 * Names of block devices by a walk through directories.
 *
 * Test beds and containers keep device nodes in a directory of their own, of which udev
 * knows nothing; devices/scan names such directories.  Then only what has a node there is
 * looked at, under the names that it has there.  Links are followed to devices, not to directories.
 */

#include <sys/types.h>

struct conf;
struct walk;

/* Walk the directories of devices/scan; *walk stays NULL if they are /dev alone, which udev knows
 * better.  0 or a negative errno, reported. */
int walk_new(const struct conf *conf, struct walk **walk);
void walk_free(struct walk **walk);

/* Names of a device one by one: index from 0; NULL after the last. */
const char *walk_name(const struct walk *walk, dev_t number, unsigned index);

#endif
