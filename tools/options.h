/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_TOOLS_OPTIONS_H
#define SNAPVOL_TOOLS_OPTIONS_H

/*
 * From a command line to structs.
 *
 * A command line is read against up to OPTION_SETS tables at once, each with the struct that its
 * rows fill; where two tables have the same letter or name, the earlier one is meant.  What was
 * stored belongs to the structs until options_release(); it must also be called when parsing
 * failed.
 *
 * As LVM2 users expect: long names may be cut short as long as they are unique, hyphens inside them
 * do not count, options and operands may be mixed, "--" ends options, and a value may begin with a
 * hyphen.  An option that takes one value may be given once.
 */

#include "tools/applet.h"

#include <stdio.h>

enum { OPTION_SETS = 3, CHANGES_SET = 2 };	/* the last: of commands that change something */

struct option_set {
	const struct option_spec *rows;	/* NULL: not used */
	void *args;
};

struct command_line {
	const char *name;		/* of the command, for messages */
	struct option_set sets[OPTION_SETS];
	struct word_list operands;
	struct word_list settings;	/* "section/name=value" of OPTION_SETTING, in the order given */
};

/* words end with NULL and do not include the command's own name.  0, or -EDOM, reported. */
int options_parse(struct command_line *line, const char *const *words);

/* Free what parsing stored, operands included. */
void options_release(struct command_line *line);

/* Whether a table has this letter: an option of a later table that has it, too, is to be had by its name only. */
bool options_have_letter(const struct option_spec *rows, char letter);

/* One option a line: "  -n, --name=NAME    what it does".  earlier: the table before, or NULL. */
void options_help(const struct option_spec *rows, const struct option_spec *earlier, FILE *out);

#endif
