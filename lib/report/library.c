/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/library.h"

#include "base/auto.h"
#include "base/log.h"
#include "report/colour.h"
#include "report/json-std.h"

#include <libdevmapper.h>
#include <stdarg.h>
#include <stdio.h>

/* libdevmapper's messages: what it prints is the report, the rest is for people. */
enum { DM_LEVEL_MASK = 7, DM_ERROR = 3, DM_WARNING = 4 };

__attribute__((format(printf, 2, 0))) static void take_message(int level, const char *format,
							       va_list arguments)
{
	char text[1024];

	vsnprintf(text, sizeof(text), format, arguments);
	if ((level & DM_LEVEL_MASK) == DM_ERROR)
		fail(-EINVAL, "%s", text);
	else if ((level & DM_LEVEL_MASK) == DM_WARNING)
		say("  %s", text);
	else
		debug("libdevmapper: %s", text);
}

static void plain_print(FILE *out, const char *text)
{
	fputs(text, out);
}

__attribute__((format(printf, 2, 0))) static void
print_by(void (*print)(FILE *out, const char *text), const char *format, va_list arguments)
{
	AUTO_FREE char *text = NULL;

	if (vasprintf(&text, format, arguments) < 0) {
		text = NULL;
		fail_memory();
		return;
	}
	fputs(log_prefix(), stdout);
	print(stdout, text);
	putchar('\n');
}

/* What the library calls with each of its lines. */
#define DEFINE_LISTENER(name, print)                                                               \
	__attribute__((format(printf, 5, 6))) static void name(                                    \
		int level, const char *file, int line, int code, const char *format, ...)          \
	{                                                                                          \
		va_list arguments;                                                                 \
                                                                                                   \
		(void)file;                                                                        \
		(void)line;                                                                        \
		(void)code;                                                                        \
		va_start(arguments, format);                                                       \
		if (level == DM_WARNING)                                                           \
			print_by(print, format, arguments);                                        \
		else                                                                               \
			take_message(level, format, arguments);                                    \
		va_end(arguments);                                                                 \
	}

DEFINE_LISTENER(library_line, plain_print)
DEFINE_LISTENER(json_std_line, json_std_print)
DEFINE_LISTENER(coloured_line, colour_print)

/* The first line of the table; who listens then is the next. */
static void headings_print(FILE *out, const char *text)
{
	colour_print_headings(out, text);
	dm_log_with_errno_init(coloured_line);
}

DEFINE_LISTENER(headings_line, headings_print)

void library_listen(void)
{
	dm_log_with_errno_init(library_line);
}

void library_listen_for_colours(bool headings)
{
	dm_log_with_errno_init(headings ? headings_line : coloured_line);
}

void library_listen_as(enum report_format format)
{
	dm_log_with_errno_init(format == REPORT_JSON_STD ? json_std_line : library_line);
}
