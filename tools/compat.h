/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_TOOLS_COMPAT_H
#define SNAPVOL_TOOLS_COMPAT_H

/*
 * LVM2's face: what changes when the program is called by one of LVM2's names.
 *
 * Messages take LVM2's shape: two blanks before each line, what was done on standard output, and
 * where programs look for LVM2's words those words (the table in compat.c).  Whatever command,
 * option or volume is none of ours is passed on to the real lvm if there is one: the same command line,
 * decided before anything was changed.  So that a command passed on says nothing twice, what goes to
 * standard error is kept until the end.
 */

#include "base/stream.h"
#include "report/report.h"

#include <stdbool.h>

/* The version whose options and reports these are, as programs that ask for it want it. */
#define COMPAT_VERSION "2.03.16(2) (2022-05-18)"

struct command_log;
struct log_options;
struct conf;
struct session;

enum { LOGGED_SIZE = 256 };

struct compat {
	const char *command;	/* LVM2's name of it */
	char *const *argv;
	struct stream kept;	/* messages; without out they are printed at once */
	struct command_log *log; /* where messages go instead, if LVM2's settings say so; or NULL */
	char object[LOGGED_SIZE]; /* of the last error in it */
};

/* From here on messages go through this face. */
void compat_begin(struct compat *compat, const char *command, char *const *argv);

/* Print what was kept, and be silent from then on. */
void compat_end(struct compat *compat);

/* How it looks, as settings say. */
void compat_log_options(const struct conf *conf, struct log_options *options);

/* A log with the columns of the settings.  0 or negative, reported. */
int compat_new_log(const struct conf *conf, enum report_format format, struct command_log **log);

/* Let messages become a report, if that is wanted, or the settings want it; said is what --reportformat
 * says, or NULL.  0 or negative, reported. */
int compat_begin_log(struct compat *compat, const struct conf *conf, const char *said, bool wanted);

/* Print it; result is the command's, and given back unless this fails.  From then on messages are printed. */
int compat_end_log(struct compat *compat, int result);

/* Whether a group is there that holds volumes or says things that are left to LVM2. */
bool compat_has_strangers(struct session *session);

/* Become the real lvm.  Comes back if there is none, or if it is this program. */
void compat_pass_on(struct compat *compat, const struct conf *conf);

/* What LVM2 begins with under --test. */
void compat_say_test(const struct compat *compat);

/* What LVM2's own words ask ("lvm version", "lvm segtypes"); false if it is none of them. */
bool compat_answer(const char *word);

#endif
