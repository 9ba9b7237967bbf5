/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_REPORT_WORDS_H
#define SNAPVOL_REPORT_WORDS_H

/*
 * Words of reports that more than one kind of field uses.
 */

#include "report/row.h"

/* The letter of attributes; upper case where extents may not be moved. */
char letter_of_policy(enum alloc_policy policy);

/* struct word of the model as a list for values; NULL gives an empty list. */
const struct dm_list *words_of_list(const struct gather *gather, const struct dm_list *words);

/* The value of "key=value" in a list of texts that the model keeps, quotes taken off; "" if
 * absent. */
const char *words_value(const struct gather *gather, const struct dm_list *words, const char *key);

#endif
