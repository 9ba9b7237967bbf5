/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/applet.h"

#include "ops/group.h"
#include "tools/pv-options.h"

struct svgextend_args {
	struct pv_args pv;
	bool restore_missing;
};

static const struct option_spec svgextend_options[] = {
	OPTION(svgextend_args, restore_missing, 0, "restoremissing", OPTION_FLAG, NULL,
	       N_("take devices of the group that were missing as members again")),
	OPTION(svgextend_args, pv.copies, 0, "metadatacopies", OPTION_CHOICE, N_("0|1|2"),
	       N_("the same as --pvmetadatacopies")),
	OPTION(svgextend_args, pv.metadata_ignore, 0, "metadataignore", OPTION_YESNO, N_("y|n"),
	       N_("whether its metadata areas stay unused (n)")),
	PV_OPTIONS(svgextend_args, pv),
	{ .name = NULL },
};

static int svgextend_run(struct session *session, const char *const *operands, unsigned count,
			 const void *p)
{
	const struct svgextend_args *args = p;
	struct pv_format format;
	int r = pv_format_of("svgextend", session->conf, &args->pv, &format);

	if (r < 0)
		return r;
	if (args->restore_missing)
		return group_restore_missing(session, operands[0], operands + 1, count - 1);
	return group_extend(session, operands[0], operands + 1, count - 1, &format);
}

const struct applet svgextend_applet = {
	.name = "svgextend",
	.summary = N_("give a group more devices"),
	.synopsis = N_("[OPTION...] VG DEVICE..."),
	.options = svgextend_options,
	.args_size = sizeof(struct svgextend_args),
	.operands = TARGET_GROUP_THEN_PV,
	.operand_min = 2,
	.operand_max = -1,
	.run = svgextend_run,
};
