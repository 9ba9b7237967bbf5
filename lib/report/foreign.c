/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/foreign.h"

#include <string.h>

static const struct foreign_type types[] = {
	{ "raid", 'r', 'r', "raid", NULL, NULL },
	{ "mirror", 'm', 'm', "mirror", "", NULL },
	{ "thin-pool", 't', 't', "thin", "pool", "tpool" },
	{ "thin", 'V', 't', "thin", "sparse", NULL },
	{ "cache-pool", 'C', 'C', "cache", "pool", NULL },
	{ "cache", 'C', 'C', "cache", "", NULL },
	{ "writecache", 'C', 'C', "writecache", "", NULL },
	{ "vdo-pool", 'd', 'v', "vdo", "pool", NULL },
	{ "vdo", 'v', 'v', "vdo", "", NULL },
};

static const struct segment *segment_of(const struct lv *lv)
{
	const struct segment *first;

	if (dm_list_empty(&lv->segments))
		return NULL;
	first = dm_list_item(dm_list_first(&lv->segments), struct segment);
	return first->kind == SEGMENT_FOREIGN ? first : NULL;
}

const struct foreign_type *foreign_type(const struct lv *lv)
{
	const struct segment *segment = segment_of(lv);
	unsigned i;

	for (i = 0; segment && i < sizeof(types) / sizeof(types[0]); i++)
		if (!strncmp(segment->type, types[i].begin, strlen(types[i].begin)))
			return &types[i];
	return NULL;
}

/* What stands behind "KEY = " in the segment's text; NULL without such an entry. */
static const char *entry_of(const struct segment *segment, const char *key)
{
	static const char equals[] = " = ";
	const size_t len = strlen(key);
	const struct word *word;

	dm_list_iterate_items(word, &segment->extras)
		if (!strncmp(word->text, key, len) && !strncmp(word->text + len, equals, strlen(equals)))
			return word->text + len + strlen(equals);
	return NULL;
}

/* The volume that an entry names, one of those the segment lies on. */
static const struct lv *volume_of(const struct segment *segment, const char *key)
{
	const char *text = entry_of(segment, key);
	const struct lv *lv;
	size_t len;
	uint32_t i;

	for (i = 0; text && i < segment->stripe_count; i++) {
		lv = segment->stripes[i].lv;
		len = lv ? strlen(lv->name) : 0;
		if (lv && text[0] == '"' && !strncmp(text + 1, lv->name, len) &&
		    text[len + 1] == '"')
			return lv;
	}
	return NULL;
}

/* The first of these entries that names a volume. */
static const struct lv *first_of(const struct lv *lv, const char *const keys[2])
{
	const struct segment *segment = segment_of(lv);
	const struct lv *found = segment ? volume_of(segment, keys[0]) : NULL;

	return found || !segment ? found : volume_of(segment, keys[1]);
}

const struct lv *foreign_pool(const struct lv *lv)
{
	static const char *const keys[] = { "thin_pool", "cache_pool" };

	return first_of(lv, keys);
}

const struct lv *foreign_origin(const struct lv *lv)
{
	static const char *const keys[] = { "origin", "external_origin" };

	return first_of(lv, keys);
}

bool foreign_zeroes(const struct lv *lv)
{
	const struct segment *segment = segment_of(lv);
	const struct lv *pool = segment ? volume_of(segment, "thin_pool") : NULL;
	const char *text;

	segment = pool ? segment_of(pool) : segment;
	text = segment ? entry_of(segment, "zero_new_blocks") : NULL;
	return text && !strcmp(text, "1");
}
