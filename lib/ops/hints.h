/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_HINTS_H
#define SNAPVOL_OPS_HINTS_H

/*
 * LVM2's note of which devices are PVs of which group (lib/label/hints.c).
 *
 * LVM2 looks only at the devices its hints name.  Whoever makes or unmakes a PV or gives it another
 * identity, or creates, renames, removes, extends or reduces a group, empties that note before the
 * first write, holding the global lock: LVM2 does not make a new one while somebody holds that.
 */

#define HINTS_DIR "/run/lvm"
#define HINTS HINTS_DIR "/hints"
#define NO_HINTS HINTS_DIR "/nohints"

struct session;

/* Best effort: what cannot be done is a warning, because LVM2 checks its hints and scans everything
 * when they are wrong for most causes. */
void hints_forget(const struct session *session);

/* The same, at once or not at all, if a command that died at it has left LVM2 without hints, which
 * is told before: whoever is at it has HINTS locked. */
void hints_sweep(void (*tell)(const char *path));

#endif
