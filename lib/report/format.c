/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/format.h"

#include "base/log.h"
#include "base/text.h"

#include <string.h>

/* The one place that depends on the library's version. */
#ifdef HAVE_DM_REPORT_JSON_STD
enum { HAS_JSON_STD = 1, GROUP_JSON_STD = DM_REPORT_GROUP_JSON_STD };
#else
enum { HAS_JSON_STD = 0, GROUP_JSON_STD = DM_REPORT_GROUP_JSON };
#endif

int format_parse(const char *word, enum report_format *format)
{
	if (!strcmp(word, "basic"))
		*format = REPORT_BASIC;
	else if (!strcmp(word, "json"))
		*format = REPORT_JSON;
	else if (strcmp(word, "json_std"))
		return fail(-EDOM, _("--reportformat: '%s' is none of basic|json|json_std"), word);
	else if (!HAS_JSON_STD)
		return fail(-EDOM, _("--reportformat: json_std needs a newer libdevmapper than "
				     "this program was built with"));
	else
		*format = REPORT_JSON_STD;
	return 0;
}

struct dm_report_group *format_open_frame(enum report_format format)
{
	static const dm_report_group_type_t types[] = {
		[REPORT_BASIC] = DM_REPORT_GROUP_BASIC,
		[REPORT_JSON] = DM_REPORT_GROUP_JSON,
		[REPORT_JSON_STD] = (dm_report_group_type_t)GROUP_JSON_STD,
	};

	return dm_report_group_create(types[format], NULL);
}
