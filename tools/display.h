/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_TOOLS_DISPLAY_H
#define SNAPVOL_TOOLS_DISPLAY_H

/*
 * What the commands that display paragraphs have in common.
 */

#include "report/display.h"
#include "tools/listing.h"

struct display_args {
	struct listing_args listing;	/* first: the rows of listing.h fill it */
	bool columns, colons, maps, brief, tree, active_only;
};

#define DISPLAY(field, letter, name, kind, noun, help)                                             \
	OPTION(display_args, field, letter, name, kind, noun, help)

#define DISPLAY_ROWS                                                                               \
	DISPLAY(columns, 'C', "columns", OPTION_FLAG, NULL,                                        \
		N_("show a table as the list commands do; the options of tables need this")),      \
	DISPLAY(colons, 'c', "colon", OPTION_FLAG, NULL, N_("show one line of values and colons"))

/* A group with its volumes and devices (svgdisplay.c).  0 or negative, reported. */
int svgdisplay_all_of(struct session *session, const char *name);

/* Whether they want two things at once.  0 or -EDOM, reported. */
int display_check(const struct display_args *args);

/* How paragraphs are to look, and where they go until listing_close().  0 or -EDOM (units, options that do not go together), reported. */
int display_begin(struct listing *listing, const struct display_args *args,
		  struct display *display);

#endif
