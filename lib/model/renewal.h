/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_MODEL_RENEWAL_H
#define SNAPVOL_MODEL_RENEWAL_H

/*
 * A device of a group that gets another identity.
 *
 * Who it is stands in its label and in the metadata, which cannot be written at one instant.  So the metadata first
 * say, by a tag, which identity it is about to get; then the label is written; then metadata that know it.
 * Whoever meets the tag sees by the label which of the two the device has, and goes on from there.
 */

#include <stdbool.h>

struct pv;
struct vg;

/* Tag it: id is what its label will say.  0 or -ENOMEM, reported. */
int renewal_begin(struct pv *pv, const char *id);

/* What it is about to become, or NULL. */
const char *renewal_next_id(const struct pv *pv);

/* The device that is about to get this identity; the same, or that has it.  Or NULL. */
struct pv *renewal_find_next(const struct vg *vg, const char *id);
struct pv *renewal_find(const struct vg *vg, const char *id);

/* Whether a tag is one of these, and so not for users. */
bool renewal_is_tag(const char *tag);

/* Its label says id, so that is its identity: the tag goes, and PV_RENEWING is set, as the metadata on disk do
 * not know yet.  Nothing happens to a device without a tag. */
void renewal_settle(struct pv *pv, const char *id);

/* Whether a device of the group has been settled so. */
bool renewal_is_unfinished(const struct vg *vg);

#endif
