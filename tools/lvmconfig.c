/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/applets.h"

#include "tools/applet.h"

#include "base/conf.h"
#include "base/log.h"
#include "base/text.h"
#include "ops/session.h"

#include <stdio.h>
#include <string.h>

/* Only under LVM2's name: ours is config. */

struct lvmconfig_args {
	const char *type, *file;
	bool list, ignored;
};

/* No setting of ours is less than a full one, and there is one set of defaults. */
#define IGNORED N_("accepted from LVM2 users, without effect: here it is always so")

static const struct option_spec lvmconfig_options[] = {
	OPTION(lvmconfig_args, type, 0, "type", OPTION_CHOICE, N_("current|default|diff|full|list"),
	       N_("print what files and options say, the defaults, where the two differ, or what holds")),
	OPTION(lvmconfig_args, type, 0, "typeconfig", OPTION_CHOICE, N_("current|default|diff|full|list"),
	       N_("the same")),
	OPTION(lvmconfig_args, list, 'l', "list", OPTION_FLAG, NULL,
	       N_("say what the settings are for")),
	OPTION(lvmconfig_args, file, 'f', "file", OPTION_TEXT, N_("FILE"), N_("print to FILE")),
	OPTION(lvmconfig_args, ignored, 0, "mergedconfig", OPTION_FLAG, NULL, IGNORED),
	OPTION(lvmconfig_args, ignored, 0, "unconfigured", OPTION_FLAG, NULL, IGNORED),
	OPTION(lvmconfig_args, ignored, 0, "ignoreadvanced", OPTION_FLAG, NULL, IGNORED),
	OPTION(lvmconfig_args, ignored, 0, "ignoreunsupported", OPTION_FLAG, NULL, IGNORED),
	{ .name = NULL },
};

static enum conf_print what_to_print(const char *type)
{
	if (!type || !strcmp(type, "current"))
		return CONF_CURRENT;
	if (!strcmp(type, "default"))
		return CONF_DEFAULT;
	return strcmp(type, "diff") ? CONF_FULL : CONF_DIFF;
}

/* The whole path, a section, or (path NULL) all. */
static int list(FILE *out, const char *path)
{
	const size_t len = path ? strlen(path) : 0;
	const struct setting *setting;
	bool found = false;

	for (setting = conf_settings(); setting->path; setting++) {
		if (path && (strncmp(setting->path, path, len) || !strchr("/", setting->path[len])))
			continue;
		fprintf(out, "%s - %s\n", setting->path, _(setting->help));
		found = true;
	}
	return found ? 0 : fail(-ENOENT, _("%s: no such setting is made"), path);
}

static int print_one(const struct conf *conf, FILE *out, const struct lvmconfig_args *args,
		     const char *path)
{
	if (args->list || (args->type && !strcmp(args->type, "list")))
		return list(out, path);
	return conf_write(conf, out, what_to_print(args->type), path);
}

static int print(const struct conf *conf, FILE *out, const char *const *operands, unsigned count,
		 const struct lvmconfig_args *args)
{
	unsigned i;
	int r, result = 0;

	if (!count)
		return print_one(conf, out, args, NULL);
	for (i = 0; i < count; i++) {
		r = print_one(conf, out, args, operands[i]);
		result = result < 0 ? result : r;
	}
	return result;
}

static int lvmconfig_run(struct session *session, const char *const *operands, unsigned count,
			 const void *p)
{
	const struct lvmconfig_args *args = p;
	FILE *out = args->file ? fopen(args->file, "we") : stdout;
	bool lost;
	int r;

	if (!out)
		return fail_errno("%s", args->file);
	r = print(session->conf, out, operands, count, args);
	if (out == stdout)
		return r;
	lost = ferror(out);
	if (fclose(out) || lost)
		return fail_errno("%s", args->file);
	return r;
}

const struct applet lvmconfig_applet = {
	.name = "lvmconfig",
	.synopsis = N_("[OPTION...] [SECTION[/NAME]...]"),
	.options = lvmconfig_options,
	.args_size = sizeof(struct lvmconfig_args),
	.operand_max = -1,
	.kind = LOOKS_ONLY | NO_DISK | NO_LINK,
	.run = lvmconfig_run,
};
