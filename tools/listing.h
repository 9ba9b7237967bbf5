/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_TOOLS_LISTING_H
#define SNAPVOL_TOOLS_LISTING_H

/*
 * What the commands that look have in common: options of reports, and walking over what was found.
 *
 * No lock is waited for, and nothing is changed but what recover_merged() settles.  What cannot be had
 * (an operand that names nothing, a damaged disk) is reported and makes the exit code 5, but all the
 * rest is listed.
 */

#include "base/stream.h"
#include "report/report.h"
#include "tools/applet.h"

struct catalog;

struct listing_args {
	bool all, aligned, binary, foreign, name_prefixes, no_headings, no_suffix, read_only, rows;
	bool segments, unbuffered, unquoted, log_only;
	struct word_list said;		/* -o, -S, -O and --configreport, in the order given */
	const char *separator, *units, *format;
	bool ignored;
	struct given_number watch;	/* in seconds; 0: as often as is good */
};

#define LISTING(field, letter, name, kind, noun, help)                                             \
	OPTION(listing_args, field, letter, name, kind, noun, help)

/* Rows that a table of an applet, whose args begin with struct listing_args, starts with. */
#define LISTING_ROWS                                                                               \
	LISTING(all, 'a', "all", OPTION_FLAG, NULL,                                                \
		N_("show what users do not see, too: internal volumes, unused devices")),          \
	LISTING(said, 'o', "options", OPTION_ORDERED, N_("FIELD,..."),                             \
		N_("show these fields; +FIELD adds, -FIELD takes away, help lists them")),         \
	LISTING(said, 'S', "select", OPTION_ORDERED, N_("CRITERIA"),                               \
		N_("show only lines that meet the criteria; help explains them")),                 \
	LISTING(said, 'O', "sort", OPTION_ORDERED, N_("FIELD,..."),                                \
		N_("sort by these fields; -FIELD sorts downwards")),                               \
	LISTING(said, 0, "configreport", OPTION_ORDERED, N_("lv|vg|pv|seg|pvseg|log"),             \
		N_("what follows of the three is for reports of this kind only")),                 \
	LISTING(units, 0, "units", OPTION_TEXT, N_("UNIT"),                                        \
		N_("show sizes in r, h (as fits) or b, s, k, m, g, t, p, e; upper case: powers "   \
		   "of 1000")),                                                                    \
	LISTING(no_suffix, 0, "nosuffix", OPTION_FLAG, NULL, N_("show sizes without unit")),       \
	LISTING(no_headings, 0, "noheadings", OPTION_FLAG, NULL, N_("show no headings")),          \
	LISTING(separator, 0, "separator", OPTION_TEXT, N_("TEXT"),                                \
		N_("put TEXT between fields")),                                                    \
	LISTING(aligned, 0, "aligned", OPTION_FLAG, NULL,                                          \
		N_("align columns although there is a separator")),                                \
	LISTING(format, 0, "reportformat", OPTION_TEXT, N_("basic|json|json_std"),                 \
		N_("print a table, or JSON")),                                                     \
	LISTING(log_only, 0, "logonly", OPTION_FLAG, NULL,                                         \
		N_("only the log of messages that LVM2 users can ask for")),                       \
	LISTING(rows, 0, "rows", OPTION_FLAG, NULL, N_("turn columns into rows")),                 \
	LISTING(name_prefixes, 0, "nameprefixes", OPTION_FLAG, NULL,                               \
		N_("show each value as LVM2_FIELD='VALUE'")),                                      \
	LISTING(unquoted, 0, "unquoted", OPTION_FLAG, NULL,                                        \
		N_("leave out the quotes of --nameprefixes")),                                     \
	LISTING(unbuffered, 0, "unbuffered", OPTION_FLAG, NULL,                                    \
		N_("print each line as soon as it is known, unsorted")),                           \
	LISTING(binary, 0, "binary", OPTION_FLAG, NULL,                                            \
		N_("show 1 and 0 in place of words, -1 for unknown")),                             \
	LISTING(foreign, 0, "foreign", OPTION_FLAG, NULL,                                          \
		N_("show groups that belong to other hosts, too")),                                \
	LISTING(read_only, 0, "readonly", OPTION_FLAG, NULL,                                       \
		N_("do not ask the kernel: state and fill are unknown")),                          \
	LISTING(ignored, 0, "ignoreskippedcluster", OPTION_FLAG, NULL,                             \
		N_("accepted from LVM2 users, without effect")),                                   \
	LISTING(ignored, 0, "trustcache", OPTION_FLAG, NULL,                                       \
		N_("accepted from LVM2 users, without effect")),                                   \
	LISTING(ignored, 'P', "partial", OPTION_FLAG, NULL,                                        \
		N_("accepted from LVM2 users, without effect: partial groups are shown")),         \
	LISTING(ignored, 0, "shared", OPTION_FLAG, NULL,                                           \
		N_("accepted from LVM2 users, without effect: shared groups are shown"))

/* For commands that print no report, but perhaps LVM2's log of what they said. */
#define LOG_FORMAT_ROW(type, field)                                                                \
	OPTION(type, field, 0, "reportformat", OPTION_TEXT, N_("basic|json|json_std"),             \
	       N_("how the log of messages that LVM2 users can ask for is printed"))
int listing_log_format(struct session *session, const char *said);

/* For lists of volumes. */
#define HISTORY_ROW                                                                                \
	LISTING(ignored, 'H', "history", OPTION_FLAG, NULL,                                        \
		N_("accepted from LVM2 users: also removed volumes, of which nothing is "          \
		   "remembered"))

/* An operand: a tag, or a group or volume. */
struct listing_name {
	const char *tag;		/* without the @, or NULL */
	struct target target;
	bool found;
};

/* One walk. */
struct listing {
	struct session *session;
	const struct listing_args *args;
	const struct catalog *catalog;
	struct gather gather;
	bool full;			/* reports are parts of a full report */
	struct dm_report_group *frame;	/* of that, in JSON; or NULL */
	struct listing_name *names;	/* none: everything is wanted */
	unsigned name_count;
	struct stream shown;		/* paragraphs that the log of messages is to have (display.h) */
};

/* Scan, and list the kernel's devices.  0 or negative, reported. */
int listing_open(struct listing *listing, struct session *session, const struct listing_args *args);
void listing_close(struct listing *listing);

/* What operands name (not device paths); -EDOM if they cannot name such a thing. */
int listing_take_names(struct listing *listing, const char *const *operands, unsigned count,
		       enum target_kind kind);

/* Each group that an operand names or names a volume of (all without operands), by name. */
int listing_each_group(struct listing *listing,
		       int (*visit)(struct listing *listing, const struct group_facts *group,
				    void *data),
		       void *data);

/* Whether the volume is to be shown; an operand that names it is found by that. */
bool listing_wants(struct listing *listing, const struct lv *lv);

/* Whether the group as such is to be shown. */
bool listing_wants_group(struct listing *listing, const struct vg *vg);

/* Negative, and reported for each, if an operand names nothing. */
int listing_check_names(const struct listing *listing);

/* How it is printed: as the command line says, or the settings. */
int listing_format(const struct listing *listing, enum report_format *format);

/* What goes around its reports, until the end, which is wanted in any case.  0 or negative, reported. */
int listing_begin_frame(struct listing *listing, enum report_format format);
int listing_end_frame(struct listing *listing);

/* Call print, which prints one report, as what stands in the frame of the command's log if there is one. */
int listing_framed(struct listing *listing, int (*print)(struct listing *listing, void *data),
		   void *data);

int listing_begin_report(const struct listing *listing, enum report_line line,
			 struct report **report);

/* A whole report: begun, filled by list, ended, and the operands checked. */
int listing_report(struct listing *listing, enum report_line line,
		   int (*list)(struct listing *listing, struct report *report));

#endif
