/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the text of operands to parts of devices.
 */

#include "model/range.h"

#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "base/log.h"
#include "base/text.h"

/* The array under construction. */
struct ranges {
	struct alloc_range *items;
	unsigned count, room;
};

static int add_range(struct ranges *ranges, struct pv *pv, uint64_t first, uint64_t count)
{
	const unsigned room = ranges->room ? 2 * ranges->room : 8;
	struct alloc_range *items;

	if (ranges->count == ranges->room) {
		items = realloc(ranges->items, room * sizeof(*items));
		if (!items)
			return fail_memory();
		ranges->items = items;
		ranges->room = room;
	}
	ranges->items[ranges->count++] = (struct alloc_range) {
		.pv = pv,
		.first = (uint32_t)first,
		.count = (uint32_t)count,
	};
	return 0;
}

/* The device whose path the operand begins with, the longest of them; *rest is what follows. */
static struct pv *find_device(const struct vg *vg, const char *operand, const char **rest)
{
	struct pv *pv, *found = NULL;
	size_t len, found_len = 0;

	dm_list_iterate_items(pv, &vg->pvs) {
		len = pv->path ? strlen(pv->path) : 0;
		if (len <= found_len || strncmp(operand, pv->path, len))
			continue;
		if (operand[len] && operand[len] != ':')
			continue;
		found = pv;
		found_len = len;
	}
	*rest = operand + found_len;
	return found;
}

/* Digits to a number; *text moves behind them.  False if there are none or too many. */
static bool take_number(const char **text, uint64_t *number)
{
	const char *const begin = *text;

	for (*number = 0; **text >= '0' && **text <= '9'; (*text)++) {
		*number = *number * 10 + (uint64_t)(**text - '0');
		if (*number > UINT32_MAX)
			return false;
	}
	return *text != begin;
}

/* One "PE", "PE-", "-PE", "PE-PE" or "PE+COUNT" up to the next colon, to [*first, *end). */
static bool take_part(const char **text, uint32_t pe_count, uint64_t *first, uint64_t *end)
{
	uint64_t number;

	*first = 0;
	if (**text != '-' && !take_number(text, first))
		return false;
	*end = *first + 1;
	if (**text == '-') {
		(*text)++;
		*end = pe_count;
		if (**text && **text != ':') {
			if (!take_number(text, &number))
				return false;
			*end = number + 1;
		}
	} else if (**text == '+') {
		(*text)++;
		if (!take_number(text, &number))
			return false;
		*end = *first + number;
	}
	return *first < *end && *end <= pe_count && (!**text || **text == ':');
}

static int parse_parts(struct ranges *ranges, struct pv *pv, const char *text)
{
	const char *const whole = text;
	uint64_t first, end;
	int r;

	if (!*text)
		return add_range(ranges, pv, 0, pv->pe_count);
	while (*text) {
		text++;
		if (!take_part(&text, pv->pe_count, &first, &end))
			return fail(-EINVAL, _("%s%s: not extents, as in :0-99, of a device of %u extents"),
				    pv->path, whole, pv->pe_count);
		r = add_range(ranges, pv, first, end - first);
		if (r < 0)
			return r;
	}
	return 0;
}

static int parse_tag(struct ranges *ranges, const struct vg *vg, const char *tag)
{
	const unsigned before = ranges->count;
	struct pv *pv;
	int r;

	dm_list_iterate_items(pv, &vg->pvs) {
		if (!pv_is_usable(pv) || !words_have(&pv->tags, tag))
			continue;
		r = add_range(ranges, pv, 0, pv->pe_count);
		if (r < 0)
			return r;
	}
	if (ranges->count == before)
		return fail(-EINVAL, _("%s: no allocatable device has the tag %s"), vg->name, tag);
	return 0;
}

static int parse_operand(struct ranges *ranges, const struct vg *vg, const char *operand)
{
	const char *rest;
	struct pv *pv;

	if (*operand == '@')
		return parse_tag(ranges, vg, operand + 1);
	pv = find_device(vg, operand, &rest);
	if (!pv)
		return fail(-EINVAL, _("%s: not a device of group %s"), operand, vg->name);
	if (!pv_is_usable(pv))
		return fail(-EINVAL, _("%s: extents of this device may not be allocated"),
			    pv->path);
	return parse_parts(ranges, pv, rest);
}

int alloc_parse_ranges(struct vg *vg, const char *const *operands, unsigned count,
		       struct alloc_range **ranges, unsigned *range_count)
{
	struct ranges parsed = { 0 };
	unsigned i;
	int r = 0;

	for (i = 0; i < count && r == 0; i++)
		r = parse_operand(&parsed, vg, operands[i]);
	if (r == 0)
		r = alloc_check_ranges(vg, parsed.items, parsed.count);
	if (r < 0) {
		free(parsed.items);
		return r;
	}
	*ranges = parsed.items;
	*range_count = parsed.count;
	return 0;
}

static int compare_ranges(const void *a, const void *b)
{
	const struct alloc_range *x = a, *y = b;

	if (x->pv != y->pv)
		return (uintptr_t)x->pv < (uintptr_t)y->pv ? -1 : 1;
	return (x->first > y->first) - (x->first < y->first);
}

static int check_place(const struct vg *vg, const struct alloc_range *range)
{
	if (range->pv->vg != vg || (uint64_t)range->first + range->count > range->pv->pe_count)
		return fail(-EINVAL, _("%s: extents %u+%u are not on a device of the group"),
			    vg->name, range->first, range->count);
	return 0;
}

int alloc_check_ranges(const struct vg *vg, const struct alloc_range *ranges, unsigned count)
{
	AUTO_FREE struct alloc_range *sorted = calloc(count + 1u, sizeof(*sorted));
	unsigned i;
	int r;

	if (!sorted)
		return fail_memory();
	for (i = 0; i < count; i++) {
		r = check_place(vg, &ranges[i]);
		if (r < 0)
			return r;
		sorted[i] = ranges[i];
	}
	qsort(sorted, count, sizeof(*sorted), compare_ranges);
	for (i = 1; i < count; i++)
		if (sorted[i].pv == sorted[i - 1].pv &&
		    sorted[i].first - sorted[i - 1].first < sorted[i - 1].count)
			return fail(-EINVAL, _("%s: extent %u is named twice"),
				    sorted[i].pv->path ? sorted[i].pv->path : sorted[i].pv->key,
				    sorted[i].first);
	return 0;
}
