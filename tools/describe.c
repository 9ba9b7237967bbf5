/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/applets.h"
#include "tools/common-options.h"
#include "tools/options.h"

#include "base/conf.h"
#include "report/fields.h"

#include <stdio.h>
#include <string.h>

/*
 * All tables as lines of words parted by tabs, for manual pages and tests:
 *
 *	applet	NAME	SUMMARY	SYNOPSIS
 *	option	APPLET	LETTER	NAME	NOUN	HELP
 *	setting	PATH	DEFAULT	HELP
 *	field	PREFIX	NAME	HEADING	HELP	KIND
 *
 * A word that does not exist is "-".  Options of all commands have the applet "-".
 */

static const char *word(const char *text)
{
	return text && *text ? text : "-";
}

static void describe_options(const char *applet, const struct option_spec *rows,
			     const struct option_spec *earlier)
{
	const struct option_spec *row;
	bool has_letter;

	for (row = rows; row && row->name; row++) {
		has_letter = row->letter && !options_have_letter(earlier, row->letter);
		printf("option\t%s\t%c\t%s\t%s\t%s\n", applet, has_letter ? row->letter : '-',
		       row->name, word(row->noun), row->help);
	}
}

static void describe_command(const struct applet *applet)
{
	printf("applet\t%s\t%s\t%s\n", applet->name, applet->summary, applet->synopsis);
	describe_options(applet->name, applet->options, NULL);
	if (!(applet->kind & LOOKS_ONLY))
		describe_options(applet->name, change_options, applet->options);
}

static void describe_settings(void)
{
	const struct setting *setting;

	for (setting = conf_settings(); setting->path; setting++)
		printf("setting\t%s\t%s\t%s\n", setting->path,
		       *setting->preset ? setting->preset : "-", setting->help);
}

static const char *prefix_of(const struct report_field *field)
{
	const struct field_group *group;

	for (group = fields_groups(); group->title; group++)
		if (group->of == field->of)
			return group->prefix;
	return "-";
}

/* As conf/report.schema.json.in defines them. */
static const char *const kind_words[] = {
	[VALUE_TEXT] = "text",	     [VALUE_STATE] = "text",	[VALUE_NUMBER] = "number", [VALUE_SIZE] = "size",
	[VALUE_PERCENT] = "percent", [VALUE_WORDS] = "words",	[VALUE_SEQUENCE] = "words",
	[VALUE_TIME] = "time",	     [VALUE_FLAG] = "flag",
};

static void describe_fields(void)
{
	const struct report_field *field;
	unsigned i;

	for (i = 0; (field = field_at(i)); i++)
		printf("field\t%s\t%s\t%s\t%s\t%s\n", prefix_of(field), field->name, field->heading,
		       field->help, kind_words[field->kind]);
}

static int describe_run(struct session *session, const char *const *operands, unsigned count,
			const void *args)
{
	unsigned i;

	(void)session;
	(void)operands;
	(void)count;
	(void)args;
	for (i = 0; applets[i]; i++)
		if (!(applets[i]->kind & NO_LINK))
			describe_command(applets[i]);
	describe_options("-", common_options, NULL);
	describe_settings();
	describe_fields();
	return 0;
}

const struct applet describe_applet = {
	.name = "describe",
	.synopsis = "",
	.kind = LOOKS_ONLY | NO_LINK,
	.run = describe_run,
};
