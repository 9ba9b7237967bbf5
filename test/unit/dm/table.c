/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dm/table.h"
#include "tap.h"

TEST("the chunk of a persistent store is told, and of nothing else")
{
	CHECK_INT(table_store_chunk("0 64 snapshot 254:1 254:2 P 16\n"), 16);
	CHECK_INT(table_store_chunk("0 64 snapshot-merge 254:1 254:2 PO 1024\n"), 1024);
	CHECK_INT(table_store_chunk("0 64 snapshot 254:1 254:2 P 8 1 discard_zeroes_cow\n"), 8);
	CHECK_INT(table_store_chunk("0 64 snapshot 254:1 254:2 N 16\n"), 0);
	CHECK_INT(table_store_chunk("0 64 snapshot-origin 254:1\n"), 0);
	CHECK_INT(table_store_chunk("0 64 linear 254:1 0\n"), 0);
	CHECK_INT(table_store_chunk("0 64 snapshot 254:1 254:2 P 99999999999999999999\n"), 0);
	CHECK_INT(table_store_chunk("0 64 snapshot 254:1 254:2 P"), 0);
	CHECK_INT(table_store_chunk("0 64 snapshot 254:1"), 0);
	CHECK_INT(table_store_chunk(""), 0);
}

TEST("tables that differ in the chunk of a persistent store alone mean the same")
{
	static const char one[] = "0 64 snapshot 254:1 254:2 P 8\n";

	CHECK(table_means(one, one));
	CHECK(table_means(one, "0 64 snapshot 254:1 254:2 P 1024\n"));
	CHECK(!table_means(one, "0 64 snapshot 254:1 254:2 PO 8\n"));
	CHECK(!table_means(one, "0 64 snapshot 254:1 254:2 N 16\n"));
	CHECK(!table_means(one, "0 64 snapshot 254:1 254:3 P 16\n"));
	CHECK(!table_means(one, "0 64 snapshot 254:11 254:2 P 8\n"));
	CHECK(!table_means(one, "0 65 snapshot 254:1 254:2 P 16\n"));
	CHECK(!table_means(one, "0 64 snapshot-merge 254:1 254:2 P 16\n"));
	CHECK(!table_means(one, "0 64 snapshot 254:1 254:2 P 8 1 discard_zeroes_cow\n"));
	CHECK(!table_means(one, "0 64 linear 254:1 0\n"));
	CHECK(!table_means(one, ""));
	CHECK(!table_means("0 64 snapshot 254:1 254:2 N 8\n", "0 64 snapshot 254:1 254:2 N 16\n"));
	CHECK(!table_means("0 64 linear 254:1 8\n", "0 64 linear 254:1 16\n"));
}

TEST("the devices that a table names are told one by one")
{
	const char *cursor = "0 8 linear 8:16 0\n8 8 snapshot 254:1 254:12 P 8\n"
			     "16 8 raid x:1 1:x 7:";
	uint32_t major = 0, minor = 0;

	CHECK(table_next_device(&cursor, &major, &minor) && major == 8 && minor == 16);
	CHECK(table_next_device(&cursor, &major, &minor) && major == 254 && minor == 1);
	CHECK(table_next_device(&cursor, &major, &minor) && major == 254 && minor == 12);
	CHECK(!table_next_device(&cursor, &major, &minor));
}

TEST_MAIN
