/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_BASE_GUARD_H
#define SNAPVOL_BASE_GUARD_H

/*
 * What text must be before dm_config may parse it, be it settings or a group's metadata.
 *
 * dm_config recurses once a section, ends silently at a NUL byte, and takes a string that is never
 * closed for one that is short of its last character.  Text with sections nested deeper than
 * GUARD_DEPTH, with a NUL byte or with an open string is refused here, with the place.  So that no
 * reading of a quote other than dm_config's own can hide a bracket, quotes are refused where no
 * value begins: within a word, and around a name.  A path ("a/b=1" makes nested sections, too) may
 * have GUARD_DEPTH slashes.  Names of entries are shown to people, so no word may have control
characters in it.
 *
 * dm_config also reads numbers with strtoll(), which does not know where the text ends: a word must
 * have something behind it, a line feed at least.
 *
 * What passes need not be in the grammar; dm_config_parse() decides that.
 */

#include <stddef.h>

enum { GUARD_DEPTH = 8 };

/* 0, or -EBADMSG with what is wrong (untranslated, marked N_()) and the offset of the byte where;
 * prints nothing.  A NUL that merely ends the text is not to be counted in len. */
int guard_config_text(const char *text, size_t len, const char **problem, size_t *offset);

/* The same, and of comments nothing stays in the text but the line feeds behind them.  dm_config goes through each
 * byte of a comment several times, and LVM2's settings as they are delivered are 100 kB of comments. */
int guard_without_comments(char *text, const char **problem, size_t *offset);

/* Before anything else is asked of libdevmapper: its messages are for debugging from here on. */
void guard_hush(void);

/* Around the parsing: errors of the library are kept / and the first of them is given, or "", as
 * log_caught() does.  Then it is hushed. */
void guard_listen(void);
const char *guard_heard(void);

#endif
