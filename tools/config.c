/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/applets.h"

#include "tools/applet.h"

#include "base/conf.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

struct config_args {
	const char *type;
};

static const struct option_spec config_options[] = {
	OPTION(config_args, type, 0, "type", OPTION_CHOICE, N_("default|current|diff"),
	       N_("print the defaults with explanations, what holds now, or where the two differ")),
	{ .name = NULL },
};

static enum conf_print what_to_print(const char *type)
{
	if (!type || !strcmp(type, "default"))
		return CONF_DEFAULT;
	return strcmp(type, "current") ? CONF_DIFF : CONF_CURRENT;
}

static int config_run(struct session *session, const char *const *operands, unsigned count,
		      const void *p)
{
	const struct config_args *args = p;

	(void)operands;
	(void)count;
	return conf_print(session->conf, stdout, what_to_print(args->type));
}

const struct applet config_applet = {
	.name = "config",
	.summary = N_("print settings"),
	.synopsis = N_("[--type default|current|diff]"),
	.options = config_options,
	.args_size = sizeof(struct config_args),
	.kind = LOOKS_ONLY | NO_LINK,
	.run = config_run,
};
