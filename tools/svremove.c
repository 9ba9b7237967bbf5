/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/applet.h"

#include "base/auto.h"
#include "ops/remove.h"

static int svremove_run(struct session *session, const char *const *operands, unsigned count,
			const void *args)
{
	AUTO_FREE struct target *targets = NULL;
	unsigned target_count;
	int r;

	(void)args;
	r = targets_parse(session, operands, count, TARGET_VG_OR_LV, &targets, &target_count);
	return r < 0 ? r : remove_volumes(session, targets, target_count);
}

const struct applet svremove_applet = {
	.name = "svremove",
	.summary = N_("remove volumes and snapshots"),
	.synopsis = N_("[-f] VG/VOLUME|VG|@TAG..."),
	.operands = TARGET_VG_OR_LV,
	.operand_min = 1,
	.operand_max = -1,
	.needs = NEEDS_ROOT,
	.run = svremove_run,
};
