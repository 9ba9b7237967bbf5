/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/guard.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"

struct scanner {
	const char *text;
	size_t len;
	size_t at;
	unsigned depth;
};

static int refuse(const char *why, size_t at, const char **problem, size_t *offset)
{
	*problem = why;
	*offset = at;
	return -EBADMSG;
}

/* Only strings in double quotes have escapes (libdm-config.c: _get_token). */
static bool skip_string(struct scanner *s)
{
	char quote = s->text[s->at++];

	for (; s->at < s->len; s->at++) {
		if (s->text[s->at] == quote)
			return true;
		if (quote == '"' && s->text[s->at] == '\\')
			s->at++;
	}
	return false;
}

static void skip_comment(struct scanner *s)
{
	while (s->at + 1 < s->len && s->text[s->at + 1] != '\n')
		s->at++;
}

/* Brackets are counted together: whether they match is the parser's business. */
static bool nest(struct scanner *s)
{
	char c = s->text[s->at];

	if (c == '{' || c == '[')
		return ++s->depth <= GUARD_DEPTH;
	if ((c == '}' || c == ']') && s->depth)
		s->depth--;
	return true;
}

int guard_config_text(const char *text, size_t len, const char **problem, size_t *offset)
{
	const char *nul = len ? memchr(text, '\0', len) : NULL;
	struct scanner s = { .text = text, .len = len };

	if (nul)
		return refuse(N_("a NUL byte"), (size_t)(nul - text), problem, offset);

	for (; s.at < len; s.at++) {
		const size_t start = s.at;

		if (text[s.at] == '#')
			skip_comment(&s);
		else if (strchr("\"'`", text[s.at]) && !skip_string(&s))
			return refuse(N_("a string that is never closed"), start, problem, offset);
		else if (!nest(&s))
			return refuse(N_("sections nested too deep"), start, problem, offset);
	}
	return 0;
}
