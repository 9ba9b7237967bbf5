/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/applet.h"

#include "ops/groupfile.h"

struct svgcfgbackup_args {
	const char *file;
};

static const struct option_spec svgcfgbackup_options[] = {
	OPTION(svgcfgbackup_args, file, 'f', "file", OPTION_TEXT, N_("FILE"),
	       N_("write to FILE, in which %s stands for the group's name")),
	{ .name = NULL },
};

static int svgcfgbackup_run(struct session *session, const char *const *operands, unsigned count,
			    const void *p)
{
	const struct svgcfgbackup_args *args = p;

	return groups_backup(session, operands, count, args->file);
}

const struct applet svgcfgbackup_applet = {
	.name = "svgcfgbackup",
	.summary = N_("copy the metadata of groups to files"),
	.synopsis = N_("[-f FILE] [VG|@TAG...]"),
	.options = svgcfgbackup_options,
	.args_size = sizeof(struct svgcfgbackup_args),
	.operands = TARGET_VG,
	.operand_min = 0,
	.operand_max = -1,
	.kind = LOOKS_ONLY,
	.run = svgcfgbackup_run,
};
