/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tap.h"

#include "base/uuid.h"

static const char ID[] = "abcdefghijklmnopqrstuvwxyzABCDEF";
static const char TEXT[] = "abcdef-ghij-klmn-opqr-stuv-wxyz-ABCDEF";

TEST("text with and without hyphens is the same identity")
{
	char id[ID_LEN + 1] = "";
	char text[ID_TEXT_LEN + 1];

	CHECK_INT(uuid_read(TEXT, id), 0);
	CHECK_TEXT(id, ID);
	CHECK_INT(uuid_read(ID, id), 0);
	CHECK_TEXT(id, ID);
	CHECK_TEXT(uuid_print(id, text), TEXT);
}

TEST("the two characters that are never made are read")
{
	char id[ID_LEN + 1] = "";

	CHECK_INT(uuid_read("!#0000-0000-0000-0000-0000-0000-0000!#", id), 0);
	CHECK_TEXT(id, "!#0000000000000000000000000000!#");
}

TEST("what is no identity is refused and leaves the one before")
{
	static const char *const texts[] = {
		"",
		"-",
		"abc",
		"abcdefghijklmnopqrstuvwxyzABCDE",   /* one too few */
		"abcdefghijklmnopqrstuvwxyzABCDEFG", /* one too many */
		"abcdefghijklmnopqrstuvwxyzABCDE-",
		"abcdefghijklmnopqrstuvwxyzABCDE ",
		"abcdefghijklmnopqrstuvwxyzABCD\xc3\xa4",
		"abcdefg-hij-klmn-opqr-stuv-wxyz-ABCDEF", /* hyphens elsewhere */
		"abcdef-ghij-klmn-opqr-stuv-wxyz-ABCDE",
		"abcdef-ghij-klmn-opqr-stuv-wxyz-ABCDEFG",
		"abcdef-ghij-klmn-opqr-stuv-wxyz_ABCDEF",
		"------------------------------------------",
	};
	char id[ID_LEN + 1] = "before";

	for (unsigned i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		CHECK_INT(uuid_read(texts[i], id), -EINVAL);
	CHECK_TEXT(id, "before");
}

TEST("an identity has 32 characters of the alphabet")
{
	CHECK(uuid_is_valid(ID, ID_LEN));
	CHECK(!uuid_is_valid(ID, ID_LEN - 1));
	CHECK(!uuid_is_valid("abcdefghijklmnopqrstuvwxyzABCDE", ID_LEN));
	CHECK(!uuid_is_valid(TEXT, ID_TEXT_LEN));
}

/* With 62 characters and 32 * 2000 draws each comes about 1032 times; the deviation is about 32. */
TEST("new identities differ and use all characters about equally, in every place")
{
	enum { ROUNDS = 2000, EXPECTED = ROUNDS * ID_LEN / 62, SLACK = 260 };
	unsigned counts[256] = { 0 }, zeros[ID_LEN] = { 0 };
	char id[ID_LEN + 1], before[ID_LEN + 1] = "";

	for (unsigned round = 0; round < ROUNDS; round++) {
		uuid_new(id);
		CHECK(uuid_is_valid(id, ID_LEN) && !id[ID_LEN]);
		CHECK(strcmp(id, before) != 0);
		memcpy(before, id, sizeof(id));
		for (unsigned place = 0; place < ID_LEN; place++) {
			counts[(unsigned char)id[place]]++;
			zeros[place] += id[place] == '0';
		}
	}
	for (const char *c = "09azAZ"; *c; c++)
		CHECK(counts[(unsigned char)*c] > EXPECTED - SLACK &&
		      counts[(unsigned char)*c] < EXPECTED + SLACK);
	CHECK_INT(counts['!'] + counts['#'], 0);
	for (unsigned place = 0; place < ID_LEN; place++)
		CHECK(zeros[place] > 0 && zeros[place] < 100);
}

TEST_MAIN
