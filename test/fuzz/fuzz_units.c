/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sizes, amounts and numbers of any bytes: what is taken is within bounds, and what a size prints as is
 * text.
 */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "base/units.h"
#include "test/fuzz/fuzz.h"

static void check_size(const char *text)
{
	uint64_t sectors = 0;
	char printed[SIZE_TEXT];
	int r = size_parse(text, 'm', &sectors);

	assert(r == 0 || r == -EINVAL || r == -ERANGE);
	if (!r) {
		assert(sectors <= UINT64_MAX / SECTOR_SIZE);
		assert(strlen(size_print(sectors, printed)) < SIZE_TEXT);
	}
}

static void check_amounts(const char *text)
{
	struct amount amount = { .given = false };
	int r = amount_parse_size(text, &amount);

	assert(r <= 0 && (r < 0 || (amount.given && amount.of == AMOUNT_SECTORS)));
	amount = (struct amount) { .given = false };
	r = amount_parse_extents(text, &amount);
	assert(r <= 0 && (r < 0 || (amount.given && amount.of != AMOUNT_SECTORS)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE char *text = malloc(size + 1);
	uint64_t number;

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = 0;
	check_size(text);
	check_amounts(text);
	assert(number_parse(text, &number) <= 0);
	return 0;
}
