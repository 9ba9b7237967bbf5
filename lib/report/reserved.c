/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/reserved.h"

#include "base/text.h"
#include "report/fields.h"
#include "report/moment.h"

#include <float.h>
#include <stdlib.h>
#include <string.h>

enum { NAMES = 5 };

static const uint64_t set = 1, clear = 0, undefined = UINT64_MAX;
static const double largest = DBL_MAX;

static const char *const yes[] = { "yes", NULL };
static const char *const no[] = { "no", NULL };

/* Some of what handle_moment() understands, to be shown. */
static const char *const moments[] = { "2 weeks ago", "yesterday 9:30", "Monday", "5 Jan noon",
				       NULL };
static const char *const undefined_names[] = { "-1", "unknown", "undefined", "undef", NULL };

/* What a field's value is called besides. */
static const struct synonym {
	const char *field;
	const void *value; /* as libdevmapper keeps it: uint64_t, double of sizes, text */
	const char *names[NAMES];
} synonyms[] = {
	{ "lv_initial_image_sync", &set, { "initial image sync", "sync" } },
	{ "lv_image_synced", &set, { "image synced", "synced" } },
	{ "lv_merging", &set, { "merging" } },
	{ "lv_converting", &set, { "converting" } },
	{ "lv_allocation_locked", &set, { "allocation locked", "locked" } },
	{ "lv_fixed_minor", &set, { "fixed minor", "fixed" } },
	{ "lv_skip_activation", &set, { "skip activation", "skip" } },
	{ "lv_autoactivation", &set, { "enabled" } },
	{ "lv_active_locally", &set, { "active locally", "active", "locally" } },
	{ "lv_active_remotely", &set, { "active remotely", "active", "remotely" } },
	{ "lv_active_exclusively", &set, { "active exclusively", "active", "exclusively" } },
	{ "lv_historical", &set, { "historical" } },
	{ "lv_suspended", &set, { "suspended" } },
	{ "lv_live_table", &set, { "live table present", "live table", "live" } },
	{ "lv_inactive_table", &set, { "inactive table present", "inactive table", "inactive" } },
	{ "lv_device_open", &set, { "open" } },
	{ "lv_check_needed", &set, { "check needed", "needed" } },
	{ "lv_merge_failed", &set, { "merge failed", "failed" } },
	{ "lv_snapshot_invalid", &set, { "snapshot invalid", "invalid" } },
	{ "lv_permissions", "writeable", { "rw", "read-write" } },
	{ "lv_permissions", "read-only", { "r", "ro" } },
	{ "lv_permissions", "read-only-override", { "ro-override", "r-override", "R" } },
	{ "lv_read_ahead", &largest, { "auto" } },
	{ "lv_when_full", "error", { "error when full", "error if no space" } },
	{ "lv_when_full", "queue", { "queue when full", "queue if no space" } },
	{ "lv_when_full", "", { "undefined" } },
	{ "lv_health_status", "", { "undefined" } },
	{ "kernel_discards", "", { "undefined" } },
	{ "overflow_proof", &set, { "overflow proof", "proof" } },
	{ "pv_allocatable", &set, { "allocatable" } },
	{ "pv_exported", &set, { "exported" } },
	{ "pv_missing", &set, { "missing" } },
	{ "pv_in_use", &set, { "used", "in use" } },
	{ "pv_duplicate", &set, { "duplicate" } },
	{ "vg_extendable", &set, { "extendable" } },
	{ "vg_exported", &set, { "exported" } },
	{ "vg_autoactivation", &set, { "enabled" } },
	{ "vg_partial", &set, { "partial" } },
	{ "vg_clustered", &set, { "clustered" } },
	{ "vg_shared", &set, { "shared" } },
	{ "vg_permissions", "writeable", { "rw", "read-write" } },
	{ "vg_permissions", "read-only", { "r", "ro" } },
	{ "vg_mda_copies", &undefined, { "unmanaged" } },
	{ "zero", &set, { "zero" } },
	{ "cache_policy", "", { "undefined" } },
	{ "seg_monitor", "", { "undefined" } },
	{ "vdo_compression", &set, { "enabled" } },
	{ "vdo_deduplication", &set, { "enabled" } },
	{ "vdo_use_metadata_hints", &set, { "enabled" } },
	{ "vdo_use_sparse_index", &set, { "enabled" } },
	{ "vdo_write_policy", "", { "undefined" } },
};

enum { SYNONYMS = sizeof(synonyms) / sizeof(synonyms[0]) };

struct reserved {
	struct dm_report_field_reserved_value *of_fields;
	struct dm_report_reserved_value *rows;
	unsigned count;
};

/* The library's rows are constant, which only an initialiser can fill. */
static void add(struct reserved *reserved, uint32_t type, const void *value,
		const char *const *names, const char *help)
{
	const struct dm_report_reserved_value row = { type, value, (const char **)names, help };

	memcpy(&reserved->rows[reserved->count++], &row, sizeof(row));
}

/* The library shows no field beside the names, so that is their explanation. */
static void add_of_field(struct reserved *reserved, unsigned field, const void *value,
			 const char *const *names, uint32_t flags)
{
	struct dm_report_field_reserved_value *own = &reserved->of_fields[reserved->count];

	*own = (struct dm_report_field_reserved_value) { .field_num = field, .value = value };
	add(reserved, DM_REPORT_FIELD_TYPE_NONE | DM_REPORT_FIELD_RESERVED_VALUE_NAMED | flags, own,
	    names, field_at(field)->name);
}

static int read_fuzzy(struct dm_pool *mem, const char *text, const void **out)
{
	struct moment moment;

	*out = moment_read(text, time(NULL), &moment) ? dm_pool_strdup(mem, text) : NULL;
	return 1;
}

static int read_moment(struct dm_pool *mem, const char *text, const void **out)
{
	struct moment moment;
	time_t *range = dm_pool_alloc(mem, 2 * sizeof(*range));

	if (!range)
		return 0;
	*out = NULL;
	if (!moment_read(text, time(NULL), &moment))
		return 1;
	range[0] = moment.begin;
	range[1] = moment.end;
	*out = range;
	return 1;
}

/* A name is a moment as it stands, and its value is looked up by that. */
static int handle_moment(struct dm_report *report, struct dm_pool *mem, uint32_t field,
			 dm_report_reserved_action_t action, const void *in, const void **out)
{
	(void)report;
	(void)field;
	switch (action) {
	case DM_REPORT_RESERVED_PARSE_FUZZY_NAME:
		return read_fuzzy(mem, in, out);
	case DM_REPORT_RESERVED_GET_DYNAMIC_VALUE:
		return read_moment(mem, in, out);
	}
	return -1;
}

static void add_synonyms(struct reserved *reserved, unsigned field)
{
	unsigned i;

	for (i = 0; i < SYNONYMS; i++)
		if (!strcmp(synonyms[i].field, field_at(field)->name))
			add_of_field(reserved, field, synonyms[i].value, synonyms[i].names, 0);
}

static void add_field(struct reserved *reserved, unsigned field)
{
	add_synonyms(reserved, field);
	if (field_at(field)->kind == VALUE_FLAG) {
		add_of_field(reserved, field, &set, yes, 0);
		add_of_field(reserved, field, &clear, no, 0);
	} else if (field_at(field)->kind == VALUE_TIME) {
		add_of_field(reserved, field, (const void *)handle_moment, moments,
			     DM_REPORT_FIELD_RESERVED_VALUE_RANGE |
				     DM_REPORT_FIELD_RESERVED_VALUE_DYNAMIC_VALUE |
				     DM_REPORT_FIELD_RESERVED_VALUE_FUZZY_NAMES);
	}
}

static void fill(struct reserved *reserved)
{
	unsigned field;

	add(reserved, DM_REPORT_FIELD_TYPE_NUMBER, &undefined, undefined_names,
	    _("value that does not exist"));
	add(reserved, DM_REPORT_FIELD_TYPE_PERCENT, &undefined, undefined_names,
	    _("value that does not exist"));
	for (field = 0; field_at(field); field++)
		add_field(reserved, field);
}

struct reserved *reserved_new(void)
{
	struct reserved *reserved = calloc(1, sizeof(*reserved));
	unsigned fields = 0, most;

	if (!reserved)
		return NULL;
	while (field_at(fields))
		fields++;
	most = SYNONYMS + 2 * fields + 3; /* yes and no; two of kinds, and the end */
	reserved->of_fields = calloc(most, sizeof(*reserved->of_fields));
	reserved->rows = calloc(most, sizeof(*reserved->rows));
	if (!reserved->of_fields || !reserved->rows)
		reserved_free(&reserved);
	else
		fill(reserved);
	return reserved;
}

void reserved_free(struct reserved **reserved)
{
	if (!*reserved)
		return;
	free((*reserved)->of_fields);
	free((*reserved)->rows);
	free(*reserved);
	*reserved = NULL;
}

const struct dm_report_reserved_value *reserved_values(const struct reserved *reserved)
{
	return reserved->rows;
}
