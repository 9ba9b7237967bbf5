/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/applet.h"

#include "base/auto.h"
#include "ops/groupremove.h"

static int svgremove_run(struct session *session, const char *const *operands, unsigned count,
			 const void *args)
{
	AUTO_FREE struct target *targets = NULL;
	unsigned target_count;
	int r;

	(void)args;
	r = targets_parse_any(session, operands, count, TARGET_VG, &targets, &target_count);
	return r < 0 ? r : groups_remove(session, targets, target_count);
}

const struct applet svgremove_applet = {
	.name = "svgremove",
	.summary = N_("remove groups"),
	.synopsis = N_("[-f] VG|@TAG..."),
	.operands = TARGET_VG,
	.operand_min = 1,
	.operand_max = -1,
	.run = svgremove_run,
};
