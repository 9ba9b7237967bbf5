/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_REPORT_FORMAT_H
#define SNAPVOL_REPORT_FORMAT_H

/*
 * Formats of reports by their names.
 */

#include "report/report.h"

/* "basic", "json" or "json_std" to *format.  0 or -EDOM (no such format), reported. */
int format_parse(const char *word, enum report_format *format);

/* What goes around the lines of JSON, and around several tables; NULL without memory. */
struct dm_report_group *format_open_frame(enum report_format format);

#endif
