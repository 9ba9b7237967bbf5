/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "tap.h"

#include "base/log.h"

static struct {
	struct tap_test *first, *last;
	unsigned count;
	bool failed; /* the test that runs */
	const char *skipped;
	size_t log_len;
	char log[16384];
} tap;

void tap_skip(const char *reason)
{
	tap.skipped = reason;
}

static void keep_message(void *data, enum log_level level, const char *line)
{
	const size_t room = sizeof(tap.log) - tap.log_len;
	const size_t len = (size_t)snprintf(tap.log + tap.log_len, room, "%s\n", line);

	(void)data;
	(void)level;
	tap.log_len += len < room ? len : room - 1;
}

void tap_log_capture(void)
{
	tap.log_len = 0;
	tap.log[0] = 0;
	log_set_sink(keep_message, NULL);
}

const char *tap_log_text(void)
{
	return tap.log;
}

static void print_place(const char *file, int line)
{
	tap.failed = true;
	printf("# %s:%d: ", file, line);
}

void tap_check(bool holds, const char *what, const char *file, int line)
{
	if (holds)
		return;
	print_place(file, line);
	printf("%s does not hold\n", what);
}

void tap_check_int(intmax_t got, intmax_t wanted, const char *what, const char *file, int line)
{
	if (got == wanted)
		return;
	print_place(file, line);
	printf("%s is %jd, not %jd\n", what, got, wanted);
}

/* Each line of the text is part of a comment. */
static void print_text(const char *text)
{
	fputs("#   ", stdout);
	for (; text && *text; text++) {
		putchar(*text);
		if (*text == '\n' && text[1])
			fputs("#   ", stdout);
	}
	puts(text ? "" : "NULL");
}

void tap_check_text(const char *got, const char *wanted, const char *what, const char *file,
		    int line)
{
	if (got == wanted || (got && wanted && !strcmp(got, wanted)))
		return;
	print_place(file, line);
	printf("%s is\n", what);
	print_text(got);
	printf("# and not\n");
	print_text(wanted);
}

void tap_add(struct tap_test *test)
{
	if (tap.last)
		tap.last->next = test;
	else
		tap.first = test;
	tap.last = test;
	tap.count++;
}

static void run_one(const struct tap_test *test, unsigned number)
{
	tap.failed = false;
	tap.skipped = NULL;
	test->run();
	log_set_sink(NULL, NULL);
	log_set_verbosity(0);
	printf("%s %u - %s%s%s\n", tap.failed ? "not ok" : "ok", number, test->name,
	       tap.skipped ? " # SKIP " : "", tap.skipped ? tap.skipped : "");
	fflush(stdout);
}

int tap_run(void)
{
	const struct tap_test *test;
	unsigned number = 0, failures = 0;

	printf("1..%u\n", tap.count);
	fflush(stdout);
	for (test = tap.first; test; test = test->next) {
		run_one(test, ++number);
		failures += tap.failed;
	}
	return failures != 0;
}
