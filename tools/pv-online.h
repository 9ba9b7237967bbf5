/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_TOOLS_PV_ONLINE_H
#define SNAPVOL_TOOLS_PV_ONLINE_H

/*
 * A device has appeared: what udev's rules want to know of its group (svpvscan --listvg and others).
 */

#include "ops/session.h"

#include <stdbool.h>

struct disk;
struct group;

struct online_args {
	bool group, volumes;		/* what to list */
	bool check_complete, vg_online, udev_output;
	const char *autoactivation;
};

#define ONLINE_OPTIONS(type, field)                                                                \
	OPTION(type, field.group, 0, "listvg", OPTION_FLAG, NULL,                                  \
	       N_("tell the group of the device")),                                                \
		OPTION(type, field.volumes, 0, "listlvs", OPTION_FLAG, NULL,                       \
		       N_("tell which volumes lie on it, too")),                                 \
		OPTION(type, field.check_complete, 0, "checkcomplete", OPTION_FLAG, NULL,          \
		       N_("with --cache: and whether all devices of the group have appeared")),    \
		OPTION(type, field.vg_online, 0, "vgonline", OPTION_FLAG, NULL,                    \
		       N_("with --checkcomplete: tell a group complete only once")),               \
		OPTION(type, field.udev_output, 0, "udevoutput", OPTION_FLAG, NULL,                \
		       N_("with --cache: tell it as udev's rules import it")),                     \
		OPTION(type, field.autoactivation, 0, "autoactivation", OPTION_TEXT, N_("event"),  \
		       N_("do nothing if global/event_activation is off"))

/* Note that the device is there, if it is a PV and its group this host's, or not to be told yet: that may stand on
 * devices that are still to come.  0 or negative, reported. */
int pv_online_note(struct session *session, const struct disk *disk);

/* Say that it is there, and whether its group is complete with it.  Like below, disk is NULL for a path that
 * is none; 0 or negative, reported. */
int pv_online_say(struct session *session, const char *path, const struct disk *disk, bool complete);

/* Whether an event of the device may be the one that completes a group: its own, or an unfinished one that has waited for
 * that. */
bool pv_online_concerns(const struct disk *disk, const struct group *group);

/* 1 for the first who asks of a group of this host's all of whose devices have been noted: to activate it is
 * his.  0, or negative, reported. */
int pv_online_claim(struct session *session, const struct group *group);

/* disk is NULL for a path that is none. */
int pv_online_tell(struct session *session, const struct online_args *args, const char *path,
		   const struct disk *disk);

#endif
