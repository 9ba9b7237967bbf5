/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Snapshots out of metadata text: the volumes that only tie a store to its origin.
 */
#include <errno.h>
#include <string.h>

#include "store/reader.h"

#include "base/log.h"
#include "base/text.h"
#include "model/name.h"
#include "model/snapshot.h"

static const char *const snapshot_keys[] = {
	"start_extent", "extent_count", "type", "tags", "chunk_size", "origin", "cow_store",
	"merging_store", NULL
};

static const char *const descriptor_keys[] = {
	"id", "status", "flags", "tags", "creation_time", "creation_host", "segment_count", NULL
};

/* The first of a volume's sections; all of them are segments. */
static const struct dm_config_node *first_segment(const struct dm_config_node *volume)
{
	const struct dm_config_node *node;

	for (node = volume->child; node; node = node->sib)
		if (node_is_section(node))
			return node;
	return NULL;
}

/* The volume a descriptor names under one of its keys. */
static int read_reference(struct reader *reader, const struct section *section, const char *key,
			  struct lv **lv)
{
	const char *name = NULL;
	int r;

	r = keys_text(section, key, &name);
	if (r <= 0)
		return r;
	*lv = dm_hash_lookup(reader->names, name);
	if (!*lv)
		return section_refuse(section, name, _("no such volume"));
	return 1;
}

/* Exactly one of cow_store and merging_store. */
static int read_store(struct reader *reader, const struct section *section,
		      struct snapshot *snapshot)
{
	struct lv *merging = NULL;
	int r;

	r = read_reference(reader, section, "cow_store", &snapshot->store);
	if (r >= 0)
		r = read_reference(reader, section, "merging_store", &merging);
	if (r < 0)
		return r;
	if (!snapshot->store == !merging)
		return section_refuse(section, "cow_store", _("there must be one store"));
	if (merging) {
		snapshot->merging = true;
		snapshot->store = merging;
	}
	if (snapshot->store->store_of)
		return section_refuse(section, snapshot->store->name,
				      _("is the store of two snapshots"));
	return 0;
}

static int read_snapshot_segment(struct reader *reader, struct snapshot *snapshot,
				 const struct dm_config_node *node)
{
	struct section section = section_of(reader, node);
	uint32_t start = 0;
	int r;

	r = need_number32(&section, "start_extent", &start);
	if (r >= 0 && start)
		r = section_refuse(&section, "start_extent", _("is out of range"));
	if (r >= 0)
		r = need_number32(&section, "extent_count", &snapshot->extents);
	if (r >= 0)
		r = need_number32(&section, "chunk_size", &snapshot->chunk_size_sectors);
	if (r >= 0)
		r = read_reference(reader, &section, "origin", &snapshot->origin);
	if (r == 0)
		r = section_refuse(&section, "origin", _("is missing"));
	if (r >= 0)
		r = read_store(reader, &section, snapshot);
	if (r >= 0)
		r = keys_rest(&section, snapshot_keys, REST_ALL, &snapshot->segment_extras);
	return r;
}

static struct snapshot *new_snapshot(struct reader *reader, const char *name)
{
	struct snapshot *snapshot = vg_alloc(reader->vg, sizeof(*snapshot));

	if (!snapshot)
		return NULL;
	snapshot->name = vg_text(reader->vg, name);
	dm_list_init(&snapshot->tags);
	dm_list_init(&snapshot->extras);
	dm_list_init(&snapshot->segment_extras);
	return snapshot->name ? snapshot : NULL;
}

static int read_descriptor_keys(const struct section *section, struct snapshot *snapshot)
{
	int r;

	r = keys_id(section, snapshot->id);
	if (r >= 0)
		r = keys_flags(section, lv_words, &snapshot->flags, &snapshot->extras);
	snapshot->flags = flags_with(snapshot->flags, LV_WRITE_LOCKED, LV_WRITE);
	if (r >= 0)
		r = keys_tags(section, &snapshot->tags);
	if (r >= 0)
		r = keys_number(section, "creation_time", INT64_MAX, &snapshot->creation_time);
	if (r >= 0)
		r = keys_text(section, "creation_host", &snapshot->creation_host);
	if (r >= 0)
		r = keys_rest(section, descriptor_keys, REST_VALUES, &snapshot->extras);
	return r;
}

int descriptor_import(struct reader *reader, const struct dm_config_node *node)
{
	struct section section = section_of(reader, node);
	struct snapshot *snapshot;
	uint32_t count = 0;
	int r;

	if (!name_is_legal(node->key))
		return fail(-EBADMSG, _("%s: %s: no legal name"), reader->source, reader->object);
	r = need_number32(&section, "segment_count", &count);
	if (r >= 0)
		r = segments_check_count(&section);
	if (r < 0)
		return r;
	if (count != 1)
		return section_refuse(&section, "segment_count",
				      _("a snapshot has one segment only"));

	snapshot = new_snapshot(reader, node->key);
	if (!snapshot)
		return -ENOMEM;
	r = read_descriptor_keys(&section, snapshot);
	if (r >= 0)
		r = read_snapshot_segment(reader, snapshot, first_segment(node));
	if (r < 0)
		return r;

	snapshot->store->store_of = snapshot;
	dm_list_add(&reader->vg->snapshots, &snapshot->list);
	dm_list_add(&snapshot->origin->snapshots, &snapshot->origin_list);
	return 0;
}

bool descriptor_is(const struct dm_config_node *volume)
{
	const struct dm_config_node *segment = first_segment(volume);
	const struct dm_config_node *node;

	for (node = segment ? segment->child : NULL; node; node = node->sib)
		if (strcmp(node->key, "type") == 0)
			return node->v && node->v->type == DM_CFG_STRING &&
			       strcmp(node->v->v.str, "snapshot") == 0;
	return false;
}
