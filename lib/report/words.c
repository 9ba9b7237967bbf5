/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/words.h"

#include <string.h>

char letter_of_policy(enum alloc_policy policy)
{
	static const char letters[] = {
		[ALLOC_INHERIT] = 'i',	     [ALLOC_CONTIGUOUS] = 'c', [ALLOC_CLING] = 'l',
		[ALLOC_CLING_BY_TAGS] = 't', [ALLOC_NORMAL] = 'n',     [ALLOC_ANYWHERE] = 'a',
	};

	return letters[policy];
}

const struct dm_list *words_of_list(const struct gather *gather, const struct dm_list *words)
{
	struct dm_list *list = gather_words(gather);
	const struct word *word;

	if (!words || !list)
		return list;
	dm_list_iterate_items(word, words)
		if (gather_add(gather, list, word->text) < 0)
			break;
	return list;
}

static const char *skip_blanks(const char *text)
{
	return text + strspn(text, " \t");
}

const char *words_value(const struct gather *gather, const struct dm_list *words, const char *key)
{
	const size_t key_len = strlen(key);
	const struct word *word;
	const char *text;

	dm_list_iterate_items(word, words) {
		if (strncmp(word->text, key, key_len))
			continue;
		text = skip_blanks(word->text + key_len);
		if (*text != '=')
			continue;
		text = skip_blanks(text + 1);
		if (*text == '"')
			return gather_text(gather, "%.*s", (int)strcspn(text + 1, "\""), text + 1);
		return text;
	}
	return "";
}
