/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/applet.h"

#include "base/auto.h"
#include "base/log.h"
#include "ops/merge.h"

struct svmerge_args {
	bool background, cancel;
	uint64_t interval;
};

static const struct option_spec svmerge_options[] = {
	OPTION(svmerge_args, cancel, 0, "cancel", OPTION_FLAG, NULL,
	       N_("call off a merge that has been postponed")),
	OPTION(svmerge_args, background, 'b', "background", OPTION_FLAG, NULL,
	       N_("do not wait for the merge to end")),
	OPTION(svmerge_args, interval, 'i', "interval", OPTION_NUMBER, N_("SECONDS"),
	       N_("tell progress every so many seconds")),
	LIMIT_OPTION("merge-timeout", "activation/merge_timeout",
		     N_("wait no longer once a merge got no further for so long")),
	{ 0 }
};

static int svmerge_run(struct session *session, const char *const *operands, unsigned count,
		       const void *p)
{
	const struct svmerge_args *args = p;
	struct merge_options options = {
		.background = args->background,
		.interval_ms = args->interval > 86400 ? 86400000 : (unsigned)args->interval * 1000,
	};
	AUTO_FREE struct target *targets = NULL;
	unsigned target_count;
	int r;

	if (args->cancel && (args->background || args->interval))
		return fail(-EDOM, _("--cancel: contradicts --background and --interval"));
	r = targets_parse_any(session, operands, count, TARGET_LV, &targets, &target_count);
	if (r < 0)
		return r;
	return args->cancel ? merge_cancel(session, targets, target_count)
			    : merge_snapshots(session, targets, target_count, &options);
}

const struct applet svmerge_applet = {
	.name = "svmerge",
	.summary = N_("merge snapshots back into their origins"),
	.synopsis = N_("[--cancel] [-b] VG/SNAPSHOT|@TAG..."),
	.options = svmerge_options,
	.args_size = sizeof(struct svmerge_args),
	.operands = TARGET_LV,
	.operand_min = 1,
	.operand_max = -1,
	.run = svmerge_run,
};
