/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_REPORT_LIBRARY_H
#define SNAPVOL_REPORT_LIBRARY_H

/*
 * libdevmapper prints reports as messages.
 */

#include "report/report.h"

#include <stdbool.h>

/* Let them go where they belong: to standard output what is a report, to standard error the rest.
 * To be called before each call that prints, because others that use the library have their own ideas
 * of what is to become of its messages. */
void library_listen(void);

/* The same for lines of such a report. */
void library_listen_as(enum report_format format);

/* The same for the lines of a table that goes to a terminal (colour.h); they begin with headings. */
void library_listen_for_colours(bool headings);

#endif
