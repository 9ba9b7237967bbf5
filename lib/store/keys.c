/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Range-checked access to parsed metadata text, and nodes back to text.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/keys.h"

#include "base/auto.h"
#include "base/log.h"
#include "base/stream.h"
#include "base/text.h"
#include "model/alloc.h"

enum { KEPT_DEPTH = 4 };	/* of sections in sections, within a segment at most */

int section_refuse(const struct section *section, const char *key, const char *wrong)
{
	return fail(-EBADMSG, "%s: %s: %s: %s", section->source, section->object, key, wrong);
}

int section_unknown(const struct section *section, const char *what, const char *word)
{
	AUTO_FREE char *text = NULL;

	if (section->vg->unknown)
		return 0;
	if (asprintf(&text, _("%s has the unknown %s %s"), section->object, what, word) < 0) {
		text = NULL;
		return fail_memory();
	}

	section->vg->unknown = vg_text(section->vg, text);
	return section->vg->unknown ? 0 : -ENOMEM;
}

const struct dm_config_node *node_find(const struct dm_config_node *first, const char *key)
{
	const struct dm_config_node *node;

	for (node = first; node; node = node->sib)
		if (strcmp(node->key, key) == 0)
			return node;
	return NULL;
}

const struct dm_config_node *section_find(const struct section *section, const char *key)
{
	return node_find(section->node->child, key);
}

bool node_is_section(const struct dm_config_node *node)
{
	return !node->v;
}

int keys_signed(const struct section *section, const char *key, int64_t min, int64_t max,
		int64_t *value)
{
	const struct dm_config_node *node = section_find(section, key);

	if (!node)
		return 0;
	if (!node->v || node->v->type != DM_CFG_INT || node->v->next)
		return section_refuse(section, key, _("is no number"));
	if (node->v->v.i < min || node->v->v.i > max)
		return section_refuse(section, key, _("is out of range"));
	*value = node->v->v.i;
	return 1;
}

int keys_number(const struct section *section, const char *key, uint64_t max, uint64_t *value)
{
	int64_t number;
	int r;

	r = keys_signed(section, key, 0, max > INT64_MAX ? INT64_MAX : (int64_t)max, &number);
	if (r > 0)
		*value = (uint64_t)number;
	return r;
}

int keys_number32(const struct section *section, const char *key, uint32_t *value)
{
	uint64_t number;
	int r;

	r = keys_number(section, key, UINT32_MAX, &number);
	if (r > 0)
		*value = (uint32_t)number;
	return r;
}

/* Terminals obey them and JSON has no place for them; LVM2 writes none here. */
static bool has_control(const char *text)
{
	for (; *text; text++)
		if (iscntrl((unsigned char)*text))
			return true;
	return false;
}

/* The parser's own, whatever characters it has. */
static int find_text(const struct section *section, const char *key, const char **text)
{
	const struct dm_config_node *node = section_find(section, key);

	if (!node)
		return 0;
	if (!node->v || node->v->type != DM_CFG_STRING || node->v->next)
		return section_refuse(section, key, _("is no string"));
	*text = node->v->v.str;
	return 1;
}

int keys_text(const struct section *section, const char *key, const char **text)
{
	const char *found, *copy;
	int r = find_text(section, key, &found);

	if (r <= 0)
		return r;
	if (has_control(found))
		return section_refuse(section, key, _("has control characters"));
	copy = vg_text(section->vg, found);
	if (!copy)
		return -ENOMEM;
	*text = copy;
	return 1;
}

int keys_remark(const struct section *section, const char *key, const char **text)
{
	const char *found;
	char *copy, *c;
	int r = find_text(section, key, &found);

	if (r <= 0)
		return r;
	copy = vg_alloc(section->vg, strlen(found) + 1);
	if (!copy)
		return -ENOMEM;
	for (c = copy; *found; found++)
		*c++ = iscntrl((unsigned char)*found) ? ' ' : *found;
	*text = copy;
	return 1;
}

int keys_policy(const struct section *section, enum alloc_policy *policy)
{
	static const char key[] = "allocation_policy";
	const char *word;
	int number, r = keys_text(section, key, &word);

	if (r <= 0)
		return r;
	number = alloc_of_word(word);
	if (number < 0)
		return section_refuse(section, key, _("is none that is known"));
	*policy = (enum alloc_policy)number;
	return 1;
}

static int need(const struct section *section, const char *key, int r)
{
	return r ? r : section_refuse(section, key, _("is missing"));
}

int need_number(const struct section *section, const char *key, uint64_t max, uint64_t *value)
{
	return need(section, key, keys_number(section, key, max, value));
}

int need_number32(const struct section *section, const char *key, uint32_t *value)
{
	return need(section, key, keys_number32(section, key, value));
}

int need_text(const struct section *section, const char *key, const char **text)
{
	return need(section, key, keys_text(section, key, text));
}

int keys_id(const struct section *section, char id[ID_LEN + 1])
{
	const char *text = NULL;
	int r;

	r = need_text(section, "id", &text);
	if (r < 0)
		return r;
	if (uuid_read(text, id) < 0)
		return section_refuse(section, "id", _("is no identity"));
	return 1;
}

/* The values of a list of strings; a single string counts as a list, "[]" has none. */
static int list_values(const struct section *section, const char *key,
		       const struct dm_config_value **values)
{
	const struct dm_config_node *node = section_find(section, key);
	const struct dm_config_value *value;

	*values = NULL;
	if (!node)
		return 0;
	if (!node->v)
		return section_refuse(section, key, _("is no list"));
	if (node->v->type == DM_CFG_EMPTY_ARRAY)
		return 0;
	for (value = node->v; value; value = value->next)
		if (value->type != DM_CFG_STRING || has_control(value->v.str))
			return section_refuse(section, key, _("is no list of plain strings"));
	*values = node->v;
	return 1;
}

/* Append a string in quotes with its escapes. */
static void put_string(FILE *out, const char *text)
{
	fputc('"', out);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', out);
		fputc(*text, out);
	}
	fputc('"', out);
}

static void put_value(FILE *out, const struct dm_config_value *value)
{
	switch (value->type) {
	case DM_CFG_INT:
		fprintf(out, "%" PRId64, value->v.i);
		break;
	case DM_CFG_FLOAT:
		fprintf(out, "%.17g", (double)value->v.f);
		break;
	case DM_CFG_STRING:
		put_string(out, value->v.str);
		break;
	case DM_CFG_EMPTY_ARRAY:
		break;
	}
}

static void put_pairs(FILE *out, const struct dm_config_value *value)
{
	unsigned n;

	fputs("[\n", out);
	for (n = 1; value; value = value->next, n++) {
		put_value(out, value);
		if (value->next)
			fputs(n % 2 ? ", " : ",\n", out);
	}
	fputs("\n]", out);
}

static void put_values(FILE *out, const struct dm_config_node *node)
{
	const struct dm_config_value *value = node->v;
	bool list = value->next || value->type == DM_CFG_EMPTY_ARRAY || key_is_list(node->key);

	if (key_is_pairs(node->key) && value->type != DM_CFG_EMPTY_ARRAY) {
		put_pairs(out, value);
		return;
	}

	if (list)
		fputc('[', out);
	for (; value; value = value->next) {
		put_value(out, value);
		if (value->next)
			fputs(", ", out);
	}
	if (list)
		fputc(']', out);
}

/*
 * A node as LVM2 would write it without indentation: things of several lines are set off by a blank
 * line.  The depth is bounded by the guard that the text has passed.
 */
static void put_node(FILE *out, const struct dm_config_node *node)
{
	const struct dm_config_node *child;

	if (node->v) {
		fprintf(out, "%s = ", node->key);
		put_values(out, node);
		return;
	}

	fprintf(out, "%s {\n", node->key);
	for (child = node->child; child; child = child->sib) {
		if (!child->v || key_is_pairs(child->key))
			fputc('\n', out);
		put_node(out, child);
		fputc('\n', out);
	}
	fputc('}', out);
}

static int add_word(const struct section *section, const char *text, struct dm_list *words)
{
	struct word *word;

	word = vg_alloc(section->vg, sizeof(*word));
	if (!word)
		return -ENOMEM;
	word->text = vg_text(section->vg, text);
	if (!word->text)
		return -ENOMEM;
	dm_list_add(words, &word->list);
	return 0;
}

/* One of a list of tags. */
struct tag {
	const char *text;
	size_t place; /* in the list */
};

static int compare_places(const void *a, const void *b)
{
	const struct tag *x = a, *y = b;

	return (x->place > y->place) - (x->place < y->place);
}

static int compare_tags(const void *a, const void *b)
{
	const struct tag *x = a, *y = b;
	int order = strcmp(x->text, y->text);

	return order ? order : compare_places(a, b);
}

/* Leave the first of each tag, in the order of the list; how many that are.  Sorted, as the number of tags that a text
 * can hold has no bound but its length. */
static size_t unite_tags(struct tag *tags, size_t count)
{
	size_t i, left = 0;

	qsort(tags, count, sizeof(*tags), compare_tags);
	for (i = 0; i < count; i++)
		if (!i || strcmp(tags[i].text, tags[left - 1].text) != 0)
			tags[left++] = tags[i];
	qsort(tags, left, sizeof(*tags), compare_places);
	return left;
}

static size_t count_values(const struct dm_config_value *value)
{
	size_t count = 0;

	for (; value; value = value->next)
		count++;
	return count;
}

int keys_tags(const struct section *section, struct dm_list *words)
{
	const struct dm_config_value *value;
	AUTO_FREE struct tag *tags = NULL;
	size_t i, count = 0;
	int r;

	r = list_values(section, "tags", &value);
	if (r < 0 || !value)
		return r;
	tags = calloc(count_values(value), sizeof(*tags));
	if (!tags)
		return fail_memory();
	for (; value; value = value->next, count++)
		tags[count] = (struct tag) { .text = value->v.str, .place = count };
	count = unite_tags(tags, count);
	for (i = 0, r = 0; i < count && r >= 0; i++)
		r = add_word(section, tags[i].text, words);
	return r;
}

static int add_node(const struct section *section, const struct dm_config_node *node,
		    struct dm_list *extras)
{
	AUTO_FREE char *text = NULL;
	struct stream stream;
	int r = stream_begin(&stream);

	if (r < 0)
		return r;
	put_node(stream.out, node);
	r = stream_end(&stream, &text, NULL);
	return r < 0 ? r : add_word(section, text, extras);
}

bool key_is_known(const char *const *known, const char *key)
{
	for (; *known; known++)
		if (strcmp(*known, key) == 0)
			return true;
	return false;
}

/* Could it be written so that it reads back the same?  Decimal fractions depend on the locale, and
 * sections may have come from a path ("a/b = 1"), which base/guard.h counts otherwise. */
static bool can_be_kept(const struct dm_config_node *node, unsigned depth)
{
	const struct dm_config_value *value;
	const struct dm_config_node *child;
	const char *c;

	if (!*node->key || depth > KEPT_DEPTH)
		return false;
	for (c = node->key; *c; c++)
		if (!(*c >= '0' && *c <= '9') && !(*c >= 'A' && *c <= 'Z') &&
		    !(*c >= 'a' && *c <= 'z') && !strchr("_.+-", *c))
			return false;
	for (value = node->v; value; value = value->next)
		if (value->type == DM_CFG_FLOAT)
			return false;
	for (child = node->child; child; child = child->sib)
		if (!can_be_kept(child, depth + 1))
			return false;
	return true;
}

int keys_rest(const struct section *section, const char *const *known, enum rest_kind kind,
	      struct dm_list *extras)
{
	const struct dm_config_node *node;
	int r;

	for (node = section->node->child; node; node = node->sib) {
		if (key_is_known(known, node->key) || (kind == REST_VALUES && node_is_section(node)))
			continue;
		r = can_be_kept(node, 0) ? 0 : section_unknown(section, _("entry"), node->key);
		if (r == 0)
			r = add_node(section, node, extras);
		if (r < 0)
			return r;
	}

	return 0;
}

/* One of the two lists; words the table does not have go to rest. */
static int read_flag_list(const struct section *section, const char *key,
			  const struct flag_word *table, unsigned *flags, FILE *rest)
{
	const struct dm_config_value *value;
	unsigned flag;
	int r, unknown = 0;

	r = list_values(section, key, &value);
	if (r < 0)
		return r;

	for (; value; value = value->next) {
		flag = flag_of_word(table, value->v.str);
		*flags |= flag;
		if (flag)
			continue;
		fputs(unknown++ ? ", " : "", rest);
		put_string(rest, value->v.str);
		if (strcmp(key, "status") == 0)
			r = section_unknown(section, key, value->v.str);
		if (r < 0)
			return r;
	}

	return unknown;
}

static int read_flags(const struct section *section, const char *key, const struct flag_word *table,
		      unsigned *flags, struct dm_list *extras)
{
	AUTO_FREE char *text = NULL;
	struct stream rest;
	int r, unknown;

	r = stream_begin(&rest);
	if (r < 0)
		return r;
	fprintf(rest.out, "%s = [", key);
	unknown = read_flag_list(section, key, table, flags, rest.out);
	fputc(']', rest.out);
	r = stream_end(&rest, &text, NULL);
	if (r < 0 || unknown <= 0)
		return unknown < 0 ? unknown : r;

	return add_word(section, text, extras);
}

int keys_flags(const struct section *section, const struct flag_word *table, unsigned *flags,
	       struct dm_list *extras)
{
	int r;

	*flags = 0;
	r = read_flags(section, "status", table, flags, extras);
	if (r == 0)
		r = read_flags(section, "flags", table, flags, extras);
	return r;
}
