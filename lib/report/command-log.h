/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_REPORT_COMMAND_LOG_H
#define SNAPVOL_REPORT_COMMAND_LOG_H

/*
 * LVM2's report of what a command said (log/report_command_log), which programs like lvmdbusd read in
 * place of messages.  It stands behind the command's own report, in the same frame:
 *
 *	{"report": [{"lv": [ lines ]}], "log": [ lines ]}
 *
 * A line is about the object that a message began with.  LVM2 also has a line for each object that
 * went well; here there is one for the whole command, which is the last.
 */

#include "report/report.h"

struct command_log;

struct log_options {
	const char *columns, *sort, *select;
};

struct log_line {
	const char *type;		/* "error", "warn", "print" or "status" */
	const char *object_type;	/* "lv", "vg", "pv" or empty */
	const char *object, *group;	/* their names, or empty */
	const char *message;
	int error, code;		/* -1 of an error, else 0 / what LVM2's functions return */
};

/* The texts of options live longer; format is for a command without report.  0 or negative, reported. */
int command_log_begin(const struct log_options *options, enum report_format format,
		      struct command_log **log);

/* Let it look otherwise, as long as it has no line.  0 or negative, reported. */
int command_log_choose(struct command_log *log, const struct log_options *options,
		       enum report_format format);

void command_log_add(struct command_log *log, const struct log_line *line);

/* What the command's report is to stand in, of that format when first asked for; NULL, reported, without
 * memory. */
struct dm_report_group *command_log_frame(struct command_log *log, enum report_format format);

/* No report stands before it, so a table needs no title. */
void command_log_stands_alone(struct command_log *log);

/* Print it, and what goes around it: in any case, so that JSON is whole.  0 or negative, reported. */
int command_log_end(struct command_log *log);
void command_log_free(struct command_log **log);

#endif
