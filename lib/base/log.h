/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_BASE_LOG_H
#define SNAPVOL_BASE_LOG_H

/*
 * The one place that prints messages.
 *
 * A message is one line without full stop that begins with the object it is about
 * ("vg0/base: ...").  All messages go to standard error; standard output is for data.
 * fail() and fail_errno() report an error and return its negative errno, so that
 * "a negative return has already been reported, exactly once" holds all the way up.
 * Between log_hold() and log_release() nothing is printed nor allocated by this file: the
 * stretch in which devices are suspended must not write to a terminal or a disk.
 *
 * A refusal is one line.  What is noticed before it is clear whether a command does anything waits
 * from log_defer() until log_tell(), and an error that comes first takes its place: it is printed with
 * what waited about the same object, or may explain that an object is not there, in parentheses,
 * and the rest is dropped.
 *
 * The sinks, the prefix and the verbosity are the only mutable state of the library layers.
 */

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>

enum log_level {
	MSG_ERROR,	/* always shown */
	MSG_WARN,	/* hidden at verbosity -2 */
	MSG_SAY,	/* hidden at verbosity -1 */
	MSG_DETAIL,	/* shown from verbosity 1 */
	MSG_DEBUG,	/* shown from verbosity 2 */
};

typedef void (*log_sink)(void *data, enum log_level level, const char *line);

/* Send messages to sink instead of standard error; NULL restores it. */
void log_set_sink(log_sink sink, void *data);

/* The same for a while: what they are given back as is the sink there was. */
void log_swap_sink(log_sink *sink, void **data);

/* -2 errors only, -1 no chatter, 0 normal, 1 details, 2 and more debugging. */
void log_set_verbosity(int verbosity);
int log_verbosity(void);

/* What LVM2 has before each line that it prints; it lives until another is set.  NULL: two blanks. */
void log_set_prefix(const char *prefix);
const char *log_prefix(void);

/* Give messages to that sink as well, whatever the verbosity: those up to level, as syslog(3) counts.
 * NULL ends it. */
void log_set_record(log_sink sink, void *data, unsigned level);

/* The level of a message as syslog(3) counts. */
int log_priority(enum log_level level);

/* Keep messages back (in a fixed buffer, the overflow is dropped and counted) / print them. */
void log_hold(void);
void log_release(void);

/* Warnings and chatter wait; with trouble_too errors as well, namely those that something goes on
 * after. / Print what waited; nothing waits any more. */
void log_defer(bool trouble_too);
void log_tell(void);

/* Drop what was said since log_defer(true), until log_defer(false): that look is taken anew.  What could not be read
 * (-EIO) is kept, once: that it could the next time does not make it good. */
void log_forget(void);

/* Errors are kept from being printed (but for the eyes of who wants details), until / the first of
 * them, or "", is given, for whoever tries in several places to say why none did.  It lives until
 * the next log_catch(). */
void log_catch(void);
const char *log_caught(void);

/* Errors are details for a while: of what is tried in passing, and left to others if it cannot be done.  How it was
 * before is what to give back at the end of that. */
bool log_hush(bool hushed);

/* Report an error about the object named first in the message; returns code (negative). */
int fail(int code, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same with ": strerror(errno)" appended; returns -errno, never 0. */
int fail_errno(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The one message of all failed allocations; returns -ENOMEM. */
int fail_memory(void);

void warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
void detail(const char *format, ...) __attribute__((format(printf, 1, 2)));
void debug(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
