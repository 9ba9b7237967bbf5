/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/cell.h"

#include "base/log.h"
#include "base/text.h"
#include "report/colour.h"
#include "report/json-std.h"
#include "report/json-text.h"

#include <float.h>
#include <inttypes.h>
#include <stdio.h>
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

static int fill_percent(struct dm_report *handle, struct dm_report_field *cell,
			const struct value *value)
{
	const dm_percent_t percent = (dm_percent_t)value->number;

	return dm_report_field_percent(handle, cell, &percent);
}

/* libdevmapper cannot do with a list that is not there. */
static int fill_list(const struct cell_style *style, struct dm_report *handle, struct dm_pool *mem,
		     struct dm_report_field *cell, const struct value *value)
{
	const char *between = style->arrays ? JSON_STD_BETWEEN : value->text;
	const struct dm_list *words = value->words;

	if (words && style->json)
		words = json_words(mem, words);
	if (!words)
		return 0;
	if (value->kind == VALUE_SEQUENCE)
		return dm_report_field_string_list_unsorted(handle, cell, words, between);
	return dm_report_field_string_list(handle, cell, words, between);
}

/* It is selected and sorted by what it is. */
static int fill_text(const struct cell_style *style, struct dm_report *handle, struct dm_pool *mem,
		     struct dm_report_field *cell, const struct value *value)
{
	const char *text = style->json ? json_text(mem, value->text) : value->text;

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

int cell_fill(const struct cell_style *style, struct dm_report *handle, struct dm_pool *mem,
	      struct dm_report_field *cell, const struct value *value)
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
		return fill_percent(handle, cell, value);
	case VALUE_WORDS:
	case VALUE_SEQUENCE:
		return fill_list(style, handle, mem, cell, value);
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
		/* As floating point this is no number, which is neither more nor less than any. */
		return fill(mem, cell, value->text, UINT64_MAX);
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
