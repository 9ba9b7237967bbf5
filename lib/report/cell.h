/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_REPORT_CELL_H
#define SNAPVOL_REPORT_CELL_H

/*
 * From a value to what stands in a report, and what it is sorted and selected by.
 */

#include "report/escape.h"
#include "report/value.h"

struct report_field;

struct cell_style {
	uint64_t unit_factor;
	char unit;			/* letter of --units */
	bool suffix, binary, colour;
	escape_text *escape;		/* what becomes of texts and words */
	bool arrays;			/* lists become arrays of JSON (json-std.h) */
};

/* "16.00m" or, in words, "16.00 MiB"; from mem, NULL without memory. */
const char *cell_size(const struct cell_style *style, struct dm_pool *mem, uint64_t sectors,
		      dm_size_suffix_t suffix);

/* Local time with its zone, as LVM2 writes it; "" for 0.  From mem. */
const char *cell_time(struct dm_pool *mem, uint64_t seconds);

/*
 * The value of a field of that kind; as libdevmapper wants it: 1, or 0 without memory.
 *
 * What libdevmapper selects percentages and lists by, it would compare as text when it sorts.  What
 * they are to be sorted by goes to the list later, which is valid as long as the row; without one,
 * the report is not sorted.
 */
int cell_fill(const struct cell_style *style, struct dm_report *handle, struct dm_pool *mem,
	      struct dm_report_field *cell, enum value_kind kind, const struct value *value,
	      struct dm_list *later);

/* The row has been selected, and has only to be sorted now. */
void cell_sort_by(const struct dm_list *later);

/* Units as --units takes them: 0 or -EDOM, reported. */
int cell_set_units(struct cell_style *style, const char *units);

#endif
