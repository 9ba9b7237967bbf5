/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_DM_MOUNT_H
#define SNAPVOL_DM_MOUNT_H

/*
 * Lines of /proc/PID/mountinfo (proc(5)).
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mount {
	uint64_t id;	       /* as statx() has it */
	uint32_t major, minor; /* of the filesystem; 0:N if that is on no device, or on several */
	const char *point;     /* as a person writes it */
	const char *source;    /* "/dev/sda1", "tmpfs" */
	const char *options;   /* of the filesystem, with escapes, separated by commas */
};

/* Take a line apart, which is changed and must live as long as the result; false: not such a line. */
bool mount_parse(char *line, struct mount *mount);

/* The value of that option, cut off if it has no room; false: it has none. */
bool mount_option(const struct mount *mount, const char *name, char *value, size_t room);

/* Undo octal escapes (\040), in place, but those that would break a line.  Returns text. */
char *mount_unescape(char *text);

#endif
