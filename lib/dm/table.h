/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_DM_TABLE_H
#define SNAPVOL_DM_TABLE_H

/*
 * Reading tables as text: a line per target, "START LENGTH TYPE PARAMETERS\n" in sectors, no
 * blank before the newline.  Where a wanted table names another device of ours it says {NAME};
 * the kernel says MAJOR:MINOR.
 */

#include <libdevmapper.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TABLE_TYPE_LEN = 32 };

struct table_line {
	uint64_t start, len;
	char type[TABLE_TYPE_LEN];
	const char *params; /* up to the end of the line */
	size_t params_len;
};

/* Take the line at *cursor and go on to the next: 1, 0 at the end, -EINVAL (silent). */
int table_next(const char **cursor, struct table_line *line);

/* Type of the first target, "" if there is none.  Returns type. */
const char *table_type(const char *table, char type[TABLE_TYPE_LEN]);

/* Whether that is it. */
bool table_is(const char *table, const char *type);

/* Sectors of the device; 0 without a table. */
uint64_t table_size(const char *table);

/* Whether a parameter of the table is the device MAJOR:MINOR. */
bool table_uses(const char *table, uint32_t major, uint32_t minor);

/* The next parameter that is a device; false behind the last.  *cursor begins at the table. */
bool table_next_device(const char **cursor, uint32_t *major, uint32_t *minor);

/* Sectors of a chunk of a snapshot or snapshot-merge whose store is persistent; 0: it is none. */
uint32_t table_store_chunk(const char *table);

/* Whether they mean the same: of a persistent store the kernel takes the chunk from the store's header and puts it in
 * the place of the table's (dm-snap-persistent.c: read_header). */
bool table_means(const char *table, const char *other);

/* Find the number of a device of ours; false if it is not there (yet). */
typedef bool (*table_number)(void *data, const char *name, uint32_t *major, uint32_t *minor);

/* The table with numbers in place of every {NAME}; NULL if one has none, or without memory. */
const char *table_resolve(struct dm_pool *mem, const char *table, table_number find, void *data);

#endif
