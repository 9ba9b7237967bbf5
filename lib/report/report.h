/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_REPORT_REPORT_H
#define SNAPVOL_REPORT_REPORT_H

/*
 * Reports: lines of fields as a table, as assignments or as JSON, sorted and selected, on standard
 * output.
 *
 *	report_begin()		the options are understood, or refused
 *	report_add_…()		in any order; the fields decide what a line is about
 *	report_end()		prints what has been kept back, in any case: JSON is whole even if
 *				something could not be had
 *
 * A table is LVM2's to the byte: its default columns, headings, units and order.
 */

#include "report/row.h"

enum report_line {
	LINE_LV,
	LINE_SEGMENT,
	LINE_VG,
	LINE_PV,
	LINE_PV_SEGMENT,
};

enum report_format { REPORT_BASIC, REPORT_JSON, REPORT_JSON_STD };

enum report_flags {
	REPORT_ALIGNED = 1u << 0,
	REPORT_BINARY = 1u << 1,	/* 0 and 1 in place of words */
	REPORT_NAME_PREFIXES = 1u << 2,
	REPORT_NO_HEADINGS = 1u << 3,
	REPORT_NO_SUFFIX = 1u << 4,
	REPORT_ROWS = 1u << 5,
	REPORT_UNBUFFERED = 1u << 6,
	REPORT_UNQUOTED = 1u << 7,
	REPORT_HIDDEN = 1u << 8,	/* volumes that users do not see, too */
	REPORT_VERBOSE = 1u << 9,	/* more columns, unless they are chosen */
	REPORT_COLOUR = 1u << 10,	/* for a terminal; only a table has colours */
	REPORT_FULL = 1u << 11,		/* a part of a full report: all fields, unless they are chosen */
	REPORT_JUDGE = 1u << 12,	/* lines are held against the selection, and not printed */
};

struct report_options {
	enum report_line line;		/* what a line is about, unless the fields say more */
	enum report_format format;
	unsigned flags;			/* enum report_flags */
	const char *const *fields;	/* each "a,b", "+a,b" or "-a,b" */
	unsigned field_count;
	struct dm_report_group *frame;	/* of a full report in JSON, whose part this is; or NULL */
	const char *sort;		/* the rest: NULL for the default */
	const char *select;
	const char *separator;
	const char *units;
};

struct report;

/* "lv", "seg", "vg", "pv" or "pvseg": what programs know reports of such lines by. */
const char *report_name(enum report_line line);

/* A full report in JSON is a list of parts, which are a few reports each.  What was begun is ended in any
 * case: the end of all, which closes the frame, prints.  0 or negative, reported. */
int report_frame_open(enum report_format format, struct dm_report_group **frame);
int report_frame_begin(struct dm_report_group *frame);
int report_frame_begin_part(struct dm_report_group *frame);
int report_frame_end(struct dm_report_group *frame);
int report_frame_close(struct dm_report_group **frame);

/* gather lives longer than the report.  0; 1: only a help text was asked for and is printed;
 * -EINVAL for unknown fields or selections, -EDOM for units, reported. */
int report_begin(const struct report_options *options, const struct gather *gather,
		 struct report **report);

/* What lines are about. */
enum report_line report_line(const struct report *report);

/* 0 or a negative errno, reported. */
int report_add_group(struct report *report, const struct group_facts *group);
int report_add_volume(struct report *report, const struct group_facts *group, const struct lv *lv);

/* group and pv are NULL for an orphan, disk for an absent device. */
int report_add_device(struct report *report, const struct group_facts *group, const struct pv *pv,
		      const struct disk_facts *disk);

/* With REPORT_JUDGE: whether a line added since the last call met the selection. */
bool report_has_met(struct report *report);

int report_end(struct report *report);
void report_free(struct report **report);

/* The facts of a group's device, or NULL if it is absent. */
const struct disk_facts *group_disk(const struct group_facts *group, const struct pv *pv);

#endif
