/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"

#include "base/auto.h"
#include "base/stream.h"

TEST("what was printed is the text, however long")
{
	struct stream stream;
	size_t len;

	for (unsigned lines = 0; lines < 100000; lines = lines * 3 + 1) {
		AUTO_FREE char *text = NULL;

		CHECK_INT(stream_begin(&stream), 0);
		for (unsigned i = 0; i < lines; i++)
			fprintf(stream.out, "%07u\n", i);
		CHECK_INT(stream_end(&stream, &text, &len), 0);
		CHECK_INT(len, lines * 8);
		CHECK_INT(strlen(text), len);
		if (lines)
			CHECK_INT(strtoul(text + len - 8, NULL, 10), lines - 1);
	}
}

TEST("a text of which a piece found no memory is none")
{
	static char untouched[] = "";
	struct stream stream;
	char *text = untouched;

	tap_log_capture();
	CHECK_INT(stream_begin(&stream), 0);
	fputs("begun ", stream.out);
	fflush(stream.out);
	stream.room = SIZE_MAX;
	stream.len = SIZE_MAX - 5;
	fputs("and not gone on", stream.out);
	fflush(stream.out);
	stream.len = 6;
	fputs("with", stream.out);
	CHECK_INT(stream_end(&stream, &text, NULL), -ENOMEM);
	CHECK(!text);
	CHECK_TEXT(tap_log_text(), "out of memory\n");
}

TEST_MAIN
