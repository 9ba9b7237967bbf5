/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_SESSION_H
#define SNAPVOL_OPS_SESSION_H

/*
 * One run of one command: its settings, what it found, how it may behave.
 *
 * Catalog and live list are read when first asked for and kept.  Commands that only look wait for no
 * lock, and change nothing but what recover_merged() settles.  Commands that change take the group's
 * lock first and read afterwards (change.h); what reading warns of waits from then on (log.h) until
 * something is done or the session ends.
 */

#include "base/uuid.h"

#include <stdbool.h>
#include <stdio.h>

struct catalog;
struct command_log;
struct conf;
struct live;

struct session {
	struct conf *conf;
	const char *command;		/* the command line, for descriptions in metadata */
	bool brief;			/* a refusal is one line: the rest waits until something is
					 * done or shown */
	bool test;			/* --test: change nothing */
	FILE *plan;			/* where --test prints the plan; or NULL */
	bool as_lvm2;			/* called by one of LVM2's names */
	struct command_log *log;	/* (report/command-log.h) with which its report is printed; or NULL */
	bool without_kernel;		/* --driverloaded n: what is active is unknown */
	bool yes;			/* --yes: every question is answered */
	unsigned force;			/* how often --force */
	bool touched;			/* something has been changed, or begun and not undone */
	char unsettled[2][ID_LEN + 1];	/* the last two groups in which what failed was not undone; or "" */
	const char *group_id;		/* of several groups of one name the one meant; or NULL */
	struct catalog *catalog;	/* by session_catalog() */
	struct live *live;		/* by session_live() */
};

/* conf goes over to the session. */
void session_open(struct session *session, struct conf *conf, const char *command);
void session_close(struct session *session);

/* Scan, once; the same for the list of dm devices (empty where the kernel has no device-mapper). */
int session_catalog(struct session *session, struct catalog **catalog);
int session_live(struct session *session, struct live **live);

/* Forget both, because the world has changed or a lock has been taken since. */
void session_forget(struct session *session);

/* Something failed in a group, and what had been done by then stands (recover_failed()); or a dead command left
 * something of one that is not to be changed. */
void session_left_unsettled(struct session *session, const char *vg_id);

/* Put a question to whoever types.  0: yes.  Negative, reported: answered no (-ECANCELED), not
 * within the time that locks are waited for, or 5 s (-ETIMEDOUT), or standard input is no terminal and
 * --yes not given (-EPERM; the message names the option). */
int session_confirm(const struct session *session, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
