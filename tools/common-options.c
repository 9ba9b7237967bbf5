/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/common-options.h"

#define COMMON(field, letter, name, kind, noun, help)                                              \
	OPTION(common_args, field, letter, name, kind, noun, help)

#define IGNORED N_("accepted from LVM2 users, without effect")

const struct option_spec common_options[] = {
	COMMON(config, 0, "config", OPTION_WORDS, N_("TEXT"),
	       N_("settings that go before those of the file: 'section/name=value'")),
	COMMON(devices, 0, "devices", OPTION_WORDS, N_("PATH,..."),
	       N_("look at these devices only; may be given again for more")),
	COMMON(verbose, 'v', "verbose", OPTION_COUNT, NULL, N_("say more; again for still more")),
	COMMON(debug, 'd', "debug", OPTION_COUNT, NULL, N_("say all there is to say")),
	COMMON(quiet, 'q', "quiet", OPTION_COUNT, NULL,
	       N_("say nothing but warnings and errors; again: only errors")),
	COMMON(yes, 'y', "yes", OPTION_FLAG, NULL, N_("answer every question with yes")),
	COMMON(test, 't', "test", OPTION_FLAG, NULL, N_("show what would be done, change nothing")),
	COMMON(help, 'h', "help", OPTION_FLAG, NULL, N_("show this help")),
	COMMON(help, 0, "longhelp", OPTION_FLAG, NULL, N_("the same")),
	COMMON(version, 0, "version", OPTION_FLAG, NULL, N_("show the version")),
	COMMON(command_profile, 0, "commandprofile", OPTION_TEXT, N_("NAME"),
	       N_("settings of this profile go before those of the file")),
	COMMON(driver_loaded, 0, "driverloaded", OPTION_YESNO, N_("y|n"),
	       N_("n: do not talk to the kernel's device-mapper")),
	COMMON(devices_file, 0, "devicesfile", OPTION_TEXT, N_("NAME"),
	       N_("look at the devices that this file in /etc/lvm/devices lists; \"\": at all "
		  "devices")),
	COMMON(ignored_flag, 0, "ignorelockingfailure", OPTION_FLAG, NULL, IGNORED),
	COMMON(journal, 0, "journal", OPTION_WORDS, "command|output|debug",
	       N_("have systemd's journal keep the command line, messages, or all there is to "
		  "say")),
	COMMON(ignored, 0, "lockopt", OPTION_WORDS, N_("WORD"),
	       N_("accepted from LVM2 users: how a shared group is locked, which are refused "
		  "here")),
	COMMON(ignored_flag, 0, "nohints", OPTION_FLAG, NULL, IGNORED),
	COMMON(ignored_flag, 0, "nolocking", OPTION_FLAG, NULL,
	       N_("accepted from LVM2 users, without effect: looking takes no lock, changing "
		  "always "
		  "does")),
	COMMON(profile, 0, "profile", OPTION_TEXT, N_("NAME"),
	       N_("the same as --commandprofile, where LVM2 does not keep it in the metadata")),
	{ .name = NULL },
};

const struct option_spec change_options[] = {
	OPTION(change_args, force, 'f', "force", OPTION_COUNT, NULL,
	       N_("do what is refused otherwise; again for still more")),
	OPTION(change_args, autobackup, 'A', "autobackup", OPTION_YESNO, N_("y|n"),
	       N_("whether the changed metadata is copied to the backup directory")),
	OPTION(change_args, no_udev_sync, 0, "noudevsync", OPTION_FLAG, NULL,
	       N_("do not wait for udev")),
	OPTION(change_args, report_format, 0, "reportformat", OPTION_CHOICE,
	       N_("basic|json|json_std"), N_("json: say at the end whether anything was changed")),
	LIMIT_ROWS,
	{ .name = NULL },
};
