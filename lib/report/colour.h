/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_REPORT_COLOUR_H
#define SNAPVOL_REPORT_COLOUR_H

/*
 * Colours of a table on a terminal.
 *
 * The library aligns columns by the bytes of their cells, which escape sequences would add to.  So
 * every cell of a column that can have colours, its heading too, stands between two marks of a byte each,
 * and a line's marks become escape sequences when it is printed.
 */

#include "report/value.h"

#include <stdio.h>

enum { COLOUR_MARKS = 2 };

/* text between its marks; from mem, NULL without memory. */
const char *colour_mark(struct dm_pool *mem, const char *text, enum tone tone);

/* Print text with sequences in place of marks. */
void colour_print(FILE *out, const char *text);

/* Print a line of headings, whose marks become nothing. */
void colour_print_headings(FILE *out, const char *text);

#endif
