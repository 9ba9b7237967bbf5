/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_REPORT_MOMENT_H
#define SNAPVOL_REPORT_MOMENT_H

/*
 * Moments as people and LVM2's selections say them, in the local time:
 *
 *	how long ago	"2 weeks ago", "1 day 3 hours ago", "10m ago"
 *	a day		"today", "yesterday", "Monday": the last there was, "5 Jan", "Jan 2020"
 *	and a time	"yesterday 9:30", "Sun 10AM", "noon", "2 days ago 10:00"
 *
 * What is said in days is as long as that: such a moment is a stretch of time, and it is within that
 * stretch, since its begin or after its end that something may have been.  Dates in digits only are
 * libdevmapper's.
 */

#include <stdbool.h>
#include <time.h>

struct moment {
	time_t begin, end; /* the last second that belongs to it */
};

/* Whether the text is such a moment; *moment is written only then. */
bool moment_read(const char *text, time_t now, struct moment *moment);

#endif
