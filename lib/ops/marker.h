/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_MARKER_H
#define SNAPVOL_OPS_MARKER_H

/*
 * The mark of a change at work: an empty file RUN_DIR/VG-UUID, made before a plan's first step and
 * removed after its last.  Found by somebody who holds the group's lock it tells that the maker died.
 */

#include <stdbool.h>

struct conf;

/* 0, or negative, reported: without a mark no change is begun. */
int marker_make(const struct conf *conf, const char *vg_id);
void marker_remove(const struct conf *conf, const char *vg_id);
bool marker_exists(const struct conf *conf, const char *vg_id);

#endif
