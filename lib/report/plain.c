/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/plain.h"

#include "report/json-text.h"

void *plain_object(void *object)
{
	return object;
}

int plain_text(struct dm_report *handle, struct dm_pool *mem, struct dm_report_field *cell,
	       const void *data, void *private)
{
	const enum report_format *format = private;
	const char *const *text = data;
	const char *kept, *escaped;

	if (*format == REPORT_BASIC)
		return dm_report_field_string(handle, cell, text);
	kept = dm_pool_strdup(mem, *text);
	escaped = kept ? json_text(mem, kept) : NULL;
	if (!escaped)
		return 0;
	dm_report_field_set_value(cell, escaped, kept);
	return 1;
}

int plain_number(struct dm_report *handle, struct dm_pool *mem, struct dm_report_field *cell,
		 const void *data, void *private)
{
	(void)mem;
	(void)private;
	return dm_report_field_uint64(handle, cell, data);
}

int plain_int(struct dm_report *handle, struct dm_pool *mem, struct dm_report_field *cell,
	      const void *data, void *private)
{
	(void)mem;
	(void)private;
	return dm_report_field_int(handle, cell, data);
}
