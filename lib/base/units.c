/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/units.h"

#include "base/log.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char suffixes[] = "bskmgtpe";

enum { FRACTION = 1000000000 };	/* nine digits behind the point count */

/* Digits and perhaps a point and digits: whole part and billionths; *end is what follows. */
static int parse_decimal(const char *text, uint64_t *whole, uint64_t *billionths, const char **end)
{
	uint64_t scale = FRACTION;

	*whole = *billionths = 0;
	if (!isdigit((unsigned char)*text))
		return -EINVAL;
	for (; isdigit((unsigned char)*text); text++)
		if (mul_overflows(*whole, 10, whole) ||
		    add_overflows(*whole, (uint64_t)(*text - '0'), whole))
			return -ERANGE;
	if (*text == '.') {
		if (!isdigit((unsigned char)text[1]))
			return -EINVAL;
		for (text++; isdigit((unsigned char)*text); text++) {
			scale /= 10;
			*billionths += scale * (uint64_t)(*text - '0');
		}
	}
	*end = text;
	return 0;
}

static int unit_bytes(const char *text, char default_suffix, uint64_t *bytes)
{
	const char *place;
	int suffix = *text ? tolower((unsigned char)*text) : default_suffix;

	if (*text && text[1] && strcasecmp(text + 1, "b") && strcasecmp(text + 1, "ib"))
		return -EINVAL;
	if (text[0] && text[1] && (suffix == 'b' || suffix == 's'))
		return -EINVAL;
	place = strchr(suffixes, suffix);
	if (!suffix || !place)
		return -EINVAL;
	*bytes = suffix == 'b' ? 1 : suffix == 's' ? SECTOR_SIZE : UINT64_C(1) << (10 * (place - suffixes - 1));
	return 0;
}

int size_parse(const char *text, char default_suffix, uint64_t *sectors)
{
	unsigned __int128 bytes;
	uint64_t whole, billionths, unit;
	const char *end;
	int r;

	r = parse_decimal(text, &whole, &billionths, &end);
	if (!r)
		r = unit_bytes(end, default_suffix, &unit);
	if (r < 0)
		return r;
	bytes = (unsigned __int128)whole * unit;
	bytes += ((unsigned __int128)billionths * unit + FRACTION - 1) / FRACTION;
	bytes = (bytes + SECTOR_SIZE - 1) / SECTOR_SIZE;
	if (bytes > INT64_MAX / SECTOR_SIZE)
		return -ERANGE;
	*sectors = (uint64_t)bytes;
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
		{ "%VG", AMOUNT_PERCENT_VG },		{ "%V", AMOUNT_PERCENT_VG },
		{ "%FREE", AMOUNT_PERCENT_FREE },	{ "%F", AMOUNT_PERCENT_FREE },
		{ "%PVS", AMOUNT_PERCENT_PVS },		{ "%P", AMOUNT_PERCENT_PVS },
		{ "%ORIGIN", AMOUNT_PERCENT_ORIGIN },	{ "%O", AMOUNT_PERCENT_ORIGIN },
		{ "%LV", AMOUNT_PERCENT_LV },		{ "%L", AMOUNT_PERCENT_LV },
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

int amount_parse_extents(const char *text, struct amount *amount)
{
	struct amount found;
	uint64_t whole, billionths;
	const char *end;
	int r;

	r = parse_decimal(take_sign(text, &found), &whole, &billionths, &end);
	if (r < 0)
		return r;
	if (!*end) {
		if (billionths)
			return -EINVAL;
		found.of = AMOUNT_EXTENTS;
		found.value = whole;
	} else {
		r = parse_whole(end, &found.of);
		if (r < 0)
			return r;
		if (mul_overflows(whole, 100, &found.value) ||
		    add_overflows(found.value, billionths / (FRACTION / 100), &found.value))
			return -ERANGE;
	}
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
		if (!isdigit((unsigned char)*text))
			return -EINVAL;
		if (mul_overflows(found, 10, &found) ||
		    add_overflows(found, (uint64_t)(*text - '0'), &found))
			return -ERANGE;
	}
	*number = found;
	return 0;
}

const char *size_print(uint64_t sectors, char buffer[SIZE_TEXT])
{
	static const char *const names[] = { "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	double size = (double)sectors / 2;
	unsigned i = 0;

	while (size >= 1024 && i + 1 < sizeof(names) / sizeof(names[0])) {
		size /= 1024;
		i++;
	}
	snprintf(buffer, SIZE_TEXT, "%.2f %s", size, names[i]);
	return buffer;
}
