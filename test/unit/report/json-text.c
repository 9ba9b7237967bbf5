/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/json-text.h"

#include "tap.h"

#include <libdevmapper.h>
#include <stdio.h>

TEST("a backslash is doubled, and text without one stays itself")
{
	static const char plain[] = "/dev/sdb \"said\"";
	struct dm_pool *mem = dm_pool_create("test", 256);

	CHECK(json_text(mem, plain) == plain);
	CHECK_TEXT(json_text(mem, ""), "");
	CHECK_TEXT(json_text(mem, "/dev/mapper/a\\x20b"), "/dev/mapper/a\\\\x20b");
	CHECK_TEXT(json_text(mem, "\\a\\"), "\\\\a\\\\");
	dm_pool_destroy(mem);
}

TEST("a control character is its number, and what only looks like one stays")
{
	static const char plain[] = "a\177\302\233b ~";
	struct dm_pool *mem = dm_pool_create("test", 256);
	char byte[2] = "\1", wanted[16];

	for (; *byte < ' '; ++*byte) {
		snprintf(wanted, sizeof(wanted), "\\u%04x", (unsigned)*byte);
		CHECK_TEXT(json_text(mem, byte), wanted);
	}
	CHECK_TEXT(json_text(mem, "\033[31m\n\\\t"), "\\u001b[31m\\u000a\\\\\\u0009");
	CHECK_TEXT(json_text(mem, "\1\2\3\4\5\6\7\37\377"),
		   "\\u0001\\u0002\\u0003\\u0004\\u0005\\u0006\\u0007\\u001f\357\277\275");
	CHECK(json_text(mem, plain) == plain);
	dm_pool_destroy(mem);
}

TEST("what is not UTF-8 becomes the replacement character, byte by byte, and all else stays")
{
#define BAD "\357\277\275"
	static const struct {
		const char *text, *wanted;
	} cases[] = {
		{ "/dev/\377b", "/dev/" BAD "b" },    /* in no character */
		{ "\233\2332J", BAD BAD "2J" },	      /* not the first of one */
		{ "a\\\303", "a\\\\" BAD },	      /* cut off at the end */
		{ "\303a", BAD "a" },		      /* and before another */
		{ "\342\202", BAD BAD },	      /* the third is missing */
		{ "\360\237\230x", BAD BAD BAD "x" }, /* the fourth */
		{ "\300\257", BAD BAD },	      /* longer than need be */
		{ "\340\200\257", BAD BAD BAD },
		{ "\355\240\200", BAD BAD BAD },	 /* half of a pair */
		{ "\364\220\200\200", BAD BAD BAD BAD }, /* beyond the last */
		{ "\\\303\244\342\202\254\360\237\230\200",
		  "\\\\\303\244\342\202\254\360\237\230\200" },
	};
	static const char whole[] = "\303\244\342\202\254\355\237\277\360\237\230\200";
	struct dm_pool *mem = dm_pool_create("test", 256);

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		CHECK_TEXT(json_text(mem, cases[i].text), cases[i].wanted);
	CHECK(json_text(mem, whole) == whole);
	dm_pool_destroy(mem);
}

TEST("the words of a list are escaped, in their order")
{
	struct dm_str_list words[] = { { .str = "a" }, { .str = "b\\c" } };
	struct dm_pool *mem = dm_pool_create("test", 256);
	const struct dm_list *escaped;
	struct dm_list list;

	dm_list_init(&list);
	escaped = escape_words(mem, &list, json_text);
	CHECK(dm_list_empty(escaped));
	dm_list_add(&list, &words[0].list);
	dm_list_add(&list, &words[1].list);
	escaped = escape_words(mem, &list, json_text);
	CHECK_INT(dm_list_size(escaped), 2);
	CHECK_TEXT(dm_list_item(dm_list_first(escaped), struct dm_str_list)->str, "a");
	CHECK_TEXT(dm_list_item(dm_list_last(escaped), struct dm_str_list)->str, "b\\\\c");
	dm_pool_destroy(mem);
}

TEST_MAIN
