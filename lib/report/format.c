/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/format.h"

#include "base/log.h"
#include "base/text.h"

#include <string.h>

int format_parse(const char *word, enum report_format *format)
{
	if (!strcmp(word, "basic"))
		*format = REPORT_BASIC;
	else if (!strcmp(word, "json"))
		*format = REPORT_JSON;
	else if (!strcmp(word, "json_std"))
		*format = REPORT_JSON_STD;
	else
		return fail(-EDOM, _("--reportformat: '%s' is none of basic|json|json_std"), word);
	return 0;
}

struct dm_report_group *format_open_frame(enum report_format format)
{
	return dm_report_group_create(
		format == REPORT_BASIC ? DM_REPORT_GROUP_BASIC : DM_REPORT_GROUP_JSON, NULL);
}
