/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/fields.h"
#include "report/words.h"

#include "base/text.h"
#include "model/lv.h"

/*
 * Segments.  A run of free extents of a device is a line without one.
 */

static uint64_t extent_size(const struct row *row)
{
	return row->group ? row->group->vg->extent_size_sectors : 0;
}

static void get_segtype(struct row *row, struct value *value)
{
	const struct segment *segment = row->segment;

	if (!segment)
		value_text(value, "free");
	else if (segment->kind == SEGMENT_STRIPED && segment->stripe_count == 1)
		value_text(value, "linear");
	else
		value_text(value, segment->type);
}

static void get_stripes(struct row *row, struct value *value)
{
	value_number(value, row->segment ? row->segment->stripe_count : 0);
}

static void get_data_copies(struct row *row, struct value *value)
{
	value_number(value, row->segment ? 1 : 0);
}

static void get_stripe_size(struct row *row, struct value *value)
{
	value_size(value, row->segment ? row->segment->stripe_size_sectors : 0);
}

static void get_region_size(struct row *row, struct value *value)
{
	(void)row;
	value_size(value, 0);
}

static void get_chunk_size(struct row *row, struct value *value)
{
	const struct lv *lv = row->lv;

	value_size(value, lv && lv->store_of ? lv->store_of->chunk_size_sectors : 0);
}

static void get_seg_start_pe(struct row *row, struct value *value)
{
	value_number(value, row->segment ? row->segment->le : 0);
}

static void get_seg_start(struct row *row, struct value *value)
{
	value_size(value, row->segment ? row->segment->le * extent_size(row) : 0);
}

static uint32_t length_of(const struct row *row)
{
	return row->segment ? row->segment->len : row->pe_len;
}

static void get_seg_size_pe(struct row *row, struct value *value)
{
	value_number(value, length_of(row));
}

static void get_seg_size(struct row *row, struct value *value)
{
	value_size(value, length_of(row) * extent_size(row));
}

static void get_seg_tags(struct row *row, struct value *value)
{
	value_words(value, words_of_list(row->gather, row->segment ? &row->segment->tags : NULL));
}

static const char *stripe_name(const struct stripe *stripe)
{
	if (stripe->lv)
		return stripe->lv->name;
	return stripe->pv->path ? stripe->pv->path : "[unknown]";
}

static const char *stripe_device(const struct gather *gather, const struct segment *segment,
				 const struct stripe *stripe)
{
	(void)segment;
	return gather_text(gather, "%s(%u)", stripe_name(stripe), stripe->extent);
}

static const char *stripe_range(const struct gather *gather, const struct segment *segment,
				const struct stripe *stripe)
{
	return gather_text(gather, "%s:%u-%u", stripe_name(stripe), stripe->extent,
			   stripe->extent + segment->area_len - 1);
}

/* A word for each column of the segment. */
static void columns(const struct row *row, struct value *value,
		    const char *(*word)(const struct gather *, const struct segment *,
					const struct stripe *))
{
	struct dm_list *words = gather_words(row->gather);
	const struct segment *segment = row->segment;
	uint32_t i;

	value_sequence(value, words);
	for (i = 0; words && segment && i < segment->stripe_count; i++)
		gather_add(row->gather, words, word(row->gather, segment, &segment->stripes[i]));
}

static void get_devices(struct row *row, struct value *value)
{
	columns(row, value, stripe_device);
}

static void get_seg_le_ranges(struct row *row, struct value *value)
{
	columns(row, value, stripe_range);
}

/* These are parted by blanks, as they are on a command line. */
static void get_seg_pe_ranges(struct row *row, struct value *value)
{
	columns(row, value, stripe_range);
	value->text = " ";
}

const struct report_field segment_fields[] = {
	{ FIELD_OF_SEGMENT, VALUE_TEXT, 4, "segtype", "Type", get_segtype, N_("kind") },
	{ FIELD_OF_SEGMENT, VALUE_NUMBER, 4, "stripes", "#Str", get_stripes,
	  N_("number of columns") },
	{ FIELD_OF_SEGMENT, VALUE_NUMBER, 5, "data_stripes", "#DStr", get_stripes,
	  N_("number of columns with data") },
	{ FIELD_OF_SEGMENT, VALUE_SIZE, 5, "reshape_len", "RSize", field_blank,
	  N_("room for reshaping (raid)") },
	{ FIELD_OF_SEGMENT, VALUE_NUMBER, 5, "reshape_len_le", "RSize", field_blank,
	  N_("the same in extents") },
	{ FIELD_OF_SEGMENT, VALUE_NUMBER, 4, "data_copies", "#Cpy", get_data_copies,
	  N_("number of copies of data") },
	{ FIELD_OF_SEGMENT, VALUE_NUMBER, 4, "data_offset", "DOff", field_blank,
	  N_("offset of data on each image (raid)") },
	{ FIELD_OF_SEGMENT, VALUE_NUMBER, 4, "new_data_offset", "NOff", field_blank,
	  N_("the same after reshaping") },
	{ FIELD_OF_SEGMENT, VALUE_NUMBER, 4, "parity_chunks", "#Par", field_blank,
	  N_("number of parity chunks (raid)") },
	{ FIELD_OF_SEGMENT, VALUE_SIZE, 6, "stripe_size", "Stripe", get_stripe_size,
	  N_("length in one column before the next follows") },
	{ FIELD_OF_SEGMENT, VALUE_SIZE, 6, "region_size", "Region", get_region_size,
	  N_("unit of synchronisation (mirror, raid)") },
	{ FIELD_OF_SEGMENT, VALUE_SIZE, 5, "chunk_size", "Chunk", get_chunk_size,
	  N_("unit of copying (snapshot)") },
	{ FIELD_OF_SEGMENT, VALUE_NUMBER, 6, "thin_count", "#Thins", field_blank,
	  N_("number of thin volumes (thin pool)") },
	{ FIELD_OF_SEGMENT, VALUE_TEXT, 8, "discards", "Discards", field_blank,
	  N_("how discards are handled (thin pool)") },
	{ FIELD_OF_SEGMENT, VALUE_NUMBER, 5, "cache_metadata_format", "CMFmt", field_blank,
	  N_("format of metadata (cache)") },
	{ FIELD_OF_SEGMENT, VALUE_TEXT, 9, "cache_mode", "CacheMode", field_blank,
	  N_("how writes are cached (cache)") },
	{ FIELD_OF_SEGMENT, VALUE_FLAG, 4, "zero", "Zero", field_unknown,
	  N_("whether new chunks are zeroed (thin)") },
	{ FIELD_OF_SEGMENT, VALUE_NUMBER, 7, "transaction_id", "TransId", field_blank,
	  N_("transaction (thin)") },
	{ FIELD_OF_SEGMENT, VALUE_NUMBER, 4, "thin_id", "ThId", field_blank,
	  N_("device number in the pool (thin)") },
	{ FIELD_OF_SEGMENT, VALUE_SIZE, 5, "seg_start", "Start", get_seg_start,
	  N_("where it begins in the volume") },
	{ FIELD_OF_SEGMENT, VALUE_NUMBER, 5, "seg_start_pe", "Start", get_seg_start_pe,
	  N_("the same in extents") },
	{ FIELD_OF_SEGMENT, VALUE_SIZE, 5, "seg_size", "SSize", get_seg_size, N_("size") },
	{ FIELD_OF_SEGMENT, VALUE_NUMBER, 5, "seg_size_pe", "SSize", get_seg_size_pe,
	  N_("the same in extents") },
	{ FIELD_OF_SEGMENT, VALUE_WORDS, 8, "seg_tags", "Seg Tags", get_seg_tags, N_("tags") },
	{ FIELD_OF_SEGMENT, VALUE_WORDS, 9, "seg_pe_ranges", "PE Ranges", get_seg_pe_ranges,
	  N_("extents of devices, as on a command line") },
	{ FIELD_OF_SEGMENT, VALUE_WORDS, 9, "seg_le_ranges", "LE Ranges", get_seg_le_ranges,
	  N_("extents of devices or volumes") },
	{ FIELD_OF_SEGMENT, VALUE_WORDS, 18, "seg_metadata_le_ranges", "Metadata LE Ranges",
	  field_blank, N_("extents of metadata volumes") },
	{ FIELD_OF_SEGMENT, VALUE_WORDS, 7, "devices", "Devices", get_devices,
	  N_("devices with first extents") },
	{ FIELD_OF_SEGMENT, VALUE_WORDS, 13, "metadata_devices", "Metadata Devs", field_blank,
	  N_("metadata volumes with first extents") },
	{ FIELD_OF_SEGMENT, VALUE_TEXT, 7, "seg_monitor", "Monitor", field_blank,
	  N_("whether it is monitored") },
	{ FIELD_OF_SEGMENT, VALUE_TEXT, 11, "cache_policy", "CachePolicy", field_blank,
	  N_("policy (cache)") },
	{ FIELD_OF_SEGMENT, VALUE_WORDS, 13, "cache_settings", "CacheSettings", field_blank,
	  N_("settings (cache)") },
	{ FIELD_OF_SEGMENT, VALUE_FLAG, 14, "vdo_compression", "VDOCompression", field_blank,
	  N_("compression (vdo)") },
	{ FIELD_OF_SEGMENT, VALUE_FLAG, 16, "vdo_deduplication", "VDODeduplication", field_blank,
	  N_("deduplication (vdo)") },
	{ FIELD_OF_SEGMENT, VALUE_NUMBER, 16, "vdo_use_metadata_hints", "VDOMetadataHints",
	  field_blank, N_("use metadata hints (vdo)") },
	{ FIELD_OF_SEGMENT, VALUE_NUMBER, 16, "vdo_minimum_io_size", "VDOMinimumIOSize",
	  field_blank, N_("minimum io size (vdo)") },
	{ FIELD_OF_SEGMENT, VALUE_SIZE, 20, "vdo_block_map_cache_size", "VDOBlockMapCacheSize",
	  field_blank, N_("block map cache size (vdo)") },
	{ FIELD_OF_SEGMENT, VALUE_NUMBER, 20, "vdo_block_map_era_length", "VDOBlockMapEraLength",
	  field_blank, N_("block map era length (vdo)") },
	{ FIELD_OF_SEGMENT, VALUE_FLAG, 14, "vdo_use_sparse_index", "VDOSparseIndex", field_blank,
	  N_("use sparse index (vdo)") },
	{ FIELD_OF_SEGMENT, VALUE_SIZE, 18, "vdo_index_memory_size", "VDOIndexMemorySize",
	  field_blank, N_("index memory size (vdo)") },
	{ FIELD_OF_SEGMENT, VALUE_SIZE, 11, "vdo_slab_size", "VDOSlabSize", field_blank,
	  N_("slab size (vdo)") },
	{ FIELD_OF_SEGMENT, VALUE_NUMBER, 13, "vdo_ack_threads", "VDOAckThreads", field_blank,
	  N_("ack threads (vdo)") },
	{ FIELD_OF_SEGMENT, VALUE_NUMBER, 13, "vdo_bio_threads", "VDOBioThreads", field_blank,
	  N_("bio threads (vdo)") },
	{ FIELD_OF_SEGMENT, VALUE_NUMBER, 14, "vdo_bio_rotation", "VDOBioRotation", field_blank,
	  N_("bio rotation (vdo)") },
	{ FIELD_OF_SEGMENT, VALUE_NUMBER, 13, "vdo_cpu_threads", "VDOCPUThreads", field_blank,
	  N_("cpu threads (vdo)") },
	{ FIELD_OF_SEGMENT, VALUE_NUMBER, 18, "vdo_hash_zone_threads", "VDOHashZoneThreads",
	  field_blank, N_("hash zone threads (vdo)") },
	{ FIELD_OF_SEGMENT, VALUE_NUMBER, 17, "vdo_logical_threads", "VDOLogicalThreads",
	  field_blank, N_("logical threads (vdo)") },
	{ FIELD_OF_SEGMENT, VALUE_NUMBER, 18, "vdo_physical_threads", "VDOPhysicalThreads",
	  field_blank, N_("physical threads (vdo)") },
	{ FIELD_OF_SEGMENT, VALUE_NUMBER, 13, "vdo_max_discard", "VDOMaxDiscard", field_blank,
	  N_("max discard (vdo)") },
	{ FIELD_OF_SEGMENT, VALUE_TEXT, 14, "vdo_write_policy", "VDOWritePolicy", field_blank,
	  N_("write policy (vdo)") },
	{ FIELD_OF_SEGMENT, VALUE_SIZE, 13, "vdo_header_size", "VDOHeaderSize", field_blank,
	  N_("header size (vdo)") },
	{ .name = NULL },
};
