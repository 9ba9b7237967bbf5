/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dm/table.h"

#include "dm/name.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int take_number(const char **text, uint64_t *number)
{
	char *end;

	if (**text < '0' || **text > '9')
		return -EINVAL;
	errno = 0;
	*number = strtoull(*text, &end, 10);
	if (errno || *end != ' ')
		return -EINVAL;
	*text = end + 1;
	return 0;
}

int table_next(const char **cursor, struct table_line *line)
{
	const char *text = *cursor, *end = text + strcspn(text, "\n");
	size_t len;

	if (!*text)
		return 0;
	if (take_number(&text, &line->start) < 0 || take_number(&text, &line->len) < 0)
		return -EINVAL;
	len = strcspn(text, " \n");
	if (!len || len >= sizeof(line->type))
		return -EINVAL;
	memcpy(line->type, text, len);
	line->type[len] = '\0';
	text += len;
	line->params = *text == ' ' ? text + 1 : text;
	line->params_len = (size_t)(end - line->params);
	*cursor = *end ? end + 1 : end;
	return 1;
}

const char *table_type(const char *table, char type[TABLE_TYPE_LEN])
{
	struct table_line line;

	type[0] = '\0';
	if (table_next(&table, &line) > 0)
		memcpy(type, line.type, sizeof(line.type));
	return type;
}

bool table_is(const char *table, const char *type)
{
	char first[TABLE_TYPE_LEN];

	return !strcmp(table_type(table, first), type);
}

uint64_t table_size(const char *table)
{
	struct table_line line;
	uint64_t size = 0;

	while (table_next(&table, &line) > 0)
		size = line.start + line.len;
	return size;
}

static bool has_word(const char *text, size_t len, const char *word, size_t word_len)
{
	const char *end = text + len, *blank;

	for (; text < end; text = blank + 1) {
		blank = memchr(text, ' ', (size_t)(end - text));
		if (!blank)
			blank = end;
		if ((size_t)(blank - text) == word_len && !memcmp(text, word, word_len))
			return true;
	}
	return false;
}

bool table_uses(const char *table, uint32_t major, uint32_t minor)
{
	struct table_line line;
	char number[32];
	int len = snprintf(number, sizeof(number), "%" PRIu32 ":%" PRIu32, major, minor);

	while (table_next(&table, &line) > 0)
		if (has_word(line.params, line.params_len, number, (size_t)len))
			return true;
	return false;
}

bool table_next_device(const char **cursor, uint32_t *major, uint32_t *minor)
{
	while (**cursor) {
		const char *word = *cursor;
		size_t len = strcspn(word, " \n");
		int used = 0;

		*cursor = word + len + (word[len] != '\0');
		if (sscanf(word, "%" SCNu32 ":%" SCNu32 "%n", major, minor, &used) == 2 &&
		    (size_t)used == len)
			return true;
	}
	return false;
}

/* What a table of a persistent store says behind its two devices: "P 16", or "PO 16" of one that tells of an
 * overflow; NULL: it is none. */
static const char *chunk_word(const char *table)
{
	struct table_line line;
	const char *word;
	int i;

	if (table_next(&table, &line) <= 0 ||
	    (strcmp(line.type, "snapshot") && strcmp(line.type, "snapshot-merge")))
		return NULL;
	word = line.params;
	for (i = 0; i < 2; i++) {
		word += strcspn(word, " \n");
		word += *word == ' ';
	}
	if (*word++ != 'P')
		return NULL;
	word += *word == 'O';
	return *word == ' ' ? word + 1 : NULL;
}

uint32_t table_store_chunk(const char *table)
{
	const char *word = chunk_word(table);
	unsigned long number = word ? strtoul(word, NULL, 10) : 0;

	return number <= UINT32_MAX ? (uint32_t)number : 0;
}

bool table_means(const char *table, const char *other)
{
	const char *chunk = chunk_word(table), *other_chunk = chunk_word(other);
	static const char digits[] = "0123456789";

	if (!chunk || !other_chunk)
		return !strcmp(table, other);
	return chunk - table == other_chunk - other &&
	       !memcmp(table, other, (size_t)(chunk - table)) &&
	       !strcmp(chunk + strspn(chunk, digits), other_chunk + strspn(other_chunk, digits));
}

/* Put the number of the {NAME} at text on the object in the making; NULL, or what follows it. */
static const char *resolve_one(struct dm_pool *mem, const char *text, table_number find, void *data)
{
	size_t len = strcspn(text + 1, "}");
	char name[DM_NAME_LIMIT + 1], number[32];
	uint32_t major, minor;

	if (len > DM_NAME_LIMIT)
		return NULL;
	memcpy(name, text + 1, len);
	name[len] = '\0';
	if (!find(data, name, &major, &minor))
		return NULL;
	snprintf(number, sizeof(number), "%" PRIu32 ":%" PRIu32, major, minor);
	return dm_pool_grow_object(mem, number, 0) ? text + len + 2 : NULL;
}

const char *table_resolve(struct dm_pool *mem, const char *table, table_number find, void *data)
{
	size_t len;

	if (!dm_pool_begin_object(mem, 256))
		return NULL;
	while (*table) {
		len = strcspn(table, "{");
		if (len && !dm_pool_grow_object(mem, table, len))
			break;
		table += len;
		if (!*table)
			break;
		table = resolve_one(mem, table, find, data);
		if (!table)
			break;
	}
	if (!table || *table || !dm_pool_grow_object(mem, "", 1)) {
		dm_pool_abandon_object(mem);
		return NULL;
	}
	return dm_pool_end_object(mem);
}
