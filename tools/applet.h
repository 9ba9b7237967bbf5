/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_TOOLS_APPLET_H
#define SNAPVOL_TOOLS_APPLET_H

/*
 * Applets: the commands of the one binary.
 *
 * An applet is a row: name, words for help and manual page, a table of options, what its operands are,
 * and the function that does it.  Parsing, --help, the manual page's option list and shell
 * completion all come from the row; nothing else mentions an option's spelling.
 *
 * run() gets the parsed options (args_size zeroed bytes filled by the table) and the operands as
 * typed.  It returns 0, or a negative errno that has been reported; -EDOM means that the
 * command line asks for something impossible (exit code 3), anything else exit code 5.  A number of
 * 10 or more is an exit code of the applet's own, which its manual page explains.
 */

#include "base/text.h"
#include "base/units.h"
#include "ops/session.h"
#include "ops/target.h"

#include <stddef.h>
#include <stdbool.h>
#include <stdint.h>

enum option_kind {
	OPTION_FLAG,		/* bool */
	OPTION_COUNT,		/* unsigned: how often given */
	OPTION_TEXT,		/* const char * */
	OPTION_NUMBER,		/* uint64_t */
	OPTION_POSITIVE,	/* uint64_t, not 0 */
	OPTION_GIVEN_NUMBER,	/* struct given_number */
	OPTION_MAYBE_NUMBER,	/* the same; behind "=" only, and 0 without it */
	OPTION_YESNO,		/* enum yes_no: y|n */
	OPTION_SIZE,		/* struct amount: SIZE, bare number in MiB (-L) */
	OPTION_EXTENTS,		/* struct amount: extents or percentage (-l) */
	OPTION_SECTORS,		/* uint64_t sectors, not 0, from a SIZE, bare number in KiB (-c, -I) */
	OPTION_WORDS,		/* struct word_list: may be given again and again */
	OPTION_TAGS,		/* the same, of tags, which may have the @ that others need */
	OPTION_ORDERED,		/* struct word_list that rows share: each word behind its row's letter */
	OPTION_CHOICE,		/* const char *, one of the words of "noun" split at '|' */
	OPTION_PERMISSION,	/* const char *: r or rw */
	OPTION_SETTING,		/* a number that goes before the setting of its row; no field */
};

enum yes_no { NOT_SAID, SAID_YES, SAID_NO };

struct given_number {
	bool given;
	uint64_t value;
};

struct word_list {
	const char **words;
	unsigned count;
};

struct option_spec {
	char letter;			/* 0 if none */
	const char *name;		/* long name, without "--" */
	enum option_kind kind;
	size_t offset;			/* in the args struct */
	const char *noun;		/* N_() what stands for the value; NULL for flags */
	const char *help;		/* N_() */
	const char *setting;		/* "section/name"; NULL but for OPTION_SETTING */
};

#define OPTION(type, field, letter, name, kind, noun, help)                                        \
	{ letter, name, kind, offsetof(struct type, field), noun, help, NULL }

/* A limit in seconds that the setting of this path has otherwise. */
#define LIMIT_OPTION(name, setting, help)                                                          \
	{ 0, name, OPTION_SETTING, 0, N_("SECONDS"), help, setting }

/* What it is.  Whatever changes something is for root. */
enum applet_kind {
	LOOKS_ONLY = 1u << 0,	/* changes nothing (but recover_merged()): no --force, --autobackup */
	NO_LINK = 1u << 1,	/* only as a word behind "snapvol"; has no manual page of its own */
	NO_DISK = 1u << 2,		/* is not about what lies on devices */
};

struct applet {
	const char *name;
	const char *summary;		/* N_() */
	const char *synopsis;		/* N_() behind the name */
	const struct option_spec *options;	/* ended by a row without name */
	size_t args_size;
	enum target_kind operands;	/* what completion offers */
	int operand_min, operand_max;	/* -1: any number */
	unsigned kind;			/* enum applet_kind */
	int (*run)(struct session *session, const char *const *operands, unsigned count,
		   const void *args);
};

/* The table of all applets, ended by NULL (applets.c). */
extern const struct applet *const applets[];

const struct applet *applet_find(const char *name);

#endif
