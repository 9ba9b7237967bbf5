/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_TOOLS_RECORD_H
#define SNAPVOL_TOOLS_RECORD_H

/*
 * Messages kept beside those that are shown: in a file and by syslog, as the settings log/… say, and in
 * systemd's journal, as log/journal or --journal say.
 */

#include <stdbool.h>
#include <stdio.h>

struct conf;
struct word_list;

struct record {
	FILE *file;			/* or NULL */
	bool syslog;
	unsigned level;			/* up to which messages go to both, as syslog(3) counts */
	int journal;			/* a socket, or negative */
	unsigned journal_level;
	const char *command;
};

/* Keep messages from here on, if the settings or the words of --journal want that; line is the command's.
 * record_free() is wanted in any case.  0 or negative, reported. */
int record_begin(struct record *record, const struct conf *conf, const struct word_list *journal,
		 const char *command, const char *line);
void record_free(struct record *record);

#endif
