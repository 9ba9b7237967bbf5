/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/json-text.h"

#include <libdevmapper.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define REPLACEMENT "\357\277\275" /* U+FFFD */

enum { LONGEST = sizeof("\\u0001") - 1 };

/* How a character begins, by how many bytes it has (Unicode, table 3-7). */
static const struct start {
	unsigned char first, last; /* first byte */
	unsigned char second_min, second_max;
	size_t len;
} starts[] = {
	{ 0x01, 0x7f, 0, 0, 1 },       { 0xc2, 0xdf, 0x80, 0xbf, 2 }, { 0xe0, 0xe0, 0xa0, 0xbf, 3 },
	{ 0xe1, 0xec, 0x80, 0xbf, 3 }, { 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
	{ 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 }, { 0xf4, 0xf4, 0x80, 0x8f, 4 },
};

/* The bytes of the UTF-8 character at the beginning of text; 0: it is none. */
static size_t character(const char *text)
{
	const unsigned char *bytes = (const unsigned char *)text;
	const struct start *start = starts;
	size_t i;

	while (bytes[0] < start->first || bytes[0] > start->last)
		if (++start == starts + sizeof(starts) / sizeof(starts[0]))
			return 0;
	if (start->len > 1 && (bytes[1] < start->second_min || bytes[1] > start->second_max))
		return 0;
	for (i = 2; i < start->len; i++)
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
	return start->len;
}

static bool is_fit(const char *text)
{
	size_t len;

	for (; *text; text += len) {
		len = character(text);
		if (!len || *text == '\\' || (*text > 0 && *text < ' '))
			return false;
	}
	return true;
}

/* What stands for the bytes of a character, or for the one byte that is in none. */
static char *put_character(char *to, const char *text, size_t len)
{
	if (!len)
		return stpcpy(to, REPLACEMENT);
	if (*text > 0 && *text < ' ')
		return to + snprintf(to, LONGEST + 1, "\\u%04x", (unsigned)*text);
	if (*text == '\\')
		*to++ = '\\';
	return mempcpy(to, text, len);
}

const char *json_text(struct dm_pool *mem, const char *text)
{
	char *escaped, *to;
	size_t len;

	if (is_fit(text))
		return text;
	escaped = dm_pool_alloc(mem, LONGEST * strlen(text) + 1);
	if (!escaped)
		return NULL;
	for (to = escaped; *text; text += len ? len : 1) {
		len = character(text);
		to = put_character(to, text, len);
	}
	*to = '\0';
	return escaped;
}
