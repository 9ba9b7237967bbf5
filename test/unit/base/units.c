/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <locale.h>
#include <stdio.h>

#include "tap.h"

#include "base/units.h"

enum { UNTOUCHED = 12345 };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define MIB UINT64_C(2048)
#define GIB (MIB * 1024)
#define TIB (GIB * 1024)

static const struct {
	const char *text;
	char suffix;
	int result;
	uint64_t sectors;
} sizes[] = {
	{ "0", 'm', 0, 0 },
	{ "1", 's', 0, 1 },
	{ "1", 'm', 0, MIB },
	{ "10g", 'm', 0, 10 * GIB },
	{ "10G", 'm', 0, 10 * GIB },
	{ "4k", 'm', 0, 8 },
	{ "4kb", 'm', 0, 8 },
	{ "4KiB", 'm', 0, 8 },
	{ "3t", 'm', 0, 3 * TIB },
	{ "1p", 'm', 0, 1024 * TIB },
	{ "1e", 'm', 0, 1024 * 1024 * TIB },
	{ "8s", 'm', 0, 8 },
	{ "512b", 'm', 0, 1 },
	{ "513b", 'm', 0, 2 },
	{ "1b", 'm', 0, 1 },
	{ "0b", 'm', 0, 0 },
	{ "007m", 's', 0, 7 * MIB },
	/* a point, whatever the locale; what is left of a sector is one */
	{ "1.5g", 'm', 0, GIB + GIB / 2 },
	{ ".5g", 'm', 0, GIB / 2 },
	{ "0.25", 'k', 0, 1 },
	{ "0.1k", 'm', 0, 1 },
	{ "0.5b", 'm', 0, 1 },
	{ "1.000000001s", 'm', 0, 2 },
	{ "0.1g", 'm', 0, 209716 },
	{ "0.000000001e", 'm', 0, 2251800 },
	{ "1.00000000000000000000", 's', 0, 1 },
	/* the largest has 63 bits of bytes */
	{ "9223372036854775296b", 'm', 0, INT64_MAX / 512 },
	{ "18014398509481983s", 'm', 0, INT64_MAX / 512 },
	{ "18014398509481984s", 'm', -ERANGE, 0 },
	{ "7.999999999e", 'm', 0, 18014398507230185 },
	{ "8e", 'm', -ERANGE, 0 },
	{ "16e", 'm', -ERANGE, 0 },
	{ "18446744073709551615", 'b', -ERANGE, 0 },
	{ "18446744073709551616", 'b', -ERANGE, 0 },
	{ "99999999999999999999999999999999999999999k", 'm', -ERANGE, 0 },
	{ "18446744073709551615e", 'm', -ERANGE, 0 },
	/* not sizes */
	{ "", 'm', -EINVAL, 0 },
	{ "g", 'm', -EINVAL, 0 },
	{ "-1g", 'm', -EINVAL, 0 },
	{ "+1g", 'm', -EINVAL, 0 },
	{ " 1g", 'm', -EINVAL, 0 },
	{ "1 g", 'm', -EINVAL, 0 },
	{ "1g ", 'm', -EINVAL, 0 },
	{ "1,5g", 'm', -EINVAL, 0 },
	{ "1.g", 'm', -EINVAL, 0 },
	{ ".", 'm', -EINVAL, 0 },
	{ "1.5.5g", 'm', -EINVAL, 0 },
	{ "1x", 'm', -EINVAL, 0 },
	{ "1gg", 'm', -EINVAL, 0 },
	{ "1gib!", 'm', -EINVAL, 0 },
	{ "1sb", 'm', -EINVAL, 0 },
	{ "1bb", 'm', -EINVAL, 0 },
	{ "0x10", 'm', -EINVAL, 0 },
	{ "1e3", 'm', -EINVAL, 0 },
	{ "inf", 'm', -EINVAL, 0 },
	{ "nan", 'm', -EINVAL, 0 },
	{ "1", 'x', -EINVAL, 0 },
	{ "1", 0, -EINVAL, 0 },
};

TEST("a size is a number and a suffix, and nothing else is a size")
{
	for (unsigned i = 0; i < COUNT(sizes); i++) {
		uint64_t sectors = UNTOUCHED;
		const int r = size_parse(sizes[i].text, sizes[i].suffix, &sectors);

		if (r != sizes[i].result || sectors != (r ? UNTOUCHED : sizes[i].sectors))
			printf("# \"%s\": %d, %ju\n", sizes[i].text, r, (uintmax_t)sectors);
		CHECK_INT(r, sizes[i].result);
		CHECK_INT(sectors, r ? UNTOUCHED : sizes[i].sectors);
	}
}

static const struct {
	const char *text;
	int result;
	char sign;
	enum amount_of of;
	uint64_t value;
} extents[] = {
	{ "5", 0, 0, AMOUNT_EXTENTS, 5 },
	{ "+5", 0, '+', AMOUNT_EXTENTS, 5 },
	{ "-5", 0, '-', AMOUNT_EXTENTS, 5 },
	{ "100%FREE", 0, 0, AMOUNT_PERCENT_FREE, 10000 },
	{ "+10%free", 0, '+', AMOUNT_PERCENT_FREE, 1000 },
	{ "12.5%VG", 0, 0, AMOUNT_PERCENT_VG, 1250 },
	{ "0.01%PVS", 0, 0, AMOUNT_PERCENT_PVS, 1 },
	{ "150%ORIGIN", 0, 0, AMOUNT_PERCENT_ORIGIN, 15000 },
	{ "20%O", 0, 0, AMOUNT_PERCENT_ORIGIN, 2000 },
	{ "-50%LV", 0, '-', AMOUNT_PERCENT_LV, 5000 },
	{ "18446744073709551615", 0, 0, AMOUNT_EXTENTS, UINT64_MAX },
	{ "18446744073709551616", -ERANGE, 0, 0, 0 },
	{ "184467440737095517%VG", -ERANGE, 0, 0, 0 },
	{ "", -EINVAL, 0, 0, 0 },
	{ "+", -EINVAL, 0, 0, 0 },
	{ "--5", -EINVAL, 0, 0, 0 },
	{ "+-5", -EINVAL, 0, 0, 0 },
	{ "1.5", -EINVAL, 0, 0, 0 },
	{ "5g", -EINVAL, 0, 0, 0 },
	{ "5%", -EINVAL, 0, 0, 0 },
	{ "%FREE", -EINVAL, 0, 0, 0 },
	{ "5%FREEX", -EINVAL, 0, 0, 0 },
	{ "5%all", -EINVAL, 0, 0, 0 },
};

TEST("an amount of extents is a number or a percentage of something, with or without sign")
{
	for (unsigned i = 0; i < COUNT(extents); i++) {
		struct amount amount = { .value = UNTOUCHED };
		const int r = amount_parse_extents(extents[i].text, &amount);

		if (r != extents[i].result)
			printf("# \"%s\"\n", extents[i].text);
		CHECK_INT(r, extents[i].result);
		CHECK_INT(amount.given, !r);
		CHECK_INT(amount.sign, extents[i].sign);
		CHECK_INT(amount.of, extents[i].of);
		CHECK_INT(amount.value, r ? UNTOUCHED : extents[i].value);
	}
}

TEST("an amount of space is a size with or without sign, in MiB if nothing is said")
{
	struct amount amount = { 0 };

	CHECK_INT(amount_parse_size("3", &amount), 0);
	CHECK(amount.given && !amount.sign && amount.of == AMOUNT_SECTORS);
	CHECK_INT(amount.value, 3 * MIB);
	CHECK_INT(amount_parse_size("+1.5g", &amount), 0);
	CHECK_INT(amount.sign, '+');
	CHECK_INT(amount.value, GIB + GIB / 2);
	CHECK_INT(amount_parse_size("-8s", &amount), 0);
	CHECK_INT(amount.sign, '-');
	CHECK_INT(amount.value, 8);
}

TEST("an amount that cannot be parsed leaves the one before")
{
	struct amount amount = { .given = true, .sign = '+', .of = AMOUNT_EXTENTS, .value = 7 };

	CHECK_INT(amount_parse_size("-x", &amount), -EINVAL);
	CHECK_INT(amount_parse_size("--1", &amount), -EINVAL);
	CHECK_INT(amount_parse_size("9e", &amount), -ERANGE);
	CHECK(amount.given && amount.sign == '+' && amount.of == AMOUNT_EXTENTS);
	CHECK_INT(amount.value, 7);
}

TEST("a number has digits only and fits 64 bits")
{
	uint64_t number = UNTOUCHED;

	CHECK_INT(number_parse("", &number), -EINVAL);
	CHECK_INT(number_parse("-1", &number), -EINVAL);
	CHECK_INT(number_parse("+1", &number), -EINVAL);
	CHECK_INT(number_parse("1 ", &number), -EINVAL);
	CHECK_INT(number_parse("1.0", &number), -EINVAL);
	CHECK_INT(number_parse("0x1", &number), -EINVAL);
	CHECK_INT(number_parse("18446744073709551616", &number), -ERANGE);
	CHECK_INT(number_parse("99999999999999999999", &number), -ERANGE);
	CHECK_INT(number, UNTOUCHED);
	CHECK_INT(number_parse("18446744073709551615", &number), 0);
	CHECK(number == UINT64_MAX);
	CHECK_INT(number_parse("0010", &number), 0);
	CHECK_INT(number, 10);
}

TEST("sizes are printed in the largest unit of which there is one, and never too large")
{
	static const struct {
		uint64_t sectors;
		const char *text;
	} rows[] = {
		{ 0, "0.00 KiB" },
		{ 1, "0.50 KiB" },
		{ 8, "4.00 KiB" },
		{ 2047, "1023.50 KiB" },
		{ MIB, "1.00 MiB" },
		{ GIB + GIB / 2, "1.50 GiB" },
		{ GIB - 1, "1023.99 MiB" },
		{ 3 * TIB, "3.00 TiB" },
		{ 1024 * TIB, "1.00 PiB" },
		{ 1024 * 1024 * TIB, "1.00 EiB" },
		{ UINT64_MAX, "8191.99 EiB" },
	};
	char buffer[SIZE_TEXT];

	setlocale(LC_ALL, "de_DE.UTF-8");
	for (unsigned i = 0; i < COUNT(rows); i++)
		CHECK_TEXT(size_print(rows[i].sectors, buffer), rows[i].text);
	setlocale(LC_ALL, "C");
}

TEST("rounding and powers of two")
{
	CHECK_INT(divide_up(0, 8), 0);
	CHECK_INT(divide_up(1, 8), 1);
	CHECK_INT(divide_up(8, 8), 1);
	CHECK_INT(divide_up(9, 8), 2);
	CHECK(divide_up(UINT64_MAX, 1) == UINT64_MAX);
	CHECK_INT(round_up(9, 8), 16);
	CHECK_INT(round_up(16, 8), 16);
	CHECK(!is_power_of_two(0) && is_power_of_two(1) && is_power_of_two(UINT64_C(1) << 63));
	CHECK(!is_power_of_two(3) && !is_power_of_two(UINT64_MAX));
}

TEST_MAIN
