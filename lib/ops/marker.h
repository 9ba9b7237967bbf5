/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_MARKER_H
#define SNAPVOL_OPS_MARKER_H

/*
 * The mark of a change at work: a file RUN_DIR/VG-UUID, made before a plan's first step and
 * removed after its last.  Found by somebody who holds the group's lock it tells that the maker died,
 * and what is said in it tells what cannot be seen otherwise: a line is the identity of a volume
 * whose merge was to be handed to the kernel.
 */

#include <stdbool.h>
#include <stdint.h>

struct conf;

/* 0, or negative, reported: without a mark no change is begun.  text is added to what a dead one's says. */
int marker_make(const struct conf *conf, const char *vg_id, const char *text);
void marker_remove(const struct conf *conf, const char *vg_id);

/* How long it is, 0 if there is none; and leave so much of it. */
uint64_t marker_size(const struct conf *conf, const char *vg_id);
void marker_shorten(const struct conf *conf, const char *vg_id, uint64_t size);

bool marker_exists(const struct conf *conf, const char *vg_id);

/* Whether there is one, and it names that volume. */
bool marker_names(const struct conf *conf, const char *vg_id, const char *lv_id);

#endif
