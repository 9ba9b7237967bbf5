/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_MISSING_H
#define SNAPVOL_OPS_MISSING_H

/*
 * Making a group whole again that has lost devices for good.
 *
 * Missing devices that no volume uses are forgotten.  With --force the volumes that lie on missing
 * devices go too, with their snapshots; a snapshot whose store is lost goes alone and its
 * origin runs on.
 */

struct session;

int group_forget_missing(struct session *session, const char *name);

#endif
