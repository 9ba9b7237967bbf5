/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/session.h"

#include "base/conf.h"
#include "base/log.h"
#include "base/text.h"
#include "dm/live.h"
#include "ops/volumelist.h"
#include "store/catalog.h"

#include <ctype.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LEAST_ANSWER_MS = 5000 };	/* a person reads the question first */

void session_open(struct session *session, struct conf *conf, const char *command)
{
	*session = (struct session) { .conf = conf, .command = command };
}

void session_forget(struct session *session)
{
	catalog_free(&session->catalog);
	live_free(&session->live);
}

void session_close(struct session *session)
{
	log_tell();
	session_forget(session);
	conf_free(&session->conf);
}

/* Whoever may not open them would be told so for each. */
static int may_look(const struct session *session)
{
	if (!geteuid() || conf_list_item(session->conf, "devices/only", 0))
		return 0;
	return fail(-EPERM, _("/dev: only root can look at devices"));
}

static void mark_groups(const struct session *session)
{
	const struct group *group;

	dm_list_iterate_items(group, &session->catalog->groups)
		if (group->vg)
			volumelist_mark(session->conf, group->vg);
}

static int build_catalog(struct session *session)
{
	int r = may_look(session);

	if (r < 0)
		return r;
	if (session->brief) {
		log_forget();
		log_defer(true);
	}
	r = catalog_build(session->conf, &session->catalog);
	if (r >= 0)
		mark_groups(session);
	if (r < 0)
		log_tell();
	else if (session->brief)
		log_defer(false);
	return r;
}

int session_catalog(struct session *session, struct catalog **catalog)
{
	int r = 0;

	if (!session->catalog)
		r = build_catalog(session);
	if (!r)
		*catalog = session->catalog;
	return r;
}

int session_live(struct session *session, struct live **live)
{
	int r = 0;

	if (!session->live)
		r = live_list(&session->live);
	if (!r)
		*live = session->live;
	return r;
}

void session_left_unsettled(struct session *session, const char *vg_id)
{
	char(*ids)[ID_LEN + 1] = session->unsettled;

	if (strcmp(ids[0], vg_id) != 0)
		memcpy(ids[1], ids[0], sizeof(ids[1]));
	snprintf(ids[0], sizeof(ids[0]), "%s", vg_id);
}

/* Others wait for the lock that is held meanwhile.  Whatever else ends the wait is told by reading. */
static unsigned answer_limit_ms(const struct session *session)
{
	unsigned limit_ms = conf_limit_ms(session->conf, "global/lock_timeout");

	if (limit_ms < LEAST_ANSWER_MS)
		return LEAST_ANSWER_MS;
	return limit_ms < INT_MAX ? limit_ms : INT_MAX;
}

static bool is_answered(unsigned limit_ms)
{
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };

	return poll(&input, 1, (int)limit_ms) != 0;
}

/* One line from the terminal: whether it begins with y. */
static bool answered_yes(void)
{
	char line[64];
	const char *text = line;

	if (!fgets(line, sizeof(line), stdin))
		return false;
	while (isspace((unsigned char)*text))
		text++;
	return *text == 'y' || *text == 'Y';
}

int session_confirm(const struct session *session, const char *format, ...)
{
	const unsigned limit_ms = answer_limit_ms(session);
	char question[1024];
	va_list arguments;

	if (session->yes)
		return 0;

	va_start(arguments, format);
	vsnprintf(question, sizeof(question), format, arguments);
	va_end(arguments);

	if (!isatty(STDIN_FILENO))
		return fail(-EPERM, _("%s: say --yes to go on"), question);

	log_tell();
	fprintf(stderr, _("%s; go on? [y/n]: "), question);
	if (!is_answered(limit_ms)) {
		fputc('\n', stderr);
		return fail(-ETIMEDOUT, _("%s: no answer for %u seconds; say --yes to go on"),
			    question, limit_ms / 1000);
	}
	if (!answered_yes())
		return fail(-ECANCELED, _("%s: nothing was changed"), question);
	return 0;
}
