/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/report.h"

#include "base/auto.h"
#include "base/log.h"
#include "base/text.h"
#include "report/cell.h"
#include "report/colour.h"
#include "report/columns.h"
#include "report/fields.h"
#include "report/format.h"
#include "report/json-text.h"
#include "report/library.h"
#include "report/plain.h"
#include "report/reserved.h"
#include "report/runs-of-pv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GROUPS = 16 };

struct report {
	enum report_line line;
	enum report_format format;
	unsigned flags;
	struct cell_style style;
	const struct gather *gather;
	struct dm_report *handle;
	struct dm_report_group *frame; /* what JSON has around the lines; our own */
	struct dm_report_group *outer; /* or that of the full report */
	struct dm_report_object_type objects[GROUPS];
	struct dm_report_field_type *fields;
	struct reserved *reserved;
	struct row *row;      /* the line that is being made */
	struct dm_list later; /* what its cells are sorted by (cell.h) */
	bool sorts;
	bool shows_unselected; /* in a column that says so */
	bool met;	       /* one that has been judged met the selection */
};

/* The field is told by how far data lies behind the row. */
static int fill_cell(struct dm_report *handle, struct dm_pool *mem, struct dm_report_field *cell,
		     const void *data, void *private)
{
	struct report *report = private;
	const struct report_field *field =
		field_at((unsigned)((const char *)data - (const char *)report->row));
	struct value value = { 0 };
	int filled;

	field->get(report->row, &value);
	library_listen_as(report->format);
	filled = cell_fill(&report->style, handle, mem, cell, field->kind, &value,
			   report->sorts ? &report->later : NULL);
	return filled ? 1 : (fail_memory(), 0);
}

static void make_objects(struct dm_report_object_type *objects)
{
	const struct field_group *group;

	for (group = fields_groups(); group->title; group++)
		*objects++ = (struct dm_report_object_type) {
			.id = group->of,
			.desc = _(group->title),
			.prefix = group->prefix,
			.data_fn = plain_object,
		};
}

static uint32_t library_kind(enum value_kind kind)
{
	switch (kind) {
	case VALUE_NUMBER:
	case VALUE_FLAG:
		return DM_REPORT_FIELD_TYPE_NUMBER;
	case VALUE_SIZE:
		return DM_REPORT_FIELD_TYPE_SIZE;
	case VALUE_PERCENT:
		return DM_REPORT_FIELD_TYPE_PERCENT;
	case VALUE_WORDS:
	case VALUE_SEQUENCE:
		return DM_REPORT_FIELD_TYPE_STRING_LIST;
	case VALUE_TIME:
		return DM_REPORT_FIELD_TYPE_TIME;
	default:
		return DM_REPORT_FIELD_TYPE_STRING;
	}
}

/* The library's rows have constant arrays for names, which only an initialiser can fill. */
static void make_field(struct dm_report_field_type *row, const struct report_field *field,
		       unsigned index, bool colour)
{
	const bool marked = colour && field->kind == VALUE_STATE;

	row->type = field->of;
	row->flags = library_kind(field->kind);
	row->offset = index;
	row->width = field->width + (marked ? COLOUR_MARKS : 0);
	snprintf((char *)row->id, sizeof(row->id), "%s", field->name);
	snprintf((char *)row->heading, sizeof(row->heading), marked ? "\001%s\001" : "%s",
		 field->heading);
	row->report_fn = fill_cell;
	row->desc = _(field->help);
}

static struct dm_report_field_type *make_fields(bool colour)
{
	struct dm_report_field_type *fields;
	unsigned i, count = 0;

	while (field_at(count))
		count++;
	fields = calloc(count + 1, sizeof(*fields));
	for (i = 0; fields && i < count; i++)
		make_field(&fields[i], field_at(i), i, colour);
	return fields;
}

static uint32_t output_flags(const struct report_options *options)
{
	const unsigned flags = options->flags;
	const bool plain = options->separator || (flags & REPORT_NAME_PREFIXES);
	uint32_t result = 0;

	if (!plain || (flags & REPORT_ALIGNED))
		result |= DM_REPORT_OUTPUT_ALIGNED;
	if (!(flags & REPORT_UNBUFFERED) || options->sort)
		result |= DM_REPORT_OUTPUT_BUFFERED;
	if (!(flags & REPORT_NO_HEADINGS))
		result |= DM_REPORT_OUTPUT_HEADINGS;
	if (flags & REPORT_NAME_PREFIXES)
		result |= DM_REPORT_OUTPUT_FIELD_NAME_PREFIX;
	if (flags & REPORT_UNQUOTED)
		result |= DM_REPORT_OUTPUT_FIELD_UNQUOTED;
	if (flags & REPORT_ROWS)
		result |= DM_REPORT_OUTPUT_COLUMNS_AS_ROWS;
	return result;
}

/* The library puts its own name before some messages, and a full stop behind others. */
static int refuse(const char *why)
{
	static const char name[] = "dm_report: ";
	size_t len;

	if (!strncmp(why, name, sizeof(name) - 1))
		why += sizeof(name) - 1;
	len = strlen(why);
	if (len && why[len - 1] == '.')
		len--;
	return fail(-EINVAL, _("%.*s; see -o help and -S help"), (int)len, why);
}

static int open_handle(struct report *report, const struct report_options *options,
		       const char *fields)
{
	uint32_t used = columns_fields_of(options->line);
	const uint32_t flags = output_flags(options);
	const char *why;

	report->sorts = flags & DM_REPORT_OUTPUT_BUFFERED && !(report->flags & REPORT_JUDGE);
	report->shows_unselected = strstr(fields, "selected");
	library_listen();
	log_catch();
	report->handle = dm_report_init_with_selection(
		&used, report->objects, report->fields, fields,
		options->separator ? options->separator : " ", flags, columns_sort(options),
		options->select, reserved_values(report->reserved), report);
	why = log_caught();
	if (!report->handle)
		return refuse(why);
	if (options->flags & REPORT_NAME_PREFIXES)
		dm_report_set_output_field_name_prefix(report->handle, "lvm2_");

	report->line = columns_line(options->line, used);
	if (options->line <= LINE_SEGMENT && report->line > LINE_SEGMENT)
		return fail(-EINVAL, _("fields of volumes and of devices cannot be in one report"));
	return 0;
}

static const char *const frame_names[] = {
	[LINE_LV] = "lv", [LINE_SEGMENT] = "seg",      [LINE_VG] = "vg",
	[LINE_PV] = "pv", [LINE_PV_SEGMENT] = "pvseg",
};

/* What LVM2 has above tables that are printed together. */
static const char *const frame_titles[] = {
	[LINE_LV] = "Logical Volume",
	[LINE_SEGMENT] = "Logical Volume Segment",
	[LINE_VG] = "Volume Group",
	[LINE_PV] = "Physical Volume",
	[LINE_PV_SEGMENT] = "Physical Volume Segment",
};

const char *report_name(enum report_line line)
{
	return frame_names[line];
}

static int push(struct dm_report_group *frame, struct dm_report *handle, const char *name)
{
	library_listen();
	return dm_report_group_push(frame, handle, (void *)name) ? 0 : fail_memory();
}

int report_frame_open(enum report_format format, struct dm_report_group **frame)
{
	library_listen();
	*frame = format_open_frame(format);
	return *frame ? 0 : fail_memory();
}

int report_frame_begin(struct dm_report_group *frame)
{
	return push(frame, NULL, "report");
}

int report_frame_begin_part(struct dm_report_group *frame)
{
	return push(frame, NULL, NULL);
}

int report_frame_end(struct dm_report_group *frame)
{
	library_listen();
	return dm_report_group_pop(frame) ? 0 : -ENOMEM;
}

int report_frame_close(struct dm_report_group **frame)
{
	int done;

	library_listen();
	done = dm_report_group_destroy(*frame);
	*frame = NULL;
	return done ? 0 : -ENOMEM;
}

/* {"report": [{"lv": [ lines ]}]} */
static int open_frame(struct report *report, const struct report_options *options)
{
	const char *name = options->format == REPORT_BASIC ? frame_titles[options->line]
							   : report_name(options->line);
	int r = 0;

	report->outer = options->frame;
	if (report->outer)
		return push(report->outer, report->handle, name);
	if (options->format == REPORT_BASIC)
		return 0;
	r = report_frame_open(options->format, &report->frame);
	r = r < 0 ? r : report_frame_begin(report->frame);
	return r < 0 ? r : push(report->frame, report->handle, name);
}

static int open_report(struct report *report, const struct report_options *options)
{
	AUTO_FREE char *fields = NULL;
	int r;

	/* it is long */
	if (columns_ask_for_help(options))
		log_tell();
	r = cell_set_units(&report->style, options->units ? options->units : "r");
	if (r >= 0)
		r = columns_choose(options, &fields);
	if (r >= 0)
		r = open_handle(report, options, fields);
	if (r >= 0 && columns_ask_for_help(options))
		return 1;
	return r < 0 ? r : open_frame(report, options);
}

static bool has_colours(const struct report_options *options)
{
	return options->flags & REPORT_COLOUR && options->format == REPORT_BASIC &&
	       !options->separator &&
	       !(options->flags & (REPORT_NAME_PREFIXES | REPORT_ROWS | REPORT_UNBUFFERED));
}

static escape_text *escape_for(const struct report_options *options)
{
	if (options->format != REPORT_BASIC)
		return json_text;
	if (options->flags & REPORT_NAME_PREFIXES && !(options->flags & REPORT_UNQUOTED))
		return escape_quoted;
	return escape_controls;
}

int report_begin(const struct report_options *options, const struct gather *gather,
		 struct report **report)
{
	AUTO(report) struct report *new = calloc(1, sizeof(*new));
	int r;

	if (!new)
		return fail_memory();
	new->flags = options->flags;
	new->gather = gather;
	new->style.suffix = !(options->flags & REPORT_NO_SUFFIX);
	new->format = options->format;
	new->style.escape = escape_for(options);
	new->style.arrays = options->format == REPORT_JSON_STD;
	/* what stands for a flag in json_std is a number */
	new->style.binary = (options->flags & REPORT_BINARY) || options->format == REPORT_JSON_STD;
	new->style.colour = has_colours(options);
	new->fields = make_fields(new->style.colour);
	new->reserved = reserved_new();
	if (!new->fields || !new->reserved)
		return fail_memory();
	make_objects(new->objects);

	r = open_report(new, options);
	if (r)
		return r;
	*report = TAKE(new);
	return 0;
}

enum report_line report_line(const struct report *report)
{
	return report->line;
}

static int add_row(struct report *report, struct row *row)
{
	int done, selected = 0;

	row->gather = report->gather;
	report->row = row;
	dm_list_init(&report->later);
	library_listen_as(report->format);
	done = dm_report_object_is_selected(report->handle, row, !(report->flags & REPORT_JUDGE),
					    &selected);
	if (done && (selected || report->shows_unselected))
		cell_sort_by(&report->later);
	report->row = NULL;
	report->met |= selected;
	return done ? 0 : -ENOMEM;
}

static int add_volume_row(struct report *report, const struct group_facts *group,
			  const struct lv *lv)
{
	struct row row = { .group = group, .lv = lv };

	return add_row(report, &row);
}

static int add_segment_rows(struct report *report, const struct group_facts *group,
			    const struct lv *lv)
{
	const struct segment *segment;
	int r = 0;

	dm_list_iterate_items(segment, &lv->segments) {
		struct row row = { .group = group, .lv = lv, .segment = segment };

		r = add_row(report, &row);
		if (r < 0)
			break;
	}
	return r;
}

int report_add_volume(struct report *report, const struct group_facts *group, const struct lv *lv)
{
	return report->line == LINE_SEGMENT ? add_segment_rows(report, group, lv)
					    : add_volume_row(report, group, lv);
}

static int add_run_rows(struct report *report, const struct group_facts *group, const struct pv *pv,
			const struct disk_facts *disk)
{
	AUTO_FREE struct pv_run *runs = NULL;
	unsigned i, count;
	int r;

	r = pv_runs(pv, &runs, &count);
	for (i = 0; r >= 0 && i < count; i++) {
		struct row row = {
			.group = group,
			.pv = pv,
			.disk = disk,
			.pe = runs[i].pe,
			.pe_len = runs[i].len,
			.segment = runs[i].segment,
			.lv = runs[i].segment ? runs[i].segment->lv : NULL,
		};

		r = add_row(report, &row);
	}
	return r;
}

int report_add_device(struct report *report, const struct group_facts *group, const struct pv *pv,
		      const struct disk_facts *disk)
{
	struct row row = { .group = group, .pv = pv, .disk = disk };

	if (report->line == LINE_PV_SEGMENT && pv)
		return add_run_rows(report, group, pv, disk);
	return add_row(report, &row);
}

const struct disk_facts *group_disk(const struct group_facts *group, const struct pv *pv)
{
	unsigned i;

	for (i = 0; i < group->disk_count; i++)
		if (!strcmp(group->disks[i].id, pv->id))
			return &group->disks[i];
	return NULL;
}

static int add_devices_of_group(struct report *report, const struct group_facts *group)
{
	const struct pv *pv;
	int r = 0;

	dm_list_iterate_items(pv, &group->vg->pvs) {
		r = report_add_device(report, group, pv, group_disk(group, pv));
		if (r < 0)
			break;
	}
	return r;
}

static int add_volumes_of_group(struct report *report, const struct group_facts *group)
{
	const struct lv *lv;
	int r = 0;

	dm_list_iterate_items(lv, &group->vg->lvs) {
		if (!lv_is_visible(lv) && !(report->flags & REPORT_HIDDEN))
			continue;
		r = report_add_volume(report, group, lv);
		if (r < 0)
			break;
	}
	return r;
}

int report_add_group(struct report *report, const struct group_facts *group)
{
	struct row row = { .group = group };

	switch (report->line) {
	case LINE_VG:
		return add_row(report, &row);
	case LINE_PV:
	case LINE_PV_SEGMENT:
		return add_devices_of_group(report, group);
	default:
		return add_volumes_of_group(report, group);
	}
}

bool report_has_met(struct report *report)
{
	const bool met = report->met;

	report->met = false;
	return met;
}

int report_end(struct report *report)
{
	int done;

	if (report->style.colour)
		library_listen_for_colours(!(report->flags & REPORT_NO_HEADINGS));
	else
		library_listen_as(report->format);
	if (report->outer)
		done = dm_report_output(report->handle) && dm_report_group_pop(report->outer);
	else if (report->frame)
		done = dm_report_group_destroy(report->frame);
	else
		done = dm_report_output(report->handle);
	report->frame = report->outer = NULL;
	return done ? 0 : -ENOMEM;
}

void report_free(struct report **report)
{
	if (!*report)
		return;
	if ((*report)->frame)
		dm_report_group_destroy((*report)->frame);
	if ((*report)->outer)
		dm_report_group_pop((*report)->outer);
	if ((*report)->handle)
		dm_report_free((*report)->handle);
	free((*report)->fields);
	reserved_free(&(*report)->reserved);
	free(*report);
	*report = NULL;
}
