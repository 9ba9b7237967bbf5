/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/units.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char suffixes[] = "bskmgtpe";

enum { FRACTION = 1000000000 }; /* nine digits behind the point count */

/* A number as it was written: whole part and billionths. */
struct decimal {
	uint64_t whole;
	uint64_t billionths;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Digits and perhaps a point and digits, or these alone; *end is what follows. */
static int parse_decimal(const char *text, struct decimal *number, const char **end)
{
	struct decimal found = { 0 };
	uint64_t scale = FRACTION;

	if (!is_digit(*text) && !(*text == '.' && is_digit(text[1])))
		return -EINVAL;
	for (; is_digit(*text); text++)
		if (mul_overflows(found.whole, 10, &found.whole) ||
		    add_overflows(found.whole, (uint64_t)(*text - '0'), &found.whole))
			return -ERANGE;
	if (*text == '.') {
		if (!is_digit(text[1]))
			return -EINVAL;
		for (text++; is_digit(*text); text++) {
			scale /= 10;
			found.billionths += scale * (uint64_t)(*text - '0');
		}
	}
	*number = found;
	*end = text;
	return 0;
}

/* The place in suffixes of what is written behind the number: "", "k", "kb" or "KiB". */
static int parse_suffix(const char *text, char default_suffix, unsigned *place)
{
	const char suffix = *text ? *text : default_suffix;
	const char *found = strchr(suffixes, tolower((unsigned char)suffix));

	if (!suffix || !found)
		return -EINVAL;
	if (*text && text[1]) {
		if (strcasecmp(text + 1, "b") && strcasecmp(text + 1, "ib"))
			return -EINVAL;
		if (found < suffixes + 2) /* "bb", "sb" */
			return -EINVAL;
	}
	*place = (unsigned)(found - suffixes);
	return 0;
}

static bool multiply_overflows(struct decimal *number, unsigned by)
{
	const uint64_t billionths = number->billionths * by;

	number->billionths = billionths % FRACTION;
	return mul_overflows(number->whole, by, &number->whole) ||
	       add_overflows(number->whole, billionths / FRACTION, &number->whole);
}

int size_parse(const char *text, char default_suffix, uint64_t *sectors)
{
	struct decimal number;
	const char *end;
	unsigned place;
	int r;

	r = parse_decimal(text, &number, &end);
	if (!r)
		r = parse_suffix(end, default_suffix, &place);
	if (r < 0)
		return r;
	for (; place > 1; place--)
		if (multiply_overflows(&number, place == 2 ? 1024 / SECTOR_SIZE : 1024))
			return -ERANGE;
	if (number.billionths && add_overflows(number.whole, 1, &number.whole))
		return -ERANGE;
	if (place == 0)
		number.whole = divide_up(number.whole, SECTOR_SIZE);
	if (number.whole > INT64_MAX / SECTOR_SIZE)
		return -ERANGE;
	*sectors = number.whole;
	return 0;
}

static const char *take_sign(const char *text, struct amount *amount)
{
	*amount = (struct amount) { 0 };
	if (*text == '+' || *text == '-')
		amount->sign = *text++;
	return text;
}

int amount_parse_size(const char *text, struct amount *amount)
{
	struct amount found;
	int r = size_parse(take_sign(text, &found), 'm', &found.value);

	if (r < 0)
		return r;
	found.given = true;
	found.of = AMOUNT_SECTORS;
	*amount = found;
	return 0;
}

static int parse_whole(const char *text, enum amount_of *of)
{
	static const struct {
		const char *word;
		enum amount_of of;
	} wholes[] = {
		{ "%VG", AMOUNT_PERCENT_VG },	      { "%V", AMOUNT_PERCENT_VG },
		{ "%FREE", AMOUNT_PERCENT_FREE },     { "%F", AMOUNT_PERCENT_FREE },
		{ "%PVS", AMOUNT_PERCENT_PVS },	      { "%P", AMOUNT_PERCENT_PVS },
		{ "%ORIGIN", AMOUNT_PERCENT_ORIGIN }, { "%O", AMOUNT_PERCENT_ORIGIN },
		{ "%LV", AMOUNT_PERCENT_LV },	      { "%L", AMOUNT_PERCENT_LV },
	};
	unsigned i;

	for (i = 0; i < sizeof(wholes) / sizeof(wholes[0]); i++) {
		if (!strcasecmp(text, wholes[i].word)) {
			*of = wholes[i].of;
			return 0;
		}
	}
	return -EINVAL;
}

static int hundredths(const struct decimal *percent, uint64_t *value)
{
	if (mul_overflows(percent->whole, 100, value) ||
	    add_overflows(*value, percent->billionths / (FRACTION / 100), value))
		return -ERANGE;
	return 0;
}

int amount_parse_extents(const char *text, struct amount *amount)
{
	struct amount found;
	struct decimal number;
	const char *end;
	int r;

	r = parse_decimal(take_sign(text, &found), &number, &end);
	if (r < 0)
		return r;
	if (*end) {
		r = parse_whole(end, &found.of);
		if (!r)
			r = hundredths(&number, &found.value);
	} else {
		found.of = AMOUNT_EXTENTS;
		found.value = number.whole;
		r = number.billionths ? -EINVAL : 0;
	}
	if (r < 0)
		return r;
	found.given = true;
	*amount = found;
	return 0;
}

int number_parse(const char *text, uint64_t *number)
{
	uint64_t found = 0;

	if (!*text)
		return -EINVAL;
	for (; *text; text++) {
		if (!is_digit(*text))
			return -EINVAL;
		if (mul_overflows(found, 10, &found) ||
		    add_overflows(found, (uint64_t)(*text - '0'), &found))
			return -ERANGE;
	}
	*number = found;
	return 0;
}

/* Without floating point, whose printing follows the locale. */
const char *size_print(uint64_t sectors, char buffer[SIZE_TEXT])
{
	static const char *const names[] = { "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	unsigned shift = 1, i = 0;
	uint64_t rest;

	for (; i + 1 < sizeof(names) / sizeof(names[0]) && sectors >> (shift + 10); i++)
		shift += 10;
	rest = sectors & ((UINT64_C(1) << shift) - 1);
	snprintf(buffer, SIZE_TEXT, "%" PRIu64 ".%02u %s", sectors >> shift,
		 (unsigned)(rest * 100 >> shift), names[i]);
	return buffer;
}
