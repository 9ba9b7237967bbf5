/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/applet.h"

#include "base/log.h"
#include "ops/missing.h"
#include "ops/reduce.h"

struct svgreduce_args {
	bool all, missing;
};

static const struct option_spec svgreduce_options[] = {
	OPTION(svgreduce_args, all, 'a', "all", OPTION_FLAG, NULL,
	       N_("take out every device that no volume uses")),
	OPTION(svgreduce_args, missing, 0, "removemissing", OPTION_FLAG, NULL,
	       N_("forget missing devices; with --force also the volumes that lie on them")),
	{ .name = NULL },
};

static int svgreduce_run(struct session *session, const char *const *operands, unsigned count,
			 const void *p)
{
	const struct svgreduce_args *args = p;

	if (args->all + args->missing + (count > 1) != 1)
		return fail(-EDOM,
			    _("svgreduce: say either devices, or --all, or --removemissing"));
	if (args->all)
		return group_reduce_unused(session, operands[0]);
	if (args->missing)
		return group_forget_missing(session, operands[0]);
	return group_reduce(session, operands[0], operands + 1, count - 1);
}

const struct applet svgreduce_applet = {
	.name = "svgreduce",
	.summary = N_("take devices out of a group"),
	.synopsis = N_("VG DEVICE... | --all VG | --removemissing [--force] VG"),
	.options = svgreduce_options,
	.args_size = sizeof(struct svgreduce_args),
	.operands = TARGET_GROUP_THEN_PV,
	.operand_min = 1,
	.operand_max = -1,
	.run = svgreduce_run,
};
