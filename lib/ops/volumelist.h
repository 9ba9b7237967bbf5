/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_VOLUMELIST_H
#define SNAPVOL_OPS_VOLUMELIST_H

/*
 * What may be activated on this host, and how: activation/volume_list, auto_activation_volume_list and
 * read_only_volume_list, by which clusters keep a group from being active on two hosts.
 *
 * A tree is named by its top, as it is activated as a whole: by the origin, or a sparse volume's hidden one
 * (VOLUME_vorigin), as for LVM2.  The lists are asked when something is brought in; what is active stays, and what
 * has to be done for it is done.
 */

#include <stdbool.h>

struct conf;
struct lv;
struct vg;

bool volumelist_allows(const struct conf *conf, const struct lv *lv);
bool volumelist_allows_automatic(const struct conf *conf, const struct lv *lv);
bool volumelist_is_read_only(const struct conf *conf, const struct lv *lv);

/* Sets LV_READ_ONLY_HERE on all that is, and takes it from what is not, as it may have got another name or top. */
void volumelist_mark(const struct conf *conf, struct vg *vg);

#endif
