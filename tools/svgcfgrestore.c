/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/applet.h"

#include "base/log.h"
#include "ops/groupfile.h"
#include "ops/grouprestore.h"
#include "tools/policy.h"

struct svgcfgrestore_args {
	const char *file, *metadata_type;
	bool list;
};

static const struct option_spec svgcfgrestore_options[] = {
	OPTION(svgcfgrestore_args, file, 'f', "file", OPTION_TEXT, N_("FILE"),
	       N_("take FILE rather than the group's file in the backup directory")),
	OPTION(svgcfgrestore_args, list, 'l', "list", OPTION_FLAG, NULL,
	       N_("show which files there are, or what FILE is; change nothing")),
	METADATA_TYPE_ROW(svgcfgrestore_args, metadata_type),
	{ .name = NULL },
};

static int svgcfgrestore_run(struct session *session, const char *const *operands, unsigned count,
			     const void *p)
{
	const struct svgcfgrestore_args *args = p;

	if (!count && !(args->list && args->file))
		return fail(-EDOM, _("svgcfgrestore: say which group"));
	if (args->list)
		return group_list_files(session, count ? operands[0] : NULL, args->file);
	return group_restore(session, operands[0], args->file);
}

const struct applet svgcfgrestore_applet = {
	.name = "svgcfgrestore",
	.summary = N_("make what a file says the metadata of a group again"),
	.synopsis = N_("[-l] [-f FILE] VG"),
	.options = svgcfgrestore_options,
	.args_size = sizeof(struct svgcfgrestore_args),
	.operands = TARGET_VG,
	.operand_max = 1,
	.run = svgcfgrestore_run,
};
