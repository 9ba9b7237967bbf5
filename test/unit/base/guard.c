/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <libdevmapper.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"

#include "base/guard.h"

static const struct {
	const char *text;
	const char *problem; /* NULL: passes */
	size_t offset;
} rows[] = {
	{ "", NULL, 0 },
	{ "a = 1\n", NULL, 0 },
	{ "a = 1", "a word that the end cuts off", 5 },
	{ "a = -", "a word that the end cuts off", 5 },
	{ "a = [ 1", "a word that the end cuts off", 7 },
	{ "a { b { c { d { e { f { g { h { i = 1 } } } } } } } }", NULL, 0 },
	{ "a { b { c { d { e { f { g { h { i { j = 1 } } } } } } } } }",
	  "sections that are nested too deep", 34 },
	{ "a {} b {} c {} d {} e {} f {} g {} h {} i {} j {}", NULL, 0 },
	{ "} } } a { }", NULL, 0 },
	/* strings */
	{ "a = \"never closed", "a string that is never closed", 4 },
	{ "a = 'never closed\"", "a string that is never closed", 4 },
	{ "a = \"escaped \\\"", "a string that is never closed", 4 },
	{ "a = \"ends in \\", "a string that is never closed", 4 },
	{ "a = \"escaped \\\" quote\"", NULL, 0 },
	{ "a = 'no escape \\'", NULL, 0 },
	{ "a = \"{{{{{{{{{{{{{{ # '\"", NULL, 0 },
	{ "a = [\"x\", \"y\", 'z']", NULL, 0 },
	{ "a = [\n\"pv0\", 0,\n\"pv1\", 12\n]", NULL, 0 },
	{ "a = [1, -2.5, \"x\"]", NULL, 0 },
	/* comments */
	{ "# don't { { { { { { { { {\na = 1 # \"", NULL, 0 },
	{ "a#'\n= 1 ", NULL, 0 },
	/* quotes that hide no bracket from us but would from another reader */
	{ "a' { b' { c = 1", "a quote within a word", 1 },
	{ "a,\"{ = 1", "a quote within a word", 2 },
	{ "'a' { b = 1 }", "a quote where a name begins", 0 },
	{ "a = 1 \"b\" = 2", "a quote where a name begins", 6 },
	{ "a = b, \"c\" = 2", "a quote where a name begins", 7 },
	{ "a = \"b\"\"c\"", "a quote where a name begins", 7 },
	{ "a = \"b\"c\"", "a quote within a word", 8 },
	{ "a\033[31m = 1", "a control character in a word", 1 },
	{ "a = \"\033[31m\"", NULL, 0 },
	/* paths make sections, too */
	{ "a/b/c/d/e/f/g/h/i=1 ", NULL, 0 },
	{ "a/b/c/d/e/f/g/h/i/j=1", "a path that is too deep", 17 },
	{ "a = \"/a/b/c/d/e/f/g/h/i/j/k\"", NULL, 0 },
};

TEST("text passes if dm_config can read it without harm, else the place is told")
{
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *problem = NULL;
		size_t offset = 0;
		const int r =
			guard_config_text(rows[i].text, strlen(rows[i].text), &problem, &offset);

		if (r != (rows[i].problem ? -EBADMSG : 0) || offset != rows[i].offset)
			printf("# %s\n", rows[i].text);
		CHECK_INT(r, rows[i].problem ? -EBADMSG : 0);
		CHECK_TEXT(problem, rows[i].problem);
		CHECK_INT(offset, rows[i].offset);
	}
}

TEST("a NUL is refused wherever it is")
{
	static const char text[] = "a = \"b\0c\" # \0\n";
	const char *problem = NULL;
	size_t offset = 0;

	CHECK_INT(guard_config_text(text, sizeof(text) - 1, &problem, &offset), -EBADMSG);
	CHECK_TEXT(problem, "a NUL byte");
	CHECK_INT(offset, 6);
	CHECK_INT(guard_config_text(text + 7, sizeof(text) - 8, &problem, &offset), -EBADMSG);
	CHECK_INT(offset, 5);
}

TEST("what would overflow dm_config's stack is refused in one pass")
{
	enum { LEN = 600000 };
	char *text = malloc(LEN + 1);
	const char *problem = NULL;
	size_t offset = 0;

	for (size_t i = 0; i < LEN; i += 3)
		memcpy(text + i, "a{\n", 3);
	CHECK_INT(guard_config_text(text, LEN, &problem, &offset), -EBADMSG);
	CHECK_INT(offset, 25);
	free(text);
}

static void ignore_library(int level, const char *file, int line, int code, const char *format, ...)
{
	(void)level;
	(void)file;
	(void)line;
	(void)code;
	(void)format;
}

static unsigned depth_of(const struct dm_config_node *node)
{
	unsigned deepest = 0, depth;

	for (; node; node = node->sib) {
		depth = 1 + (node->child ? depth_of(node->child) : 0);
		deepest = depth > deepest ? depth : deepest;
	}
	return deepest;
}

static int put_line(const char *line, void *data)
{
	FILE *out = data;

	return fprintf(out, "%s\n", line) > 0;
}

/* What dm_config makes of it; malloc'd, NULL if it is not in the grammar. */
static char *parsed(const char *text, unsigned *depth)
{
	struct dm_config_tree *tree = dm_config_create();
	char *printed = NULL;
	size_t len;
	FILE *out;

	if (dm_config_parse(tree, text, text + strlen(text))) {
		out = open_memstream(&printed, &len);
		if (tree->root)
			dm_config_write_node(tree->root, put_line, out);
		fclose(out);
		*depth = depth_of(tree->root);
	}
	dm_config_destroy(tree);
	return printed;
}

TEST("of comments their line feeds stay, and a # in a string is none")
{
	char text[] = "# first\n a = \"x # y\" # z\n#\nb {# c\n\td = '#\n' }# e\n",
	     refused[] = "a = 1 # b\n c = \"";
	const char *problem = NULL;
	size_t offset = 0;

	CHECK_INT(guard_without_comments(text, &problem, &offset), 0);
	CHECK_TEXT(text, "\n a = \"x # y\" \n\nb {\n\td = '#\n' }\n");
	CHECK_INT(guard_without_comments(refused, &problem, &offset), -EBADMSG);
	CHECK_TEXT(problem, "a string that is never closed");
	CHECK_INT(offset, 15);
}

/* Texts of the characters that matter to the tokeniser, the same ones each time. */
TEST("no text of few characters that passes gives a deep tree, or another one without its comments")
{
	static const char alphabet[] = "a{{{=}\"'#/,[]\\ \n1";
	const unsigned most = (GUARD_DEPTH + 1) * (GUARD_DEPTH + 1);
	uint32_t random = 1;
	unsigned passed = 0, commented = 0, depth;
	char *with, *without, text[200];
	const char *problem;
	size_t offset;

	dm_log_with_errno_init(ignore_library);
	for (unsigned round = 0; round < 200000; round++) {
		size_t len = 0;

		for (; len < sizeof(text) - 2 && (random >> 16) % 101; len++) {
			random = random * 1103515245 + 12345;
			text[len] = alphabet[(random >> 16) % (sizeof(alphabet) - 1)];
		}
		random = random * 1103515245 + 12345;
		text[len++] = '\n';
		text[len] = 0;
		if (guard_config_text(text, len, &problem, &offset) == 0) {
			with = parsed(text, &depth);
			CHECK(!with || depth <= most);
			passed += with != NULL;
			CHECK_INT(guard_without_comments(text, &problem, &offset), 0);
			commented += with && strlen(text) < len;
			without = parsed(text, &depth);
			CHECK_TEXT(without, with);
			free(with);
			free(without);
		}
	}
	CHECK(passed > 100);
	CHECK(commented > 50);
}

TEST_MAIN
