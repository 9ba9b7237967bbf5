/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_BASE_PROGRAM_H
#define SNAPVOL_BASE_PROGRAM_H

/*
 * Running another program, found on PATH or where only root looks, to its end.
 *
 * It gets no input, the C locale and of our descriptors one at most, and its output is kept for the
 * caller.  It is not of our process group, so that neither an interrupt from the terminal nor our own death
 * stops it in the middle of a filesystem; what it has begun it ends, however long that takes.  It is waited for
 * without a limit: whoever does not want to wait may interrupt us.
 */

#include <stdbool.h>

/* Mounted where only the program sees it, and unmounted with its end. */
struct private_mount {
	const char *device, *type, *options;
	const char *point; /* a directory, whatever else it is used for */
};

struct program {
	const char *label;		   /* what it works for, in messages */
	const char *const *argv;	   /* ends with NULL */
	const struct private_mount *mount; /* or NULL */
	int lock_fd;			   /* stays locked until it has ended */
	unsigned tell_ms;		   /* say that it is still at work every so often, 0: never */
};

bool program_exists(const char *name);

/* *output is malloc'd text.  Its exit status (128 and more: a signal), or negative, reported: could not
 * be run. */
int program_run(const struct program *program, char **output);

#endif
