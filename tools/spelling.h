/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_TOOLS_SPELLING_H
#define SNAPVOL_TOOLS_SPELLING_H

/*
 * How options may be spelled: long names are brought to the form that stands in the tables, the
 * rest of the command line stays as it is.
 */

#include "tools/options.h"

bool spelling_takes_value(const struct option_spec *row);

/* All words with long names written out (malloc'd words, the caller frees them and the array).
 * 0, or -EDOM for an unknown or ambiguous name, reported. */
int spelling_write_out(const struct command_line *line, const char *const *words,
		       struct word_list *written);

/* Refuse an option of len characters, hyphens included, that no table has: -EDOM, reported. */
int spelling_refuse(const struct command_line *line, const char *option, size_t len);

void words_release(struct word_list *list);

#endif
