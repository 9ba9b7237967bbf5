/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/json-text.h"

#include "tap.h"

#include <libdevmapper.h>

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

TEST("the words of a list are escaped, in their order")
{
	struct dm_str_list words[] = { { .str = "a" }, { .str = "b\\c" } };
	struct dm_pool *mem = dm_pool_create("test", 256);
	const struct dm_list *escaped;
	struct dm_list list;

	dm_list_init(&list);
	escaped = json_words(mem, &list);
	CHECK(dm_list_empty(escaped));
	dm_list_add(&list, &words[0].list);
	dm_list_add(&list, &words[1].list);
	escaped = json_words(mem, &list);
	CHECK_INT(dm_list_size(escaped), 2);
	CHECK_TEXT(dm_list_item(dm_list_first(escaped), struct dm_str_list)->str, "a");
	CHECK_TEXT(dm_list_item(dm_list_last(escaped), struct dm_str_list)->str, "b\\\\c");
	dm_pool_destroy(mem);
}

TEST_MAIN
