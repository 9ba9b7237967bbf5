/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/applet.h"

#include "ops/pvmodify.h"

struct svpvresize_args {
	struct amount size;
};

static const struct option_spec svpvresize_options[] = {
	OPTION(svpvresize_args, size, 0, "setphysicalvolumesize", OPTION_SIZE, N_("SIZE"),
	       N_("use only SIZE of the device")),
	{ .name = NULL },
};

static int svpvresize_run(struct session *session, const char *const *operands, unsigned count,
			  const void *p)
{
	const struct svpvresize_args *args = p;
	const struct pv_edit edit = { .resize = true, .size = args->size };

	return modify_pvs(session, operands, count, &edit);
}

const struct applet svpvresize_applet = {
	.name = "svpvresize",
	.summary = N_("make PVs as large as their devices are, or smaller"),
	.synopsis = N_("[--setphysicalvolumesize SIZE] DEVICE|@TAG..."),
	.options = svpvresize_options,
	.args_size = sizeof(struct svpvresize_args),
	.operands = TARGET_PV,
	.operand_min = 1,
	.operand_max = -1,
	.run = svpvresize_run,
};
