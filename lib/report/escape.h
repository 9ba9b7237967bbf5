/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_REPORT_ESCAPE_H
#define SNAPVOL_REPORT_ESCAPE_H

/*
 * What stands in a report for the text of a value, which whoever wrote the metadata may have chosen:
 * text itself if there is nothing to be done, else from mem; NULL without memory.
 */

struct dm_list;
struct dm_pool;

typedef const char *escape_text(struct dm_pool *mem, const char *text);

/* For people: a terminal would obey control characters. */
escape_text escape_controls;

/* The same for a shell, between single quotes, which the text cannot end. */
escape_text escape_quoted;

/* A list of struct dm_str_list, each of whose words is escaped. */
const struct dm_list *escape_words(struct dm_pool *mem, const struct dm_list *words,
				   escape_text *escape);

#endif
