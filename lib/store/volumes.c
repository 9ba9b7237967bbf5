/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Volumes out of metadata text.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/volumes.h"

#include "base/log.h"
#include "base/text.h"
#include "model/lv.h"
#include "model/name.h"
#include "store/reader.h"

static const char *const lv_keys[] = {
	"id", "status", "flags", "tags", "creation_time", "creation_host", "allocation_policy",
	"read_ahead", "major", "minor", "segment_count", NULL
};

static void enter(struct reader *reader, const char *volume)
{
	snprintf(reader->object, sizeof(reader->object), "%s/%s", reader->vg->name, volume);
}

static int read_device_number(struct section *section, const char *key, int32_t *number)
{
	int64_t value = -1;
	int r;

	r = keys_signed(section, key, -1, INT32_MAX, &value);
	*number = (int32_t)value;
	return r;
}

/* LVM2 writes "read_ahead" as -1 or UINT32_MAX for none, and leaves it out for auto. */
static int read_lv_settings(struct section *section, struct lv *lv)
{
	int r;

	lv->read_ahead_sectors = 0;
	r = keys_signed(section, "read_ahead", -1, UINT32_MAX, &lv->read_ahead_sectors);
	if (lv->read_ahead_sectors == UINT32_MAX)
		lv->read_ahead_sectors = -1;
	if (r >= 0)
		r = read_device_number(section, "major", &lv->major);
	if (r >= 0)
		r = read_device_number(section, "minor", &lv->minor);
	if (r >= 0)
		r = keys_policy(section, &lv->alloc);
	if (r >= 0)
		r = keys_number(section, "creation_time", INT64_MAX, &lv->creation_time);
	if (r >= 0)
		r = keys_text(section, "creation_host", &lv->creation_host);
	return r;
}

static int add_names(struct reader *reader, const struct dm_config_node *volumes)
{
	const struct dm_config_node *node;
	struct lv *lv;

	for (node = volumes->child; node; node = node->sib) {
		if (!node_is_section(node) || descriptor_is(node))
			continue;
		enter(reader, node->key);
		if (!name_is_legal(node->key))
			return fail(-EBADMSG, _("%s: %s: no legal name"), reader->source,
				    reader->object);
		if (dm_hash_lookup(reader->names, node->key))
			return fail(-EBADMSG, _("%s: %s: is there twice"), reader->source,
				    reader->object);
		lv = lv_new_known(reader->vg, node->key);
		if (!lv || !dm_hash_insert(reader->names, node->key, lv))
			return fail_memory();
	}

	return 0;
}

static int read_volume(struct reader *reader, const struct dm_config_node *node)
{
	struct section section = section_of(reader, node);
	struct lv *lv = dm_hash_lookup(reader->names, node->key);
	int r;

	r = keys_id(&section, lv->id);
	if (r >= 0)
		r = keys_flags(&section, lv_words, &lv->flags, &lv->extras);
	lv->flags = flags_with(lv->flags, LV_WRITE_LOCKED, LV_WRITE);
	if (r >= 0)
		r = keys_tags(&section, &lv->tags);
	if (r >= 0)
		r = read_lv_settings(&section, lv);
	if (r >= 0)
		r = segments_check_count(&section);
	if (r >= 0)
		r = segments_import(reader, lv, node);
	if (r >= 0)
		r = keys_rest(&section, lv_keys, REST_VALUES, &lv->extras);
	return r;
}

static int read_all(struct reader *reader, const struct dm_config_node *volumes)
{
	const struct dm_config_node *node;
	int r;

	r = add_names(reader, volumes);
	if (r < 0)
		return r;

	for (node = volumes->child; node; node = node->sib) {
		enter(reader, node->key);
		if (!node_is_section(node))
			r = fail(-EBADMSG, _("%s: %s: is no volume"), reader->source,
				 reader->object);
		else if (descriptor_is(node))
			r = descriptor_import(reader, node);
		else
			r = read_volume(reader, node);
		if (r < 0)
			return r;
	}

	return 0;
}

static int compare_devices(const void *a, const void *b)
{
	return strcmp((*(struct pv *const *)a)->key, (*(struct pv *const *)b)->key);
}

static int compare_key(const void *key, const void *device)
{
	return strcmp(key, (*(struct pv *const *)device)->key);
}

struct pv *reader_find_pv(const struct reader *reader, const char *key)
{
	struct pv **found = bsearch(key, reader->devices, reader->device_count,
				    sizeof(*reader->devices), compare_key);

	return found ? *found : NULL;
}

/* Sorted: there may be as many areas to be looked up as devices. */
static int sort_devices(struct reader *reader)
{
	struct pv *pv;
	size_t i;

	reader->devices = calloc(dm_list_size(&reader->vg->pvs) + 1u, sizeof(*reader->devices));
	if (!reader->devices)
		return fail_memory();
	dm_list_iterate_items(pv, &reader->vg->pvs)
		reader->devices[reader->device_count++] = pv;
	qsort(reader->devices, reader->device_count, sizeof(*reader->devices), compare_devices);
	for (i = 1; i < reader->device_count; i++)
		if (!compare_devices(&reader->devices[i - 1], &reader->devices[i]))
			return fail(-EBADMSG, _("%s: %s: is there twice"), reader->source,
				    reader->devices[i]->key);
	return 0;
}

int volumes_import(const char *source, struct vg *vg, const struct dm_config_node *node)
{
	struct reader reader = { .source = source, .vg = vg };
	int r;

	reader.names = dm_hash_create(1024);
	if (!reader.names)
		return fail_memory();

	r = sort_devices(&reader);
	r = r < 0 ? r : read_all(&reader, node);
	free(reader.devices);
	dm_hash_destroy(reader.names);
	return r;
}
