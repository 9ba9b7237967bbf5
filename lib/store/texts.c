/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Texts found, each once.
 */
#include <errno.h>
#include <string.h>

#include "store/texts.h"

#include "base/log.h"
#include "store/catalog.h"
#include "store/import.h"

static struct found_text *find_text(const struct catalog *catalog, uint32_t crc, const char *bytes,
				    size_t len)
{
	struct found_text *text;

	dm_list_iterate_items(text, &catalog->texts)
		if (text->crc == crc && text->len == len && memcmp(text->bytes, bytes, len) == 0)
			return text;
	return NULL;
}

static int add_text(struct catalog *catalog, const char *source, uint32_t crc, const char *bytes,
		    size_t len, struct found_text **result)
{
	struct found_text *text;
	char *copy;
	int r;

	text = dm_pool_zalloc(catalog->mem, sizeof(*text));
	copy = text ? dm_pool_zalloc(catalog->mem, len + 1) : NULL;
	if (!copy)
		return fail_memory();

	memcpy(copy, bytes, len);
	text->crc = crc;
	text->len = len;
	text->bytes = copy;
	r = vg_import(source, copy, len, &text->vg);
	if (r == -ENOMEM)
		return r;

	dm_list_add(&catalog->texts, &text->list);
	*result = text;
	return 0;
}

int texts_keep(struct catalog *catalog, const char *source, uint32_t crc, const char *bytes,
	       size_t len, struct found_text **result)
{
	struct found_text *text = find_text(catalog, crc, bytes, len);

	if (!text)
		return add_text(catalog, source, crc, bytes, len, result);
	*result = text;
	return 0;
}
