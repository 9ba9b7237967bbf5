/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_CHECKUP_H
#define SNAPVOL_OPS_CHECKUP_H

/*
 * A check-up of groups: all that examine.h, inspect.h and leavings.h find.  Nothing is changed.
 *
 * The first look takes no lock.  Only if it shows trouble, which may as well be a command at work, is
 * there a second under the group's lock, shared, which is waited for not long; if somebody keeps it, that
 * is a finding, too.  Stores that the first look has read and found good are not read again.
 */

struct findings;
struct session;
struct target;

/* Without targets all groups, and what belongs to none.  0, or negative, reported: could not be
 * checked. */
int checkup(struct session *session, const struct target *targets, unsigned count,
	    unsigned warn_percent, struct findings *findings);

#endif
