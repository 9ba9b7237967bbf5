/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_REPORT_VALUE_H
#define SNAPVOL_REPORT_VALUE_H

/*
 * What a field is in one row, before it is text: the same for tables, JSON and paragraphs.
 *
 * A value that does not exist (the fill of an inactive snapshot, the group of a device that is in
 * none) is blank: text that stands where a value would, sorted as "undefined".
 */

#include <libdevmapper.h>
#include <stdbool.h>
#include <stdint.h>

enum value_kind {
	VALUE_TEXT,
	VALUE_STATE,	/* a text that may be bad news; number is its tone */
	VALUE_NUMBER,
	VALUE_SIZE,	/* sectors */
	VALUE_PERCENT,	/* dm_percent_t */
	VALUE_WORDS,	/* a list, sorted when printed */
	VALUE_SEQUENCE,	/* a list whose order says something */
	VALUE_TIME,	/* seconds since 1970 */
	VALUE_FLAG,	/* number is 0 or 1; text is the word for 1 */
	VALUE_UNKNOWN,	/* a flag that nobody can tell */
	VALUE_LARGEST,	/* a size that counts as larger than any; text stands for it */
	VALUE_BLANK,	/* a value of the field's kind that does not exist; text stands for it */
};

enum tone { TONE_PLAIN, TONE_WARNING, TONE_BAD };

struct value {
	enum value_kind kind;
	uint64_t number;
	const char *text;
	const char *key;		/* what text sorts and is selected by; NULL: itself */
	const struct dm_list *words;	/* struct dm_str_list */
};

static inline void value_text(struct value *value, const char *text)
{
	*value = (struct value) { .kind = VALUE_TEXT, .text = text ? text : "" };
}

static inline void value_state(struct value *value, const char *text, enum tone tone)
{
	*value = (struct value) { .kind = VALUE_STATE, .text = text ? text : "", .number = tone };
}

/* A name that stands in brackets but counts without them. */
static inline void value_name(struct value *value, const char *text, const char *key)
{
	*value = (struct value) { .kind = VALUE_TEXT, .text = text, .key = key };
}

static inline void value_number(struct value *value, uint64_t number)
{
	*value = (struct value) { .kind = VALUE_NUMBER, .number = number };
}

static inline void value_size(struct value *value, uint64_t sectors)
{
	*value = (struct value) { .kind = VALUE_SIZE, .number = sectors };
}

static inline void value_percent(struct value *value, dm_percent_t percent)
{
	*value = (struct value) { .kind = VALUE_PERCENT, .number = (uint64_t)percent };
}

static inline void value_words(struct value *value, const struct dm_list *words)
{
	*value = (struct value) { .kind = VALUE_WORDS, .words = words };
}

static inline void value_sequence(struct value *value, const struct dm_list *words)
{
	*value = (struct value) { .kind = VALUE_SEQUENCE, .words = words };
}

static inline void value_time(struct value *value, uint64_t seconds)
{
	*value = (struct value) { .kind = VALUE_TIME, .number = seconds };
}

static inline void value_flag(struct value *value, bool flag, const char *word)
{
	*value = (struct value) { .kind = VALUE_FLAG, .number = flag, .text = word };
}

static inline void value_unknown(struct value *value)
{
	*value = (struct value) { .kind = VALUE_UNKNOWN, .text = "unknown" };
}

static inline void value_largest(struct value *value, const char *text)
{
	*value = (struct value) { .kind = VALUE_LARGEST, .text = text };
}

static inline void value_blank(struct value *value, const char *text)
{
	*value = (struct value) { .kind = VALUE_BLANK, .text = text };
}

#endif
