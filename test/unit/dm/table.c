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

TEST_MAIN
