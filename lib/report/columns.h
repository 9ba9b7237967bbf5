/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_REPORT_COLUMNS_H
#define SNAPVOL_REPORT_COLUMNS_H

/*
 * Which columns a report has and how it is sorted: defaults, and what a user makes of them.
 */

#include "report/report.h"

/* The list of fields, malloc'd: the last plain list given, or the default, with "+" and "-"
 * applied. 0 or -ENOMEM, reported. */
int columns_choose(const struct report_options *options, char **fields);

const char *columns_sort(const struct report_options *options);

/* Whether the user asks which fields there are. */
bool columns_ask_for_help(const struct report_options *options);

/* Whose fields a line has by itself (enum field_of). */
unsigned columns_fields_of(enum report_line line);

/* What lines have to be about to have all these fields (enum field_of). */
enum report_line columns_line(enum report_line line, unsigned fields_of);

#endif
