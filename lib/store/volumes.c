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
#include "base/units.h"
#include "model/name.h"
#include "model/snapshot.h"
#include "store/keys.h"

enum { STRIPES_MAX = 128, OBJECT_LEN = 3 * NAME_LEN };

/* What reading volumes needs at hand. */
struct reader {
	const char *source;
	struct vg *vg;
	struct dm_hash_table *names;	/* of volumes: struct lv */
	char object[OBJECT_LEN];	/* the volume being read, for messages */
};

static const char *const lv_keys[] = {
	"id", "status", "flags", "tags", "creation_time", "creation_host", "allocation_policy",
	"read_ahead", "major", "minor", "segment_count", NULL
};

static const char *const striped_keys[] = {
	"start_extent", "extent_count", "type", "tags", "stripe_count", "stripe_size", "stripes",
	NULL
};

static const char *const common_keys[] = { "start_extent", "extent_count", "type", "tags", NULL };

static const char *const snapshot_keys[] = {
	"start_extent", "extent_count", "type", "tags", "chunk_size", "origin", "cow_store",
	"merging_store", NULL
};

static const char *const descriptor_keys[] = {
	"id", "status", "flags", "tags", "creation_time", "creation_host", "segment_count", NULL
};

static struct section section_of(struct reader *reader, const struct dm_config_node *node)
{
	return (struct section) { .source = reader->source, .object = reader->object,
				  .node = node, .vg = reader->vg };
}

static void enter(struct reader *reader, const char *volume)
{
	snprintf(reader->object, sizeof(reader->object), "%s/%s", reader->vg->name, volume);
}

/* The first of a volume's sections; all of them are segments. */
static const struct dm_config_node *first_segment(const struct dm_config_node *volume)
{
	const struct dm_config_node *node;

	for (node = volume->child; node; node = node->sib)
		if (node_is_section(node))
			return node;
	return NULL;
}

static bool is_descriptor(const struct dm_config_node *volume)
{
	const struct dm_config_node *segment = first_segment(volume);
	const struct dm_config_node *node;

	for (node = segment ? segment->child : NULL; node; node = node->sib)
		if (strcmp(node->key, "type") == 0)
			return node->v && node->v->type == DM_CFG_STRING &&
			       strcmp(node->v->v.str, "snapshot") == 0;
	return false;
}

static int check_segment_count(struct section *section)
{
	const struct dm_config_node *node;
	uint32_t count = 0, found = 0;
	int r;

	r = need_number32(section, "segment_count", &count);
	if (r < 0)
		return r;
	for (node = section->node->child; node; node = node->sib)
		found += node_is_section(node);
	if (found != count)
		return section_refuse(section, "segment_count", _("is not the number of segments"));
	return 0;
}

static int read_policy(struct section *section, struct lv *lv)
{
	const char *word = NULL;
	int r, policy;

	lv->alloc = ALLOC_INHERIT;
	r = keys_text(section, "allocation_policy", &word);
	if (r <= 0)
		return r;
	policy = alloc_of_word(word);
	if (policy < 0)
		return section_refuse(section, "allocation_policy", _("is none that is known"));
	lv->alloc = (enum alloc_policy)policy;
	return 0;
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
		r = read_policy(section, lv);
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
		if (!node_is_section(node) || is_descriptor(node))
			continue;
		enter(reader, node->key);
		if (!name_is_legal(node->key))
			return fail(-EBADMSG, _("%s: %s: no legal name"), reader->source,
				    reader->object);
		if (dm_hash_lookup(reader->names, node->key))
			return fail(-EBADMSG, _("%s: %s: is there twice"), reader->source,
				    reader->object);
		lv = lv_new(reader->vg, node->key);
		if (!lv || !dm_hash_insert(reader->names, node->key, lv))
			return fail_memory();
	}

	return 0;
}

/* What an area names: a device, else a volume; false if neither. */
static bool resolve(const struct reader *reader, const char *name, struct stripe *stripe)
{
	stripe->pv = vg_find_pv(reader->vg, name);
	stripe->lv = stripe->pv ? NULL : dm_hash_lookup(reader->names, name);
	return stripe->pv || stripe->lv;
}

static int read_stripe(struct reader *reader, const struct section *section,
		       const struct dm_config_value **value, struct stripe *stripe)
{
	const struct dm_config_value *name = *value;
	const struct dm_config_value *extent = name ? name->next : NULL;

	if (!extent || name->type != DM_CFG_STRING || extent->type != DM_CFG_INT)
		return section_refuse(section, "stripes", _("is no list of names and extents"));
	if (extent->v.i < 0 || extent->v.i > UINT32_MAX)
		return section_refuse(section, "stripes", _("is out of range"));
	if (!resolve(reader, name->v.str, stripe))
		return section_refuse(section, name->v.str, _("no such device or volume"));
	stripe->extent = (uint32_t)extent->v.i;
	*value = extent->next;
	return 0;
}

static int read_stripes(struct reader *reader, const struct section *section,
			struct segment *segment)
{
	const struct dm_config_node *node = section_find(section, "stripes");
	const struct dm_config_value *value = node ? node->v : NULL;
	uint32_t i;
	int r;

	segment->stripes = vg_alloc(reader->vg, segment->stripe_count * sizeof(struct stripe));
	if (!segment->stripes)
		return -ENOMEM;
	for (i = 0; i < segment->stripe_count; i++) {
		r = read_stripe(reader, section, &value, &segment->stripes[i]);
		if (r < 0)
			return r;
	}
	if (value)
		return section_refuse(section, "stripes", _("has more entries than stripe_count"));
	return 0;
}

static int read_striped(struct reader *reader, const struct section *section,
			struct segment *segment)
{
	int r;

	segment->kind = SEGMENT_STRIPED;
	r = need_number32(section, "stripe_count", &segment->stripe_count);
	if (r < 0)
		return r;
	if (!segment->stripe_count || segment->stripe_count > STRIPES_MAX)
		return section_refuse(section, "stripe_count", _("is out of range"));
	if (segment->len % segment->stripe_count)
		return section_refuse(section, "extent_count", _("does not divide by the stripes"));

	segment->area_len = segment->len / segment->stripe_count;
	if (segment->stripe_count > 1) {
		r = need_number32(section, "stripe_size", &segment->stripe_size_sectors);
		if (r < 0)
			return r;
		if (!is_power_of_two(segment->stripe_size_sectors))
			return section_refuse(section, "stripe_size", _("is no power of two"));
	}

	r = read_stripes(reader, section, segment);
	if (r < 0)
		return r;
	return keys_rest(section, striped_keys, REST_ALL, &segment->extras);
}

/* The names in a segment that is not understood: strings that are a device's key or a volume's name.
 * In a list a number behind the name is its first extent. */
static uint32_t find_names(const struct reader *reader, const struct dm_config_node *segment,
			   struct stripe *stripes)
{
	const struct dm_config_value *value;
	const struct dm_config_node *node;
	struct stripe stripe;
	uint32_t count = 0;

	for (node = segment->child; node; node = node->sib) {
		if (strcmp(node->key, "type") == 0 || strcmp(node->key, "tags") == 0)
			continue;
		for (value = node->v; value; value = value->next) {
			if (value->type != DM_CFG_STRING || !resolve(reader, value->v.str, &stripe))
				continue;
			stripe.extent = 0;
			if (value->next && value->next->type == DM_CFG_INT &&
			    value->next->v.i >= 0 && value->next->v.i <= UINT32_MAX)
				stripe.extent = (uint32_t)value->next->v.i;
			if (stripes)
				stripes[count] = stripe;
			count++;
		}
	}

	return count;
}

static int read_foreign(struct reader *reader, const struct section *section,
			struct segment *segment)
{
	segment->kind = SEGMENT_FOREIGN;
	segment->area_len = segment->len;
	segment->stripe_count = find_names(reader, section->node, NULL);
	segment->stripes = vg_alloc(reader->vg,
				    (segment->stripe_count + 1) * sizeof(struct stripe));
	if (!segment->stripes)
		return -ENOMEM;
	find_names(reader, section->node, segment->stripes);
	return keys_rest(section, common_keys, REST_ALL, &segment->extras);
}

static int read_body(struct reader *reader, const struct section *section,
		     struct segment *segment)
{
	const char *type = segment->type;
	int r;

	if (strcmp(type, "striped") == 0 || strcmp(type, "linear") == 0)
		return read_striped(reader, section, segment);

	if (strcmp(type, "zero") == 0 || strcmp(type, "error") == 0) {
		segment->kind = type[0] == 'z' ? SEGMENT_ZERO : SEGMENT_ERROR;
		return keys_rest(section, common_keys, REST_ALL, &segment->extras);
	}

	if (strcmp(type, "snapshot") == 0)
		return section_refuse(section, "type", _("a snapshot has one segment only"));

	if (!type_is_foreign(type)) {
		r = section_unknown(section, _("segment type"), type);
		if (r < 0)
			return r;
	}
	return read_foreign(reader, section, segment);
}

/* Keep a volume's segments in the order of their extents, whatever that of the text. */
static void insert_segment(struct lv *lv, struct segment *segment)
{
	struct segment *other;

	dm_list_iterate_back_items(other, &lv->segments) {
		if (other->le <= segment->le) {
			dm_list_add_h(&other->list, &segment->list);
			return;
		}
	}

	dm_list_add_h(&lv->segments, &segment->list);
}

static int read_segment(struct reader *reader, struct lv *lv, const struct dm_config_node *node)
{
	struct section section = section_of(reader, node);
	struct segment *segment;
	int r;

	segment = vg_alloc(reader->vg, sizeof(*segment));
	if (!segment)
		return -ENOMEM;
	segment->lv = lv;
	dm_list_init(&segment->tags);
	dm_list_init(&segment->extras);

	r = need_number32(&section, "start_extent", &segment->le);
	if (r >= 0)
		r = need_number32(&section, "extent_count", &segment->len);
	if (r >= 0)
		r = need_text(&section, "type", &segment->type);
	if (r >= 0)
		r = keys_tags(&section, &segment->tags);
	if (r >= 0)
		r = read_body(reader, &section, segment);
	if (r < 0)
		return r;

	insert_segment(lv, segment);
	return 0;
}

static int read_segments(struct reader *reader, struct lv *lv, const struct dm_config_node *volume)
{
	const struct dm_config_node *node;
	int r;

	for (node = volume->child; node; node = node->sib) {
		if (!node_is_section(node))
			continue;
		r = read_segment(reader, lv, node);
		if (r < 0)
			return r;
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
	if (r >= 0)
		r = keys_tags(&section, &lv->tags);
	if (r >= 0)
		r = read_lv_settings(&section, lv);
	if (r >= 0)
		r = check_segment_count(&section);
	if (r >= 0)
		r = read_segments(reader, lv, node);
	if (r >= 0)
		r = keys_rest(&section, lv_keys, REST_VALUES, &lv->extras);
	return r;
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

static int read_descriptor(struct reader *reader, const struct dm_config_node *node)
{
	struct section section = section_of(reader, node);
	struct snapshot *snapshot;
	uint32_t count = 0;
	int r;

	if (!name_is_legal(node->key))
		return fail(-EBADMSG, _("%s: %s: no legal name"), reader->source, reader->object);
	r = need_number32(&section, "segment_count", &count);
	if (r >= 0)
		r = check_segment_count(&section);
	if (r < 0)
		return r;
	if (count != 1)
		return section_refuse(&section, "segment_count", _("a snapshot has one segment only"));

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
		else if (is_descriptor(node))
			r = read_descriptor(reader, node);
		else
			r = read_volume(reader, node);
		if (r < 0)
			return r;
	}

	return 0;
}

int volumes_import(const char *source, struct vg *vg, const struct dm_config_node *node)
{
	struct reader reader = { .source = source, .vg = vg };
	int r;

	reader.names = dm_hash_create(1024);
	if (!reader.names)
		return fail_memory();

	r = read_all(&reader, node);
	dm_hash_destroy(reader.names);
	return r;
}
