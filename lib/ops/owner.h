/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_OWNER_H
#define SNAPVOL_OPS_OWNER_H

/*
 * Whose groups are whose, by system IDs.
 *
 * A group that carries a system ID belongs to the host of that ID, other hosts leave it alone.
 * This host's ID comes from where global/system_id_source says; local/extra_system_ids names further
 * ones that it may act for.  A group without ID is anybody's.
 */

#include <stdbool.h>

struct conf;
struct vg;

enum { OWNER_ID_SIZE = 129 };	/* LVM2's limit */

/* This host's ID, in id; empty if it has none. */
const char *owner_here(const struct conf *conf, char id[OWNER_ID_SIZE]);

bool owner_is_here(const struct conf *conf, const struct vg *vg);

#endif
