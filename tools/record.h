/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_TOOLS_RECORD_H
#define SNAPVOL_TOOLS_RECORD_H

/*
 * Messages kept beside those that are shown: in a file and by syslog, as the settings log/… say.
 */

#include <stdbool.h>
#include <stdio.h>

struct conf;

struct record {
	FILE *file;			/* or NULL */
	bool syslog;
	const char *command;
};

/* Keep messages from here on, if the settings want that.  0 or negative, reported. */
int record_begin(struct record *record, const struct conf *conf, const char *command);
void record_free(struct record *record);

#endif
