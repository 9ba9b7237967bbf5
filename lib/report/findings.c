/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/findings.h"

#include "base/log.h"
#include "report/format.h"
#include "report/library.h"
#include "report/plain.h"

enum { OBJECT = 1, WIDTH = 1 };

#define TEXT(field)                                                                                \
	{                                                                                          \
		OBJECT, DM_REPORT_FIELD_TYPE_STRING, offsetof(struct finding_facts, field), WIDTH, \
			#field, #field, plain_text, #field                                           \
	}
#define NUMBER(field)                                                                              \
	{                                                                                          \
		OBJECT, DM_REPORT_FIELD_TYPE_NUMBER, offsetof(struct finding_facts, field), WIDTH, \
			#field, #field, plain_number, #field                                         \
	}

static const struct dm_report_field_type fields[] = {
	TEXT(vg),	 TEXT(lv),	     TEXT(object),	 TEXT(check),
	TEXT(state),	 TEXT(severity),     TEXT(text),	 TEXT(advice),
	TEXT(recovered), NUMBER(used_bytes), NUMBER(size_bytes), { .type = 0 },
};

static const struct dm_report_object_type objects[] = {
	{ OBJECT, "", "", plain_object },
	{ .id = 0 },
};

static int print(struct dm_report_group *frame, struct dm_report *handle,
		 const struct finding_facts *facts, size_t count)
{
	size_t i;

	if (!dm_report_group_push(frame, NULL, (void *)"report") ||
	    !dm_report_group_push(frame, handle, (void *)"check"))
		return fail_memory();
	for (i = 0; i < count; i++)
		if (!dm_report_object(handle, (void *)&facts[i]))
			return fail_memory();
	return 0;
}

int findings_print(const struct finding_facts *facts, size_t count, enum report_format format)
{
	struct dm_report_group *frame;
	struct dm_report *handle;
	uint32_t types = OBJECT;
	int r;

	library_listen();
	handle = dm_report_init(
		&types, objects, fields,
		"vg,lv,object,check,state,severity,text,advice,recovered,used_bytes,size_bytes",
		" ", DM_REPORT_OUTPUT_BUFFERED, "", &format);
	if (!handle)
		return fail_memory();
	frame = format_open_frame(format);
	r = frame ? print(frame, handle, facts, count) : fail_memory();
	library_listen_as(format);
	if (frame && !dm_report_group_destroy(frame) && !r)
		r = fail_memory();
	dm_report_free(handle);
	return r;
}
