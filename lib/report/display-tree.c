/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/display.h"

#include "base/log.h"
#include "model/lv.h"
#include "report/fields.h"

#include <string.h>

/* What a field says, where paragraphs and tables shall not differ. */
static struct value field_of(struct row *row, const char *name)
{
	const struct report_field *field = field_find(name, strlen(name), "");
	struct value value = { 0 };

	field->get(row, &value);
	return value;
}

static void put_percent(const struct display *display, struct row *row, const char *name,
			const char *what)
{
	const struct value value = field_of(row, name);

	if (value.kind == VALUE_PERCENT)
		fprintf(display->out, ", %.2f%% %s",
			(double)dm_percent_to_round_float((dm_percent_t)value.number, 2), what);
}

static void put_snapshot(const struct display *display, struct row *row, const char *branch)
{
	const bool merging = row_is_merging(row);

	fprintf(display->out, "%s%s %s [%s] %s", log_prefix(), branch, row->lv->name,
		display_size(display, lv_size_sectors(row->lv)), field_of(row, "snap_state").text);
	put_percent(display, row, merging ? "merge_percent" : "snap_percent",
		    merging ? "merged" : "full");
	fputc('\n', display->out);
}

static const char *state_of(struct row *row)
{
	if (!row->gather->live)
		return "unknown";
	return row_is_active(row) ? "active" : "inactive";
}

void display_tree(const struct display *display, const struct group_facts *group,
		  const struct lv *top)
{
	struct row row = { .gather = display->gather, .group = group, .lv = top };
	const bool visible = lv_is_visible(top);
	const struct dm_list *item;

	fprintf(display->out, "%s%s%s/%s%s [%s] %s\n", log_prefix(), visible ? "" : "[",
		top->vg->name, top->name, visible ? "" : "]",
		display_size(display, lv_size_sectors(top)), state_of(&row));
	dm_list_iterate(item, &top->snapshots) {
		struct row branch = {
			.gather = display->gather,
			.group = group,
			.lv = dm_list_struct_base(item, struct snapshot, origin_list)->store,
		};

		put_snapshot(display, &branch, dm_list_end(&top->snapshots, item) ? "`-" : "|-");
	}
}
