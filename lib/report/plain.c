/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/plain.h"

void *plain_object(void *object)
{
	return object;
}

int plain_text(struct dm_report *handle, struct dm_pool *mem, struct dm_report_field *cell,
	       const void *data, void *private)
{
	(void)mem;
	(void)private;
	return dm_report_field_string(handle, cell, data);
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
