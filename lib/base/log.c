/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/log.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>
#include <syslog.h>

enum { LINE_SIZE = 2048, HELD_SIZE = 16384 };

/* The library's one piece of mutable state (log.h says why). */
static struct {
	log_sink sink, record;
	void *data, *record_data;
	const char *prefix;
	unsigned record_level;
	int verbosity;
	bool holding;	       /* every message */
	bool deferring;	       /* warnings and chatter */
	bool deferring_errors; /* and errors */
	bool catching;	       /* errors */
	bool hushed;	       /* errors, too, but not kept */
	char caught[LINE_SIZE];
	size_t held;	       /* bytes of held_text in use */
	unsigned dropped;
	char held_text
		[HELD_SIZE]; /* a level's byte and a line's text with its NUL, again and again */
} state;

void log_set_sink(log_sink sink, void *data)
{
	state.sink = sink;
	state.data = data;
}

void log_swap_sink(log_sink *sink, void **data)
{
	const log_sink before = state.sink;
	void *const before_data = state.data;

	log_set_sink(*sink, *data);
	*sink = before;
	*data = before_data;
}

void log_set_verbosity(int verbosity)
{
	state.verbosity = verbosity;
}

int log_verbosity(void)
{
	return state.verbosity;
}

void log_set_prefix(const char *prefix)
{
	state.prefix = prefix;
}

const char *log_prefix(void)
{
	return state.prefix ? state.prefix : "  ";
}

static bool is_shown(enum log_level level)
{
	static const int least[] = { -3, -1, 0, 1, 2 };

	return state.verbosity >= least[level];
}

void log_set_record(log_sink sink, void *data, unsigned level)
{
	state.record = sink;
	state.record_data = data;
	state.record_level = level;
}

int log_priority(enum log_level level)
{
	static const int priorities[] = { LOG_ERR, LOG_WARNING, LOG_WARNING, LOG_NOTICE, LOG_DEBUG };

	return priorities[level];
}

static bool is_recorded(enum log_level level)
{
	return state.record && log_priority(level) <= (int)state.record_level;
}

static void print(enum log_level level, const char *line)
{
	if (is_recorded(level))
		state.record(state.record_data, level, line);
	if (!is_shown(level))
		return;
	if (state.sink)
		state.sink(state.data, level, line);
	else
		fprintf(stderr, "%s\n", line);
}

/* Beside the level of what is held: it was said of what was being read; reading itself failed. */
enum { LOOKING = 0x40, UNREAD = 0x20 };

static enum log_level held_level(size_t at)
{
	return (enum log_level)(state.held_text[at] & ~(LOOKING | UNREAD));
}

static bool is_held(const char *line)
{
	size_t at;

	for (at = 0; at < state.held; at += strlen(state.held_text + at + 1) + 2)
		if (!strcmp(state.held_text + at + 1, line))
			return true;
	return false;
}

static void hold(enum log_level level, int code, const char *line)
{
	const bool unread = code == -EIO && state.deferring_errors;
	size_t len = strlen(line) + 1;

	/* a look that was taken anew met it again */
	if (unread && is_held(line))
		return;
	if (state.held + 1 + len > HELD_SIZE) {
		state.dropped++;
		return;
	}
	state.held_text[state.held++] =
		(char)(level | (state.deferring_errors ? LOOKING : 0) | (unread ? UNREAD : 0));
	memcpy(state.held_text + state.held, line, len);
	state.held += len;
}

void log_hold(void)
{
	state.holding = true;
}

static void print_held(void)
{
	size_t at = 0;
	enum log_level level;

	while (at < state.held) {
		level = held_level(at++);
		print(level, state.held_text + at);
		at += strlen(state.held_text + at) + 1;
	}
	state.held = 0;
	if (state.dropped) {
		state.dropped = 0;
		print(MSG_WARN, _("some messages were too many to keep and are lost"));
	}
}

void log_release(void)
{
	state.holding = false;
	print_held();
}

void log_defer(bool trouble_too)
{
	state.deferring = true;
	state.deferring_errors = trouble_too;
}

void log_tell(void)
{
	state.deferring = state.deferring_errors = false;
	print_held();
}

void log_forget(void)
{
	size_t at, len, kept = 0;

	for (at = 0; at < state.held; at += len) {
		len = strlen(state.held_text + at + 1) + 2;
		if (state.held_text[at] & LOOKING && !(state.held_text[at] & UNREAD))
			continue;
		memmove(state.held_text + kept, state.held_text + at, len);
		kept += len;
	}
	state.held = kept;
}

/* Whether what waited is about what the error is about: the same object or a part of it.  Why an
 * object is not there may be said of any device. */
static bool explains(const char *waiting, const char *line, int code)
{
	size_t len = strcspn(waiting, ":");

	if (!strncmp(waiting, line, len) && line[len] && strchr(":/", line[len]))
		return true;
	return waiting[0] == '/' && (code == -ENOENT || code == -EBADMSG);
}

/* What is on a device that gave an error is missing, however that was put. */
static const char *find_failed(void)
{
	const char *waiting;
	size_t at;

	for (at = 0; at < state.held; at += strlen(waiting) + 2) {
		waiting = state.held_text + at + 1;
		if (held_level(at) == MSG_ERROR && waiting[0] == '/')
			return waiting;
	}
	return NULL;
}

static const char *find_explanation(const char *line, int code)
{
	const char *waiting = code == -ENODEV ? find_failed() : NULL;
	size_t at;

	if (waiting)
		return waiting;
	for (at = 0; at < state.held; at += strlen(waiting) + 2) {
		waiting = state.held_text + at + 1;
		if (held_level(at) != MSG_SAY && explains(waiting, line, code))
			return waiting;
	}
	return NULL;
}

static void print_in_place_of_held(const char *line, int code)
{
	const char *why = find_explanation(line, code);
	size_t len = why ? strcspn(why, ":") : 0;
	char whole[2 * LINE_SIZE];

	if (why && !strncmp(why, line, len))
		why += len + strspn(why + len, ": ");
	snprintf(whole, sizeof(whole), "%s%s%s%s", line, why ? " (" : "", why ? why : "",
		 why ? ")" : "");
	state.held = 0;
	state.dropped = 0;
	print(MSG_ERROR, whole);
}

void log_catch(void)
{
	state.catching = true;
	state.caught[0] = 0;
}

const char *log_caught(void)
{
	state.catching = false;
	return state.caught;
}

bool log_hush(bool hushed)
{
	const bool was = state.hushed;

	state.hushed = hushed;
	return was;
}

/* Names in messages may come from a disk that somebody else wrote: nothing in them is to move the
 * cursor, and a message is one line. */
static void defuse(char *line)
{
	for (; *line; line++)
		if ((unsigned char)*line < ' ' || *line == 0x7f)
			*line = '?';
}

/* An object whose name is empty is to be seen. */
static void name_object(char line[LINE_SIZE])
{
	static const char none[] = "\"\"";
	const size_t len = sizeof(none) - 1;

	if (line[0] != ':')
		return;
	line[LINE_SIZE - 1 - len] = 0;
	memmove(line + len, line, strlen(line) + 1);
	memcpy(line, none, len);
}

static bool must_wait(enum log_level level)
{
	if (state.holding || (level == MSG_ERROR && state.deferring_errors))
		return true;
	return state.deferring && (level == MSG_WARN || level == MSG_SAY);
}

/* code: an error's, else 0. */
static void put(enum log_level level, int code, char line[LINE_SIZE])
{
	defuse(line);
	name_object(line);
	if (level == MSG_ERROR && state.catching) {
		if (!state.caught[0])
			snprintf(state.caught, sizeof(state.caught), "%s", line);
		level = MSG_DETAIL;
	}
	if (state.hushed && level == MSG_ERROR)
		level = MSG_DETAIL;
	if (!is_shown(level) && !is_recorded(level))
		return;
	if (must_wait(level))
		hold(level, code, line);
	else if (level == MSG_ERROR && state.deferring)
		print_in_place_of_held(line, code);
	else
		print(level, line);
}

static void put_format(enum log_level level, int code, const char *format, va_list arguments)
	__attribute__((format(printf, 3, 0)));

static void put_format(enum log_level level, int code, const char *format, va_list arguments)
{
	char line[LINE_SIZE];

	vsnprintf(line, sizeof(line), format, arguments);
	put(level, code, line);
}

int fail(int code, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	put_format(MSG_ERROR, code, format, arguments);
	va_end(arguments);
	return code;
}

int fail_errno(const char *format, ...)
{
	int code = errno ? errno : EIO;
	char line[LINE_SIZE];
	va_list arguments;
	size_t len;

	va_start(arguments, format);
	vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	len = strlen(line);
	snprintf(line + len, sizeof(line) - len, ": %s", strerror(code));
	put(MSG_ERROR, -code, line);
	return -code;
}

int fail_memory(void)
{
	return fail(-ENOMEM, _("out of memory"));
}

#define DEFINE_MESSAGE(name, level)                                                                \
	void name(const char *format, ...)                                                         \
	{                                                                                          \
		va_list arguments;                                                                 \
                                                                                                   \
		va_start(arguments, format);                                                       \
		put_format(level, 0, format, arguments);                                           \
		va_end(arguments);                                                                 \
	}

DEFINE_MESSAGE(warn, MSG_WARN)
DEFINE_MESSAGE(say, MSG_SAY)
DEFINE_MESSAGE(detail, MSG_DETAIL)
DEFINE_MESSAGE(debug, MSG_DEBUG)
