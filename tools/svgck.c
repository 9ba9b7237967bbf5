/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/applet.h"

#include "base/auto.h"
#include "base/log.h"
#include "ops/examine.h"

struct svgck_args {
	bool update;
};

static const struct option_spec svgck_options[] = {
	OPTION(svgck_args, update, 0, "updatemetadata", OPTION_FLAG, NULL,
	       N_("write the newest metadata to areas that are older or damaged")),
	{ .name = NULL },
};

static int svgck_run(struct session *session, const char *const *operands, unsigned count,
		     const void *p)
{
	const struct svgck_args *args = p;
	AUTO_FREE struct target *targets = NULL;
	unsigned target_count;
	int r;

	if (args->update && !count)
		return fail(-EDOM, _("svgck: --updatemetadata needs the names of groups"));
	session->brief = args->update; /* else every line is a finding */
	r = targets_parse_any(session, operands, count, TARGET_VG, &targets, &target_count);
	if (r < 0 || (count && !target_count))
		return r;
	if (args->update)
		return groups_renew_areas(session, targets, target_count);
	return groups_examine(session, targets, target_count);
}

const struct applet svgck_applet = {
	.name = "svgck",
	.summary = N_("check the metadata of groups"),
	.synopsis = N_("[--updatemetadata] [VG|@TAG...]"),
	.options = svgck_options,
	.args_size = sizeof(struct svgck_args),
	.operands = TARGET_VG,
	.operand_max = -1,
	.run = svgck_run,
};
