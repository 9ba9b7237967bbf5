/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_DM_NAME_H
#define SNAPVOL_DM_NAME_H

/*
 * Names and identities of dm devices, as LVM2 forms them: esc(VG) "-" esc(LV) ["-" layer] with
 * every hyphen doubled by esc(); "LVM-" VG-UUID LV-UUID ["-" layer].
 */

#include "model/lv.h"

#include <libdevmapper.h>

#define LAYER_REAL "real"
#define LAYER_COW "cow"

enum { DM_NAME_LIMIT = 127 };

/* layer may be NULL.  From mem; NULL without memory, reported. */
const char *dm_name_of(struct dm_pool *mem, const char *vg, const char *lv, const char *layer);
const char *dm_uuid_of(struct dm_pool *mem, const struct lv *lv, const char *layer);

/* The beginning of all names / identities of a group's devices: "esc(VG)-", "LVM-UUID". */
const char *dm_name_prefix(struct dm_pool *mem, const char *vg);
const char *dm_uuid_prefix_of(struct dm_pool *mem, const struct vg *vg);

/* Back from a name to "vg/lv", the layer dropped: for messages about volumes that are gone. */
const char *dm_name_label(struct dm_pool *mem, const char *name);

#endif
