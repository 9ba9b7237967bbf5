/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/moment.h"

#include "tap.h"

#include <stdio.h>
#include <stdlib.h>

/* A Wednesday, 2025-03-05 14:30:20, where no clocks are changed. */
static const time_t now = 1741185020;

/* What is written is shown as "begin end" in that place's time, or "-". */
static const char *read(const char *text)
{
	static char shown[64];
	struct moment moment;
	struct tm tm;
	size_t len;

	setenv("TZ", "UTC0", 1);
	if (!moment_read(text, now, &moment))
		return "-";
	len = strftime(shown, sizeof(shown), "%m-%d %T ", localtime_r(&moment.begin, &tm));
	strftime(shown + len, sizeof(shown) - len, "%m-%d %T", localtime_r(&moment.end, &tm));
	return shown;
}

TEST("what is ago is counted from now, and days are as long as days")
{
	CHECK_TEXT(read("10 seconds ago"), "03-05 14:30:10 03-05 14:30:10");
	CHECK_TEXT(read("10m ago"), "03-05 14:20:20 03-05 14:20:20");
	CHECK_TEXT(read("1 day 3 hrs ago"), "03-04 11:30:20 03-04 11:30:20");
	CHECK_TEXT(read("2 weeks ago"), "02-19 14:30:20 02-20 14:30:19");
	CHECK_TEXT(read("1 month ago"), "02-05 14:30:20 02-06 14:30:19");
	CHECK_TEXT(read("week ago"), "02-26 14:30:20 02-27 14:30:19");
	CHECK_TEXT(read("2 days ago 10:00"), "03-03 10:00:00 03-03 10:00:59");
}

TEST("a day is the last that there was, from its first second to its last")
{
	CHECK_TEXT(read("today"), "03-05 00:00:00 03-05 23:59:59");
	CHECK_TEXT(read("Yesterday"), "03-04 00:00:00 03-04 23:59:59");
	CHECK_TEXT(read("Wed"), "03-05 00:00:00 03-05 23:59:59");
	CHECK_TEXT(read("thursday"), "02-27 00:00:00 02-27 23:59:59");
	CHECK_TEXT(read("5 Jan"), "01-05 00:00:00 01-05 23:59:59");
	CHECK_TEXT(read("February"), "02-01 00:00:00 02-28 23:59:59");
	CHECK_TEXT(read("Feb 2024"), "02-01 00:00:00 02-29 23:59:59");
	CHECK_TEXT(read("Dec 24"), "12-24 00:00:00 12-24 23:59:59");
}

TEST("a month that is to come was last year's")
{
	struct moment said, meant;

	setenv("TZ", "UTC0", 1);
	CHECK(moment_read("Dec", now, &said));
	CHECK(moment_read("1 Dec 2024", now, &meant));
	CHECK_INT(said.begin, meant.begin);
}

TEST("a time goes with a day, today's without one, and is as long as what is not said of it")
{
	CHECK_TEXT(read("yesterday 9:30"), "03-04 09:30:00 03-04 09:30:59");
	CHECK_TEXT(read("yesterday 9:30:15"), "03-04 09:30:15 03-04 09:30:15");
	CHECK_TEXT(read("Sun 10AM"), "03-02 10:00:00 03-02 10:59:59");
	CHECK_TEXT(read("12 am"), "03-05 00:00:00 03-05 00:59:59");
	CHECK_TEXT(read("9:30PM"), "03-05 21:30:00 03-05 21:30:59");
	CHECK_TEXT(read("noon"), "03-05 12:00:00 03-05 12:00:00");
	CHECK_TEXT(read("midnight yesterday"), "03-04 00:00:00 03-04 00:00:00");
}

TEST("what says nothing, or two things, is no moment")
{
	static const char *const texts[] = {
		"",
		" ",
		"ago",
		"now",
		"5",
		"2020",
		"2 foo ago",
		"foo",
		"Monday ago",
		"today Monday",
		"13 pm",
		"0am",
		"24:00",
		"9:60",
		"9:",
		"9:30:",
		"9:30:61",
		"1:2:3:4",
		"1 day 2 days ago",
		"5 6 Jan",
		"Jan 5 yesterday",
		"1000000 days ago",
		"yesterday!",
		"secondsago",
		"abcdefghijklmnopqrstuvwxyz",
		"2 weeks Monday",
		"10AM noon",
		"-1 day ago",
	};
	char got[128], wanted[128];
	unsigned i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		snprintf(wanted, sizeof(wanted), "%s: -", texts[i]);
		snprintf(got, sizeof(got), "%s: %s", texts[i], read(texts[i]));
		CHECK_TEXT(got, wanted);
	}
}

TEST_MAIN
