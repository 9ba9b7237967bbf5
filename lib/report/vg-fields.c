/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/attributes.h"
#include "report/fields.h"
#include "report/words.h"

#include "base/text.h"
#include "model/alloc.h"
#include "model/lv.h"

#include <string.h>

/*
 * Groups.  Of a device that is in none all names are blank and all numbers 0.
 */

static void get_vg_uuid(struct row *row, struct value *value)
{
	const struct vg *vg = row_vg(row);
	char text[ID_TEXT_LEN + 1];

	value_text(value, vg ? gather_text(row->gather, "%s", uuid_print(vg->id, text)) : "");
}

static void get_vg_name(struct row *row, struct value *value)
{
	const struct vg *vg = row_vg(row);

	value_text(value, vg ? vg->name : "");
}

static void get_vg_attr(struct row *row, struct value *value)
{
	const struct vg *vg = row_vg(row);
	char text[VG_ATTRIBUTES + 1];

	if (vg)
		value_state(value, gather_text(row->gather, "%s", vg_attributes(vg, text)),
			    vg->flags & VG_PARTIAL ? TONE_BAD : TONE_PLAIN);
	else
		value_state(value, "", TONE_PLAIN);
}

static void get_vg_permissions(struct row *row, struct value *value)
{
	const struct vg *vg = row_vg(row);

	if (!vg)
		value_text(value, "");
	else
		value_text(value, vg->flags & VG_WRITE ? "writeable" : "read-only");
}

static void flag(const struct row *row, unsigned bit, const char *word, struct value *value)
{
	const struct vg *vg = row_vg(row);

	value_flag(value, vg && (vg->flags & bit), word);
}

static void get_vg_extendable(struct row *row, struct value *value)
{
	flag(row, VG_RESIZEABLE, "extendable", value);
}

static void get_vg_exported(struct row *row, struct value *value)
{
	flag(row, VG_EXPORTED, "exported", value);
}

static void get_vg_autoactivation(struct row *row, struct value *value)
{
	const struct vg *vg = row_vg(row);

	value_flag(value, vg && !(vg->flags & VG_NOAUTOACTIVATE), "enabled");
}

static void get_vg_partial(struct row *row, struct value *value)
{
	flag(row, VG_PARTIAL, "partial", value);
}

static void get_vg_allocation_policy(struct row *row, struct value *value)
{
	const struct vg *vg = row_vg(row);

	value_text(value, vg ? alloc_word(vg->alloc) : "");
}

static void get_vg_clustered(struct row *row, struct value *value)
{
	flag(row, VG_CLUSTERED, "clustered", value);
}

static void get_vg_shared(struct row *row, struct value *value)
{
	const struct vg *vg = row_vg(row);

	value_flag(value, vg && vg->lock_type && strcmp(vg->lock_type, "none"), "shared");
}

static void extents(const struct row *row, uint64_t count, struct value *value)
{
	const struct vg *vg = row_vg(row);

	value_size(value, vg ? count * vg->extent_size_sectors : 0);
}

static void get_vg_size(struct row *row, struct value *value)
{
	extents(row, row_vg(row) ? vg_extents(row_vg(row)) : 0, value);
}

static void get_vg_free(struct row *row, struct value *value)
{
	extents(row, row_vg(row) ? group_free_extents(row_vg(row)) : 0, value);
}

static void get_vg_extent_size(struct row *row, struct value *value)
{
	extents(row, 1, value);
}

static void get_vg_sysid(struct row *row, struct value *value)
{
	const struct vg *vg = row_vg(row);

	value_text(value, vg ? vg->system_id : "");
}

static void get_vg_lock_type(struct row *row, struct value *value)
{
	const struct vg *vg = row_vg(row);

	value_text(value, vg ? vg->lock_type : "");
}

static void get_vg_lock_args(struct row *row, struct value *value)
{
	const struct vg *vg = row_vg(row);

	value_text(value, vg ? vg->lock_args : "");
}

static void get_vg_profile(struct row *row, struct value *value)
{
	const struct vg *vg = row_vg(row);

	value_text(value, vg ? vg->profile : "");
}

static void get_vg_extent_count(struct row *row, struct value *value)
{
	value_number(value, row_vg(row) ? vg_extents(row_vg(row)) : 0);
}

static void get_vg_free_count(struct row *row, struct value *value)
{
	value_number(value, row_vg(row) ? group_free_extents(row_vg(row)) : 0);
}

static void get_max_lv(struct row *row, struct value *value)
{
	value_number(value, row_vg(row) ? row_vg(row)->max_lv : 0);
}

static void get_max_pv(struct row *row, struct value *value)
{
	value_number(value, row_vg(row) ? row_vg(row)->max_pv : 0);
}

static void get_pv_count(struct row *row, struct value *value)
{
	value_number(value, row_vg(row) ? dm_list_size(&row_vg(row)->pvs) : 0);
}

static uint64_t missing_pvs(const struct vg *vg)
{
	const struct pv *pv;
	uint64_t count = 0;

	dm_list_iterate_items(pv, &vg->pvs)
		count += pv_is_missing(pv);
	return count;
}

static void get_vg_missing_pv_count(struct row *row, struct value *value)
{
	value_number(value, row_vg(row) ? missing_pvs(row_vg(row)) : 0);
}

static void get_lv_count(struct row *row, struct value *value)
{
	value_number(value, row_vg(row) ? vg_visible_lvs(row_vg(row)) : 0);
}

static void get_snap_count(struct row *row, struct value *value)
{
	value_number(value, row_vg(row) ? dm_list_size(&row_vg(row)->snapshots) : 0);
}

static void get_vg_seqno(struct row *row, struct value *value)
{
	value_number(value, row_vg(row) ? row_vg(row)->seqno : 0);
}

static void get_vg_tags(struct row *row, struct value *value)
{
	const struct vg *vg = row_vg(row);

	value_words(value, words_of_list(row->gather, vg ? &vg->tags : NULL));
}

static void get_vg_mda_count(struct row *row, struct value *value)
{
	value_number(value, row->group ? row->group->areas.count : 0);
}

static void get_vg_mda_used_count(struct row *row, struct value *value)
{
	value_number(value, row->group ? row->group->areas.used : 0);
}

static void get_vg_mda_free(struct row *row, struct value *value)
{
	value_size(value, row->group ? row->group->areas.free_sectors : 0);
}

static void get_vg_mda_size(struct row *row, struct value *value)
{
	value_size(value, row->group ? row->group->areas.size_sectors : 0);
}

static void get_vg_mda_copies(struct row *row, struct value *value)
{
	const struct vg *vg = row_vg(row);

	if (vg && vg->metadata_copies)
		value_number(value, vg->metadata_copies);
	else
		value_blank(value, "unmanaged");
}

const struct report_field vg_fields[] = {
	{ FIELD_OF_VG, VALUE_TEXT, 3, "vg_fmt", "Fmt", field_format, N_("kind of metadata") },
	{ FIELD_OF_VG, VALUE_TEXT, 38, "vg_uuid", "VG UUID", get_vg_uuid, N_("identity") },
	{ FIELD_OF_VG, VALUE_TEXT, 2, "vg_name", "VG", get_vg_name, N_("name") },
	{ FIELD_OF_VG, VALUE_STATE, 5, "vg_attr", "Attr", get_vg_attr,
	  N_("letters for permission, resizeable, exported, partial, policy, shared") },
	{ FIELD_OF_VG, VALUE_TEXT, 10, "vg_permissions", "VPerms", get_vg_permissions,
	  N_("whether it may be changed") },
	{ FIELD_OF_VG, VALUE_FLAG, 10, "vg_extendable", "Extendable", get_vg_extendable,
	  N_("whether devices may be added") },
	{ FIELD_OF_VG, VALUE_FLAG, 10, "vg_exported", "Exported", get_vg_exported,
	  N_("whether it is exported") },
	{ FIELD_OF_VG, VALUE_FLAG, 7, "vg_autoactivation", "AutoAct", get_vg_autoactivation,
	  N_("whether it may be activated at boot") },
	{ FIELD_OF_VG, VALUE_FLAG, 10, "vg_partial", "Partial", get_vg_partial,
	  N_("whether a device is missing") },
	{ FIELD_OF_VG, VALUE_TEXT, 10, "vg_allocation_policy", "AllocPol", get_vg_allocation_policy,
	  N_("allocation policy") },
	{ FIELD_OF_VG, VALUE_FLAG, 10, "vg_clustered", "Clustered", get_vg_clustered,
	  N_("whether a cluster shares it") },
	{ FIELD_OF_VG, VALUE_FLAG, 7, "vg_shared", "Shared", get_vg_shared,
	  N_("whether hosts share it by a lock manager") },
	{ FIELD_OF_VG, VALUE_SIZE, 5, "vg_size", "VSize", get_vg_size, N_("size") },
	{ FIELD_OF_VG, VALUE_SIZE, 5, "vg_free", "VFree", get_vg_free, N_("free room") },
	{ FIELD_OF_VG, VALUE_TEXT, 6, "vg_sysid", "SYS ID", get_vg_sysid, N_("host that owns it") },
	{ FIELD_OF_VG, VALUE_TEXT, 9, "vg_systemid", "System ID", get_vg_sysid,
	  N_("host that owns it") },
	{ FIELD_OF_VG, VALUE_TEXT, 8, "vg_lock_type", "LockType", get_vg_lock_type,
	  N_("kind of lock manager") },
	{ FIELD_OF_VG, VALUE_TEXT, 9, "vg_lock_args", "VLockArgs", get_vg_lock_args,
	  N_("arguments for the lock manager") },
	{ FIELD_OF_VG, VALUE_SIZE, 3, "vg_extent_size", "Ext", get_vg_extent_size,
	  N_("size of an extent") },
	{ FIELD_OF_VG, VALUE_NUMBER, 4, "vg_extent_count", "#Ext", get_vg_extent_count,
	  N_("number of extents") },
	{ FIELD_OF_VG, VALUE_NUMBER, 4, "vg_free_count", "Free", get_vg_free_count,
	  N_("number of free extents") },
	{ FIELD_OF_VG, VALUE_NUMBER, 5, "max_lv", "MaxLV", get_max_lv,
	  N_("most volumes allowed, 0 for no limit") },
	{ FIELD_OF_VG, VALUE_NUMBER, 5, "max_pv", "MaxPV", get_max_pv,
	  N_("most devices allowed, 0 for no limit") },
	{ FIELD_OF_VG, VALUE_NUMBER, 3, "pv_count", "#PV", get_pv_count, N_("number of devices") },
	{ FIELD_OF_VG, VALUE_NUMBER, 11, "vg_missing_pv_count", "#PV Missing",
	  get_vg_missing_pv_count, N_("number of missing devices") },
	{ FIELD_OF_VG, VALUE_NUMBER, 3, "lv_count", "#LV", get_lv_count,
	  N_("number of volumes that users see") },
	{ FIELD_OF_VG, VALUE_NUMBER, 3, "snap_count", "#SN", get_snap_count,
	  N_("number of snapshots") },
	{ FIELD_OF_VG, VALUE_NUMBER, 3, "vg_seqno", "Seq", get_vg_seqno,
	  N_("number of the metadata, grows with each change") },
	{ FIELD_OF_VG, VALUE_WORDS, 7, "vg_tags", "VG Tags", get_vg_tags, N_("tags") },
	{ FIELD_OF_VG, VALUE_TEXT, 8, "vg_profile", "VProfile", get_vg_profile,
	  N_("profile attached to it") },
	{ FIELD_OF_VG, VALUE_NUMBER, 5, "vg_mda_count", "#VMda", get_vg_mda_count,
	  N_("number of metadata areas") },
	{ FIELD_OF_VG, VALUE_NUMBER, 8, "vg_mda_used_count", "#VMdaUse", get_vg_mda_used_count,
	  N_("number of metadata areas in use") },
	{ FIELD_OF_VG, VALUE_SIZE, 9, "vg_mda_free", "VMdaFree", get_vg_mda_free,
	  N_("free room for metadata") },
	{ FIELD_OF_VG, VALUE_SIZE, 9, "vg_mda_size", "VMdaSize", get_vg_mda_size,
	  N_("size of the smallest metadata area") },
	{ FIELD_OF_VG, VALUE_NUMBER, 8, "vg_mda_copies", "#VMdaCps", get_vg_mda_copies,
	  N_("number of metadata areas wanted in use") },
	{ .name = NULL },
};
