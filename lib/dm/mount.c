/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dm/mount.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_octal(char c)
{
	return c >= '0' && c <= '7';
}

/* The character that is escaped here, or 0. */
static char escaped(const char *text)
{
	char c;

	if (text[0] != '\\' || !is_octal(text[1]) || !is_octal(text[2]) || !is_octal(text[3]))
		return 0;
	c = (char)((text[1] - '0') << 6 | (text[2] - '0') << 3 | (text[3] - '0'));
	return c == ' ' || c == '\\' || c == '#' ? c : 0;
}

char *mount_unescape(char *text)
{
	const char *from = text;
	char *to = text, c;

	while (*from) {
		c = escaped(from);
		*to++ = c ? c : *from;
		from += c ? 4 : 1;
	}
	*to = 0;
	return text;
}

/* "ID PARENT MAJOR:MINOR ROOT POINT OPTIONS [FIELD...] - TYPE SOURCE OPTIONS" */
bool mount_parse(char *line, struct mount *mount)
{
	enum { ID = 0, NUMBER = 2, POINT = 4, OPTIONS = 5 };
	enum { SOURCE_BEHIND_DASH = 2, OPTIONS_BEHIND_DASH = 3 };
	char *word, *point = NULL, *source = NULL, *options = NULL;
	unsigned i, dash = 0;

	for (i = 0; !options && (word = strsep(&line, " \n")); i++) {
		if (i == ID)
			mount->id = strtoull(word, NULL, 10);
		if (i == NUMBER && sscanf(word, "%u:%u", &mount->major, &mount->minor) != 2)
			return false;
		if (i == POINT)
			point = word;
		else if (i > OPTIONS && !dash && !strcmp(word, "-"))
			dash = i;
		else if (dash && i == dash + SOURCE_BEHIND_DASH)
			source = word;
		else if (dash && i == dash + OPTIONS_BEHIND_DASH)
			options = word;
	}
	if (!source)
		return false;
	mount->point = mount_unescape(point);
	mount->source = mount_unescape(source);
	mount->options = options ? options : "";
	return true;
}

bool mount_option(const struct mount *mount, const char *name, char *value, size_t room)
{
	const size_t len = strlen(name);
	const char *option = mount->options;

	for (; *option; option += strcspn(option, ","), option += *option == ',') {
		if (strncmp(option, name, len) != 0 || option[len] != '=')
			continue;
		option += len + 1;
		snprintf(value, room, "%.*s", (int)strcspn(option, ","), option);
		mount_unescape(value);
		return true;
	}
	return false;
}
