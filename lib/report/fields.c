/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/fields.h"

#include "base/text.h"

#include <string.h>

/* In this order names are tried. */
static const struct report_field *const tables[] = {
	lv_fields, lv_state_fields, snapshot_fields,   pv_fields,
	vg_fields, segment_fields,  pv_segment_fields,
};

enum { TABLES = sizeof(tables) / sizeof(tables[0]) };

static const struct field_group groups[] = {
	{ FIELD_OF_LV, N_("Volume"), "lv_" },
	{ FIELD_OF_LV_DEVICE, N_("Volume device"), "lv_" },
	{ FIELD_OF_LV_STATUS, N_("Volume status"), "lv_" },
	{ FIELD_OF_LV_BOTH, N_("Volume device and status"), "lv_" },
	{ FIELD_OF_SNAPSHOT, N_("Snapshot"), "snap_" },
	{ FIELD_OF_LABEL, N_("Physical volume label"), "pv_" },
	{ FIELD_OF_PV, N_("Physical volume"), "pv_" },
	{ FIELD_OF_VG, N_("Volume group"), "vg_" },
	{ FIELD_OF_SEGMENT, N_("Segment"), "seg_" },
	{ FIELD_OF_PV_SEGMENT, N_("Physical segment"), "pvseg_" },
	{ .title = NULL },
};

const struct field_group *fields_groups(void)
{
	return groups;
}

const struct report_field *field_at(unsigned index)
{
	const struct report_field *field;
	unsigned i;

	for (i = 0; i < TABLES; i++)
		for (field = tables[i]; field->name; field++)
			if (!index--)
				return field;
	return NULL;
}

/* Underscores do not count. */
static bool is_same_name(const char *name, const char *end, const char *full)
{
	for (;;) {
		while (name < end && *name == '_')
			name++;
		while (*full == '_')
			full++;
		if (name == end || !*full)
			return name == end && !*full;
		if (*name++ != *full++)
			return false;
	}
}

const struct report_field *field_find(const char *name, size_t len, const char *prefix)
{
	const size_t prefix_len = strlen(prefix);
	const struct report_field *field;
	unsigned i;

	for (i = 0; (field = field_at(i)); i++) {
		if (is_same_name(name, name + len, field->name))
			return field;
		if (prefix_len && !strncmp(field->name, prefix, prefix_len) &&
		    is_same_name(name, name + len, field->name + prefix_len))
			return field;
	}
	return NULL;
}

void field_blank(struct row *row, struct value *value)
{
	(void)row;
	value_blank(value, "");
}

void field_unknown(struct row *row, struct value *value)
{
	(void)row;
	value_unknown(value);
}

void field_minus_one(struct row *row, struct value *value)
{
	(void)row;
	value_blank(value, "-1");
}

void field_format(struct row *row, struct value *value)
{
	value_text(value, row->disk && row->disk->blank ? "" : "lvm2");
}
