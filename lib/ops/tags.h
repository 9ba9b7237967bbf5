/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_TAGS_H
#define SNAPVOL_OPS_TAGS_H

/*
 * Tags given to and taken from a volume, a group or a device.
 */

struct dm_list;
struct vg;

struct tag_edit {
	const char *const *add, *const *remove;
	unsigned add_count, remove_count;
};

/* Tags, without the "@", of an object of the group; what is taken away goes first.  0, or -EDOM (no
 * legal tag) / -ENOMEM, reported. */
int tags_edit(struct vg *vg, struct dm_list *tags, const struct tag_edit *edit);

#endif
