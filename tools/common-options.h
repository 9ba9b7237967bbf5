/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_TOOLS_COMMON_OPTIONS_H
#define SNAPVOL_TOOLS_COMMON_OPTIONS_H

/*
 * Options of every command, and of every command that changes something.
 */

#include "tools/applet.h"

struct common_args {
	bool help, version, yes, test;
	unsigned verbose, quiet, debug;
	struct word_list config, devices, journal;
	const char *devices_file;
	const char *profile, *command_profile;
	enum yes_no driver_loaded;
	bool ignored_flag;		/* what LVM2 has and means nothing here */
	struct word_list ignored;
};

struct change_args {
	unsigned force;
	enum yes_no autobackup;
	bool no_udev_sync;
	const char *report_format;
};

/* Limits to the waits of whoever changes something; who only looks may have some of them, too. */
#define LOCK_LIMIT_ROW                                                                             \
	LIMIT_OPTION("lock-timeout", "global/lock_timeout",                                        \
		     N_("wait so long for a lock, 0: not at all; then name who holds it"))
#define LIMIT_ROWS                                                                                 \
	LOCK_LIMIT_ROW,                                                                            \
		LIMIT_OPTION("udev-timeout", "activation/udev_timeout",                            \
			     N_("wait so long for udev; then make the device nodes without it")),  \
		LIMIT_OPTION("suspend-timeout", "activation/suspend_timeout",                      \
			     N_("let one device take so long to suspend; then let it go on as "    \
				"before")),                                                        \
		LIMIT_OPTION("remove-timeout", "activation/remove_timeout",                        \
			     N_("wait so long for a device to be closed; then name who has it "    \
				"open"))

/* Ended by a row without name (common-options.c). */
extern const struct option_spec common_options[];
extern const struct option_spec change_options[];

#endif
