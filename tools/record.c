/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/record.h"

#include "base/conf.h"
#include "base/log.h"
#include "base/text.h"

#include <syslog.h>
#include <unistd.h>

static void keep(void *data, enum log_level level, const char *line)
{
	const struct record *record = data;

	if (record->file)
		fprintf(record->file, "%s[%ld]: %s\n", record->command, (long)getpid(), line);
	if (record->syslog)
		syslog(log_priority(level), "%s", line);
}

int record_begin(struct record *record, const struct conf *conf, const char *command)
{
	const unsigned level = (unsigned)conf_number(conf, "log/level");
	const char *path = conf_text(conf, "log/file");

	record->command = command;
	record->syslog = conf_bool(conf, "log/syslog");
	if (!level)
		return 0;
	if (*path) {
		record->file = fopen(path, conf_bool(conf, "log/overwrite") ? "we" : "ae");
		if (!record->file)
			return fail_errno(_("%s: cannot write messages to it"), path);
		setvbuf(record->file, NULL, _IOLBF, 0);
	}
	if (record->syslog)
		openlog(command, LOG_PID, LOG_USER);
	log_set_record(keep, record, level);
	return 0;
}

void record_free(struct record *record)
{
	log_set_record(NULL, NULL, 0);
	if (record->file)
		fclose(record->file);
	record->file = NULL;
}
