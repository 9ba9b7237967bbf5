/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/applet.h"

#include "base/log.h"
#include "ops/pvmodify.h"
#include "tools/policy.h"
#include "tools/select.h"
#include "tools/spelling.h"

struct svpvchange_args {
	bool all, new_id;
	enum yes_no allocatable, ignore_metadata;
	struct word_list add_tags, delete_tags;
	const char *select;
};

static const struct option_spec svpvchange_options[] = {
	OPTION(svpvchange_args, all, 'a', "all", OPTION_FLAG, NULL, N_("change all PVs there are")),
	OPTION(svpvchange_args, allocatable, 'x', "allocatable", OPTION_YESNO, N_("y|n"),
	       N_("whether volumes may get extents on it")),
	OPTION(svpvchange_args, add_tags, 0, "addtag", OPTION_TAGS, N_("TAG"), N_("give a tag")),
	OPTION(svpvchange_args, delete_tags, 0, "deltag", OPTION_TAGS, N_("TAG"),
	       N_("take a tag away")),
	OPTION(svpvchange_args, new_id, 'u', "uuid", OPTION_FLAG, NULL,
	       N_("give a new identity")),
	OPTION(svpvchange_args, ignore_metadata, 0, "metadataignore", OPTION_YESNO, N_("y|n"),
	       N_("whether its metadata areas stay unused")),
	SELECT_OPTION(svpvchange_args, select),
	{ .name = NULL },
};

static int check(const struct svpvchange_args *args, unsigned count)
{
	if (args->all ? count > 0 : !count && !args->select)
		return fail(-EDOM, _("svpvchange: name devices, or say --all"));
	if (args->allocatable || args->ignore_metadata || args->new_id || args->add_tags.count ||
	    args->delete_tags.count)
		return 0;
	return fail(-EDOM, _("svpvchange: say what to change"));
}

static int modify_selected(struct session *session, const struct selection *selection,
			   const struct pv_edit *edit)
{
	struct word_list paths = { 0 };
	int r = select_devices(session, selection, &paths);

	r = r < 0 ? r : modify_pvs(session, paths.words, paths.count, edit);
	words_release(&paths);
	return r;
}

static int svpvchange_run(struct session *session, const char *const *operands, unsigned count,
			  const void *p)
{
	const struct svpvchange_args *args = p;
	const struct selection selection = { args->select, operands, count };
	const struct pv_edit edit = {
		.allocatable = switch_of(args->allocatable),
		.ignore_metadata = switch_of(args->ignore_metadata),
		.tags = { .add = args->add_tags.words,
			  .add_count = args->add_tags.count,
			  .remove = args->delete_tags.words,
			  .remove_count = args->delete_tags.count },
		.new_id = args->new_id,
	};
	int r = check(args, count);

	if (r < 0)
		return r;
	if (args->select)
		return modify_selected(session, &selection, &edit);
	return args->all ? modify_all_pvs(session, &edit)
			 : modify_pvs(session, operands, count, &edit);
}

const struct applet svpvchange_applet = {
	.name = "svpvchange",
	.summary = N_("change what is said about PVs"),
	.synopsis = N_("[OPTION...] DEVICE|@TAG...|-S CRITERIA|--all"),
	.options = svpvchange_options,
	.args_size = sizeof(struct svpvchange_args),
	.operands = TARGET_PV,
	.operand_max = -1,
	.run = svpvchange_run,
};
