/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/colour.h"

#include <string.h>

/* A mark is its place here, counted from 1. */
static const char *const sequences[] = {
	[TONE_PLAIN] = "",
	[TONE_WARNING] = "\033[33m",
	[TONE_BAD] = "\033[31m",
};

#define SEQUENCE_BOLD "\033[1m"
#define SEQUENCE_END "\033[0m"

enum { TONES = sizeof(sequences) / sizeof(sequences[0]), MARK_END = TONES + 1 };

const char *colour_mark(struct dm_pool *mem, const char *text, enum tone tone)
{
	const size_t len = strlen(text);
	char *marked = dm_pool_alloc(mem, len + COLOUR_MARKS + 1);

	if (!marked)
		return NULL;
	marked[0] = (char)(tone + 1);
	memcpy(marked + 1, text, len);
	marked[len + 1] = tone == TONE_PLAIN ? TONE_PLAIN + 1 : MARK_END;
	marked[len + 2] = '\0';
	return marked;
}

void colour_print(FILE *out, const char *text)
{
	for (; *text; text++)
		if (*text == MARK_END)
			fputs(SEQUENCE_END, out);
		else if (*text > 0 && *text <= TONES)
			fputs(sequences[*text - 1], out);
		else
			fputc(*text, out);
}

void colour_print_headings(FILE *out, const char *text)
{
	fputs(SEQUENCE_BOLD, out);
	colour_print(out, text);
	fputs(SEQUENCE_END, out);
}
