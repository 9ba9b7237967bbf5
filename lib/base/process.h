/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_BASE_PROCESS_H
#define SNAPVOL_BASE_PROCESS_H

/*
 * Other processes, as /proc shows them, for messages that say who is in the way.
 *
 * What cannot be seen (it has just ended, or belongs to somebody else) is passed over.  Looking at what
 * a process has open asks no file server, so a dead one cannot make us wait.
 */

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { PROCESS_TEXT = 128 };

/* "PID 4711 (mkfs.ext4, since 3 s)", or "(mkfs.ext4, stopped, since 3 s)"; false if there is none.  That is how long
 * it has run, or longest_s if that is less: what it is described for did not begin before. */
bool process_describe(pid_t pid, uint64_t longest_s, char text[PROCESS_TEXT]);

/* Call visit for each process but this one until it returns true; whether it did. */
bool process_each(bool (*visit)(void *data, pid_t pid), void *data);

/* What a process has open: a number of the file itself, if it is a block device, and where it lies. */
struct process_file {
	int fd; /* -1: none: its working directory, root directory or program */
	bool is_block;
	dev_t number; /* of the block device */
	dev_t device; /* that the file's filesystem is on */
	uint64_t inode;
};

/* Call visit for each of them until it returns true; whether it did. */
bool process_each_file(pid_t pid, bool (*visit)(void *data, const struct process_file *file),
		       void *data);

#endif
