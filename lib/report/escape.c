/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/escape.h"

#include <ctype.h>
#include <libdevmapper.h>
#include <stdbool.h>
#include <string.h>

/* Ends the quotation, and begins another behind the mark. */
#define QUOTED_QUOTE "'\\''"

static bool has_control(const char *text)
{
	for (; *text; text++)
		if (iscntrl((unsigned char)*text))
			return true;
	return false;
}

const char *escape_controls(struct dm_pool *mem, const char *text)
{
	char *copy, *at;

	if (!has_control(text))
		return text;
	copy = dm_pool_strdup(mem, text);
	for (at = copy; at && *at; at++)
		if (iscntrl((unsigned char)*at))
			*at = '?';
	return copy;
}

const char *escape_quoted(struct dm_pool *mem, const char *text)
{
	char *quoted, *to;

	text = escape_controls(mem, text);
	if (!text || !strchr(text, '\''))
		return text;
	quoted = to = dm_pool_alloc(mem, strlen(QUOTED_QUOTE) * strlen(text) + 1);
	if (!quoted)
		return NULL;
	for (; *text; text++)
		if (*text == '\'')
			to = stpcpy(to, QUOTED_QUOTE);
		else
			*to++ = *text;
	*to = '\0';
	return quoted;
}

const struct dm_list *escape_words(struct dm_pool *mem, const struct dm_list *words,
				   escape_text *escape)
{
	struct dm_list *escaped = dm_pool_alloc(mem, sizeof(*escaped));
	const struct dm_str_list *word;
	struct dm_str_list *new;

	if (!escaped)
		return NULL;
	dm_list_init(escaped);
	dm_list_iterate_items(word, words) {
		new = dm_pool_alloc(mem, sizeof(*new));
		if (!new || !(new->str = escape(mem, word->str)))
			return NULL;
		dm_list_add(escaped, &new->list);
	}
	return escaped;
}
