/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tokens are cut as libdm-config.c: _get_token cuts them: a word ends at white space, '#', '=', '{'
 * and '}' only, so it may have commas, brackets and quotes in it.
 */
#include "base/guard.h"

#include "base/log.h"
#include "base/text.h"

#include <ctype.h>
#include <errno.h>
#include <libdevmapper.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { DM_LEVEL_MASK = 7, DM_WARNING = 4 };

struct scanner {
	const char *text;
	size_t len;
	size_t at; /* where the token begins */
	unsigned depth;
	bool value_follows; /* the token before was '=', '[' or ',' */
	char *kept;	    /* where what comes next moves to in the text itself; NULL: all stays */
	size_t next;	    /* what has been moved, or left out */
};

static bool ends_word(char c)
{
	return isspace((unsigned char)c) || strchr("#={}", c);
}

/* Up to where the token begins. */
static void keep(struct scanner *s)
{
	const size_t len = s->at - s->next;

	memmove(s->kept, s->text + s->next, len);
	s->kept += len;
}

static void skip_comment(struct scanner *s)
{
	const char *end = memchr(s->text + s->at, '\n', s->len - s->at);

	if (s->kept)
		keep(s);
	s->at = end ? (size_t)(end - s->text) : s->len;
	s->next = s->at;
}

static const char *take_string(struct scanner *s)
{
	const char quote = s->text[s->at];
	size_t at = s->at + 1;

	if (!s->value_follows)
		return N_("a quote where a name begins");
	/* Only strings in double quotes have escapes. */
	while (at < s->len && s->text[at] != quote)
		at += quote == '"' && s->text[at] == '\\' ? 2 : 1;
	if (at >= s->len)
		return N_("a string that is never closed");
	s->at = at + 1;
	s->value_follows = false;
	return NULL;
}

/* "12," is two tokens where a value may be, so that a string may follow; "a," is one. */
static bool is_number_and_comma(const char *word, size_t len)
{
	size_t digits = 0;

	while (digits < len && strchr("+-.0123456789", word[digits]))
		digits++;
	return digits && digits + 1 == len && word[digits] == ',';
}

static const char *take_word(struct scanner *s)
{
	const char *word = s->text + s->at;
	unsigned slashes = 0;

	for (; s->at < s->len && !ends_word(s->text[s->at]); s->at++) {
		if (strchr("\"'", s->text[s->at]))
			return N_("a quote within a word");
		if (iscntrl((unsigned char)s->text[s->at]))
			return N_("a control character in a word");
		if (s->text[s->at] == '/' && ++slashes > GUARD_DEPTH)
			return N_("a path that is too deep");
	}
	if (s->at == s->len)
		return N_("a word that the end cuts off");
	s->value_follows =
		s->value_follows && is_number_and_comma(word, (size_t)(s->text + s->at - word));
	return NULL;
}

static const char *take_mark(struct scanner *s)
{
	const char c = s->text[s->at];

	if (c == '{' && ++s->depth > GUARD_DEPTH)
		return N_("sections that are nested too deep");
	if (c == '}' && s->depth)
		s->depth--;
	s->value_follows = c == '=' || c == '[' || c == ',';
	s->at++;
	return NULL;
}

static const char *take_token(struct scanner *s)
{
	const char c = s->text[s->at];

	if (isspace((unsigned char)c)) {
		s->at++;
		return NULL;
	}
	if (c == '#') {
		skip_comment(s);
		return NULL;
	}
	if (c == '"' || c == '\'')
		return take_string(s);
	if (strchr("={}[],", c))
		return take_mark(s);
	return take_word(s);
}

static int scan(struct scanner *s, const char **problem, size_t *offset)
{
	const char *found = NULL;

	while (!found && s->at < s->len)
		found = take_token(s);
	if (!found)
		return 0;
	*problem = found;
	*offset = s->at;
	return -EBADMSG;
}

int guard_config_text(const char *text, size_t len, const char **problem, size_t *offset)
{
	const char *nul = len ? memchr(text, '\0', len) : NULL;
	struct scanner s = { .text = text, .len = len };

	if (!nul)
		return scan(&s, problem, offset);
	*problem = N_("a NUL byte");
	*offset = (size_t)(nul - text);
	return -EBADMSG;
}

int guard_without_comments(char *text, const char **problem, size_t *offset)
{
	struct scanner s = { .text = text, .len = strlen(text), .kept = text };
	int r = scan(&s, problem, offset);

	if (r < 0)
		return r;
	keep(&s);
	*s.kept = 0;
	return 0;
}

/* What the parser complains about: it knows the line. */
__attribute__((format(printf, 5, 6))) static void parser_line(int level, const char *file, int line,
							      int code, const char *format, ...)
{
	char text[1024];
	va_list arguments;

	(void)code;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if ((level & DM_LEVEL_MASK) < DM_WARNING)
		fail(-EINVAL, "%s", text);
	else if ((level & DM_LEVEL_MASK) == DM_WARNING)
		warn("%s", text);
	else
		debug("libdevmapper: %s:%d %s", file, line, text);
}

/* Whoever calls the library says what that means. */
__attribute__((format(printf, 5, 6))) static void
unheard_line(int level, const char *file, int line, int code, const char *format, ...)
{
	char text[1024];
	va_list arguments;

	(void)level;
	(void)code;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	debug("libdevmapper: %s:%d %s", file, line, text);
}

void guard_hush(void)
{
	dm_log_with_errno_init(unheard_line);
}

void guard_listen(void)
{
	dm_log_with_errno_init(parser_line);
	log_catch();
}

const char *guard_heard(void)
{
	const char *heard = log_caught();

	guard_hush();
	return heard;
}
