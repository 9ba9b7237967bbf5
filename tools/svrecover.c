/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/applet.h"

#include "base/auto.h"
#include "base/log.h"
#include "ops/recover.h"
#include "store/catalog.h"

/* Without operands every group there is. */
static int all_groups(struct session *session)
{
	struct catalog *catalog;
	AUTO_FREE char **names = NULL;
	unsigned count = 0, i;
	struct group *group;
	int r, result = 0;

	r = session_catalog(session, &catalog);
	if (r < 0)
		return r;
	names = calloc(dm_list_size(&catalog->groups) + 1, sizeof(*names));
	if (!names)
		return fail_memory();
	dm_list_iterate_items(group, &catalog->groups)
		names[count++] = strdup(group->name);

	for (i = 0; i < count; i++) {
		r = names[i] ? recover_group(session, names[i]) : fail_memory();
		result = result < 0 ? result : r;
		free(names[i]);
	}
	return result < 0 ? result : 0;
}

static int svrecover_run(struct session *session, const char *const *operands, unsigned count,
			 const void *args)
{
	AUTO_FREE struct target *targets = NULL;
	unsigned target_count, i;
	int r, result = 0;

	(void)args;
	recover_leavings(session);
	if (!count)
		return all_groups(session);
	r = targets_parse(session, operands, count, TARGET_VG, &targets, &target_count);
	if (r < 0)
		return r;
	for (i = 0; i < target_count; i++) {
		r = recover_group(session, targets[i].vg);
		if (!r)
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
	.operand_min = 0,
	.operand_max = -1,
	.run = svrecover_run,
};
