/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/columns.h"
#include "report/fields.h"

#include "base/auto.h"
#include "tap.h"

#include <errno.h>
#include <string.h>

static void check_fields(const char *const *words, unsigned count, const char *wanted)
{
	const struct report_options options = {
		.line = LINE_PV,
		.fields = words,
		.field_count = count,
	};
	AUTO_FREE char *fields = NULL;

	CHECK_INT(columns_choose(&options, &fields), 0);
	CHECK_TEXT(fields, wanted);
}

#define CHECK_FIELDS(wanted, ...)                                                                  \
	do {                                                                                       \
		const char *const words[] = { __VA_ARGS__ };                                       \
                                                                                                   \
		check_fields(words, sizeof(words) / sizeof(words[0]), wanted);                     \
	} while (0)

TEST("columns are the default, with + and - applied in their order")
{
	check_fields(NULL, 0, "pv_name,vg_name,pv_fmt,pv_attr,pv_size,pv_free");
	CHECK_FIELDS("pv_uuid,pv_size", "pv_uuid,pv_size");
	CHECK_FIELDS("pv_name,vg_name,pv_fmt,pv_attr,pv_size,pv_free,pv_uuid", "+pv_uuid");
	CHECK_FIELDS("pv_name,vg_name,pv_fmt,pv_free", "-size,pvattr");
	CHECK_FIELDS("pv_uuid,pv_tags", "vg_name", "pv_uuid,pv_size", "+pv_tags", "-pv_size");
}

TEST("a field that is taken away and does not exist is told of")
{
	static const char *const words[] = { "-nonsense" };
	const struct report_options options = { .fields = words, .field_count = 1 };
	AUTO_FREE char *fields = NULL;

	tap_log_capture();
	CHECK_INT(columns_choose(&options, &fields), 0);
	CHECK_TEXT(tap_log_text(), "nonsense: no such field\n");
}

TEST("fields are found without prefix and without underscores")
{
	CHECK_TEXT(field_find("lv_name", 7, "")->name, "lv_name");
	CHECK_TEXT(field_find("lvname", 6, "")->name, "lv_name");
	CHECK_TEXT(field_find("name", 4, "lv_")->name, "lv_name");
	CHECK_TEXT(field_find("seqno", 5, "vg_")->name, "vg_seqno");
	CHECK_TEXT(field_find("seg_start", 9, "pv_")->name, "seg_start");
	CHECK_TEXT(field_find("size", 4, "pv_")->name, "pv_size");
	CHECK(!field_find("size", 4, ""));
	CHECK(!field_find("lv_nam", 6, "lv_"));
	CHECK(!field_find("", 0, "lv_"));
}

TEST("no two fields have one name, and each has what a listing needs")
{
	const struct report_field *field;
	unsigned i;

	for (i = 0; (field = field_at(i)); i++) {
		CHECK(field_find(field->name, strlen(field->name), "") == field);
		CHECK(field->get && field->help && *field->heading && field->width > 0);
		CHECK(strlen(field->name) < DM_REPORT_FIELD_TYPE_ID_LEN);
		CHECK(strlen(field->heading) < DM_REPORT_FIELD_TYPE_HEADING_LEN);
	}
	CHECK(i > 200);
}

TEST("the fields decide what a line is about")
{
	CHECK_INT(columns_line(LINE_LV, FIELD_OF_LV | FIELD_OF_VG), LINE_LV);
	CHECK_INT(columns_line(LINE_LV, FIELD_OF_SEGMENT), LINE_SEGMENT);
	CHECK_INT(columns_line(LINE_LV, FIELD_OF_PV), LINE_PV_SEGMENT);
	CHECK_INT(columns_line(LINE_VG, FIELD_OF_VG), LINE_VG);
	CHECK_INT(columns_line(LINE_VG, FIELD_OF_LV_STATUS), LINE_LV);
	CHECK_INT(columns_line(LINE_VG, FIELD_OF_LABEL), LINE_PV);
	CHECK_INT(columns_line(LINE_PV, FIELD_OF_VG), LINE_PV);
	CHECK_INT(columns_line(LINE_PV, FIELD_OF_LV), LINE_PV_SEGMENT);
	CHECK_INT(columns_line(LINE_PV, FIELD_OF_PV_SEGMENT), LINE_PV_SEGMENT);
}

TEST_MAIN
