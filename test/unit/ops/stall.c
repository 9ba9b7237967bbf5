/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/stall.h"

#include "tap.h"

static struct snapshot_status good(uint64_t used)
{
	return (struct snapshot_status) {
		.state = SNAPSHOT_GOOD, .merge = true, .used_sectors = used, .metadata_sectors = 16
	};
}

TEST("a merge stands still since the last look that was different")
{
	struct snapshot_status first = good(100), second = good(92);
	struct stall stall = { 0 };

	CHECK_INT(stall_look(&stall, &first, 5000), 0);
	CHECK_INT(stall_look(&stall, &first, 5100), 100);
	CHECK_INT(stall_look(&stall, &second, 5200), 0);
	CHECK_INT(stall_look(&stall, &second, 9200), 4000);
}

TEST("states that cannot be read are no progress")
{
	struct snapshot_status status = good(100), unknown = { .merge = true };
	struct stall stall = { 0 };

	CHECK_INT(stall_look(&stall, &unknown, 1000), 0);
	CHECK_INT(stall_look(&stall, &unknown, 1700), 700);
	CHECK_INT(stall_look(&stall, &status, 1800), 0);
	CHECK_INT(stall_look(&stall, &unknown, 1900), 0);
	CHECK_INT(stall_look(&stall, &unknown, 2900), 1000);
}

TEST_MAIN
