/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/library.h"

#include "base/log.h"

#include <libdevmapper.h>
#include <stdarg.h>
#include <stdio.h>

/* libdevmapper's messages: what it prints is the report, the rest is for people. */
enum { DM_LEVEL_MASK = 7, DM_TO_STDERR = 128, DM_ERROR = 3, DM_WARNING = 4 };

__attribute__((format(printf, 5, 6))) static void
library_line(int level, const char *file, int line, int code, const char *format, ...)
{
	va_list arguments;
	char text[1024];

	(void)code;
	va_start(arguments, format);
	if (level == DM_WARNING) {
		fputs("  ", stdout);
		vprintf(format, arguments);
		putchar('\n');
	} else {
		vsnprintf(text, sizeof(text), format, arguments);
		if ((level & DM_LEVEL_MASK) == DM_ERROR)
			fail(-EINVAL, "%s", text);
		else if ((level & DM_LEVEL_MASK) == DM_WARNING)
			say("  %s", text);
		else
			debug("libdevmapper: %s:%d %s", file, line, text);
	}
	va_end(arguments);
}

void library_listen(void)
{
	dm_log_with_errno_init(library_line);
}
