/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "group.h"
#include "tap.h"

#include "base/auto.h"
#include "model/extents.h"

/* "first+count …" of the free runs in [first, limit). */
static const char *print_free(const struct extent_map *map, const struct pv *pv, uint64_t first,
			      uint64_t limit, char text[MESSAGE_TEXT])
{
	struct extent_cursor cursor;
	uint32_t at, count;
	size_t used = 0;

	text[0] = 0;
	extent_cursor_init(&cursor, map, pv, first, limit);
	while (extent_cursor_next(&cursor, &at, &count))
		used += (size_t)snprintf(text + used, MESSAGE_TEXT - used, "%s%u+%u",
					 used ? " " : "", at, count);
	return text;
}

TEST("the map holds every use of every device in order")
{
	AUTO(vg) struct vg *vg = group_new(2, 100);
	struct extent_map map;
	struct lv *lv = group_linear(vg, "base", 1, 50, 5);

	group_append(lv, 0, 20, 5);
	group_append(lv, 0, 10, 5);
	lv_append(lv, SEGMENT_ZERO, NULL, 0, 0, 10);
	CHECK_INT(extent_map_init(&map, vg), 0);
	CHECK_INT(map.count, 3);
	for (size_t i = 1; i < map.count; i++)
		CHECK(map.uses[i - 1].pv != map.uses[i].pv ||
		      map.uses[i - 1].first < map.uses[i].first);
	extent_map_release(&map);
	CHECK(!map.uses);
}

TEST("free runs lie between the uses, within the limits")
{
	AUTO(vg) struct vg *vg = group_new(3, 100);
	const struct pv *pv = group_pv(vg, 1);
	struct extent_map map;
	char text[MESSAGE_TEXT];

	group_linear(vg, "a", 1, 10, 10);
	group_linear(vg, "b", 1, 20, 5);
	group_linear(vg, "c", 1, 90, 10);
	group_linear(vg, "d", 2, 0, 100);
	CHECK_INT(extent_map_init(&map, vg), 0);
	CHECK_TEXT(print_free(&map, pv, 0, 1000, text), "0+10 25+65");
	CHECK_TEXT(print_free(&map, pv, 5, 30, text), "5+5 25+5");
	CHECK_TEXT(print_free(&map, pv, 15, 100, text), "25+65");
	CHECK_TEXT(print_free(&map, pv, 12, 18, text), "");
	CHECK_TEXT(print_free(&map, pv, 95, 100, text), "");
	CHECK_TEXT(print_free(&map, group_pv(vg, 0), 0, 100, text), "0+100");
	CHECK_TEXT(print_free(&map, group_pv(vg, 2), 0, 100, text), "");
	extent_map_release(&map);
}

TEST("an extent with several owners is not free, one beyond the device neither")
{
	AUTO(vg) struct vg *vg = group_new(1, 100);
	struct extent_map map;
	char text[MESSAGE_TEXT];

	group_linear(vg, "a", 0, 0, 50);
	group_linear(vg, "b", 0, 10, 5);
	group_linear(vg, "c", 0, UINT32_MAX, UINT32_MAX);
	group_linear(vg, "d", 0, 60, 1000);
	CHECK_INT(extent_map_init(&map, vg), 0);
	CHECK_TEXT(print_free(&map, group_pv(vg, 0), 0, 100, text), "50+10");
	extent_map_release(&map);
}

TEST("an empty group has everything free")
{
	AUTO(vg) struct vg *vg = group_new(1, 100);
	struct extent_map map;
	char text[MESSAGE_TEXT];

	CHECK_INT(extent_map_init(&map, vg), 0);
	CHECK_INT(map.count, 0);
	CHECK_TEXT(print_free(&map, group_pv(vg, 0), 0, UINT64_MAX, text), "0+100");
	extent_map_release(&map);
}

TEST_MAIN
