/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_TEST_TAP_H
#define SNAPVOL_TEST_TAP_H

/*
 * Unit tests in one header.  A test is a block with the sentence that it proves; all tests of a
 * file run in their order, each one point of TAP:
 *
 *	TEST("a size without suffix counts the default unit")
 *	{
 *		uint64_t sectors = 0;
 *
 *		CHECK_INT(size_parse("3", 's', &sectors), 0);
 *		CHECK(sectors == 3);
 *	}
 *
 *	TEST_MAIN
 *
 * A check that fails is described in a comment and fails its test, which goes on.  A test that
 * finds that it cannot run calls tap_skip() and returns.
 *
 * tap_log_capture() keeps the messages of base/log.h from there to the end of the test;
 * tap_log_text() is what came since, one message a line; calling it again starts afresh only
 * with tap_log_capture().
 */

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"

struct tap_test {
	const char *name;
	void (*run)(void);
	struct tap_test *next;
};

static struct tap {
	struct tap_test *first, **last;
	const char *skipped;
	unsigned count;
	bool failed;
	size_t log_len;
	char log[16384];
} tap = { .last = &tap.first };

__attribute__((unused)) static void tap_skip(const char *reason)
{
	tap.skipped = reason;
}

static void tap_log_keep(void *data, enum log_level level, const char *line)
{
	const size_t room = sizeof(tap.log) - tap.log_len;
	const int len = snprintf(tap.log + tap.log_len, room, "%s\n", line);

	(void)data, (void)level;
	tap.log_len += (size_t)len < room ? (size_t)len : room - 1;
}

__attribute__((unused)) static void tap_log_capture(void)
{
	tap.log_len = 0;
	tap.log[0] = 0;
	log_set_sink(tap_log_keep, NULL);
}

__attribute__((unused)) static const char *tap_log_text(void)
{
	return tap.log;
}

static void tap_fail(const char *file, int line)
{
	tap.failed = true;
	printf("# %s:%d: ", file, line);
}

__attribute__((unused)) static void tap_check(bool holds, const char *what, const char *file, int line)
{
	if (holds)
		return;
	tap_fail(file, line);
	printf("%s\n", what);
}

__attribute__((unused)) static void tap_check_int(intmax_t got, intmax_t wanted, const char *what,
						  const char *file, int line)
{
	if (got == wanted)
		return;
	tap_fail(file, line);
	printf("%s is %jd, not %jd\n", what, got, wanted);
}

/* Lines of a text that goes into a comment begin with "#", too. */
static void tap_print_text(const char *text)
{
	for (; text && *text; text++)
		printf(*text == '\n' && text[1] ? "\n#   " : "%c", *text);
	printf("%s\n", text ? "" : "NULL");
}

__attribute__((unused)) static void tap_check_text(const char *got, const char *wanted,
						   const char *what, const char *file, int line)
{
	if (got == wanted || (got && wanted && !strcmp(got, wanted)))
		return;
	tap_fail(file, line);
	printf("%s is\n#   ", what);
	tap_print_text(got);
	printf("# not\n#   ");
	tap_print_text(wanted);
}

#define CHECK(holds) tap_check((holds), #holds, __FILE__, __LINE__)
#define CHECK_INT(got, wanted) \
	tap_check_int((intmax_t)(got), (intmax_t)(wanted), #got, __FILE__, __LINE__)
#define CHECK_TEXT(got, wanted) tap_check_text((got), (wanted), #got, __FILE__, __LINE__)

static void tap_add(struct tap_test *test)
{
	*tap.last = test;
	tap.last = &test->next;
	tap.count++;
}

static void tap_run_one(const struct tap_test *test, unsigned number)
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

static int tap_run(void)
{
	const struct tap_test *test;
	unsigned number = 0, failures = 0;

	printf("1..%u\n", tap.count);
	for (test = tap.first; test; test = test->next) {
		tap_run_one(test, ++number);
		failures += tap.failed;
	}
	return failures != 0;
}

/* The compiler keeps the order of a file's constructors. */
#define TAP_TEST(sentence, function, add)                                                          \
	static void function(void);                                                                \
	__attribute__((constructor)) static void add(void)                                         \
	{                                                                                          \
		static struct tap_test test = { .name = (sentence), .run = function };             \
                                                                                                   \
		tap_add(&test);                                                                    \
	}                                                                                          \
	static void function(void)
#define TAP_JOIN(a, b) a##b
#define TAP_NAME(prefix, line) TAP_JOIN(prefix, line)
#define TEST(sentence) \
	TAP_TEST(sentence, TAP_NAME(tap_test_, __LINE__), TAP_NAME(tap_add_, __LINE__))

#define TEST_MAIN                                                                                  \
	int main(void)                                                                             \
	{                                                                                          \
		return tap_run();                                                                  \
	}

#endif
