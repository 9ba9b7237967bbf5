/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_MODEL_CHECK_H
#define SNAPVOL_MODEL_CHECK_H

/*
 * The invariants of a group.  Checked after import and before export, so that neither a damaged
 * text gets in nor a mistake of ours gets out: unique names and identities, segments that tile
 * their volume, extents within their device and owned once, stripes that divide, snapshots whose
 * origin and store exist and are neither store nor origin of another kind, at most one merging
 * snapshot an origin, sizes that fit 64 bits.
 */

struct vg;

/* 0, or -EBADMSG with every breach reported ("vg0/base: …"). */
int vg_check(const struct vg *vg);

/* Of a group that is sound, whether it keeps to its limits max_pv and max_lv, or has at least grown no further past
 * them than it was with so many devices and visible volumes: LVM2 reads and changes such a group, too. */
int vg_check_limits(const struct vg *vg, unsigned had_pvs, unsigned had_lvs);

#endif
