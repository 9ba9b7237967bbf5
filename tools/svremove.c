/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/applet.h"

#include "base/auto.h"
#include "base/log.h"
#include "ops/remove.h"
#include "tools/select.h"

#include <string.h>

struct svremove_args {
	struct word_list ids;
	const char *select;
	bool only_snapshot, if_exists, no_history;
};

static const struct option_spec svremove_options[] = {
	OPTION(svremove_args, ids, 0, "uuid", OPTION_WORDS, N_("UUID"),
	       N_("remove the volume that has this UUID and nothing else; may be given again")),
	OPTION(svremove_args, only_snapshot, 0, "only-snapshot", OPTION_FLAG, NULL,
	       N_("refuse to remove what is no snapshot")),
	OPTION(svremove_args, if_exists, 0, "if-exists", OPTION_FLAG, NULL,
	       N_("a name that no volume of the group has is no error")),
	OPTION(svremove_args, no_history, 0, "nohistory", OPTION_FLAG, NULL,
	       N_("accepted from LVM2 users: nothing is remembered of what is removed")),
	SELECT_OPTION(svremove_args, select),
	{ 0 }
};

static bool is_within(const struct target *target, const struct target *operands, unsigned count)
{
	unsigned i;

	for (i = 0; i < count; i++)
		if (!strcmp(target->vg, operands[i].vg) &&
		    (!operands[i].lv[0] || !strcmp(target->lv, operands[i].lv)))
			return true;
	return !count;
}

/* A name may be another volume's by the time that it is removed. */
static unsigned by_names(const struct target *operands, unsigned count)
{
	unsigned i;

	for (i = 0; i < count; i++)
		if (operands[i].lv[0])
			return REMOVE_AS_NAMED;
	return 0;
}

/* Operands say where the volumes must be, if there are any. */
static int find_by_ids(struct session *session, const struct word_list *ids,
		       const struct target *operands, unsigned operand_count, struct target *found)
{
	unsigned i;
	int r;

	for (i = 0; i < ids->count; i++) {
		r = target_of_id(session, ids->words[i], &found[i]);
		if (r < 0)
			return r;
		if (!is_within(&found[i], operands, operand_count))
			return fail(-ENOENT, _("%s: is %s/%s, which is none of those named"),
				    ids->words[i], found[i].vg, found[i].lv);
	}
	targets_sort(found, ids->count);
	return 0;
}

static int svremove_run(struct session *session, const char *const *operands, unsigned count,
			const void *p)
{
	const struct svremove_args *args = p;
	const struct selection selection = { args->select, operands, count };
	const unsigned flags = (args->only_snapshot ? REMOVE_ONLY_SNAPSHOTS : 0u) |
			       (args->if_exists ? REMOVE_IF_EXISTS : 0u);
	AUTO_FREE struct target *targets = NULL, *found = NULL;
	unsigned target_count;
	int r;

	if (args->select && args->ids.count)
		return fail(-EDOM, _("--select: contradicts --uuid"));
	if (!args->ids.count) {
		r = select_targets(session, &selection, TARGET_VG_OR_LV, &targets, &target_count);
		return r < 0 ? r : remove_volumes(session, targets, target_count, flags);
	}
	r = targets_parse(session, operands, count, TARGET_VG_OR_LV, &targets, &target_count);
	if (r < 0)
		return r;
	found = calloc(args->ids.count, sizeof(*found));
	if (!found)
		return fail_memory();
	r = find_by_ids(session, &args->ids, targets, target_count, found);
	return r < 0 ? r
		     : remove_volumes(session, found, args->ids.count,
				      flags | by_names(targets, target_count));
}

const struct applet svremove_applet = {
	.name = "svremove",
	.summary = N_("remove volumes and snapshots"),
	.synopsis = N_("[-f] [--only-snapshot] VG/VOLUME|VG|@TAG...|-S CRITERIA | --uuid UUID [VG]"),
	.options = svremove_options,
	.args_size = sizeof(struct svremove_args),
	.operands = TARGET_VG_OR_LV,
	.operand_max = -1,
	.run = svremove_run,
};
