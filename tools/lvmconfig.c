/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/applets.h"

#include "tools/applet.h"

#include "base/conf.h"
#include "base/text.h"
#include "ops/session.h"

#include <stdio.h>
#include <string.h>

/* Only under LVM2's name: ours is config. */

struct lvmconfig_args {
	const char *type;
};

static const struct option_spec lvmconfig_options[] = {
	OPTION(lvmconfig_args, type, 0, "type", OPTION_CHOICE, N_("current|default|diff|full"),
	       N_("print what files and options say, the defaults, where the two differ, or what holds")),
	OPTION(lvmconfig_args, type, 0, "typeconfig", OPTION_CHOICE, N_("current|default|diff|full"),
	       N_("the same")),
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

static int lvmconfig_run(struct session *session, const char *const *operands, unsigned count,
			 const void *p)
{
	const struct lvmconfig_args *args = p;
	const enum conf_print what = what_to_print(args->type);
	unsigned i;
	int r, result = 0;

	if (!count)
		return conf_write(session->conf, stdout, what, NULL);
	for (i = 0; i < count; i++) {
		r = conf_write(session->conf, stdout, what, operands[i]);
		result = result < 0 ? result : r;
	}
	return result;
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
