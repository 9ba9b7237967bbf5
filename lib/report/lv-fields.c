/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/fields.h"
#include "report/foreign.h"
#include "report/words.h"

#include "base/text.h"
#include "dm/name.h"
#include "model/alloc.h"
#include "model/lv.h"

#include <string.h>

/*
 * What the metadata says of a volume.  Lines about free extents and devices have none.
 */

static const char *id_text(const struct row *row, const char *id)
{
	char text[ID_TEXT_LEN + 1];

	return gather_text(row->gather, "%s", uuid_print(id, text));
}

static void get_lv_uuid(struct row *row, struct value *value)
{
	value_text(value, row->lv ? id_text(row, row->lv->id) : "");
}

static const char *shown_name(const struct row *row, const struct lv *lv)
{
	return lv_is_visible(lv) ? lv->name : gather_text(row->gather, "[%s]", lv->name);
}

static void get_lv_name(struct row *row, struct value *value)
{
	if (row->lv)
		value_name(value, shown_name(row, row->lv), row->lv->name);
	else
		value_text(value, "");
}

static void get_lv_full_name(struct row *row, struct value *value)
{
	const struct lv *lv = row->lv;

	value_text(value, lv ? gather_text(row->gather, "%s/%s", lv->vg->name, lv->name) : "");
}

static void get_lv_path(struct row *row, struct value *value)
{
	const struct lv *lv = row->lv;

	value_text(value, lv && lv_is_visible(lv)
				  ? gather_text(row->gather, "%s/%s/%s", row->gather->dev_dir,
						lv->vg->name, lv->name)
				  : "");
}

static void get_lv_dm_path(struct row *row, struct value *value)
{
	const struct gather *gather = row->gather;
	const struct lv *lv = row->lv;
	const char *name = lv ? dm_name_of(gather->mem, lv->vg->name, lv->name, NULL) : NULL;

	value_text(value, name ? gather_text(gather, "%s/mapper/%s", gather->dev_dir, name) : "");
}

static const char *layout_of(const struct lv *lv)
{
	const struct segment *segment;

	dm_list_iterate_items(segment, &lv->segments) {
		if (segment->kind == SEGMENT_ZERO || segment->kind == SEGMENT_ERROR)
			return "virtual";
		if (segment->kind == SEGMENT_FOREIGN)
			return segment->type;
		if (segment->stripe_count > 1)
			return "striped";
	}
	return "linear";
}

static void add_layout(const struct row *row, struct dm_list *words)
{
	const struct foreign_type *foreign = foreign_type(row->lv);
	const char *detail = foreign ? foreign->detail : "";

	gather_add(row->gather, words, foreign ? foreign->layout : layout_of(row->lv));
	if (!detail)
		detail = layout_of(row->lv);
	if (*detail)
		gather_add(row->gather, words, detail);
}

static void get_lv_layout(struct row *row, struct value *value)
{
	struct dm_list *words = gather_words(row->gather);

	if (row->lv && words)
		add_layout(row, words);
	value_sequence(value, words);
}

static void add_origin_roles(const struct row *row, struct dm_list *words)
{
	gather_add(row->gather, words, "origin");
	gather_add(row->gather, words, "thickorigin");
	if (dm_list_size(&row->lv->snapshots) > 1)
		gather_add(row->gather, words, "multithickorigin");
}

static void get_lv_role(struct row *row, struct value *value)
{
	struct dm_list *words = gather_words(row->gather);
	const struct lv *lv = row->lv;

	value_sequence(value, words);
	if (!lv || !words)
		return;

	gather_add(row->gather, words, lv->store_of || lv_is_visible(lv) ? "public" : "private");
	if (lv_is_origin(lv))
		add_origin_roles(row, words);
	if (lv->store_of) {
		gather_add(row->gather, words, "snapshot");
		gather_add(row->gather, words, "thicksnapshot");
	}
}

static void get_lv_merging(struct row *row, struct value *value)
{
	const struct snapshot *snapshot = row_snapshot(row);

	value_flag(value, snapshot && snapshot->merging, "merging");
}

static void get_lv_allocation_policy(struct row *row, struct value *value)
{
	value_text(value, row->lv ? alloc_word(row->lv->alloc) : "");
}

static void flag(const struct row *row, unsigned bit, const char *word, struct value *value)
{
	value_flag(value, row->lv && (row->lv->flags & bit), word);
}

static void get_lv_allocation_locked(struct row *row, struct value *value)
{
	flag(row, LV_LOCKED, "allocation locked", value);
}

static void get_lv_fixed_minor(struct row *row, struct value *value)
{
	flag(row, LV_FIXED_MINOR, "fixed minor", value);
}

static void get_lv_skip_activation(struct row *row, struct value *value)
{
	flag(row, LV_ACTIVATION_SKIP, "skip activation", value);
}

static void get_lv_autoactivation(struct row *row, struct value *value)
{
	value_flag(value, row->lv && !(row->lv->flags & LV_NOAUTOACTIVATE), "enabled");
}

static void get_lv_active(struct row *row, struct value *value)
{
	if (!row->gather->live)
		value_text(value, "unknown");
	else
		value_text(value, row_is_active(row) ? "active" : "");
}

static void active_flag(const struct row *row, bool active, const char *word, struct value *value)
{
	if (row->gather->live)
		value_flag(value, active, word);
	else
		value_unknown(value);
}

static void get_lv_active_locally(struct row *row, struct value *value)
{
	active_flag(row, row_is_active(row), "active locally", value);
}

/* Other machines have volumes of their own. */
static void get_lv_active_remotely(struct row *row, struct value *value)
{
	active_flag(row, false, "active remotely", value);
}

static void get_lv_active_exclusively(struct row *row, struct value *value)
{
	active_flag(row, row_is_active(row), "active exclusively", value);
}

static void number_or_minus_one(int32_t number, struct value *value)
{
	if (number < 0)
		value_blank(value, "-1");
	else
		value_number(value, (uint64_t)number);
}

static void get_lv_major(struct row *row, struct value *value)
{
	number_or_minus_one(row->lv ? row->lv->major : -1, value);
}

static void get_lv_minor(struct row *row, struct value *value)
{
	number_or_minus_one(row->lv ? row->lv->minor : -1, value);
}

static void get_lv_read_ahead(struct row *row, struct value *value)
{
	int64_t sectors = row->lv ? row->lv->read_ahead_sectors : 0;

	if (!row->lv)
		value_blank(value, "");
	else if (sectors == 0)
		value_largest(value, "auto");
	else
		value_size(value, sectors < 0 ? 0 : (uint64_t)sectors);
}

static void get_lv_size(struct row *row, struct value *value)
{
	if (row->lv)
		value_size(value, lv_size_sectors(row->lv));
	else if (row->group)
		value_size(value, row->pe_len * row->group->vg->extent_size_sectors);
	else
		value_blank(value, "");
}

static void get_seg_count(struct row *row, struct value *value)
{
	if (row->lv)
		value_number(value, dm_list_size(&row->lv->segments));
	else
		value_blank(value, "");
}

static const struct lv *origin_of(const struct row *row)
{
	return row->lv && row->lv->store_of ? row->lv->store_of->origin : NULL;
}

static void set_name(struct row *row, struct value *value, const struct lv *lv)
{
	if (lv)
		value_name(value, shown_name(row, lv), lv->name);
	else
		value_text(value, "");
}

/* Of whatever kind. */
static const struct lv *any_origin_of(const struct row *row)
{
	const struct lv *origin = origin_of(row);

	return origin || !row->lv ? origin : foreign_origin(row->lv);
}

static void get_origin(struct row *row, struct value *value)
{
	set_name(row, value, any_origin_of(row));
}

static void get_origin_uuid(struct row *row, struct value *value)
{
	const struct lv *origin = any_origin_of(row);

	value_text(value, origin ? id_text(row, origin->id) : "");
}

static void get_pool(struct row *row, struct value *value)
{
	set_name(row, value, row->lv ? foreign_pool(row->lv) : NULL);
}

static void get_pool_uuid(struct row *row, struct value *value)
{
	const struct lv *pool = row->lv ? foreign_pool(row->lv) : NULL;

	value_text(value, pool ? id_text(row, pool->id) : "");
}

static void get_origin_size(struct row *row, struct value *value)
{
	if (origin_of(row))
		value_size(value, snapshot_size_sectors(row->lv->store_of));
	else if (row->lv && lv_is_origin(row->lv))
		value_size(value, lv_size_sectors(row->lv));
	else
		value_blank(value, "");
}

static void get_lv_ancestors(struct row *row, struct value *value)
{
	struct dm_list *words = gather_words(row->gather);
	const struct lv *origin = origin_of(row);

	if (origin && words)
		gather_add(row->gather, words, origin->name);
	value_words(value, words);
}

static void get_lv_descendants(struct row *row, struct value *value)
{
	struct dm_list *words = gather_words(row->gather);
	const struct dm_list *item;

	value_words(value, words);
	if (!row->lv || !words)
		return;
	dm_list_iterate(item, &row->lv->snapshots)
		gather_add(row->gather, words,
			   dm_list_struct_base(item, struct snapshot, origin_list)->store->name);
}

static void get_lv_tags(struct row *row, struct value *value)
{
	value_words(value, words_of_list(row->gather, row->lv ? &row->lv->tags : NULL));
}

/* extras hold "key=value" of what the model does not know. */
static void get_lv_lockargs(struct row *row, struct value *value)
{
	value_text(value, row->lv ? words_value(row->gather, &row->lv->extras, "lock_args") : "");
}

static void get_lv_profile(struct row *row, struct value *value)
{
	value_text(value, row->lv ? words_value(row->gather, &row->lv->extras, "profile") : "");
}

static void get_lv_time(struct row *row, struct value *value)
{
	if (row->lv && row->lv->creation_time)
		value_time(value, row->lv->creation_time);
	else
		value_blank(value, "");
}

static void get_lv_host(struct row *row, struct value *value)
{
	value_text(value, row->lv ? row->lv->creation_host : "");
}

static bool has_zeroes(const struct lv *lv)
{
	const struct segment *segment;

	dm_list_iterate_items(segment, &lv->segments)
		if (segment->kind == SEGMENT_ZERO)
			return true;
	return false;
}

static void get_lv_modules(struct row *row, struct value *value)
{
	struct dm_list *words = gather_words(row->gather);
	const struct lv *lv = row->lv;

	value_words(value, words);
	if (!lv || !words)
		return;
	if (lv->store_of || lv_is_origin(lv))
		gather_add(row->gather, words, "snapshot");
	if (has_zeroes(lv))
		gather_add(row->gather, words, "zero");
}

const struct report_field lv_fields[] = {
	{ FIELD_OF_LV, VALUE_TEXT, 38, "lv_uuid", "LV UUID", get_lv_uuid, N_("identity") },
	{ FIELD_OF_LV, VALUE_TEXT, 4, "lv_name", "LV", get_lv_name,
	  N_("name, in brackets if users do not see the volume") },
	{ FIELD_OF_LV, VALUE_TEXT, 4, "lv_full_name", "LV", get_lv_full_name,
	  N_("group and name: VG/LV") },
	{ FIELD_OF_LV, VALUE_TEXT, 4, "lv_path", "Path", get_lv_path,
	  N_("path below /dev, blank if users do not see the volume") },
	{ FIELD_OF_LV, VALUE_TEXT, 6, "lv_dm_path", "DMPath", get_lv_dm_path,
	  N_("path in /dev/mapper") },
	{ FIELD_OF_LV, VALUE_TEXT, 6, "lv_parent", "Parent", field_blank,
	  N_("volume that this one is part of") },
	{ FIELD_OF_LV, VALUE_WORDS, 10, "lv_layout", "Layout", get_lv_layout,
	  N_("how the volume is laid out") },
	{ FIELD_OF_LV, VALUE_WORDS, 10, "lv_role", "Role", get_lv_role,
	  N_("what the volume is for") },
	{ FIELD_OF_LV, VALUE_FLAG, 10, "lv_initial_image_sync", "InitImgSync", field_blank,
	  N_("whether images were synchronised at first (raid)") },
	{ FIELD_OF_LV, VALUE_FLAG, 10, "lv_image_synced", "ImgSynced", field_blank,
	  N_("whether the image is in sync (raid)") },
	{ FIELD_OF_LV, VALUE_FLAG, 10, "lv_merging", "Merging", get_lv_merging,
	  N_("whether a merge into the origin is under way or pending") },
	{ FIELD_OF_LV, VALUE_FLAG, 10, "lv_converting", "Converting", field_blank,
	  N_("whether it is being converted") },
	{ FIELD_OF_LV, VALUE_TEXT, 10, "lv_allocation_policy", "AllocPol", get_lv_allocation_policy,
	  N_("allocation policy") },
	{ FIELD_OF_LV, VALUE_FLAG, 10, "lv_allocation_locked", "AllocLock",
	  get_lv_allocation_locked, N_("whether its extents may not be moved") },
	{ FIELD_OF_LV, VALUE_FLAG, 10, "lv_fixed_minor", "FixMin", get_lv_fixed_minor,
	  N_("whether its device number is fixed") },
	{ FIELD_OF_LV, VALUE_FLAG, 15, "lv_skip_activation", "SkipAct", get_lv_skip_activation,
	  N_("whether activation skips it") },
	{ FIELD_OF_LV, VALUE_FLAG, 7, "lv_autoactivation", "AutoAct", get_lv_autoactivation,
	  N_("whether it may be activated at boot") },
	{ FIELD_OF_LV, VALUE_TEXT, 15, "lv_when_full", "WhenFull", field_blank,
	  N_("what happens when full (thin pool)") },
	{ FIELD_OF_LV, VALUE_TEXT, 6, "lv_active", "Active", get_lv_active,
	  N_("\"active\" if it has a device in the kernel") },
	{ FIELD_OF_LV, VALUE_FLAG, 10, "lv_active_locally", "ActLocal", get_lv_active_locally,
	  N_("the same, on this machine") },
	{ FIELD_OF_LV, VALUE_FLAG, 10, "lv_active_remotely", "ActRemote", get_lv_active_remotely,
	  N_("the same, on another machine") },
	{ FIELD_OF_LV, VALUE_FLAG, 10, "lv_active_exclusively", "ActExcl",
	  get_lv_active_exclusively, N_("the same, on one machine only") },
	{ FIELD_OF_LV, VALUE_NUMBER, 3, "lv_major", "Maj", get_lv_major,
	  N_("fixed major number, -1 if not fixed") },
	{ FIELD_OF_LV, VALUE_NUMBER, 3, "lv_minor", "Min", get_lv_minor,
	  N_("fixed minor number, -1 if not fixed") },
	{ FIELD_OF_LV, VALUE_SIZE, 6, "lv_read_ahead", "Rahead", get_lv_read_ahead,
	  N_("read-ahead that is asked for") },
	{ FIELD_OF_LV, VALUE_SIZE, 5, "lv_size", "LSize", get_lv_size,
	  N_("size; of a snapshot, of its exception store") },
	{ FIELD_OF_LV, VALUE_SIZE, 5, "lv_metadata_size", "MSize", field_blank,
	  N_("size of the metadata volume (pools)") },
	{ FIELD_OF_LV, VALUE_NUMBER, 4, "seg_count", "#Seg", get_seg_count,
	  N_("number of segments") },
	{ FIELD_OF_LV, VALUE_TEXT, 6, "origin", "Origin", get_origin, N_("origin of a snapshot") },
	{ FIELD_OF_LV, VALUE_TEXT, 38, "origin_uuid", "Origin UUID", get_origin_uuid,
	  N_("identity of the origin") },
	{ FIELD_OF_LV, VALUE_SIZE, 5, "origin_size", "OSize", get_origin_size,
	  N_("size of the origin when the snapshot was made") },
	{ FIELD_OF_LV, VALUE_WORDS, 9, "lv_ancestors", "Ancestors", get_lv_ancestors,
	  N_("origins, nearest first") },
	{ FIELD_OF_LV, VALUE_WORDS, 10, "lv_full_ancestors", "FAncestors", get_lv_ancestors,
	  N_("the same, removed ones too") },
	{ FIELD_OF_LV, VALUE_WORDS, 11, "lv_descendants", "Descendants", get_lv_descendants,
	  N_("snapshots of the volume") },
	{ FIELD_OF_LV, VALUE_WORDS, 12, "lv_full_descendants", "FDescendants", get_lv_descendants,
	  N_("the same, removed ones too") },
	{ FIELD_OF_LV, VALUE_NUMBER, 10, "raid_mismatch_count", "Mismatches", field_blank,
	  N_("mismatches found (raid)") },
	{ FIELD_OF_LV, VALUE_TEXT, 10, "raid_sync_action", "SyncAction", field_blank,
	  N_("what synchronisation does (raid)") },
	{ FIELD_OF_LV, VALUE_NUMBER, 7, "raid_write_behind", "WBehind", field_blank,
	  N_("writes outstanding to slow images (raid1)") },
	{ FIELD_OF_LV, VALUE_NUMBER, 7, "raid_min_recovery_rate", "MinSync", field_blank,
	  N_("least recovery rate (raid)") },
	{ FIELD_OF_LV, VALUE_NUMBER, 7, "raid_max_recovery_rate", "MaxSync", field_blank,
	  N_("largest recovery rate (raid)") },
	{ FIELD_OF_LV, VALUE_TEXT, 9, "raidintegritymode", "IntegMode", field_blank,
	  N_("integrity mode (raid)") },
	{ FIELD_OF_LV, VALUE_NUMBER, 12, "raidintegrityblocksize", "IntegBlkSize", field_minus_one,
	  N_("integrity block size (raid)") },
	{ FIELD_OF_LV, VALUE_NUMBER, 15, "integritymismatches", "IntegMismatches", field_blank,
	  N_("integrity mismatches (raid)") },
	{ FIELD_OF_LV, VALUE_TEXT, 4, "move_pv", "Move", field_blank,
	  N_("device that is being emptied (pvmove)") },
	{ FIELD_OF_LV, VALUE_TEXT, 38, "move_pv_uuid", "Move UUID", field_blank,
	  N_("identity of that device") },
	{ FIELD_OF_LV, VALUE_TEXT, 7, "convert_lv", "Convert", field_blank,
	  N_("temporary volume of a conversion") },
	{ FIELD_OF_LV, VALUE_TEXT, 38, "convert_lv_uuid", "Convert UUID", field_blank,
	  N_("identity of that volume") },
	{ FIELD_OF_LV, VALUE_TEXT, 3, "mirror_log", "Log", field_blank,
	  N_("log volume of a mirror") },
	{ FIELD_OF_LV, VALUE_TEXT, 38, "mirror_log_uuid", "Log UUID", field_blank,
	  N_("identity of that volume") },
	{ FIELD_OF_LV, VALUE_TEXT, 4, "data_lv", "Data", field_blank, N_("data volume of a pool") },
	{ FIELD_OF_LV, VALUE_TEXT, 38, "data_lv_uuid", "Data UUID", field_blank,
	  N_("identity of that volume") },
	{ FIELD_OF_LV, VALUE_TEXT, 4, "metadata_lv", "Meta", field_blank,
	  N_("metadata volume of a pool") },
	{ FIELD_OF_LV, VALUE_TEXT, 38, "metadata_lv_uuid", "Meta UUID", field_blank,
	  N_("identity of that volume") },
	{ FIELD_OF_LV, VALUE_TEXT, 4, "pool_lv", "Pool", get_pool,
	  N_("pool of a thin volume") },
	{ FIELD_OF_LV, VALUE_TEXT, 38, "pool_lv_uuid", "Pool UUID", get_pool_uuid,
	  N_("identity of the pool") },
	{ FIELD_OF_LV, VALUE_WORDS, 7, "lv_tags", "LV Tags", get_lv_tags, N_("tags") },
	{ FIELD_OF_LV, VALUE_TEXT, 8, "lv_profile", "LProfile", get_lv_profile,
	  N_("profile attached to it") },
	{ FIELD_OF_LV, VALUE_TEXT, 9, "lv_lockargs", "LLockArgs", get_lv_lockargs,
	  N_("arguments for the lock manager") },
	{ FIELD_OF_LV, VALUE_TIME, 26, "lv_time", "CTime", get_lv_time, N_("when it was made") },
	{ FIELD_OF_LV, VALUE_TIME, 26, "lv_time_removed", "RTime", field_blank,
	  N_("when it was removed") },
	{ FIELD_OF_LV, VALUE_TEXT, 10, "lv_host", "Host", get_lv_host, N_("host it was made on") },
	{ FIELD_OF_LV, VALUE_WORDS, 7, "lv_modules", "Modules", get_lv_modules,
	  N_("kernel modules it needs") },
	{ FIELD_OF_LV, VALUE_FLAG, 10, "lv_historical", "Historical", field_blank,
	  N_("whether only its history is left") },
	{ FIELD_OF_LV, VALUE_NUMBER, 13, "writecache_block_size", "WCacheBlkSize", field_minus_one,
	  N_("block size (writecache)") },
	{ .name = NULL },
};
