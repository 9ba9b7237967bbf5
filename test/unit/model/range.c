/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "group.h"
#include "tap.h"

#include "base/auto.h"
#include "model/range.h"

enum { MAX_OPERANDS = 3 };

/* "pv0:0+100 …" */
static const char *print_ranges(const struct alloc_range *ranges, unsigned count,
				char text[MESSAGE_TEXT])
{
	size_t used = 0;

	text[0] = 0;
	for (unsigned i = 0; i < count; i++)
		used += (size_t)snprintf(text + used, MESSAGE_TEXT - used, "%s%s:%u+%u",
					 i ? " " : "", ranges[i].pv->key, ranges[i].first,
					 ranges[i].count);
	return text;
}

static unsigned count_operands(const char *const operands[MAX_OPERANDS])
{
	unsigned count = 0;

	while (count < MAX_OPERANDS && operands[count])
		count++;
	return count;
}

TEST("operands become ranges in their order")
{
	static const struct {
		const char *operands[MAX_OPERANDS], *ranges;
	} rows[] = {
		{ { NULL }, "" },
		{ { "/dev/sdb", "/dev/sda" }, "pv1:0+100 pv0:0+100" },
		{ { "/dev/sda:10" }, "pv0:10+1" },
		{ { "/dev/sda:0-9" }, "pv0:0+10" },
		{ { "/dev/sda:90-" }, "pv0:90+10" },
		{ { "/dev/sda:-4" }, "pv0:0+5" },
		{ { "/dev/sda:10+5" }, "pv0:10+5" },
		{ { "/dev/sda:50-:0-9:20" }, "pv0:50+50 pv0:0+10 pv0:20+1" },
		{ { "/dev/sda:5-9", "/dev/sdb", "/dev/sda:0-4" }, "pv0:5+5 pv1:0+100 pv0:0+5" },
		{ { "@fast" }, "pv0:0+100 pv2:0+100" },
		{ { "/dev/sdc:1:0:3" }, "pv2:1+1 pv2:0+1 pv2:3+1" },
		{ { "/dev/disk:0:3" }, "pv3:0+100" },
		{ { "/dev/disk:0:3:7-8" }, "pv3:7+2" },
	};
	AUTO(vg) struct vg *vg = group_new(4, 100);
	struct alloc_range *ranges;
	unsigned count;
	char text[MESSAGE_TEXT];

	words_add(vg, &group_pv(vg, 0)->tags, "fast");
	words_add(vg, &group_pv(vg, 2)->tags, "fast");
	group_pv(vg, 3)->path = "/dev/disk:0:3";
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ranges = NULL;
		CHECK_INT(alloc_parse_ranges(vg, rows[i].operands, count_operands(rows[i].operands),
					     &ranges, &count), 0);
		CHECK_TEXT(print_ranges(ranges, count, text), rows[i].ranges);
		free(ranges);
	}
}

TEST("many ranges of one operand are taken")
{
	AUTO(vg) struct vg *vg = group_new(1, 100);
	const char *operand = "/dev/sda:0:2:4:6:8:10:12:14:16:18:20:22:24:26:28:30:32:34:36:38";
	struct alloc_range *ranges = NULL;
	unsigned count = 0;

	CHECK_INT(alloc_parse_ranges(vg, &operand, 1, &ranges, &count), 0);
	CHECK_INT(count, 20);
	CHECK_INT(ranges[19].first, 38);
	free(ranges);
}

TEST("operands that are no ranges of the group are refused by name")
{
	static const struct {
		const char *operands[MAX_OPERANDS], *said;
	} rows[] = {
		{ { "/dev/sdx" }, "/dev/sdx: not a device of group vg0" },
		{ { "/dev/sdaa" }, "/dev/sdaa: not a device" },
		{ { "/dev/sd" }, "/dev/sd: not a device" },
		{ { "" }, ": not a device" },
		{ { "/dev/sda:" }, "/dev/sda:: not extents" },
		{ { "/dev/sda:x" }, "/dev/sda:x: not extents" },
		{ { "/dev/sda:5x" }, "/dev/sda:5x: not extents" },
		{ { "/dev/sda:5-x" }, "not extents" },
		{ { "/dev/sda:5-9x" }, "not extents" },
		{ { "/dev/sda:5+" }, "not extents" },
		{ { "/dev/sda:5+0" }, "not extents" },
		{ { "/dev/sda:5--9" }, "not extents" },
		{ { "/dev/sda:9-5" }, "not extents" },
		{ { "/dev/sda:100" }, "a device of 100" },
		{ { "/dev/sda:0-100" }, "a device of 100" },
		{ { "/dev/sda:99999999999" }, "not extents" },
		{ { "/dev/sda:0-99999999999" }, "not extents" },
		{ { "/dev/sda:1:" }, "not extents" },
		{ { "/dev/sda::1" }, "not extents" },
		{ { "/dev/sdb" }, "/dev/sdb: extents of this device may not be allocated" },
		{ { "@slow" }, "no allocatable device has the tag slow" },
		{ { "/dev/sda:0-9", "/dev/sda:9" }, "/dev/sda: extent 9 is named twice" },
		{ { "/dev/sda", "@fast" }, "named twice" },
	};
	AUTO(vg) struct vg *vg = group_new(3, 100);
	struct alloc_range *ranges = NULL;
	unsigned count = 7;
	struct messages said;

	group_pv(vg, 1)->flags = 0;
	words_add(vg, &group_pv(vg, 1)->tags, "slow");
	words_add(vg, &group_pv(vg, 0)->tags, "fast");
	group_pv(vg, 2)->path = NULL;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		messages_catch(&said);
		CHECK_INT(alloc_parse_ranges(vg, rows[i].operands, count_operands(rows[i].operands),
					     &ranges, &count), -EINVAL);
		messages_release();
		CHECK_INT(said.count, 1);
		CHECK(strstr(said.last, rows[i].said) != NULL);
	}
	CHECK(!ranges && count == 7);
}

TEST("ranges must lie on devices of the group")
{
	AUTO(vg) struct vg *vg = group_new(1, 100);
	AUTO(vg) struct vg *other = group_new(1, 100);
	const struct alloc_range beyond = { group_pv(vg, 0), 90, 11 };
	const struct alloc_range foreign = { group_pv(other, 0), 0, 10 };
	const struct alloc_range absent[] = {
		{ group_pv(vg, 0), 0, 10 },
		{ group_pv(vg, 0), 5, 1 },
	};
	struct messages said;

	messages_catch(&said);
	CHECK_INT(alloc_check_ranges(vg, &beyond, 1), -EINVAL);
	CHECK_INT(alloc_check_ranges(vg, &foreign, 1), -EINVAL);
	group_pv(vg, 0)->path = NULL;
	CHECK_INT(alloc_check_ranges(vg, absent, 2), -EINVAL);
	messages_release();
	CHECK_TEXT(said.last, "pv0: extent 5 is named twice");
	CHECK_INT(alloc_check_ranges(vg, NULL, 0), 0);
}

TEST_MAIN
