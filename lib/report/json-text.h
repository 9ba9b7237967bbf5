/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_REPORT_JSON_TEXT_H
#define SNAPVOL_REPORT_JSON_TEXT_H

/*
 * Text for a report that libdevmapper prints as JSON: it puts a backslash before each quotation mark (libdm-report.c:
 * _safe_repstr_output), and leaves backslashes and control characters of the text itself as they
 * are, which JSON does not.
 *
 * JSON is UTF-8, but what metadata say of a device's path or a host may be of any bytes, and LVM2
 * reads that.  A byte that belongs to no character becomes U+FFFD.
 */

struct dm_list;
struct dm_pool;

/* The text itself if there is nothing to be done, else from mem; NULL without memory. */
const char *json_text(struct dm_pool *mem, const char *text);

/* The same of a list of struct dm_str_list, which the library then also selects by what it has become. */
const struct dm_list *json_words(struct dm_pool *mem, const struct dm_list *words);

#endif
