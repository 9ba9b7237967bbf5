/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/command-log.h"

#include "base/log.h"
#include "report/format.h"
#include "report/library.h"
#include "report/plain.h"

#include <stdlib.h>
#include <string.h>

struct command_log {
	struct dm_report *handle;
	struct dm_report_group *frame; /* NULL until somebody asks for it */
	enum report_format format;     /* of its lines, and then of the frame */
	bool alone;		       /* no report before it */
	uint64_t count;
	bool any;		       /* line that was selected */
};

/* What a report's line is made of. */
struct line {
	uint64_t number;
	struct log_line said;
	const char *context, *nothing;
};

enum { OBJECT = 1 };

#define TEXT(field, name, heading, width)                                                          \
	{                                                                                          \
		OBJECT, DM_REPORT_FIELD_TYPE_STRING, offsetof(struct line, field), width,          \
			"log_" name, heading, plain_text, heading                                  \
	}
#define NUMBER(field, name, heading, width, put)                                                   \
	{                                                                                          \
		OBJECT, DM_REPORT_FIELD_TYPE_NUMBER, offsetof(struct line, field), width,          \
			"log_" name, heading, put, heading                                         \
	}

/* LVM2's, to the byte. */
static const struct dm_report_field_type fields[] = {
	NUMBER(number, "seq_num", "Seq", 3, plain_number),
	TEXT(said.type, "type", "LogType", 7),
	TEXT(context, "context", "Context", 7),
	TEXT(said.object_type, "object_type", "ObjType", 7),
	TEXT(said.object, "object_name", "ObjName", 7),
	TEXT(nothing, "object_id", "ObjID", 7),
	TEXT(said.group, "object_group", "ObjGrp", 7),
	TEXT(nothing, "object_group_id", "ObjGrpID", 8),
	TEXT(said.message, "message", "Msg", 7),
	NUMBER(said.error, "errno", "Errno", 5, plain_int),
	NUMBER(said.code, "ret_code", "RetCode", 7, plain_int),
	{ .type = 0 },
};

static const struct dm_report_object_type objects[] = {
	{ OBJECT, "Command Log", "log_", plain_object },
	{ .id = 0 },
};

static struct dm_report *open_handle(struct command_log *log, const struct log_options *options)
{
	uint32_t types = OBJECT;

	library_listen();
	return dm_report_init_with_selection(&types, objects, fields, options->columns, " ",
					     DM_REPORT_OUTPUT_BUFFERED | DM_REPORT_OUTPUT_ALIGNED |
						     DM_REPORT_OUTPUT_HEADINGS |
						     DM_REPORT_OUTPUT_MULTIPLE_TIMES,
					     options->sort, options->select, NULL, &log->format);
}

int command_log_begin(const struct log_options *options, enum report_format format,
		      struct command_log **log)
{
	*log = calloc(1, sizeof(**log));
	if (!*log)
		return fail_memory();
	(*log)->format = format;
	(*log)->handle = open_handle(*log, options);
	return (*log)->handle ? 0 : -EINVAL;
}

int command_log_choose(struct command_log *log, const struct log_options *options,
		       enum report_format format)
{
	struct dm_report *handle;

	if (log->count)
		return 0;
	handle = open_handle(log, options);
	if (!handle)
		return -EINVAL;
	dm_report_free(log->handle);
	log->handle = handle;
	if (!log->frame)
		log->format = format;
	return 0;
}

/* The library keeps lines that are not selected, and writes a comma in JSON before them.  One of them
 * alone makes it print headings, as LVM2 does for a log that has nothing to say. */
void command_log_add(struct command_log *log, const struct log_line *said)
{
	const bool is_last = !strcmp(said->type, "status");
	struct line line = {
		.number = ++log->count,
		.said = *said,
		.context = "processing",
		.nothing = "",
	};

	int selected = 0;

	library_listen();
	dm_report_object_is_selected(log->handle, &line, 0, &selected);
	log->any |= selected;
	if (selected || (is_last && !log->any))
		dm_report_object(log->handle, &line);
}

void command_log_stands_alone(struct command_log *log)
{
	log->alone = true;
}

struct dm_report_group *command_log_frame(struct command_log *log, enum report_format format)
{
	library_listen();
	if (!log->frame) {
		log->frame = log->alone && format == REPORT_BASIC
				     ? dm_report_group_create(DM_REPORT_GROUP_SINGLE, NULL)
				     : format_open_frame(format);
		log->format = format;
	}
	if (!log->frame)
		fail_memory();
	return log->frame;
}

int command_log_end(struct command_log *log)
{
	struct dm_report_group *frame = command_log_frame(log, log->format);
	const char *name = log->format == REPORT_BASIC ? "Command Log" : "log";
	int done;

	if (!frame)
		return -ENOMEM;
	library_listen_as(log->format);
	done = dm_report_group_push(frame, log->handle, (void *)name);
	log->frame = NULL;
	return dm_report_group_destroy(frame) && done ? 0 : fail_memory();
}

void command_log_free(struct command_log **log)
{
	if (!*log)
		return;
	if ((*log)->frame)
		dm_report_group_destroy((*log)->frame);
	if ((*log)->handle)
		dm_report_free((*log)->handle);
	free(*log);
	*log = NULL;
}
