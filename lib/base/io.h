/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_BASE_IO_H
#define SNAPVOL_BASE_IO_H

/*
 * Whole reads and writes of files.  Interrupted and short transfers are continued here and
 * nowhere else.  None of these prints; they return 0 or a negative errno for the caller to
 * name the object.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Read or write exactly len bytes at offset; a file that ends early is -EIO. */
int io_read(int fd, void *buffer, size_t len, uint64_t offset);
int io_write(int fd, const void *buffer, size_t len, uint64_t offset);

/* Write all of data to a stream-like descriptor. */
int io_append(int fd, const void *data, size_t len);

/* Close all descriptors from first on; or of these the ones that this program was given, for its own are closed as
 * another is executed. */
void io_close_from(int first);
void io_close_inherited(int first);

/* A whole regular file, also of /proc or /sys, as a string the caller frees; -EFBIG if it has
 * more than limit bytes, -EILSEQ if a NUL is among them. */
int file_read(const char *path, size_t limit, char **text);

/* Put data in place of path's contents so that a reader, or a machine after a power cut, finds
 * the old or the new contents whole: temporary file, fsync, rename, fsync of the directory.
 * Killed in between it leaves the temporary file, PATH~snapvol- and six letters and digits, which
 * is locked, by flock(), as long as it lives. */
int file_replace(const char *path, const void *data, size_t len, mode_t mode);

/* The same where a user names the file: what is a device or a pipe (/dev/stdout) is written to as it is, and what a
 * symbolic link leads to is replaced, not the link.  -EEXIST: there is something else. */
int file_put(const char *path, const void *data, size_t len, mode_t mode);

/* Whether a file of that name is one of those. */
bool file_is_temporary(const char *name);

/* Remove what replacements that were killed left in a directory; each is told before, if tell is
 * given.  What a living one writes stays. */
void dir_sweep(const char *path, void (*tell)(const char *directory, const char *name));

/* Make a directory and its parents. */
int dir_make(const char *path, mode_t mode);

#endif
