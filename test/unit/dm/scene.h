/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_TEST_DM_SCENE_H
#define SNAPVOL_TEST_DM_SCENE_H

/*
 * A group described in a few lines of text: one device, identities made from names, so that
 * everything about it is the same in every run.  A line is a command and its words:
 *
 *	lv NAME EXTENTS [WORD...]	ro, stripes=N (two chunks of 16 sectors each), minor=N, ahead=N
 *	snap NAME ORIGIN EXTENTS [ro]	a store and its snapshot
 *	sparse NAME EXTENTS STORE	a sparse volume of EXTENTS with a store of STORE extents
 *	extend NAME EXTENTS		reduce NAME EXTENTS
 *	ro NAME   rw NAME   rename NAME NEW   rename-vg NEW
 *	attach STORE ORIGIN   detach STORE   merge STORE   cancel STORE
 *	unfinished NAME   finished NAME   remove NAME
 */

#include "model/vg.h"

enum { SCENE_EXTENT_SECTORS = 64, SCENE_CHUNK_SECTORS = 8, SCENE_WORDS = 8 };

/* A group vg0 with devices pv0, pv1 of "extents" extents each, found at MAJOR:MINOR and the next
 * minor. */
struct vg *scene_new(unsigned major, unsigned minor, unsigned extents);

/* Split a line in place; returns the number of words. */
unsigned scene_split(char *line, char *words[SCENE_WORDS]);

/* Do what words say: 1, 0 if it is no command of a scene, -EINVAL if it cannot be done. */
int scene_edit(struct vg *vg, char *const words[], unsigned count);

/* Each edit is one line. */
void scene_do(struct vg *vg, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
