/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_BASE_UNITS_H
#define SNAPVOL_BASE_UNITS_H

/*
 * Sizes to and from text, and arithmetic that cannot wrap.
 *
 * Inside the program sizes are 512-byte sectors in uint64_t.  On the command line a size is a
 * decimal number ("1.5g", the point is a point in every locale) with one of the suffixes
 * b s k m g t p e in either case, powers of 1024 as in LVM2 ("s" is 512-byte sectors).
 * A size that is no whole number of sectors is rounded up.
 *
 * An amount is what -L and -l take: a size or a number of extents or a percentage of
 * something, with an optional sign ("+10%FREE").
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SECTOR_SIZE = 512, SECTOR_SHIFT = 9 };

enum amount_of {
	AMOUNT_SECTORS,		/* value is in sectors */
	AMOUNT_EXTENTS,		/* value is a number of extents */
	AMOUNT_PERCENT_VG,	/* value is hundredths of a percent (12.5% is 1250) of … */
	AMOUNT_PERCENT_FREE,
	AMOUNT_PERCENT_PVS,
	AMOUNT_PERCENT_ORIGIN,
	AMOUNT_PERCENT_LV,
};

struct amount {
	bool given;
	char sign;		/* 0, '+' or '-' */
	enum amount_of of;
	uint64_t value;
};

/* A size to sectors; a bare number counts units of default_suffix ('m', 's', …).
 * 0, -EINVAL (no size, negative) or -ERANGE (too large); prints nothing. */
int size_parse(const char *text, char default_suffix, uint64_t *sectors);

/* What -L takes: [+|-]SIZE, a bare number in MiB.  Returns as size_parse(). */
int amount_parse_size(const char *text, struct amount *amount);

/* What -l takes: [+|-]NUMBER or [+|-]PERCENT%{VG|FREE|PVS|ORIGIN|LV}, case ignored. */
int amount_parse_extents(const char *text, struct amount *amount);

/* A decimal number without sign, whole text; 0, -EINVAL or -ERANGE; prints nothing. */
int number_parse(const char *text, uint64_t *number);

/* "1.50 GiB": for messages to people, never for programs.  Returns buffer. */
enum { SIZE_TEXT = 32 };
const char *size_print(uint64_t sectors, char buffer[SIZE_TEXT]);

static inline bool is_power_of_two(uint64_t n)
{
	return n && !(n & (n - 1));
}

static inline uint64_t divide_up(uint64_t n, uint64_t by)
{
	return n / by + (n % by != 0);
}

/* n rounded up to a multiple; the caller has made sure that it fits. */
static inline uint64_t round_up(uint64_t n, uint64_t multiple)
{
	return divide_up(n, multiple) * multiple;
}

#define add_overflows(a, b, result) __builtin_add_overflow(a, b, result)
#define mul_overflows(a, b, result) __builtin_mul_overflow(a, b, result)

#endif
