/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/options.h"

#include "tap.h"

#include <errno.h>
#include <string.h>

struct args {
	bool flag, no_suffix, no_headings;
	unsigned count;
	const char *text, *choice, *permission;
	uint64_t number, sectors;
	enum yes_no yes_no;
	struct amount size, extents;
	struct word_list words, ordered;
	struct given_number maybe;
};

static const struct option_spec rows[] = {
	OPTION(args, flag, 'a', "all", OPTION_FLAG, NULL, "all"),
	OPTION(args, no_suffix, 0, "nosuffix", OPTION_FLAG, NULL, "no suffix"),
	OPTION(args, no_headings, 0, "noheadings", OPTION_FLAG, NULL, "no headings"),
	OPTION(args, count, 'f', "force", OPTION_COUNT, NULL, "force"),
	OPTION(args, text, 'n', "name", OPTION_TEXT, "NAME", "name"),
	OPTION(args, choice, 0, "type", OPTION_CHOICE, "linear|striped", "type"),
	OPTION(args, permission, 'p', "permission", OPTION_PERMISSION, "r|rw", "permission"),
	OPTION(args, number, 'i', "stripes", OPTION_NUMBER, "NUMBER", "stripes"),
	OPTION(args, sectors, 'c', "chunksize", OPTION_SECTORS, "SIZE", "chunk"),
	OPTION(args, yes_no, 'Z', "zero", OPTION_YESNO, "y|n", "zero"),
	OPTION(args, size, 'L', "size", OPTION_SIZE, "SIZE", "size"),
	OPTION(args, extents, 'l', "extents", OPTION_EXTENTS, "EXTENTS", "extents"),
	OPTION(args, words, 'o', "options", OPTION_WORDS, "FIELD,...", "fields"),
	OPTION(args, words, 0, "read-only-words", OPTION_WORDS, "WORD", "words"),
	OPTION(args, words, 0, "addtag", OPTION_TAGS, "TAG", "tags"),
	OPTION(args, ordered, 'S', "select", OPTION_ORDERED, "CRITERIA", "select"),
	OPTION(args, ordered, 0, "configreport", OPTION_ORDERED, "REPORT", "report"),
	OPTION(args, maybe, 0, "watch", OPTION_MAYBE_NUMBER, "SECONDS", "watch"),
	LIMIT_OPTION("lock-timeout", "global/lock_timeout", "limit"),
	{ .name = NULL },
};

/* A second table, as every command has one. */
struct common {
	unsigned verbose;
	const char *name;
};

static const struct option_spec common_rows[] = {
	OPTION(common, verbose, 'v', "verbose", OPTION_COUNT, NULL, "verbose"),
	OPTION(common, verbose, 'f', "force", OPTION_COUNT, NULL, "force"),
	OPTION(common, name, 'n', "name", OPTION_TEXT, "NAME", "not to be reached"),
	{ .name = NULL },
};

struct result {
	int code;
	struct args args;
	struct common common;
	struct command_line line;
};

enum { WORDS = 8 };

static void parse(struct result *result, const char *const *words)
{
	*result = (struct result) { 0 };
	result->line = (struct command_line) {
		.name = "svtest",
		.sets = { { rows, &result->args }, { common_rows, &result->common } },
	};
	tap_log_capture();
	result->code = options_parse(&result->line, words);
}

static void release(struct result *result)
{
	options_release(&result->line);
}

TEST("command lines that are understood")
{
	static const struct {
		const char *words[WORDS];
		const char *name; /* what --name comes to */
		unsigned operands;
		unsigned force;
	} table[] = {
		{ { NULL }, NULL, 0, 0 },
		{ { "vg0", "vg1" }, NULL, 2, 0 },
		{ { "-n", "x", "vg0" }, "x", 1, 0 },
		{ { "vg0", "-nx" }, "x", 1, 0 },
		{ { "--name=x", "vg0" }, "x", 1, 0 },
		{ { "--name", "x", "vg0", "-f" }, "x", 1, 1 },
		{ { "-ff", "--force" }, NULL, 0, 3 },
		{ { "-afnx" }, "x", 0, 1 },
		{ { "-fn", "-x" }, "-x", 0, 1 },
		{ { "--name", "--force" }, "--force", 0, 0 },
		{ { "--na", "x" }, "x", 0, 0 },
		{ { "--na-me=a=b" }, "a=b", 0, 0 },
		{ { "--fo", "--", "-n", "x" }, NULL, 2, 1 },
		{ { "-n", "--", "x" }, "--", 1, 0 },
		{ { "-n", "" }, "", 0, 0 },
	};
	struct result result;
	unsigned i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		parse(&result, table[i].words);
		CHECK_INT(result.code, 0);
		CHECK_TEXT(result.args.text, table[i].name);
		CHECK_INT(result.line.operands.count, table[i].operands);
		CHECK_INT(result.args.count, table[i].force);
		release(&result);
	}
}

TEST("options for what only LVM2 does are refused by name where something is changed")
{
	static const struct {
		const char *words[WORDS];
		bool changes;
		const char *message;
	} table[] = {
		{ { "--thinpool", "x" },
		  true,
		  "svtest: --thinpool: is for thin volumes, which snapvol does not have; use LVM2\n" },
		{ { "-m", "1" },
		  true,
		  "svtest: -m: is for mirrors, which snapvol does not have; use LVM2\n" },
		{ { "-f", "-H" },
		  true,
		  "svtest: -H: is for caches, which snapvol does not have; use LVM2\n" },
		{ { "--shared=1" },
		  true,
		  "svtest: --shared: is for groups that several hosts share, which snapvol does "
		  "not have; use LVM2\n" },
		{ { "--thi" }, true, "svtest: --thi: no such option\n" },
		{ { "-m" }, false, "svtest: -m: no such option\n" },
	};
	struct command_line line;
	struct common common;
	unsigned i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		line = (struct command_line) { .name = "svtest" };
		line.sets[table[i].changes ? CHANGES_SET : 0] =
			(struct option_set){ common_rows, &common };
		common = (struct common) { 0 };
		tap_log_capture();
		CHECK_INT(options_parse(&line, table[i].words), -EDOM);
		CHECK_TEXT(tap_log_text(), table[i].message);
		options_release(&line);
	}
}

TEST("command lines that are refused, each with one line that names the option")
{
	static const struct {
		const char *words[WORDS];
		const char *message;
	} table[] = {
		{ { "--size", "5x" }, "svtest: --size: '5x' is not a size\n" },
		{ { "-L", "" }, "svtest: --size: '' is not a size\n" },
		{ { "-l", "10%FOO" }, "svtest: --extents: '10%FOO' is not a number of extents\n" },
		{ { "-c", "x" }, "svtest: --chunksize: 'x' is not a size\n" },
		{ { "-i", "-1" }, "svtest: --stripes: '-1' is not a number\n" },
		{ { "-Z", "maybe" }, "svtest: --zero: 'maybe' is not y or n\n" },
		{ { "-p", "w" }, "svtest: --permission: 'w' is not a permission: say r or rw\n" },
		{ { "--type", "raid" }, "svtest: --type: 'raid' is none of linear|striped\n" },
		{ { "--type", "linear|striped" },
		  "svtest: --type: 'linear|striped' is none of linear|striped\n" },
		{ { "--foo" }, "svtest: --foo: no such option\n" },
		{ { "--no" }, "svtest: --no: could be --nosuffix or --noheadings\n" },
		{ { "-Q" }, "svtest: -Q: no such option\n" },
		{ { "-aQ" }, "svtest: -aQ: no such option\n" },
		{ { "-n" }, "svtest: -n: a value is missing\n" },
		{ { "--name" }, "svtest: --name: a value is missing\n" },
		{ { "--all=1" }, "svtest: --all: takes no value\n" },
		{ { "-n", "a", "-n", "b" }, "svtest: --name: given twice\n" },
		{ { "--lock-timeout", "-1" },
		  "svtest: --lock-timeout: '-1' is not a number of seconds\n" },
		{ { "--lock-timeout", "4294967296" },
		  "svtest: --lock-timeout: '4294967296' is not a number of seconds\n" },
		{ { "--lock-timeout=1 activation/enabled=0" },
		  "svtest: --lock-timeout: '1 activation/enabled=0' is not a number of seconds\n" },
		{ { "-i2", "-i3" }, "svtest: --stripes: given twice\n" },
		{ { "-L1g", "-L2g" }, "svtest: --size: given twice\n" },
	};
	struct result result;
	unsigned i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		parse(&result, table[i].words);
		CHECK_INT(result.code, -EDOM);
		CHECK_TEXT(tap_log_text(), table[i].message);
		release(&result);
	}
}

TEST("values are stored as their kind says")
{
	static const char *const words[] = { "-L+1.5g", "-l-50%FREE",	  "-c", "64", "-i3", "-Zn",
					     "-prw",	"--type=striped", NULL };
	struct result result;

	parse(&result, words);
	CHECK_INT(result.code, 0);
	CHECK_INT(result.args.size.sign, '+');
	CHECK(result.args.size.value == 3 * 1024 * 1024);
	CHECK_INT(result.args.extents.sign, '-');
	CHECK_INT(result.args.extents.of, AMOUNT_PERCENT_FREE);
	CHECK(result.args.sectors == 128);
	CHECK(result.args.number == 3);
	CHECK_INT(result.args.yes_no, SAID_NO);
	CHECK_TEXT(result.args.permission, "rw");
	CHECK_TEXT(result.args.choice, "striped");
	release(&result);
}

TEST("words add up, in the order given")
{
	static const char *const words[] = { "-o", "a,b", "--options=+c", "-o-d", "-o@x", NULL };
	struct result result;

	parse(&result, words);
	CHECK_INT(result.args.words.count, 4);
	CHECK_TEXT(result.args.words.words[0], "a,b");
	CHECK_TEXT(result.args.words.words[1], "+c");
	CHECK_TEXT(result.args.words.words[2], "-d");
	CHECK_TEXT(result.args.words.words[3], "@x");
	release(&result);
}

TEST("tags may have an @ before them, which is nothing of theirs")
{
	static const char *const words[] = { "--addtag", "@a", "--addtag=b", "--addtag=@", NULL };
	struct result result;

	parse(&result, words);
	CHECK_INT(result.args.words.count, 3);
	CHECK_TEXT(result.args.words.words[0], "a");
	CHECK_TEXT(result.args.words.words[1], "b");
	CHECK_TEXT(result.args.words.words[2], "");
	release(&result);
}

TEST("rows that share words keep their order and tell whose each is")
{
	static const char *const words[] = { "-Sa", "--configreport", "lv", "--select=b", NULL };
	struct result result;

	parse(&result, words);
	CHECK_INT(result.code, 0);
	CHECK_INT(result.args.ordered.count, 3);
	CHECK_TEXT(result.args.ordered.words[0], "Sa");
	CHECK_TEXT(result.args.ordered.words[1], "clv");
	CHECK_TEXT(result.args.ordered.words[2], "Sb");
	release(&result);
}

TEST("a number that may be left out is never the next word")
{
	static const char *const bare[] = { "--watch", "5", NULL }, *const full[] = { "--wat=5", NULL };
	struct result result;

	parse(&result, bare);
	CHECK_INT(result.code, 0);
	CHECK(result.args.maybe.given);
	CHECK_INT(result.args.maybe.value, 0);
	CHECK_TEXT(result.line.operands.words[0], "5");
	release(&result);
	parse(&result, full);
	CHECK_INT(result.args.maybe.value, 5);
	release(&result);
}

TEST("a limit goes before its setting, the last one given before the others")
{
	static const char *const words[] = { "--lock-timeout=5", "vg0", "--locktimeout", "0",
					     NULL };
	struct result result;

	parse(&result, words);
	CHECK_INT(result.code, 0);
	CHECK_INT(result.line.settings.count, 2);
	CHECK_TEXT(result.line.settings.words[0], "global/lock_timeout=5");
	CHECK_TEXT(result.line.settings.words[1], "global/lock_timeout=0");
	CHECK_INT(result.line.operands.count, 1);
	release(&result);
	CHECK_INT(result.line.settings.count, 0);
}

TEST("hyphens count neither in what is typed nor in the table")
{
	static const char *const words[] = { "--no-suffix", "--readonlywords", "x", "--v-e-r",
					     NULL };
	struct result result;

	parse(&result, words);
	CHECK_INT(result.code, 0);
	CHECK(result.args.no_suffix);
	CHECK_INT(result.args.words.count, 1);
	CHECK_INT(result.common.verbose, 1);
	release(&result);
}

TEST("a name in two tables means the first")
{
	static const char *const words[] = { "-n", "x", NULL };
	struct result result;

	parse(&result, words);
	CHECK_TEXT(result.args.text, "x");
	CHECK(!result.common.name);
	release(&result);
}

TEST_MAIN
