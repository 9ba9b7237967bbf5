/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/applet.h"

#include "base/auto.h"
#include "base/log.h"
#include "ops/activate.h"
#include "ops/admit.h"
#include "ops/change.h"
#include "ops/recover.h"
#include "ops/session.h"
#include "ops/target.h"
#include "store/catalog.h"

/* Without operands every group there is that this machine may act on. */
static int find_targets(struct session *session, const char *const *operands,
			unsigned operand_count, struct target **targets, unsigned *count)
{
	int r;

	if (operand_count)
		return targets_parse(session, operands, operand_count, TARGET_VG, targets, count);
	r = targets_all_groups(session, targets, count);
	return r < 0 ? r : targets_keep(session, *targets, count, admit_unnamed);
}

/* Whether that was all there is of it. */
static bool settle_absent(struct session *session, const struct target *target, int *result)
{
	struct catalog *catalog;
	int r = recover_absent(session, target->vg);

	if (r < 0)
		*result = r;
	return r && !session_catalog(session, &catalog) &&
	       !catalog_find_group(catalog, target->vg, NULL);
}

static int svrecover_run(struct session *session, const char *const *operands, unsigned count,
			 const void *args)
{
	const unsigned flags = CHANGE_ACTIVATION_ONLY | (session->force ? CHANGE_ALONE : 0);
	AUTO_FREE struct target *targets = NULL;
	unsigned target_count, i;
	int r, result = 0;

	(void)args;
	recover_leavings(session);
	r = find_targets(session, operands, count, &targets, &target_count);
	if (r < 0)
		return r;
	if (!count)
		result = recover_absent(session, NULL);
	for (i = 0; i < target_count; i++) {
		if (count && settle_absent(session, &targets[i], &result))
			continue;
		r = recover_group(session, targets[i].vg, flags);
		if (r > 0 && r & RECOVERED_MERGE_FAILED)
			r = activate_failed_merges(session, targets[i].vg);
		if (!r && count)
			say(_("%s: nothing to settle"), targets[i].vg);
		result = result < 0 ? result : r;
	}
	return result < 0 ? result : 0;
}

const struct applet svrecover_applet = {
	.name = "svrecover",
	.summary = N_("finish or undo what an interrupted command left"),
	.synopsis = N_("[-t] [VG...]"),
	.operands = TARGET_VG,
	.operand_max = -1,
	.run = svrecover_run,
};
