/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/attributes.h"
#include "report/fields.h"
#include "report/words.h"

#include "base/text.h"
#include "model/vg.h"

/*
 * Devices: members of a group, absent ones too, and orphans.
 */

#define ABSENT "[unknown]"

static void get_pv_uuid(struct row *row, struct value *value)
{
	const char *id = row->disk ? row->disk->id : "";
	char text[ID_TEXT_LEN + 1];

	if (row->pv)
		id = row->pv->id;
	value_text(value, *id ? gather_text(row->gather, "%s", uuid_print(id, text)) : "");
}

static void get_dev_size(struct row *row, struct value *value)
{
	value_size(value, row->disk ? row->disk->dev_size_sectors : 0);
}

static void get_pv_name(struct row *row, struct value *value)
{
	if (row->disk)
		value_text(value, row->disk->path);
	else
		value_text(value, row->pv ? ABSENT : "");
}

static void device_number(const struct row *row, uint32_t number, struct value *value)
{
	value_text(value, gather_text(row->gather, "%u", number));
}

static void get_pv_major(struct row *row, struct value *value)
{
	device_number(row, row->disk ? row->disk->major : 0, value);
}

static void get_pv_minor(struct row *row, struct value *value)
{
	device_number(row, row->disk ? row->disk->minor : 0, value);
}

static void get_pv_mda_free(struct row *row, struct value *value)
{
	value_size(value, row->disk ? row->disk->areas.free_sectors : 0);
}

static void get_pv_mda_size(struct row *row, struct value *value)
{
	value_size(value, row->disk ? row->disk->areas.size_sectors : 0);
}

static void get_pv_ext_vsn(struct row *row, struct value *value)
{
	if (row->disk)
		value_number(value, row->disk->version);
	else
		value_blank(value, "");
}

static void get_pe_start(struct row *row, struct value *value)
{
	if (row->pv)
		value_size(value, row->pv->pe_start_sectors);
	else
		value_size(value, row->disk ? row->disk->pe_start_sectors : 0);
}

static uint64_t extents_to_sectors(const struct pv *pv, uint32_t extents)
{
	return extents * pv->vg->extent_size_sectors;
}

/* An orphan's room is not yet cut into extents. */
static uint64_t orphan_size(const struct row *row)
{
	return row->disk && !row->disk->blank ? row->disk->dev_size_sectors : 0;
}

static void get_pv_size(struct row *row, struct value *value)
{
	value_size(value,
		   row->pv ? extents_to_sectors(row->pv, row->pv->pe_count) : orphan_size(row));
}

static void get_pv_free(struct row *row, struct value *value)
{
	const struct pv *pv = row->pv;

	value_size(value, pv ? extents_to_sectors(pv, pv->pe_count - pv_used_extents(pv))
			     : orphan_size(row));
}

static void get_pv_used(struct row *row, struct value *value)
{
	value_size(value, row->pv ? extents_to_sectors(row->pv, pv_used_extents(row->pv)) : 0);
}

static void get_pv_attr(struct row *row, struct value *value)
{
	char text[PV_ATTRIBUTES + 1];

	pv_attributes(row, text);
	value_state(value, gather_text(row->gather, "%s", text),
		    text[0] == 'd' || text[2] == 'm' ? TONE_BAD : TONE_PLAIN);
}

static void get_pv_allocatable(struct row *row, struct value *value)
{
	value_flag(value, row->pv && (row->pv->flags & PV_ALLOCATABLE), "allocatable");
}

static void get_pv_exported(struct row *row, struct value *value)
{
	value_flag(value, row->group && (row->group->vg->flags & VG_EXPORTED), "exported");
}

static void get_pv_missing(struct row *row, struct value *value)
{
	value_flag(value, row->pv && (!row->disk || (row->pv->flags & PV_MISSING)), "missing");
}

static void get_pv_pe_count(struct row *row, struct value *value)
{
	value_number(value, row->pv ? row->pv->pe_count : 0);
}

static void get_pv_pe_alloc_count(struct row *row, struct value *value)
{
	value_number(value, row->pv ? pv_used_extents(row->pv) : 0);
}

static void get_pv_tags(struct row *row, struct value *value)
{
	value_words(value, words_of_list(row->gather, row->pv ? &row->pv->tags : NULL));
}

static void get_pv_mda_count(struct row *row, struct value *value)
{
	value_number(value, row->disk ? row->disk->areas.count : 0);
}

static void get_pv_mda_used_count(struct row *row, struct value *value)
{
	value_number(value, row->disk ? row->disk->areas.used : 0);
}

static void get_pv_ba_start(struct row *row, struct value *value)
{
	const uint64_t unused = row->disk ? row->disk->ba_start_sectors : 0;

	value_size(value, row->pv ? row->pv->ba_start_sectors : unused);
}

static void get_pv_ba_size(struct row *row, struct value *value)
{
	const uint64_t unused = row->disk ? row->disk->ba_size_sectors : 0;

	value_size(value, row->pv ? row->pv->ba_size_sectors : unused);
}

static void get_pv_in_use(struct row *row, struct value *value)
{
	value_flag(value, row->pv || (row->disk && row->disk->used), "used");
}

static void get_pv_duplicate(struct row *row, struct value *value)
{
	value_flag(value, row->disk && row->disk->duplicate, "duplicate");
}

static void get_pvseg_start(struct row *row, struct value *value)
{
	value_number(value, row->pe);
}

static void get_pvseg_size(struct row *row, struct value *value)
{
	value_number(value, row->pe_len);
}

/* Known to LVM2 of members only. */
static void get_pv_device_id(struct row *row, struct value *value)
{
	value_text(value, row->pv && row->disk ? row->disk->device_id : NULL);
}

static void get_pv_device_id_type(struct row *row, struct value *value)
{
	value_text(value, row->pv && row->disk ? row->disk->device_id_type : NULL);
}

const struct report_field pv_fields[] = {
	{ FIELD_OF_LABEL, VALUE_TEXT, 3, "pv_fmt", "Fmt", field_format, N_("kind of metadata") },
	{ FIELD_OF_LABEL, VALUE_TEXT, 38, "pv_uuid", "PV UUID", get_pv_uuid, N_("identity") },
	{ FIELD_OF_LABEL, VALUE_SIZE, 7, "dev_size", "DevSize", get_dev_size,
	  N_("size of the device") },
	{ FIELD_OF_LABEL, VALUE_TEXT, 10, "pv_name", "PV", get_pv_name, N_("path") },
	{ FIELD_OF_LABEL, VALUE_TEXT, 3, "pv_major", "Maj", get_pv_major,
	  N_("major number of the device") },
	{ FIELD_OF_LABEL, VALUE_TEXT, 3, "pv_minor", "Min", get_pv_minor,
	  N_("minor number of the device") },
	{ FIELD_OF_LABEL, VALUE_SIZE, 9, "pv_mda_free", "PMdaFree", get_pv_mda_free,
	  N_("free room for metadata") },
	{ FIELD_OF_LABEL, VALUE_SIZE, 9, "pv_mda_size", "PMdaSize", get_pv_mda_size,
	  N_("size of the smallest metadata area") },
	{ FIELD_OF_LABEL, VALUE_NUMBER, 7, "pv_ext_vsn", "PExtVsn", get_pv_ext_vsn,
	  N_("version of the label") },
	{ FIELD_OF_PV, VALUE_SIZE, 7, "pe_start", "1st PE", get_pe_start,
	  N_("where data begins on the device") },
	{ FIELD_OF_PV, VALUE_SIZE, 5, "pv_size", "PSize", get_pv_size,
	  N_("size that the group can use") },
	{ FIELD_OF_PV, VALUE_SIZE, 5, "pv_free", "PFree", get_pv_free, N_("free room") },
	{ FIELD_OF_PV, VALUE_SIZE, 4, "pv_used", "Used", get_pv_used, N_("room in use") },
	{ FIELD_OF_PV, VALUE_STATE, 4, "pv_attr", "Attr", get_pv_attr,
	  N_("letters for allocatable, exported, missing") },
	{ FIELD_OF_PV, VALUE_FLAG, 11, "pv_allocatable", "Allocatable", get_pv_allocatable,
	  N_("whether it may be allocated from") },
	{ FIELD_OF_PV, VALUE_FLAG, 10, "pv_exported", "Exported", get_pv_exported,
	  N_("whether its group is exported") },
	{ FIELD_OF_PV, VALUE_FLAG, 10, "pv_missing", "Missing", get_pv_missing,
	  N_("whether the device is missing") },
	{ FIELD_OF_PV, VALUE_NUMBER, 3, "pv_pe_count", "PE", get_pv_pe_count,
	  N_("number of extents") },
	{ FIELD_OF_PV, VALUE_NUMBER, 5, "pv_pe_alloc_count", "Alloc", get_pv_pe_alloc_count,
	  N_("number of extents in use") },
	{ FIELD_OF_PV, VALUE_WORDS, 7, "pv_tags", "PV Tags", get_pv_tags, N_("tags") },
	{ FIELD_OF_PV, VALUE_NUMBER, 5, "pv_mda_count", "#PMda", get_pv_mda_count,
	  N_("number of metadata areas") },
	{ FIELD_OF_PV, VALUE_NUMBER, 8, "pv_mda_used_count", "#PMdaUse", get_pv_mda_used_count,
	  N_("number of metadata areas in use") },
	{ FIELD_OF_PV, VALUE_SIZE, 8, "pv_ba_start", "BA Start", get_pv_ba_start,
	  N_("where the bootloader area begins") },
	{ FIELD_OF_PV, VALUE_SIZE, 7, "pv_ba_size", "BA Size", get_pv_ba_size,
	  N_("size of the bootloader area") },
	{ FIELD_OF_PV, VALUE_FLAG, 6, "pv_in_use", "PInUse", get_pv_in_use,
	  N_("whether it is in a group") },
	{ FIELD_OF_PV, VALUE_FLAG, 9, "pv_duplicate", "Duplicate", get_pv_duplicate,
	  N_("whether another device has its identity") },
	{ FIELD_OF_PV, VALUE_TEXT, 8, "pv_device_id", "DeviceID", get_pv_device_id,
	  N_("identity of the device itself") },
	{ FIELD_OF_PV, VALUE_TEXT, 12, "pv_device_id_type", "DeviceIDType", get_pv_device_id_type,
	  N_("kind of that identity") },
	{ .name = NULL },
};

const struct report_field pv_segment_fields[] = {
	{ FIELD_OF_PV_SEGMENT, VALUE_NUMBER, 5, "pvseg_start", "Start", get_pvseg_start,
	  N_("first extent of the run on the device") },
	{ FIELD_OF_PV_SEGMENT, VALUE_NUMBER, 5, "pvseg_size", "SSize", get_pvseg_size,
	  N_("number of extents in the run") },
	{ .name = NULL },
};
