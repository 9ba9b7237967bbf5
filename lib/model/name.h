/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_MODEL_NAME_H
#define SNAPVOL_MODEL_NAME_H

/*
 * Names of groups, volumes and tags: what is legal, what is reserved, how "vg/lv" and paths are
 * taken apart, and names made up for volumes the user did not name.
 *
 * Functions that judge return NULL for a good name, else the reason (translated, to be put behind
 * "NAME: ").
 */

#include "model/vg.h"

const char *name_refuse_vg(const char *name);

/* Whether the names of a volume's devices fit the kernel's 127 characters: escaped, with "-real". */
bool name_fits(const char *vg, const char *lv);

/* A volume's name as a user may give it: legal, not reserved, and it fits. */
const char *name_refuse_lv(const char *vg, const char *lv);
const char *name_refuse_tag(const char *tag);

/* Legal in metadata text, reserved or not. */
bool name_is_legal(const char *name);

/* Split an operand: "vg", "vg/lv", "/dev/vg/lv", "/dev/mapper/vg-lv" (escapes undone).  lv[0] is 0
 * if only a group is named, which nothing with a slash behind it does.  0, or -EINVAL (silent). */
int name_split(const char *operand, const char *dev_dir, char vg[NAME_LEN + 1],
	       char lv[NAME_LEN + 1]);

/* "lvolN" / "snapshotN" with N one above the highest in use; from the group's arena. */
const char *name_generate_lv(struct vg *vg);
const char *name_generate_descriptor(struct vg *vg);

#endif
