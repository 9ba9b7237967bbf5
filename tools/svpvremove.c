/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/applet.h"

#include "ops/pv.h"

static int svpvremove_run(struct session *session, const char *const *operands, unsigned count,
			  const void *args)
{
	(void)args;
	return pvs_remove(session, operands, count);
}

const struct applet svpvremove_applet = {
	.name = "svpvremove",
	.summary = N_("make devices no PVs any more"),
	.synopsis = N_("[-ff] DEVICE..."),
	.operands = TARGET_PV,
	.operand_min = 1,
	.operand_max = -1,
	.run = svpvremove_run,
};
