/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/applet.h"

#include "ops/groupfile.h"
#include "tools/common-options.h"
#include "tools/listing.h"

struct svgcfgbackup_args {
	struct backup_request request;
	const char *format;
};

static const struct option_spec svgcfgbackup_options[] = {
	OPTION(svgcfgbackup_args, request.file, 'f', "file", OPTION_TEXT, N_("FILE"),
	       N_("write to FILE, in which %s stands for the group's name")),
	OPTION(svgcfgbackup_args, request.foreign, 0, "foreign", OPTION_FLAG, NULL,
	       N_("without operands: of groups that belong to other hosts, too")),
	OPTION(svgcfgbackup_args, request.unlocked, 0, "readonly", OPTION_FLAG, NULL,
	       N_("do not wait for who is changing a group: take what is there")),
	LOCK_LIMIT_ROW,
	LOG_FORMAT_ROW(svgcfgbackup_args, format),
	{ .name = NULL },
};

static int svgcfgbackup_run(struct session *session, const char *const *operands, unsigned count,
			    const void *p)
{
	const struct svgcfgbackup_args *args = p;
	int r = listing_log_format(session, args->format);

	return r < 0 ? r : groups_backup(session, operands, count, &args->request);
}

const struct applet svgcfgbackup_applet = {
	.name = "svgcfgbackup",
	.summary = N_("copy the metadata of groups to files"),
	.synopsis = N_("[-f FILE] [VG|@TAG...]"),
	.options = svgcfgbackup_options,
	.args_size = sizeof(struct svgcfgbackup_args),
	.operands = TARGET_VG,
	.operand_max = -1,
	.kind = LOOKS_ONLY,
	.run = svgcfgbackup_run,
};
