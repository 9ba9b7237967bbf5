/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_REPORT_FIELDS_H
#define SNAPVOL_REPORT_FIELDS_H

/*
 * The fields of reports: names, headings, widths and kinds are LVM2's, in LVM2's order, so that
 * programs that read its reports can read ours.  Fields of volumes that snapvol does not make
 * (raid, thin, cache, vdo) exist and are blank.
 *
 * A getter fills in a value from a row; it fails never, a value that cannot be had is blank.
 */

#include "report/row.h"
#include "report/value.h"

/* What a field belongs to: decides "…_all", and what a line of the report must be. */
enum field_of {
	FIELD_OF_LV = 1u << 0,
	FIELD_OF_LV_DEVICE = 1u << 1,
	FIELD_OF_LV_STATUS = 1u << 2,
	FIELD_OF_LV_BOTH = 1u << 3,
	FIELD_OF_SNAPSHOT = 1u << 4,	/* what LVM2 does not have */
	FIELD_OF_LABEL = 1u << 5,
	FIELD_OF_PV = 1u << 6,
	FIELD_OF_VG = 1u << 7,
	FIELD_OF_SEGMENT = 1u << 8,
	FIELD_OF_PV_SEGMENT = 1u << 9,
};

enum {
	FIELD_OF_ANY_LV = FIELD_OF_LV | FIELD_OF_LV_DEVICE | FIELD_OF_LV_STATUS | FIELD_OF_LV_BOTH |
			  FIELD_OF_SNAPSHOT,
	FIELD_OF_ANY_PV = FIELD_OF_LABEL | FIELD_OF_PV,
};

struct report_field {
	enum field_of of;
	enum value_kind kind;		/* how it sorts, compares and is aligned */
	int width;
	const char *name, *heading;
	void (*get)(struct row *row, struct value *value);
	const char *help;		/* N_() */
};

struct field_group {
	enum field_of of;
	const char *title;		/* N_() */
	const char *prefix;		/* of the names, may be left out by the user */
};

/* Each ended by a row without name; fields.c puts them together. */
extern const struct report_field lv_fields[];
extern const struct report_field lv_state_fields[];
extern const struct report_field snapshot_fields[];
extern const struct report_field pv_fields[];
extern const struct report_field vg_fields[];
extern const struct report_field segment_fields[];
extern const struct report_field pv_segment_fields[];

/* All fields, counted from 0; NULL after the last. */
const struct report_field *field_at(unsigned index);

/* Ended by a row without title. */
const struct field_group *fields_groups(void);

/* A field as a user may write it: without underscores, without the prefix that fields of these
 * lines have ("pv_").  NULL: none. */
const struct report_field *field_find(const char *name, size_t len, const char *prefix);

/* Getters of fields that say the same in every row. */
void field_blank(struct row *row, struct value *value);
void field_unknown(struct row *row, struct value *value);
void field_minus_one(struct row *row, struct value *value);
void field_format(struct row *row, struct value *value);

#endif
