/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/applet.h"

#include "base/auto.h"
#include "base/log.h"
#include "ops/activate.h"
#include "ops/admit.h"
#include "ops/change.h"
#include "ops/leavings.h"
#include "ops/recover.h"
#include "ops/session.h"
#include "ops/target.h"

/* Without operands every group there is that this machine may act on. */
static int find_targets(struct session *session, const char *const *operands,
			unsigned operand_count, struct target **targets, unsigned *count)
{
	int r;

	if (operand_count) {
		r = targets_parse(session, operands, operand_count, TARGET_VG, targets, count);
		return r < 0 ? r : targets_identify(session, targets, count);
	}
	r = targets_all_groups(session, targets, count);
	return r < 0 ? r : targets_keep(session, *targets, count, admit_unnamed);
}

static int settle(struct session *session, const struct target *target, bool named)
{
	const unsigned flags = CHANGE_ACTIVATION_ONLY | (session->force ? CHANGE_ALONE : 0);
	bool unmarked;
	int r;

	session->group_id = target->vg_id[0] ? target->vg_id : NULL;
	r = recover_group(session, target->vg, flags);
	unmarked = r > 0 && r & RECOVERED_UNMARKED;
	if (r > 0 && r & RECOVERED_MERGE_FAILED)
		r = activate_failed_merges(session, target->vg);
	session->group_id = NULL;
	if (!r && named)
		say(_("%s: nothing to settle"), target->vg);
	return r >= 0 && unmarked ? -EIO : r;
}

/* One that is on no disk is thawed if it is frozen, and else there is no such group. */
static int settle_named(struct session *session, const struct target *target)
{
	int thawed = recover_absent(session, target->vg);
	int r = thawed && !target->vg_id[0] ? thawed : settle(session, target, true);

	return thawed < 0 ? thawed : r;
}

static int svrecover_run(struct session *session, const char *const *operands, unsigned count,
			 const void *args)
{
	AUTO_FREE struct target *targets = NULL;
	unsigned target_count, i;
	int r, result;

	(void)args;
	leavings_settle(session);
	r = find_targets(session, operands, count, &targets, &target_count);
	if (r < 0)
		return r;
	result = count ? 0 : recover_absent(session, NULL);
	for (i = 0; i < target_count; i++) {
		r = count ? settle_named(session, &targets[i])
			  : settle(session, &targets[i], false);
		result = result < 0 ? result : r;
	}
	return result < 0 ? result : 0;
}

const struct applet svrecover_applet = {
	.name = "svrecover",
	.summary = N_("finish or undo what an interrupted command left"),
	.synopsis = N_("[-f] [-t] [VG...]"),
	.operands = TARGET_VG,
	.operand_max = -1,
	.run = svrecover_run,
};
