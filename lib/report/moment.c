/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/moment.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { WORD_SIZE = 16, NUMBER_DIGITS = 6, FIRST_YEAR = 1970, NOTHING = -1 };

enum unit {
	UNIT_SECOND,
	UNIT_MINUTE,
	UNIT_HOUR,
	UNIT_DAY,
	UNIT_WEEK,
	UNIT_MONTH,
	UNIT_YEAR,
	UNITS
};

/* What has been said so far; NOTHING: not said. */
struct said {
	int ago[UNITS];
	int finest; /* unit of what is ago */
	int days;   /* before today */
	int month, day, year;
	int hour, minute, second;
};

static const struct unit_word {
	const char *word;
	enum unit unit;
} unit_words[] = {
	{ "s", UNIT_SECOND },  { "sec", UNIT_SECOND },	{ "second", UNIT_SECOND },
	{ "m", UNIT_MINUTE },  { "min", UNIT_MINUTE },	{ "minute", UNIT_MINUTE },
	{ "h", UNIT_HOUR },    { "hr", UNIT_HOUR },	{ "hour", UNIT_HOUR },
	{ "d", UNIT_DAY },     { "day", UNIT_DAY },	{ "w", UNIT_WEEK },
	{ "week", UNIT_WEEK }, { "month", UNIT_MONTH }, { "y", UNIT_YEAR },
	{ "year", UNIT_YEAR },
};

static const char *const weekdays[] = { "Sunday",   "Monday", "Tuesday", "Wednesday",
					"Thursday", "Friday", "Saturday" };

static const char *const months[] = { "January",   "February", "March",	   "April",
				      "May",	   "June",     "July",	   "August",
				      "September", "October",  "November", "December" };

static int find_unit(const char *word)
{
	size_t len, i;

	for (i = 0; i < sizeof(unit_words) / sizeof(unit_words[0]); i++) {
		len = strlen(unit_words[i].word);
		if (!strncasecmp(word, unit_words[i].word, len) &&
		    (!word[len] || (len > 1 && !strcasecmp(word + len, "s"))))
			return (int)unit_words[i].unit;
	}
	return NOTHING;
}

/* A name of the list, whole or its first three letters. */
static int find_name(const char *const *names, int count, const char *word)
{
	int i;

	for (i = 0; i < count; i++)
		if (!strcasecmp(word, names[i]) ||
		    (strlen(word) == 3 && !strncasecmp(word, names[i], 3)))
			return i;
	return NOTHING;
}

static bool take(int *place, int number)
{
	if (*place != NOTHING || number < 0)
		return false;
	*place = number;
	return true;
}

static bool take_ago(struct said *said, int unit, int number)
{
	if (unit == NOTHING || said->ago[unit])
		return false;
	said->ago[unit] = number;
	if (said->finest == NOTHING || unit < said->finest)
		said->finest = unit;
	return true;
}

static bool take_clock(struct said *said, int hour, int minute, int second)
{
	return hour < 24 && minute < 60 && second < 60 && take(&said->hour, hour) &&
	       (said->minute = minute, said->second = second, true);
}

/* A word without a number before it. */
static bool take_word(struct said *said, const char *word, const struct tm *now)
{
	const int weekday = find_name(weekdays, 7, word), month = find_name(months, 12, word);

	if (weekday != NOTHING)
		return take(&said->days, (now->tm_wday - weekday + 7) % 7);
	if (month != NOTHING)
		return take(&said->month, month);
	if (!strcasecmp(word, "today"))
		return take(&said->days, 0);
	if (!strcasecmp(word, "yesterday"))
		return take(&said->days, 1);
	if (!strcasecmp(word, "noon"))
		return take_clock(said, 12, 0, 0);
	if (!strcasecmp(word, "midnight"))
		return take_clock(said, 0, 0, 0);
	if (!strcasecmp(word, "ago"))
		return said->finest != NOTHING;
	return take_ago(said, find_unit(word), 1);
}

static const char *skip_blanks(const char *text)
{
	return text + strspn(text, " \t");
}

/* Letters, behind blanks; what is too long for a word of ours is cut and so is none. */
static const char *read_word(const char *text, char word[WORD_SIZE])
{
	size_t len = 0;

	text = skip_blanks(text);
	for (; isalpha((unsigned char)*text); text++)
		if (len < WORD_SIZE - 1)
			word[len++] = *text;
	word[len] = '\0';
	return text;
}

static const char *read_number(const char *text, int *number)
{
	const size_t len = strspn(text, "0123456789");

	*number = len && len <= NUMBER_DIGITS ? (int)strtol(text, NULL, 10) : NOTHING;
	return text + len;
}

/* Of twelve hours twice a day. */
static bool take_half_day(struct said *said, int hour, int minute, int second, bool after_noon)
{
	return hour >= 1 && hour <= 12 &&
	       take_clock(said, hour % 12 + (after_noon ? 12 : 0), minute, second);
}

static bool is_half_day(const char *word)
{
	return !strcasecmp(word, "am") || !strcasecmp(word, "pm");
}

/* From the colon behind the hour. */
static const char *read_clock(struct said *said, const char *text, int hour)
{
	int minute = NOTHING, second = NOTHING;
	char word[WORD_SIZE];
	const char *rest;
	bool done;

	text = read_number(text + 1, &minute);
	if (*text == ':')
		text = read_number(text + 1, &second);
	rest = read_word(text, word);
	if (minute < 0 || (text[-1] == ':'))
		return NULL;
	if (!is_half_day(word))
		return take_clock(said, hour, minute, second) ? text : NULL;
	done = take_half_day(said, hour, minute, second, tolower((unsigned char)*word) == 'p');
	return done ? rest : NULL;
}

/* What begins with a number. */
static const char *read_count(struct said *said, const char *text)
{
	char word[WORD_SIZE];
	const char *rest;
	int number;
	bool done;

	text = read_number(text, &number);
	if (number == NOTHING)
		return NULL;
	if (*text == ':')
		return read_clock(said, text, number);
	rest = read_word(text, word);
	if (is_half_day(word))
		done = take_half_day(said, number, NOTHING, NOTHING,
				     tolower((unsigned char)*word) == 'p');
	else if (find_unit(word) != NOTHING)
		done = take_ago(said, find_unit(word), number);
	else
		return take(number < FIRST_YEAR ? &said->day : &said->year, number) ? text : NULL;
	return done ? rest : NULL;
}

static bool read_all(struct said *said, const char *text, const struct tm *now)
{
	char word[WORD_SIZE];

	for (text = skip_blanks(text); text && *text; text = text ? skip_blanks(text) : NULL) {
		if (isdigit((unsigned char)*text)) {
			text = read_count(said, text);
			continue;
		}
		text = read_word(text, word);
		if (!*word || !take_word(said, word, now))
			return false;
	}
	return text;
}

/* Of the ways to name a day one, and a day or year only of a month. */
static bool makes_sense(const struct said *said)
{
	const bool date = said->month != NOTHING;
	const int ways = date + (said->days != NOTHING) + (said->finest != NOTHING);

	if (!date && (said->day != NOTHING || said->year != NOTHING))
		return false;
	return ways == 1 || (!ways && said->hour != NOTHING);
}

static time_t seconds_of(struct tm tm)
{
	tm.tm_isdst = -1;
	return mktime(&tm);
}

static void go_back(const struct said *said, struct tm *tm)
{
	tm->tm_sec -= said->ago[UNIT_SECOND];
	tm->tm_min -= said->ago[UNIT_MINUTE];
	tm->tm_hour -= said->ago[UNIT_HOUR];
	tm->tm_mday -= said->ago[UNIT_DAY] + 7 * said->ago[UNIT_WEEK];
	tm->tm_mon -= said->ago[UNIT_MONTH];
	tm->tm_year -= said->ago[UNIT_YEAR];
}

static void set_date(const struct said *said, struct tm *tm, time_t now)
{
	tm->tm_mon = said->month;
	tm->tm_mday = said->day == NOTHING ? 1 : said->day;
	if (said->year != NOTHING)
		tm->tm_year = said->year - 1900;
	else if (seconds_of(*tm) > now)
		tm->tm_year--;
}

static void set_clock(const struct said *said, struct tm *tm, struct tm *behind)
{
	tm->tm_hour = said->hour;
	tm->tm_min = said->minute == NOTHING ? 0 : said->minute;
	tm->tm_sec = said->second == NOTHING ? 0 : said->second;
	*behind = *tm;
	if (said->minute == NOTHING)
		behind->tm_hour++;
	else if (said->second == NOTHING)
		behind->tm_min++;
	else
		behind->tm_sec++;
}

bool moment_read(const char *text, time_t now, struct moment *moment)
{
	struct said said = { .finest = NOTHING,
			     .days = NOTHING,
			     .month = NOTHING,
			     .day = NOTHING,
			     .year = NOTHING,
			     .hour = NOTHING };
	struct tm tm, behind;

	if (!localtime_r(&now, &tm) || !read_all(&said, text, &tm) || !makes_sense(&said))
		return false;
	go_back(&said, &tm);
	if (said.finest == NOTHING)
		tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
	if (said.days != NOTHING)
		tm.tm_mday -= said.days;
	if (said.month != NOTHING)
		set_date(&said, &tm, now);
	behind = tm;
	if (said.hour != NOTHING)
		set_clock(&said, &tm, &behind);
	else if (said.month != NOTHING && said.day == NOTHING)
		behind.tm_mon++;
	else if (said.finest == NOTHING || said.finest >= UNIT_DAY)
		behind.tm_mday++;
	else
		behind.tm_sec++;
	moment->begin = seconds_of(tm);
	moment->end = seconds_of(behind) - 1;
	return true;
}
