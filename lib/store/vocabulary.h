/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_STORE_VOCABULARY_H
#define SNAPVOL_STORE_VOCABULARY_H

/*
 * The words of metadata text, once for reading and writing.
 *
 * LVM2 has two lists of words for each object: "status", in which a word it does not know makes the
 * group unreadable, and "flags", in which such words are passed over.  Tables are in the order in
 * which LVM2 writes the words.
 */

#include "model/vg.h"

#include <stdbool.h>

#define CONTENTS_VALUE "Text Format Volume Group"

enum { CONTENTS_VERSION = 1 };

enum word_list { WORD_STATUS, WORD_FLAGS };

struct flag_word {
	unsigned flag;
	enum word_list list;		/* it is written to; it is read from both */
	const char *word;		/* NULL ends a table */
};

extern const struct flag_word vg_words[], pv_words[], lv_words[];

/* In a group that belongs to one host or is shared, LVM2 writes WRITE_LOCKED in place of WRITE, so that
 * versions that know no owners take it for read-only.  In memory it is WRITE, and the group keeps
 * VG_WRITE_LOCKED beside it.  The flags with "want" in place of "have". */
unsigned flags_with(unsigned flags, unsigned have, unsigned want);

/* 0 if the word is not known. */
unsigned flag_of_word(const struct flag_word *table, const char *word);

/* A segment type LVM2 has and we do not make, "+FLAG" suffixes included. */
bool type_is_foreign(const char *type);

/* Keys whose value is a list even when it has one element only, and those of them that hold pairs
 * and are written a pair a line. */
bool key_is_list(const char *key);
bool key_is_pairs(const char *key);

#endif
