/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dm/name.h"

#include "base/log.h"

#include <string.h>

#define UUID_HEAD "LVM-"

static char *add(char *end, const char *text)
{
	size_t len = strlen(text);

	memcpy(end, text, len + 1);
	return end + len;
}

/* A hyphen in a name is doubled: a single one parts group, volume and layer. */
static char *add_escaped(char *end, const char *text)
{
	for (; *text; text++) {
		if (*text == '-')
			*end++ = '-';
		*end++ = *text;
	}
	*end = '\0';
	return end;
}

static char *add_layer(char *end, const char *layer)
{
	if (!layer)
		return end;
	return add(add(end, "-"), layer);
}

static char *buffer(struct dm_pool *mem, size_t room)
{
	char *text = dm_pool_alloc(mem, room);

	if (!text)
		fail_memory();
	return text;
}

static size_t layer_room(const char *layer)
{
	return layer ? strlen(layer) + 1 : 0;
}

const char *dm_name_of(struct dm_pool *mem, const char *vg, const char *lv, const char *layer)
{
	char *name = buffer(mem, 2 * strlen(vg) + 2 * strlen(lv) + layer_room(layer) + 2);

	if (!name)
		return NULL;
	add_layer(add_escaped(add(add_escaped(name, vg), "-"), lv), layer);
	return name;
}

const char *dm_uuid_of(struct dm_pool *mem, const struct lv *lv, const char *layer)
{
	char *uuid = buffer(mem, sizeof(UUID_HEAD) + 2 * ID_LEN + layer_room(layer));

	if (!uuid)
		return NULL;
	add_layer(add(add(add(uuid, UUID_HEAD), lv->vg->id), lv->id), layer);
	return uuid;
}

const char *dm_name_prefix(struct dm_pool *mem, const char *vg)
{
	char *prefix = buffer(mem, 2 * strlen(vg) + 2);

	if (!prefix)
		return NULL;
	add(add_escaped(prefix, vg), "-");
	return prefix;
}

const char *dm_uuid_prefix_of(struct dm_pool *mem, const struct vg *vg)
{
	char *prefix = buffer(mem, sizeof(UUID_HEAD) + ID_LEN);

	if (!prefix)
		return NULL;
	add(add(prefix, UUID_HEAD), vg->id);
	return prefix;
}

/* Where the part of a name that begins at text ends: at a single hyphen or at the end. */
static const char *part_end(const char *text)
{
	while (*text && (*text != '-' || text[1] == '-'))
		text += *text == '-' ? 2 : 1;
	return text;
}

static char *add_unescaped(char *end, const char *from, const char *to)
{
	for (; from < to; from++) {
		*end++ = *from;
		if (*from == '-')
			from++;
	}
	*end = '\0';
	return end;
}

const char *dm_name_label(struct dm_pool *mem, const char *name)
{
	const char *vg_end = part_end(name);
	char *label = buffer(mem, strlen(name) + 2);

	if (!label)
		return NULL;
	if (!*vg_end) {
		add(label, name);
		return label;
	}
	add_unescaped(add(add_unescaped(label, name, vg_end), "/"), vg_end + 1,
		      part_end(vg_end + 1));
	return label;
}
