/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_LEAVINGS_H
#define SNAPVOL_OPS_LEAVINGS_H

/*
 * What dead commands left outside of groups: files of locks, LVM2's "nohints", half copies of metadata,
 * and cookies.  What a living one has is never among it: he has its lock, or signed it.
 */

struct findings;
struct session;
struct target;

/* All of it; with targets what belongs to their groups alone, which a cookie, the hints and P_global do not.
 * Nobody notices that he is looked at, unless he comes to what somebody dead has left. */
void leavings_find(const struct session *session, struct findings *findings,
		   const struct target *targets, unsigned count);

/* Remove it.  Each is said before; under --test nothing else. */
void leavings_settle(const struct session *session);

#endif
