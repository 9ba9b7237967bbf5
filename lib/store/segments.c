/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Segments out of metadata text.
 */
#include <errno.h>
#include <string.h>

#include "store/reader.h"

#include "base/text.h"
#include "base/units.h"
#include "model/lv.h"

enum { STRIPES_MAX = 128 };

static const char *const striped_keys[] = {
	"start_extent", "extent_count", "type", "tags", "stripe_count", "stripe_size", "stripes",
	NULL
};

static const char *const common_keys[] = { "start_extent", "extent_count", "type", "tags", NULL };

/* What a word names: a device, if a first extent stands behind it, as in a list of areas; else a volume, as volumes
 * may be called what devices are (LVM2: text_import_areas, and find_lv for all others).  False if neither. */
static bool resolve(const struct reader *reader, const struct dm_config_value *word,
		    struct stripe *stripe)
{
	const bool is_area = word->next && word->next->type == DM_CFG_INT;

	stripe->pv = is_area ? reader_find_pv(reader, word->v.str) : NULL;
	stripe->lv = stripe->pv ? NULL : dm_hash_lookup(reader->names, word->v.str);
	if (stripe->lv)
		stripe->lv->carries = true;
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
	if (!resolve(reader, name, stripe))
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

/* The names in a segment that is not understood.  In a list a number behind the name is its first extent. */
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
			if (value->type != DM_CFG_STRING || !resolve(reader, value, &stripe))
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

int segments_import(struct reader *reader, struct lv *lv, const struct dm_config_node *volume)
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

int segments_check_count(const struct section *section)
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
