/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_REPORT_PLAIN_H
#define SNAPVOL_REPORT_PLAIN_H

/*
 * Fields of small reports whose cells show what lies in the line as it is: the functions that
 * libdevmapper's tables of types and fields ask for.  data is where the value lies; what the library
 * returns is handed back.  private is the format that the report will be printed in, where it has texts.
 */

#include "report/report.h"

#include <libdevmapper.h>

/* The object is the line itself. */
void *plain_object(void *object);

int plain_text(struct dm_report *handle, struct dm_pool *mem, struct dm_report_field *cell,
	       const void *data,
	       void *private); /* data: const char **, private: enum report_format * */
int plain_number(struct dm_report *handle, struct dm_pool *mem, struct dm_report_field *cell,
		 const void *data, void *private);	/* data: uint64_t * */
int plain_int(struct dm_report *handle, struct dm_pool *mem, struct dm_report_field *cell,
	      const void *data, void *private);		/* data: int * */

#endif
