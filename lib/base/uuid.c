/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/uuid.h"

#include <errno.h>
#include <string.h>
#include <uuid/uuid.h>

static const char characters[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ!#";

enum { GENERATED = 62 }; /* the last two are read but never made */

/* Lengths of the groups of the hyphenated form. */
static const unsigned char groups[] = { 6, 4, 4, 4, 4, 4, 6 };

/* Bytes of a random UUID that are not all random: version and variant (RFC 4122, 4.4). */
static bool is_marked(unsigned place)
{
	return place == 6 || place == 8;
}

/* Bytes above the last multiple of 62 are left out, or the first characters would come more often. */
void uuid_new(char id[ID_LEN + 1])
{
	const unsigned limit = 256 - 256 % GENERATED;
	uuid_t random;
	unsigned place, len = 0;

	while (len < ID_LEN) {
		uuid_generate_random(random);
		for (place = 0; place < sizeof(random) && len < ID_LEN; place++)
			if (!is_marked(place) && random[place] < limit)
				id[len++] = characters[random[place] % GENERATED];
	}
	id[ID_LEN] = 0;
}

bool uuid_is_valid(const char *id, unsigned length)
{
	unsigned i;

	if (length != ID_LEN)
		return false;
	for (i = 0; i < length; i++)
		if (!id[i] || !strchr(characters, id[i]))
			return false;
	return true;
}

static int parse_hyphenated(const char *text, char id[ID_LEN + 1])
{
	unsigned group, in = 0, out = 0;

	for (group = 0; group < sizeof(groups); group++) {
		if (group && text[in++] != '-')
			return -EINVAL;
		memcpy(id + out, text + in, groups[group]);
		out += groups[group];
		in += groups[group];
	}
	return 0;
}

int uuid_read(const char *text, char id[ID_LEN + 1])
{
	char found[ID_LEN + 1] = "";
	size_t len = strlen(text);

	if (len == ID_LEN)
		memcpy(found, text, ID_LEN);
	else if (len != ID_TEXT_LEN || parse_hyphenated(text, found) < 0)
		return -EINVAL;
	if (!uuid_is_valid(found, ID_LEN))
		return -EINVAL;
	memcpy(id, found, ID_LEN);
	id[ID_LEN] = 0;
	return 0;
}

const char *uuid_print(const char id[ID_LEN + 1], char text[ID_TEXT_LEN + 1])
{
	unsigned group, in = 0, out = 0;

	for (group = 0; group < sizeof(groups); group++) {
		if (group)
			text[out++] = '-';
		memcpy(text + out, id + in, groups[group]);
		out += groups[group];
		in += groups[group];
	}
	text[out] = 0;
	return text;
}
