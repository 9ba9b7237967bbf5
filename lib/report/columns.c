/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/columns.h"

#include "base/auto.h"
#include "base/log.h"
#include "base/stream.h"
#include "base/text.h"
#include "report/fields.h"

#include <stdio.h>
#include <string.h>

struct defaults {
	const char *fields, *verbose, *sort, *prefix;
	const char *full, *full_sort; /* as a part of a full report */
};

static const struct defaults defaults[] = {
	[LINE_LV] = {
		"lv_name,vg_name,lv_attr,lv_size,pool_lv,origin,data_percent,metadata_percent,"
		"move_pv,mirror_log,copy_percent,convert_lv",
		"lv_name,vg_name,seg_count,lv_attr,lv_size,lv_major,lv_minor,lv_kernel_major,"
		"lv_kernel_minor,pool_lv,origin,data_percent,metadata_percent,move_pv,copy_percent,"
		"mirror_log,convert_lv,lv_uuid,lv_profile",
		"vg_name,lv_name",
		"lv_",
		"lv_all",
		"vg_name,lv_name",
	},
	[LINE_SEGMENT] = {
		"lv_name,vg_name,lv_attr,stripes,segtype,seg_size",
		"lv_name,vg_name,lv_attr,seg_start,seg_size,stripes,segtype,stripe_size,chunk_size",
		"vg_name,lv_name,seg_start",
		"seg_",
		"seg_all,lv_uuid",
		"lv_uuid,seg_start",
	},
	[LINE_VG] = {
		"vg_name,pv_count,lv_count,snap_count,vg_attr,vg_size,vg_free",
		"vg_name,vg_attr,vg_extent_size,pv_count,lv_count,snap_count,vg_size,vg_free,"
		"vg_uuid,vg_profile",
		"vg_name",
		"vg_",
		"vg_all",
		"vg_name",
	},
	[LINE_PV] = {
		"pv_name,vg_name,pv_fmt,pv_attr,pv_size,pv_free",
		"pv_name,vg_name,pv_fmt,pv_attr,pv_size,pv_free,dev_size,pv_uuid",
		"pv_name",
		"pv_",
		"pv_all",
		"pv_name",
	},
	[LINE_PV_SEGMENT] = {
		"pv_name,vg_name,pv_fmt,pv_attr,pv_size,pv_free,pvseg_start,pvseg_size",
		"pv_name,vg_name,pv_fmt,pv_attr,pv_size,pv_free,pvseg_start,pvseg_size,lv_name,"
		"seg_start_pe,segtype,seg_pe_ranges",
		"pv_name,pvseg_start",
		"pvseg_",
		"pvseg_all,pv_uuid,lv_uuid",
		"pv_uuid,pvseg_start",
	},
};

static bool is_listed(const struct report_field *field, const char *list, const char *prefix)
{
	size_t len;

	for (;; list += len + 1) {
		len = strcspn(list, ",");
		if (field_find(list, len, prefix) == field)
			return true;
		if (!list[len])
			return false;
	}
}

/* As for LVM2 it is no error to leave out what is not there. */
static void check_list(const char *list, const char *prefix)
{
	size_t len;

	for (;; list += len + 1) {
		len = strcspn(list, ",");
		if (!field_find(list, len, prefix))
			warn(_("%.*s: no such field"), (int)len, list);
		if (!list[len])
			return;
	}
}

/* Copy the names in list, separated by commas, but for those of the fields in unwanted. */
static void print_without(FILE *out, const char *list, const char *unwanted, const char *prefix)
{
	const struct report_field *field;
	const char *comma = "";
	size_t len;

	for (;; list += len + 1) {
		len = strcspn(list, ",");
		field = field_find(list, len, prefix);
		if (!field || !is_listed(field, unwanted, prefix)) {
			fprintf(out, "%s%.*s", comma, (int)len, list);
			comma = ",";
		}
		if (!list[len])
			return;
	}
}

static int apply(char **fields, const char *word, const char *prefix)
{
	AUTO_FREE char *before = *fields;
	struct stream stream;

	*fields = NULL;
	if (word[0] == '-')
		check_list(word + 1, prefix);
	if (stream_begin(&stream) < 0)
		return -ENOMEM;

	if (word[0] == '-')
		print_without(stream.out, before, word + 1, prefix);
	else if (word[0] == '+')
		fprintf(stream.out, "%s,%s", before, word + 1);
	else if (word[strspn(word, ",")]) /* "," is no field at all */
		fputs(word, stream.out);
	return stream_end(&stream, fields, NULL);
}

static const char *default_fields(const struct report_options *options)
{
	const struct defaults *row = &defaults[options->line];

	if (options->flags & REPORT_FULL)
		return row->full;
	return options->flags & REPORT_VERBOSE ? row->verbose : row->fields;
}

int columns_choose(const struct report_options *options, char **fields)
{
	const struct defaults *row = &defaults[options->line];
	AUTO_FREE char *chosen = NULL;
	unsigned i;
	int r;

	chosen = strdup(default_fields(options));
	if (!chosen)
		return fail_memory();
	for (i = 0; i < options->field_count; i++) {
		r = apply(&chosen, options->fields[i], row->prefix);
		if (r < 0)
			return r;
	}
	*fields = TAKE(chosen);
	return 0;
}

const char *columns_sort(const struct report_options *options)
{
	if (options->sort)
		return options->sort;
	if (options->flags & REPORT_UNBUFFERED)
		return "";
	return options->flags & REPORT_FULL ? defaults[options->line].full_sort
					    : defaults[options->line].sort;
}

static bool is_question(const char *text)
{
	return !strcmp(text, "help") || !strcmp(text, "?");
}

bool columns_ask_for_help(const struct report_options *options)
{
	unsigned i;

	for (i = 0; i < options->field_count; i++)
		if (is_question(options->fields[i]))
			return true;
	return (options->select && is_question(options->select)) ||
	       (options->sort && is_question(options->sort));
}

unsigned columns_fields_of(enum report_line line)
{
	switch (line) {
	case LINE_LV:
		return FIELD_OF_LV;
	case LINE_SEGMENT:
		return FIELD_OF_SEGMENT;
	case LINE_VG:
		return FIELD_OF_VG;
	case LINE_PV:
		return FIELD_OF_PV;
	case LINE_PV_SEGMENT:
		return FIELD_OF_PV_SEGMENT;
	}
	return 0;
}

enum report_line columns_line(enum report_line line, unsigned fields_of)
{
	const unsigned all = fields_of | columns_fields_of(line);
	const bool devices = all & FIELD_OF_ANY_PV;
	const bool volumes = all & (FIELD_OF_ANY_LV | FIELD_OF_SEGMENT);

	if ((all & FIELD_OF_PV_SEGMENT) || (devices && volumes))
		return LINE_PV_SEGMENT;
	if (devices)
		return LINE_PV;
	if (all & FIELD_OF_SEGMENT)
		return LINE_SEGMENT;
	return volumes ? LINE_LV : LINE_VG;
}
