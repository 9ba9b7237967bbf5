/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/cell.h"

#include "base/log.h"
#include "base/text.h"
#include "report/colour.h"
#include "report/json-std.h"

#include <float.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TEXT_SIZE = 64 };

const char *cell_size(const struct cell_style *style, struct dm_pool *mem, uint64_t sectors,
		      dm_size_suffix_t suffix)
{
	return dm_size_to_string(mem, sectors, style->unit, 1, style->unit_factor, style->suffix,
				 suffix);
}

const char *cell_time(struct dm_pool *mem, uint64_t seconds)
{
	const time_t moment = (time_t)seconds;
	char text[TEXT_SIZE];
	struct tm parts;

	if (!seconds || !localtime_r(&moment, &parts) ||
	    !strftime(text, sizeof(text), "%Y-%m-%d %T %z", &parts))
		return "";
	return dm_pool_strdup(mem, text);
}

/* The text, and a number that the column is sorted by. */
static int fill(struct dm_pool *mem, struct dm_report_field *cell, const char *text,
		uint64_t number)
{
	uint64_t *key = dm_pool_alloc(mem, sizeof(*key));

	if (!key || !text)
		return 0;
	*key = number;
	dm_report_field_set_value(cell, text, key);
	return 1;
}

/* libdevmapper sorts and compares sizes as floating point numbers. */
static int fill_size(struct dm_pool *mem, struct dm_report_field *cell, const char *text,
		     double sectors)
{
	double *key = dm_pool_alloc(mem, sizeof(*key));

	if (!key || !text)
		return 0;
	*key = sectors;
	dm_report_field_set_value(cell, text, key);
	return 1;
}

__attribute__((format(printf, 4, 5))) static int fill_format(struct dm_pool *mem,
							     struct dm_report_field *cell,
							     uint64_t number, const char *format,
							     ...)
{
	char text[TEXT_SIZE];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	return fill(mem, cell, dm_pool_strdup(mem, text), number);
}

struct later {
	struct dm_list list;
	struct dm_report_field *cell;
	const char *text, *key;
};

static int sort_later_by(struct dm_pool *mem, struct dm_list *later, struct dm_report_field *cell,
			 const char *text, const char *key)
{
	struct later *new = dm_pool_alloc(mem, sizeof(*new));

	if (!new || !text || !key)
		return 0;
	*new = (struct later) { .cell = cell, .text = text, .key = key };
	dm_list_add(later, &new->list);
	return 1;
}

void cell_sort_by(const struct dm_list *later)
{
	const struct later *row;

	dm_list_iterate_items(row, later)
		dm_report_field_set_value(row->cell, row->text, row->key);
}

/* A blank one is more than any. */
static int fill_percent(struct dm_pool *mem, struct dm_report_field *cell, const char *text,
			uint64_t percent, struct dm_list *later)
{
	char key[TEXT_SIZE];

	if (!fill(mem, cell, text, percent))
		return 0;
	snprintf(key, sizeof(key), "%020" PRIu64, percent);
	return !later || sort_later_by(mem, later, cell, text, dm_pool_strdup(mem, key));
}

static const char *percent_text(struct dm_pool *mem, uint64_t percent)
{
	char text[TEXT_SIZE];

	snprintf(text, sizeof(text), "%.2f",
		 (double)dm_percent_to_round_float((dm_percent_t)percent, 2));
	return dm_pool_strdup(mem, text);
}

static int compare_words(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The words with their end. */
static const char **array_of(struct dm_pool *mem, const struct dm_list *words, bool sorted)
{
	const unsigned count = dm_list_size(words);
	const char **array = dm_pool_alloc(mem, (count + 1) * sizeof(*array));
	const struct dm_str_list *word;
	unsigned i = 0;

	if (!array)
		return NULL;
	dm_list_iterate_items(word, words)
		array[i++] = word->str;
	array[i] = NULL;
	if (sorted)
		qsort(array, count, sizeof(*array), compare_words);
	return array;
}

/* As libdevmapper joins them. */
static const char *join(struct dm_pool *mem, const struct dm_list *words, const char *between,
			bool sorted)
{
	const char **word = array_of(mem, words, sorted);
	const char *before = "";

	if (!word || !dm_pool_begin_object(mem, TEXT_SIZE))
		return NULL;
	for (; *word; word++, before = between)
		if (!dm_pool_grow_object(mem, before, strlen(before)) ||
		    !dm_pool_grow_object(mem, *word, strlen(*word)))
			return NULL;
	return dm_pool_grow_object(mem, "", 1) ? dm_pool_end_object(mem) : NULL;
}

/* libdevmapper selects by the words that it prints, but for those that it is to print later. */
static int fill_list(const struct cell_style *style, struct dm_report *handle, struct dm_pool *mem,
		     struct dm_report_field *cell, const struct value *value, struct dm_list *later)
{
	const char *between = value->text ? value->text : ",";
	const bool sorted = value->kind == VALUE_WORDS;
	const struct dm_list *words = value->words, *shown;
	int filled;

	shown = words ? escape_words(mem, words, style->escape) : NULL;
	if (!shown)
		return 0;
	if (!later)
		words = shown;
	if (style->arrays)
		between = JSON_STD_BETWEEN;
	filled = sorted ? dm_report_field_string_list(handle, cell, words, between)
			: dm_report_field_string_list_unsorted(handle, cell, words, between);
	if (!filled || !later)
		return filled;
	return sort_later_by(mem, later, cell, join(mem, shown, between, sorted),
			     join(mem, words, ",", sorted));
}

/* It is selected and sorted by what it is. */
static int fill_text(const struct cell_style *style, struct dm_report *handle, struct dm_pool *mem,
		     struct dm_report_field *cell, const struct value *value)
{
	const char *text = style->escape(mem, value->text);

	if (!text)
		return 0;
	if (!value->key && text == value->text)
		return dm_report_field_string(handle, cell, &text);
	dm_report_field_set_value(cell, text, value->key ? value->key : value->text);
	return 1;
}

static int fill_state(const struct cell_style *style, struct dm_report *handle, struct dm_pool *mem,
		      struct dm_report_field *cell, const struct value *value)
{
	const char *marked;

	if (!style->colour)
		return dm_report_field_string(handle, cell, &value->text);
	marked = colour_mark(mem, value->text, (enum tone)value->number);
	if (!marked)
		return 0;
	dm_report_field_set_value(cell, marked, value->text);
	return 1;
}

static int fill_blank_list(const struct cell_style *style, struct dm_report *handle,
			   struct dm_pool *mem, struct dm_report_field *cell, struct dm_list *later)
{
	struct dm_list none;
	struct value value;

	dm_list_init(&none);
	value_words(&value, &none);
	return fill_list(style, handle, mem, cell, &value, later);
}

/* What libdevmapper reads a value by is the kind of the field. */
static int fill_blank(const struct cell_style *style, struct dm_report *handle, struct dm_pool *mem,
		      struct dm_report_field *cell, enum value_kind kind, const char *text,
		      struct dm_list *later)
{
	switch (kind) {
	case VALUE_TEXT:
	case VALUE_STATE:
		return dm_report_field_string(handle, cell, &text);
	case VALUE_WORDS:
	case VALUE_SEQUENCE:
		return fill_blank_list(style, handle, mem, cell, later);
	case VALUE_PERCENT:
		return fill_percent(mem, cell, text, UINT64_MAX, later);
	default:
		/* As floating point this is no number, which is neither more nor less than any. */
		return fill(mem, cell, text, UINT64_MAX);
	}
}

int cell_fill(const struct cell_style *style, struct dm_report *handle, struct dm_pool *mem,
	      struct dm_report_field *cell, enum value_kind kind, const struct value *value,
	      struct dm_list *later)
{
	switch (value->kind) {
	case VALUE_TEXT:
		return fill_text(style, handle, mem, cell, value);
	case VALUE_STATE:
		return fill_state(style, handle, mem, cell, value);
	case VALUE_NUMBER:
		return fill_format(mem, cell, value->number, "%" PRIu64, value->number);
	case VALUE_SIZE:
		return fill_size(mem, cell, cell_size(style, mem, value->number, DM_SIZE_UNIT),
				 (double)value->number);
	case VALUE_PERCENT:
		return fill_percent(mem, cell, percent_text(mem, value->number), value->number,
				    later);
	case VALUE_WORDS:
	case VALUE_SEQUENCE:
		return fill_list(style, handle, mem, cell, value, later);
	case VALUE_TIME:
		return fill(mem, cell, cell_time(mem, value->number), value->number);
	case VALUE_FLAG:
		if (style->binary)
			return fill(mem, cell, value->number ? "1" : "0", value->number);
		return fill(mem, cell, value->number ? value->text : "", value->number);
	case VALUE_UNKNOWN:
		return fill(mem, cell, style->binary ? "-1" : value->text, UINT64_MAX);
	case VALUE_LARGEST:
		return fill_size(mem, cell, value->text, DBL_MAX);
	case VALUE_BLANK:
		return fill_blank(style, handle, mem, cell, kind, value->text, later);
	}
	return 0;
}

int cell_set_units(struct cell_style *style, const char *units)
{
	style->unit_factor = dm_units_to_factor(units, &style->unit, 1, NULL);
	if (!style->unit_factor)
		return fail(-EDOM, _("--units: '%s' is not a unit"), units);
	return 0;
}
