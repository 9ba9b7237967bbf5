/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_BASE_LOCK_H
#define SNAPVOL_BASE_LOCK_H

/*
 * Named locks between processes, shared with LVM2: flock(2) on DIRECTORY/NAME, where NAME is
 * "P_global" or "V_" and a group's name.  LVM2's protocol (lib/locking/file_locking.c,
 * lib/misc/lvm-flock.c) is followed to the letter: the ":aux" file gives writers priority, a
 * file that was unlinked while we waited is opened again, and the last one out unlinks it.
 *
 * Order: P_global before any V_, several V_ in the order of strcmp().  A lock belongs to the
 * open file description: a forked child holds it too until it closes the descriptor or ends.
 *
 * Every wait ends: after timeout_ms the holder is looked up in /proc and named; a signal that
 * the program handles ends it, too (-EINTR).
 */

#include "base/process.h"

#include <stdbool.h>

enum lock_mode { LOCK_SHARED, LOCK_EXCLUSIVE };

struct lock;

/* Take DIRECTORY/NAME; the directory is made if it is missing.  timeout_ms 0 means do not wait.
 * 0, or -ETIMEDOUT / -errno, reported with the holder's PID and command. */
int lock_take(const char *directory, const char *name, enum lock_mode mode, unsigned timeout_ms,
	      struct lock **lock);

/* The same, exclusive, for work that can as well be left to somebody else: 1 if it was free, 0 if
 * somebody has it (silent), or negative, reported. */
int lock_try(const char *directory, const char *name, struct lock **lock);

/* A lock whose file is left from somebody who is dead, shared, for work that is to change nothing: the file
 * stays when it is given up.  1, 0 if there is no such file (silent), or negative, reported. */
int lock_borrow(const char *directory, const char *name, struct lock **lock);

/* Another file that is open, exclusive, until it is closed: 0, -ETIMEDOUT or -errno, silent. */
int lock_open_file(int fd, unsigned timeout_ms);

/* Whether a process is seen to have a file locked, or to wait for that.  Nobody notices that it is
 * asked; in another PID namespace he is not seen. */
bool lock_is_seen(const char *path);

/* Whether nobody has it, wherever he is.  Only to be asked of what has been there unlocked for a while: the lock is
 * taken for a moment, in which whoever gives up his own would leave the file behind. */
bool lock_is_free(const char *path);

/* Who has it, as text for a message. */
void lock_describe_holder(const char *path, char holder[PROCESS_TEXT]);

/* The descriptor that carries the lock, for a child that is to go on holding it. */
int lock_fd(const struct lock *lock);

/* Give the lock up, removing its file if nobody else waits for it; *lock becomes NULL. */
void lock_free(struct lock **lock);

#endif
