/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/json-text.h"

#include <libdevmapper.h>
#include <string.h>

const char *json_text(struct dm_pool *mem, const char *text)
{
	char *escaped, *to;

	if (!strchr(text, '\\'))
		return text;
	escaped = dm_pool_alloc(mem, 2 * strlen(text) + 1);
	if (!escaped)
		return NULL;
	for (to = escaped; *text; *to++ = *text++)
		if (*text == '\\')
			*to++ = '\\';
	*to = '\0';
	return escaped;
}

const struct dm_list *json_words(struct dm_pool *mem, const struct dm_list *words)
{
	struct dm_list *escaped = dm_pool_alloc(mem, sizeof(*escaped));
	const struct dm_str_list *word;
	struct dm_str_list *new;

	if (!escaped)
		return NULL;
	dm_list_init(escaped);
	dm_list_iterate_items(word, words) {
		new = dm_pool_alloc(mem, sizeof(*new));
		if (!new || !(new->str = json_text(mem, word->str)))
			return NULL;
		dm_list_add(escaped, &new->list);
	}
	return escaped;
}
