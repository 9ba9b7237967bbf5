/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dm/status.h"
#include "tap.h"

static struct snapshot_status parsed(const char *type, const char *parameters)
{
	struct snapshot_status status;

	status_parse(type, parameters, &status);
	return status;
}

static uint32_t percent(const char *parameters)
{
	struct snapshot_status status = parsed("snapshot", parameters);

	return status_percent(&status);
}

TEST("usage is read from a good snapshot")
{
	struct snapshot_status status = parsed("snapshot", "4096/16384 24");

	CHECK_INT(status.state, SNAPSHOT_GOOD);
	CHECK(!status.merge);
	CHECK_INT(status.used_sectors, 4096);
	CHECK_INT(status.total_sectors, 16384);
	CHECK_INT(status.metadata_sectors, 24);
	CHECK(parsed("snapshot-merge", "16/16384 16").merge);
}

TEST("what the kernel says in words is a state")
{
	CHECK_INT(parsed("snapshot", "Invalid").state, SNAPSHOT_INVALID);
	CHECK_INT(parsed("snapshot", "Overflow").state, SNAPSHOT_OVERFLOW);
	CHECK_INT(parsed("snapshot-merge", "Merge failed").state, SNAPSHOT_MERGE_FAILED);
	CHECK_INT(parsed("snapshot", "Unknown").state, SNAPSHOT_UNKNOWN);
}

TEST("other targets and nonsense are unknown")
{
	CHECK_INT(parsed("linear", "").state, SNAPSHOT_UNKNOWN);
	CHECK_INT(parsed("snapshot", "").state, SNAPSHOT_UNKNOWN);
	CHECK_INT(parsed("snapshot", "12").state, SNAPSHOT_UNKNOWN);
	CHECK_INT(parsed("snapshot", "12/").state, SNAPSHOT_UNKNOWN);
	CHECK_INT(parsed("snapshot", "-1/2 3").state, SNAPSHOT_UNKNOWN);
	CHECK_INT(parsed("snapshot", "1/2 x").state, SNAPSHOT_UNKNOWN);
	CHECK_INT(parsed("snapshot", "99999999999999999999/2 3").state, SNAPSHOT_UNKNOWN);
}

TEST("the used part is what LVM2 shows as Data%")
{
	CHECK_INT(percent("16/16384 16"), 0);
	CHECK_INT(percent("17/1638400000 16"), 1);
	CHECK_INT(percent("8192/16384 32"), 5000);
	CHECK_INT(percent("16383/16384 32"), 9999);
	CHECK_INT(percent("16384/16384 32"), 10000);
	CHECK_INT(percent("20000/16384 32"), 10000);
	CHECK_INT(percent("Invalid"), 10000);
	CHECK_INT(percent("Unknown"), 0);
}

TEST_MAIN
