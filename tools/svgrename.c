/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/applet.h"

#include "ops/grouprename.h"

static int svgrename_run(struct session *session, const char *const *operands, unsigned count,
			 const void *args)
{
	(void)count;
	(void)args;
	return group_rename(session, operands[0], operands[1]);
}

const struct applet svgrename_applet = {
	.name = "svgrename",
	.summary = N_("rename a group"),
	.synopsis = N_("OLD|UUID NEW"),
	.operands = TARGET_VG,
	.operand_min = 2,
	.operand_max = 2,
	.run = svgrename_run,
};
