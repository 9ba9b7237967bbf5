/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/applet.h"

#include "base/auto.h"
#include "base/log.h"
#include "ops/groupmodify.h"
#include "tools/select.h"

/* svgexport and svgimport: one table, two directions. */

struct svgexport_args {
	bool all;
	const char *select;
};

static const struct option_spec svgexport_options[] = {
	OPTION(svgexport_args, all, 'a', "all", OPTION_FLAG, NULL,
	       N_("all groups to which it has not been done yet")),
	SELECT_OPTION(svgexport_args, select),
	{ .name = NULL },
};

static int run(struct session *session, const char *const *operands, unsigned count,
	       const struct svgexport_args *args, enum modify_switch exported)
{
	const struct group_edit edit = { .exported = exported };
	AUTO_FREE struct target *targets = NULL;
	unsigned target_count;
	int r;

	if (args->all && count)
		return fail(-EDOM, _("--all: contradicts a group's name"));
	if (!args->all && !args->select && !count)
		return fail(-EDOM, _("%s: say which groups, or --all"), session->command);
	if (count) {
		r = targets_parse(session, operands, count, TARGET_VG, &targets, &target_count);
	} else {
		r = targets_all_groups(session, &targets, &target_count);
		r = r < 0 ? r : modify_drop_exported(session, targets, &target_count, exported);
	}
	if (r >= 0 && args->select)
		r = select_groups(session, args->select, &targets, &target_count);
	return r < 0 || !target_count ? r : modify_groups(session, targets, target_count, &edit);
}

static int svgexport_run(struct session *session, const char *const *operands, unsigned count,
			 const void *args)
{
	return run(session, operands, count, args, SWITCH_ON);
}

static int svgimport_run(struct session *session, const char *const *operands, unsigned count,
			 const void *args)
{
	return run(session, operands, count, args, SWITCH_OFF);
}

const struct applet svgexport_applet = {
	.name = "svgexport",
	.summary = N_("make a group nobody's, so that its disks can move to another machine"),
	.synopsis = N_("VG|@TAG...|-S CRITERIA | -a"),
	.options = svgexport_options,
	.args_size = sizeof(struct svgexport_args),
	.operands = TARGET_VG,
	.operand_max = -1,
	.run = svgexport_run,
};

const struct applet svgimport_applet = {
	.name = "svgimport",
	.summary = N_("make an exported group this machine's"),
	.synopsis = N_("[-f] VG|@TAG...|-S CRITERIA | -a"),
	.options = svgexport_options,
	.args_size = sizeof(struct svgexport_args),
	.operands = TARGET_VG,
	.operand_max = -1,
	.run = svgimport_run,
};
