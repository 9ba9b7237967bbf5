/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/spelling.h"

#include "base/log.h"
#include "tools/refused.h"

#include <stdlib.h>
#include <string.h>

void words_release(struct word_list *list)
{
	unsigned i;

	for (i = 0; i < list->count; i++)
		free((char *)list->words[i]);
	free(list->words);
	*list = (struct word_list) { 0 };
}

bool spelling_takes_value(const struct option_spec *row)
{
	return row->kind != OPTION_FLAG && row->kind != OPTION_COUNT;
}

static const struct option_spec *find_letter(const struct command_line *line, char letter)
{
	const struct option_spec *row;
	unsigned i;

	for (i = 0; i < OPTION_SETS; i++)
		for (row = line->sets[i].rows; row && row->name; row++)
			if (row->letter == letter)
				return row;
	return NULL;
}

enum likeness { UNLIKE, BEGINS, SAME };

/* Compare two names, hyphens aside. */
static enum likeness compare(const char *name, size_t name_len, const char *full)
{
	const char *end = name + name_len;

	for (;;) {
		while (name < end && *name == '-')
			name++;
		while (*full == '-')
			full++;
		if (name == end)
			return *full ? BEGINS : SAME;
		if (*name != *full)
			return UNLIKE;
		name++;
		full++;
	}
}

/* By a name of name_len characters, which may be cut short and have hyphens anywhere.  NULL: none; several:
 * *ambiguous is set to the second. */
static const struct option_spec *find_name(const struct command_line *line, const char *name,
					   size_t name_len, const struct option_spec **ambiguous)
{
	const struct option_spec *row, *begins = NULL;
	enum likeness likeness;
	unsigned i;

	*ambiguous = NULL;
	for (i = 0; i < OPTION_SETS; i++) {
		for (row = line->sets[i].rows; row && row->name; row++) {
			likeness = compare(name, name_len, row->name);
			if (likeness == SAME) {
				*ambiguous = NULL;
				return row;
			}
			if (likeness == BEGINS && !begins)
				begins = row;
			else if (likeness == BEGINS && strcmp(begins->name, row->name))
				*ambiguous = row;
		}
	}
	return begins;
}

/* Append a word that list owns from then on. */
static int append(struct word_list *list, char *word)
{
	if (!word)
		return fail_memory();
	list->words[list->count++] = word;
	return 0;
}

/* A letter of a command that only looks means something else. */
int spelling_refuse(const struct command_line *line, const char *option, size_t len)
{
	const bool letter = option[1] != '-'; /* and perhaps its value behind it */
	const char *what = NULL;

	if (line->sets[CHANGES_SET].rows)
		what = refused_what(line->name, option, letter ? 2 : len);
	if (what && letter)
		len = 2;
	if (!what)
		return fail(-EDOM, _("%s: %.*s: no such option"), line->name, (int)len, option);
	return fail(-EDOM, _("%s: %.*s: is for %s, which snapvol does not have; use LVM2"),
		    line->name, (int)len, option, what);
}

/* "--na=x" to "--name=x".  1: the value is the next word; 0. */
static int write_long(const struct command_line *line, const char *word, struct word_list *written)
{
	const struct option_spec *row, *ambiguous;
	const char *name = word + 2;
	size_t len = strcspn(name, "=");
	char *text = NULL;

	row = find_name(line, name, len, &ambiguous);
	if (!row)
		return spelling_refuse(line, word, len + 2);
	if (ambiguous)
		return fail(-EDOM, _("%s: --%.*s: could be --%s or --%s"), line->name, (int)len,
			    name, row->name, ambiguous->name);
	if (name[len] && !spelling_takes_value(row))
		return fail(-EDOM, _("%s: --%s: takes no value"), line->name, row->name);

	if (asprintf(&text, "--%s%s", row->name,
		     row->kind == OPTION_MAYBE_NUMBER && !name[len] ? "=" : name + len) < 0)
		return fail_memory();
	if (append(written, text) < 0)
		return -ENOMEM;
	return spelling_takes_value(row) && row->kind != OPTION_MAYBE_NUMBER && !name[len];
}

/* "-vn": 1 if the value of the last letter is the next word. */
static bool letters_want_word(const struct command_line *line, const char *letters)
{
	const struct option_spec *row;

	for (; *letters; letters++) {
		row = find_letter(line, *letters);
		if (!row)
			return false;
		if (spelling_takes_value(row))
			return !letters[1];
	}
	return false;
}

static int write_word(const struct command_line *line, const char *word, struct word_list *written)
{
	int r;

	if (!strncmp(word, "--", 2) && word[2])
		return write_long(line, word, written);

	r = append(written, strdup(word));
	if (r < 0 || word[0] != '-')
		return r;
	return letters_want_word(line, word + 1);
}

static int write_words(const struct command_line *line, const char *const *words,
		       struct word_list *written)
{
	bool over = false, is_value = false;
	int r;

	for (; *words; words++) {
		if (over || is_value)
			r = append(written, strdup(*words));
		else
			r = write_word(line, *words, written);
		if (r < 0)
			return r;
		over = over || (!is_value && !strcmp(*words, "--"));
		is_value = r > 0;
	}
	return 0;
}

int spelling_write_out(const struct command_line *line, const char *const *words,
		       struct word_list *written)
{
	struct word_list list = { 0 };
	size_t count = 0;
	int r;

	while (words[count])
		count++;
	list.words = calloc(count + 1, sizeof(*list.words));
	if (!list.words)
		return fail_memory();

	r = write_words(line, words, &list);
	if (r < 0) {
		words_release(&list);
		return r;
	}
	*written = list;
	return 0;
}
