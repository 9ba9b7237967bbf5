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

/* Ended by a row without name (common-options.c). */
extern const struct option_spec common_options[];
extern const struct option_spec change_options[];

#endif
