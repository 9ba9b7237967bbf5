/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_TEST_TAP_H
#define SNAPVOL_TEST_TAP_H

/*
 * Unit tests.  A test is a block with the sentence that it proves; the tests of a file run in their
 * order, each one point of TAP:
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
 * A check that does not hold is told in a comment and fails its test, which goes on.
 */

#include <stdbool.h>
#include <stdint.h>

/* Expected values come last. */
#define CHECK(holds) tap_check((holds), #holds, __FILE__, __LINE__)
#define CHECK_INT(got, wanted) \
	tap_check_int((intmax_t)(got), (intmax_t)(wanted), #got, __FILE__, __LINE__)
#define CHECK_TEXT(got, wanted) tap_check_text((got), (wanted), #got, __FILE__, __LINE__)

/* For a test that finds that it cannot run here: call this and return. */
void tap_skip(const char *reason);

/* Keep the messages of base/log.h from now to the end of the test, and forget those kept before;
 * the text has one a line. */
void tap_log_capture(void);
const char *tap_log_text(void);

void tap_check(bool holds, const char *what, const char *file, int line);
void tap_check_int(intmax_t got, intmax_t wanted, const char *what, const char *file, int line);
void tap_check_text(const char *got, const char *wanted, const char *what, const char *file,
		    int line);

struct tap_test {
	const char *name;
	void (*run)(void);
	struct tap_test *next;
};

void tap_add(struct tap_test *test);

/* Run all tests that were added; the exit status of the program. */
int tap_run(void);

/* A constructor adds the test; the compiler keeps the order of a file's constructors. */
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
