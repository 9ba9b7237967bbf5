/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/display.h"

#include "base/log.h"
#include "base/uuid.h"

#include <stdarg.h>

const char *display_size(const struct display *display, uint64_t sectors)
{
	const char *text = cell_size(&display->style, display->gather->mem, sectors, DM_SIZE_SHORT);

	if (!text)
		fail_memory();
	return text ? text : "";
}

const char *display_id(const struct display *display, const char *id)
{
	char text[ID_TEXT_LEN + 1];

	return gather_text(display->gather, "%s", uuid_print(id, text));
}

void display_line(const struct display *display, int column, const char *label, const char *format,
		  ...)
{
	va_list arguments;

	fprintf(display->out, "%s%-*s ", log_prefix(), column, label);
	va_start(arguments, format);
	vfprintf(display->out, format, arguments);
	va_end(arguments);
	fputc('\n', display->out);
}

void display_end(const struct display *display)
{
	fprintf(display->out, "%s \n", log_prefix());
}
