/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/attributes.h"
#include "report/fields.h"

#include "base/text.h"

/*
 * What the kernel says of a volume.  Of an inactive one nothing is known.
 */

static void device_number(bool active, uint32_t number, struct value *value)
{
	if (active)
		value_number(value, number);
	else
		value_blank(value, "-1");
}

static void get_lv_kernel_major(struct row *row, struct value *value)
{
	const struct live_device *device = row_device(row);

	device_number(device, device ? device->major : 0, value);
}

static void get_lv_kernel_minor(struct row *row, struct value *value)
{
	const struct live_device *device = row_device(row);

	device_number(device, device ? device->minor : 0, value);
}

static void get_lv_kernel_read_ahead(struct row *row, struct value *value)
{
	uint64_t sectors;

	if (row_read_ahead(row, &sectors))
		value_size(value, sectors);
	else
		value_blank(value, "-1");
}

static void get_lv_permissions(struct row *row, struct value *value)
{
	const struct live_device *device = row_device(row);

	if (row->lv && !(row->lv->flags & LV_WRITE))
		value_text(value, "read-only");
	else if (!device)
		value_text(value, "unknown");
	else
		value_text(value, device->read_only ? "read-only-override" : "writeable");
}

static void device_flag(const struct live_device *device, bool on, const char *word,
			struct value *value)
{
	if (device)
		value_flag(value, on, word);
	else
		value_unknown(value);
}

static void get_lv_suspended(struct row *row, struct value *value)
{
	const struct live_device *device = row_device(row);

	device_flag(device, device && device->suspended, "suspended", value);
}

static void get_lv_live_table(struct row *row, struct value *value)
{
	const struct live_device *device = row_device(row);

	device_flag(device, device && *device->table, "live table present", value);
}

static void get_lv_inactive_table(struct row *row, struct value *value)
{
	const struct live_device *device = row_device(row);

	device_flag(device, device && device->has_inactive, "inactive table present", value);
}

static void get_lv_device_open(struct row *row, struct value *value)
{
	const struct live_device *device = row_device(row);

	device_flag(device, device && device->open_count, "open", value);
}

/* A failed merge has no fill; of an invalid or overfull store all is in use. */
static void get_data_percent(struct row *row, struct value *value)
{
	const struct snapshot_status *status = row_status(row);

	if (status->state == SNAPSHOT_UNKNOWN || status->state == SNAPSHOT_MERGE_FAILED)
		value_blank(value, "");
	else
		value_percent(value, row_fill(row));
}

static void get_lv_health_status(struct row *row, struct value *value)
{
	value_text(value, row->lv && lv_is_partial(row->lv) ? "partial" : "");
}

static void status_flag(struct row *row, enum snapshot_state state, const char *word,
			struct value *value)
{
	const struct snapshot_status *status = row_status(row);

	if (status->state == SNAPSHOT_UNKNOWN)
		value_unknown(value);
	else
		value_flag(value, status->state == state, word);
}

static void get_lv_merge_failed(struct row *row, struct value *value)
{
	status_flag(row, SNAPSHOT_MERGE_FAILED, "merge failed", value);
}

static void get_lv_snapshot_invalid(struct row *row, struct value *value)
{
	status_flag(row, SNAPSHOT_INVALID, "snapshot invalid", value);
}

static enum tone tone_of(const char letters[LV_ATTRIBUTES + 1])
{
	if (strchr("ISmM", letters[4]) || letters[8] == 'p')
		return TONE_BAD;
	return letters[4] == 's' || strchr("OS", letters[0]) ? TONE_WARNING : TONE_PLAIN;
}

static void get_lv_attr(struct row *row, struct value *value)
{
	char attributes[LV_ATTRIBUTES + 1];

	value_state(value, "", TONE_PLAIN);
	if (!row->lv)
		return;
	lv_attributes(row, attributes);
	value_state(value, gather_text(row->gather, "%s", attributes), tone_of(attributes));
}

const struct report_field lv_state_fields[] = {
	{ FIELD_OF_LV_DEVICE, VALUE_NUMBER, 4, "lv_kernel_major", "KMaj", get_lv_kernel_major,
	  N_("major number of its device, -1 if inactive") },
	{ FIELD_OF_LV_DEVICE, VALUE_NUMBER, 4, "lv_kernel_minor", "KMin", get_lv_kernel_minor,
	  N_("minor number of its device, -1 if inactive") },
	{ FIELD_OF_LV_DEVICE, VALUE_SIZE, 7, "lv_kernel_read_ahead", "KRahead",
	  get_lv_kernel_read_ahead, N_("read-ahead of its device") },
	{ FIELD_OF_LV_DEVICE, VALUE_TEXT, 8, "lv_permissions", "LPerms", get_lv_permissions,
	  N_("what its device allows") },
	{ FIELD_OF_LV_DEVICE, VALUE_FLAG, 10, "lv_suspended", "Suspended", get_lv_suspended,
	  N_("whether its device is suspended") },
	{ FIELD_OF_LV_DEVICE, VALUE_FLAG, 20, "lv_live_table", "LiveTable", get_lv_live_table,
	  N_("whether its device has a live table") },
	{ FIELD_OF_LV_DEVICE, VALUE_FLAG, 20, "lv_inactive_table", "InactiveTable",
	  get_lv_inactive_table, N_("whether a table waits to be made live") },
	{ FIELD_OF_LV_DEVICE, VALUE_FLAG, 10, "lv_device_open", "DevOpen", get_lv_device_open,
	  N_("whether its device is open") },
	{ FIELD_OF_LV_STATUS, VALUE_PERCENT, 6, "data_percent", "Data%", get_data_percent,
	  N_("fill of the exception store, if active") },
	{ FIELD_OF_LV_STATUS, VALUE_PERCENT, 6, "snap_percent", "Snap%", get_data_percent,
	  N_("fill of the exception store, if active") },
	{ FIELD_OF_LV_STATUS, VALUE_PERCENT, 6, "metadata_percent", "Meta%", field_blank,
	  N_("fill of the metadata (pools)") },
	{ FIELD_OF_LV_STATUS, VALUE_PERCENT, 8, "copy_percent", "Cpy%Sync", field_blank,
	  N_("part in sync (mirror, raid)") },
	{ FIELD_OF_LV_STATUS, VALUE_PERCENT, 8, "sync_percent", "Cpy%Sync", field_blank,
	  N_("part in sync (mirror, raid)") },
	{ FIELD_OF_LV_STATUS, VALUE_NUMBER, 16, "cache_total_blocks", "CacheTotalBlocks",
	  field_blank, N_("total blocks (cache)") },
	{ FIELD_OF_LV_STATUS, VALUE_NUMBER, 16, "cache_used_blocks", "CacheUsedBlocks", field_blank,
	  N_("used blocks (cache)") },
	{ FIELD_OF_LV_STATUS, VALUE_NUMBER, 16, "cache_dirty_blocks", "CacheDirtyBlocks",
	  field_blank, N_("dirty blocks (cache)") },
	{ FIELD_OF_LV_STATUS, VALUE_NUMBER, 16, "cache_read_hits", "CacheReadHits", field_blank,
	  N_("read hits (cache)") },
	{ FIELD_OF_LV_STATUS, VALUE_NUMBER, 16, "cache_read_misses", "CacheReadMisses", field_blank,
	  N_("read misses (cache)") },
	{ FIELD_OF_LV_STATUS, VALUE_NUMBER, 16, "cache_write_hits", "CacheWriteHits", field_blank,
	  N_("write hits (cache)") },
	{ FIELD_OF_LV_STATUS, VALUE_NUMBER, 16, "cache_write_misses", "CacheWriteMisses",
	  field_blank, N_("write misses (cache)") },
	{ FIELD_OF_LV_STATUS, VALUE_WORDS, 18, "kernel_cache_settings", "KCacheSettings",
	  field_blank, N_("settings (cache)") },
	{ FIELD_OF_LV_STATUS, VALUE_TEXT, 18, "kernel_cache_policy", "KCachePolicy", field_blank,
	  N_("policy (cache)") },
	{ FIELD_OF_LV_STATUS, VALUE_NUMBER, 5, "kernel_metadata_format", "KMFmt", field_blank,
	  N_("format of metadata in the kernel (cache)") },
	{ FIELD_OF_LV_STATUS, VALUE_TEXT, 15, "lv_health_status", "Health", get_lv_health_status,
	  N_("\"partial\" if a device is missing") },
	{ FIELD_OF_LV_STATUS, VALUE_TEXT, 9, "kernel_discards", "KDiscards", field_blank,
	  N_("how discards are handled in the kernel (thin pool)") },
	{ FIELD_OF_LV_STATUS, VALUE_FLAG, 15, "lv_check_needed", "CheckNeeded", field_unknown,
	  N_("whether metadata must be checked (thin, cache)") },
	{ FIELD_OF_LV_STATUS, VALUE_FLAG, 15, "lv_merge_failed", "MergeFailed",
	  get_lv_merge_failed, N_("whether the merge failed") },
	{ FIELD_OF_LV_STATUS, VALUE_FLAG, 15, "lv_snapshot_invalid", "SnapInvalid",
	  get_lv_snapshot_invalid, N_("whether the snapshot is invalid") },
	{ FIELD_OF_LV_STATUS, VALUE_TEXT, 16, "vdo_operating_mode", "VDOOperatingMode", field_blank,
	  N_("operating mode (vdo)") },
	{ FIELD_OF_LV_STATUS, VALUE_TEXT, 19, "vdo_compression_state", "VDOCompressionState",
	  field_blank, N_("compression state (vdo)") },
	{ FIELD_OF_LV_STATUS, VALUE_TEXT, 13, "vdo_index_state", "VDOIndexState", field_blank,
	  N_("index state (vdo)") },
	{ FIELD_OF_LV_STATUS, VALUE_NUMBER, 11, "vdo_used_size", "VDOUsedSize", field_blank,
	  N_("used size (vdo)") },
	{ FIELD_OF_LV_STATUS, VALUE_NUMBER, 10, "vdo_saving_percent", "VDOSaving%", field_blank,
	  N_("saving percent (vdo)") },
	{ FIELD_OF_LV_STATUS, VALUE_NUMBER, 17, "writecache_total_blocks", "WCacheTotalBlocks",
	  field_blank, N_("total blocks (writecache)") },
	{ FIELD_OF_LV_STATUS, VALUE_NUMBER, 16, "writecache_free_blocks", "WCacheFreeBlocks",
	  field_blank, N_("free blocks (writecache)") },
	{ FIELD_OF_LV_STATUS, VALUE_NUMBER, 21, "writecache_writeback_blocks",
	  "WCacheWritebackBlocks", field_blank, N_("writeback blocks (writecache)") },
	{ FIELD_OF_LV_STATUS, VALUE_NUMBER, 12, "writecache_error", "WCacheErrors", field_blank,
	  N_("error (writecache)") },
	{ FIELD_OF_LV_BOTH, VALUE_STATE, 4, "lv_attr", "Attr", get_lv_attr,
	  N_("letters for type, permission, allocation, state …") },
	{ .name = NULL },
};
