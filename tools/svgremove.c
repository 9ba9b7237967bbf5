/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/applet.h"

#include "base/auto.h"
#include "ops/groupremove.h"
#include "tools/select.h"

struct svgremove_args {
	const char *select;
};

static const struct option_spec svgremove_options[] = {
	SELECT_OPTION(svgremove_args, select),
	{ .name = NULL },
};

static int svgremove_run(struct session *session, const char *const *operands, unsigned count,
			 const void *p)
{
	const struct svgremove_args *args = p;
	const struct selection selection = { args->select, operands, count };
	AUTO_FREE struct target *targets = NULL;
	unsigned target_count;
	int r = select_targets(session, &selection, TARGET_VG, &targets, &target_count);

	return r < 0 ? r : groups_remove(session, targets, target_count);
}

const struct applet svgremove_applet = {
	.name = "svgremove",
	.summary = N_("remove groups"),
	.synopsis = N_("[-f] VG|@TAG...|-S CRITERIA"),
	.options = svgremove_options,
	.args_size = sizeof(struct svgremove_args),
	.operands = TARGET_VG,
	.operand_max = -1,
	.run = svgremove_run,
};
