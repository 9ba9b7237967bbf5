/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/options.h"

#include "base/auto.h"
#include "base/log.h"
#include "tools/spelling.h"

#include <inttypes.h>
#include <popt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

static void popt_context_free(poptContext *context)
{
	if (*context)
		*context = poptFreeContext(*context);
}

static void *field_of(const struct option_set *set, const struct option_spec *row)
{
	return (char *)set->args + row->offset;
}

static unsigned count_rows(const struct command_line *line)
{
	const struct option_spec *row;
	unsigned i, count = 0;

	for (i = 0; i < OPTION_SETS; i++)
		for (row = line->sets[i].rows; row && row->name; row++)
			count++;
	return count;
}

/* The row with this number, counted from 1 through all sets. */
static const struct option_spec *row_by_number(const struct command_line *line, int number,
					       const struct option_set **set)
{
	const struct option_spec *row;
	unsigned i;

	for (i = 0; i < OPTION_SETS; i++) {
		for (row = line->sets[i].rows; row && row->name; row++) {
			if (--number == 0) {
				*set = &line->sets[i];
				return row;
			}
		}
	}
	return NULL;
}

static struct poptOption *make_table(const struct command_line *line)
{
	struct poptOption *table = calloc(count_rows(line) + 1, sizeof(*table));
	const struct option_spec *row;
	unsigned i;
	int number = 0;

	for (i = 0; table && i < OPTION_SETS; i++) {
		for (row = line->sets[i].rows; row && row->name; row++) {
			table[number].longName = row->name;
			table[number].shortName = row->letter;
			table[number].argInfo =
				spelling_takes_value(row) ? POPT_ARG_STRING : POPT_ARG_NONE;
			table[number].val = number + 1;
			number++;
		}
	}
	return table;
}

static int refuse(const struct command_line *line, const struct option_spec *row, const char *value,
		  const char *wanted)
{
	return fail(-EDOM, _("%s: --%s: '%s' is not %s"), line->name, row->name, value, wanted);
}

/* Take value over as the one string of a row. */
static int store_text(const char **field, char **value)
{
	*field = TAKE(*value);
	return 0;
}

static int store_word(struct word_list *list, char **value)
{
	const char **grown = realloc(list->words, (list->count + 1) * sizeof(*grown));

	if (!grown)
		return fail_memory();
	list->words = grown;
	list->words[list->count++] = TAKE(*value);
	return 0;
}

/* A row without letter has the first of its name. */
static int store_ordered(const struct option_spec *row, struct word_list *list, const char *value)
{
	char *text;
	int r;

	if (asprintf(&text, "%c%s", row->letter ? row->letter : row->name[0], value) < 0)
		return fail_memory();
	r = store_word(list, &text);
	if (r < 0)
		free(text);
	return r;
}

static bool is_choice(const char *choices, const char *value)
{
	size_t value_len = strlen(value), len;

	for (;; choices += len + 1) {
		len = strcspn(choices, "|");
		if (len == value_len && !strncmp(choices, value, len))
			return true;
		if (!choices[len])
			return false;
	}
}

static int store_choice(const struct command_line *line, const struct option_spec *row,
			const char **field, char **value)
{
	if (!is_choice(row->noun, *value))
		return fail(-EDOM, _("%s: --%s: '%s' is none of %s"), line->name, row->name, *value,
			    row->noun);
	return store_text(field, value);
}

static int store_permission(const struct command_line *line, const struct option_spec *row,
			    const char **field, char **value)
{
	if (!is_choice("r|rw", *value))
		return refuse(line, row, *value, _("a permission: say r or rw"));
	return store_text(field, value);
}

static int store_yes_no(const struct command_line *line, const struct option_spec *row,
			enum yes_no *field, const char *value)
{
	if (is_choice("y|yes|1", value))
		*field = SAID_YES;
	else if (is_choice("n|no|0", value))
		*field = SAID_NO;
	else
		return refuse(line, row, value, _("y or n"));
	return 0;
}

static int store_number(const struct command_line *line, const struct option_spec *row,
			uint64_t *field, const char *value)
{
	if (number_parse(value, field) < 0)
		return refuse(line, row, value, _("a number"));
	return 0;
}

static int store_positive(const struct command_line *line, const struct option_spec *row,
			  uint64_t *field, const char *value)
{
	int r = store_number(line, row, field, value);

	return r || *field ? r : refuse(line, row, value, _("a number above 0"));
}

static int store_given(const struct command_line *line, const struct option_spec *row,
		       struct given_number *field, const char *value)
{
	field->given = true;
	return store_number(line, row, &field->value, value);
}

static int store_size(const struct command_line *line, const struct option_spec *row,
		      struct amount *field, const char *value)
{
	if (amount_parse_size(value, field) < 0)
		return refuse(line, row, value, _("a size"));
	return 0;
}

static int store_extents(const struct command_line *line, const struct option_spec *row,
			 struct amount *field, const char *value)
{
	if (amount_parse_extents(value, field) < 0)
		return refuse(line, row, value, _("a number of extents"));
	return 0;
}

static int store_sectors(const struct command_line *line, const struct option_spec *row,
			 uint64_t *field, const char *value)
{
	if (size_parse(value, 'k', field) < 0)
		return refuse(line, row, value, _("a size"));
	return *field ? 0 : refuse(line, row, value, _("a size above 0"));
}

/* The number is checked here, so that a value can't be the text of further settings. */
static int store_setting(struct command_line *line, const struct option_spec *row,
			 const char *value)
{
	uint64_t number;
	char *text;
	int r;

	if (number_parse(value, &number) < 0 || number > UINT32_MAX)
		return refuse(line, row, value, _("a number of seconds"));
	if (asprintf(&text, "%s=%" PRIu64, row->setting, number) < 0)
		return fail_memory();
	r = store_word(&line->settings, &text);
	if (r < 0)
		free(text);
	return r;
}

/* As LVM2 the @ is nothing of the tag. */
static int store_tag(struct word_list *list, char **value)
{
	if (**value == '@')
		memmove(*value, *value + 1, strlen(*value));
	return store_word(list, value);
}

/* *value is taken where it is kept. */
static int store(struct command_line *line, const struct option_set *set,
		 const struct option_spec *row, char **value)
{
	void *field = field_of(set, row);

	switch (row->kind) {
	case OPTION_FLAG:
		*(bool *)field = true;
		return 0;
	case OPTION_COUNT:
		(*(unsigned *)field)++;
		return 0;
	case OPTION_TEXT:
		return store_text(field, value);
	case OPTION_NUMBER:
		return store_number(line, row, field, *value);
	case OPTION_POSITIVE:
		return store_positive(line, row, field, *value);
	case OPTION_GIVEN_NUMBER:
		return store_given(line, row, field, *value);
	case OPTION_MAYBE_NUMBER:
		return store_given(line, row, field, **value ? *value : "0");
	case OPTION_YESNO:
		return store_yes_no(line, row, field, *value);
	case OPTION_SIZE:
		return store_size(line, row, field, *value);
	case OPTION_EXTENTS:
		return store_extents(line, row, field, *value);
	case OPTION_SECTORS:
		return store_sectors(line, row, field, *value);
	case OPTION_TAGS:
		return store_tag(field, value);
	case OPTION_WORDS:
		return store_word(field, value);
	case OPTION_ORDERED:
		return store_ordered(row, field, *value);
	case OPTION_CHOICE:
		return store_choice(line, row, field, value);
	case OPTION_PERMISSION:
		return store_permission(line, row, field, value);
	case OPTION_SETTING:
		return store_setting(line, row, *value);
	}
	return fail(-ENOTRECOVERABLE, "internal: %s: --%s: no such kind", line->name, row->name);
}

/* Of the settings the last one holds, as in a file. */
static bool may_be_repeated(const struct option_spec *row)
{
	return !spelling_takes_value(row) || row->kind == OPTION_WORDS || row->kind == OPTION_TAGS ||
	       row->kind == OPTION_ORDERED || row->kind == OPTION_SETTING;
}

/* number is what popt says: a row, or what is wrong with the command line.  given: one for each row. */
static int store_next(struct command_line *line, poptContext context, int number, bool *given)
{
	const struct option_set *set = NULL;
	const struct option_spec *row;
	AUTO_FREE char *value = NULL;
	const char *wrong;

	if (number < 0) {
		wrong = poptBadOption(context, POPT_BADOPTION_NOALIAS);
		if (number != POPT_ERROR_NOARG)
			return spelling_refuse(line, wrong, strlen(wrong));
		return fail(-EDOM, _("%s: %s: a value is missing"), line->name, wrong);
	}

	row = row_by_number(line, number, &set);
	value = poptGetOptArg(context);
	if (given[number - 1] && !may_be_repeated(row))
		return fail(-EDOM, _("%s: --%s: given twice"), line->name, row->name);
	given[number - 1] = true;
	return store(line, set, row, &value);
}

static int store_all(struct command_line *line, poptContext context)
{
	AUTO_FREE bool *given = calloc(count_rows(line) + 1, sizeof(*given));
	int number, r;

	if (!given)
		return fail_memory();
	for (;;) {
		number = poptGetNextOpt(context);
		if (number == -1)
			return 0;
		r = store_next(line, context, number, given);
		if (r < 0)
			return r;
	}
}

static int store_operands(struct command_line *line, poptContext context)
{
	const char **words = poptGetArgs(context);
	char *copy;
	int r;

	for (; words && *words; words++) {
		copy = strdup(*words);
		if (!copy)
			return fail_memory();
		r = store_word(&line->operands, &copy);
		if (r < 0) {
			free(copy);
			return r;
		}
	}
	return 0;
}

static int parse_written(struct command_line *line, const struct word_list *written)
{
	AUTO_FREE struct poptOption *table = make_table(line);
	__attribute__((cleanup(popt_context_free))) poptContext context = NULL;
	int r;

	if (!table)
		return fail_memory();
	context = poptGetContext(NULL, (int)written->count, written->words, table,
				 POPT_CONTEXT_KEEP_FIRST);
	if (!context)
		return fail_memory();

	r = store_all(line, context);
	if (r < 0)
		return r;
	return store_operands(line, context);
}

int options_parse(struct command_line *line, const char *const *words)
{
	struct word_list written;
	int r;

	r = spelling_write_out(line, words, &written);
	if (r < 0)
		return r;
	r = parse_written(line, &written);
	words_release(&written);
	return r;
}

static void release_row(const struct option_set *set, const struct option_spec *row)
{
	switch (row->kind) {
	case OPTION_TEXT:
	case OPTION_CHOICE:
	case OPTION_PERMISSION:
		free(*(char **)field_of(set, row));
		*(char **)field_of(set, row) = NULL;
		break;
	case OPTION_WORDS:
	case OPTION_TAGS:
	case OPTION_ORDERED:
		words_release(field_of(set, row));
		break;
	default:
		break;
	}
}

void options_release(struct command_line *line)
{
	const struct option_spec *row;
	unsigned i;

	for (i = 0; i < OPTION_SETS; i++)
		for (row = line->sets[i].rows; row && row->name; row++)
			release_row(&line->sets[i], row);
	words_release(&line->operands);
	words_release(&line->settings);
}

enum { HELP_COLUMN = 32, NOUN_MAX = 256 };

/* How many columns of a terminal it takes. */
static int width_of(const char *text)
{
	wchar_t wide[NOUN_MAX];
	const size_t len = mbstowcs(wide, text, NOUN_MAX);
	const int width = len < NOUN_MAX ? wcswidth(wide, len) : -1;

	return width < 0 ? (int)strlen(text) : width;
}

bool options_have_letter(const struct option_spec *rows, char letter)
{
	for (; rows && rows->name; rows++)
		if (rows->letter == letter)
			return true;
	return false;
}

static int put_name(const struct option_spec *row, const struct option_spec *earlier, FILE *out)
{
	const bool has_letter = row->letter && !options_have_letter(earlier, row->letter);
	int width = has_letter ? fprintf(out, "  -%c, --%s", row->letter, row->name)
			       : fprintf(out, "      --%s", row->name);

	if (!row->noun)
		return width;
	fprintf(out, "=%s", _(row->noun));
	return width + 1 + width_of(_(row->noun));
}

void options_help(const struct option_spec *rows, const struct option_spec *earlier, FILE *out)
{
	const struct option_spec *row;
	int width;

	for (row = rows; row && row->name; row++) {
		width = put_name(row, earlier, out);
		if (width >= HELP_COLUMN - 1)
			width = fprintf(out, "\n") - 1;
		fprintf(out, "%*s%s\n", HELP_COLUMN - (width < 0 ? 0 : width), "", _(row->help));
	}
}
