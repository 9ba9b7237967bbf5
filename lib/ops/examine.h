/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_EXAMINE_H
#define SNAPVOL_OPS_EXAMINE_H

/*
 * Examining groups: all their metadata is read again and everything that is not as it should be is
 * said, each in a line of its own.  No lock is taken for that.
 */

struct session;
struct target;

/* Without targets all groups.  0 if all is well, -EUCLEAN with the findings reported. */
int groups_examine(struct session *session, const struct target *targets, unsigned count);

/* Write the newest metadata to the areas that have older ones or are damaged. */
int groups_renew_areas(struct session *session, const struct target *targets, unsigned count);

#endif
