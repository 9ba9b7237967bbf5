/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/applet.h"

#include "base/auto.h"
#include "base/conf.h"
#include "base/log.h"
#include "ops/activate.h"
#include "ops/groupmodify.h"
#include "tools/policy.h"
#include "tools/select.h"

#include <string.h>

struct svgchange_args {
	const char *activate;
	bool refresh, ignore_skip;
	struct word_list add_tags, delete_tags;
	enum yes_no resizeable, autoactivation;
	const char *max_lv, *max_pv, *copies;
	struct amount extent_size;
	const char *alloc, *system_id, *select;
	bool new_id;
	const char *event;
	struct missing_args missing;
	struct nothing_args nothing;
};

static const struct option_spec svgchange_options[] = {
	OPTION(svgchange_args, activate, 'a', "activate", OPTION_CHOICE, ACTIVATION_WORDS,
	       N_("bring the devices of all volumes into the kernel, or out of it")),
	OPTION(svgchange_args, refresh, 0, "refresh", OPTION_FLAG, NULL,
	       N_("bring active devices to what the metadata say; begins postponed merges")),
	OPTION(svgchange_args, ignore_skip, 'K', "ignoreactivationskip", OPTION_FLAG, NULL,
	       N_("activate also what is marked to be left out")),
	OPTION(svgchange_args, add_tags, 0, "addtag", OPTION_TAGS, N_("TAG"), N_("give a tag")),
	OPTION(svgchange_args, delete_tags, 0, "deltag", OPTION_TAGS, N_("TAG"),
	       N_("take a tag away")),
	OPTION(svgchange_args, resizeable, 'x', "resizeable", OPTION_YESNO, N_("y|n"),
	       N_("whether devices may join and leave")),
	OPTION(svgchange_args, max_lv, 'l', "logicalvolume", OPTION_TEXT, N_("NUMBER"),
	       N_("allow at most NUMBER volumes (0: any number)")),
	OPTION(svgchange_args, max_pv, 'p', "maxphysicalvolumes", OPTION_TEXT, N_("NUMBER"),
	       N_("allow at most NUMBER devices (0: any number)")),
	OPTION(svgchange_args, extent_size, 's', "physicalextentsize", OPTION_SIZE, N_("SIZE"),
	       N_("size of its extents; all that is there must be a multiple of it")),
	OPTION(svgchange_args, alloc, 0, "alloc", OPTION_CHOICE,
	       N_("contiguous|cling|cling_by_tags|normal|anywhere"),
	       N_("how extents are chosen for its volumes")),
	COPIES_OPTIONS(svgchange_args, copies),
	OPTION(svgchange_args, new_id, 'u', "uuid", OPTION_FLAG, NULL, N_("give a new identity")),
	OPTION(svgchange_args, system_id, 0, "systemid", OPTION_TEXT, N_("ID"),
	       N_("let it belong to the machine with this system ID")),
	OPTION(svgchange_args, autoactivation, 0, "setautoactivation", OPTION_YESNO, N_("y|n"),
	       N_("whether its volumes are activated when the machine starts")),
	OPTION(svgchange_args, event, 0, "autoactivation", OPTION_TEXT, N_("event"),
	       N_("with -a ay: of complete groups, if global/event_activation is on")),
	MISSING_OPTIONS(svgchange_args, missing),
	SELECT_OPTION(svgchange_args, select),
	NOTHING_OPTIONS(svgchange_args, nothing),
	{ .name = NULL },
};

static bool modifies(const struct svgchange_args *args)
{
	return args->add_tags.count || args->delete_tags.count || args->resizeable ||
	       args->autoactivation || args->max_lv || args->max_pv || args->copies ||
	       args->extent_size.given ||
	       args->alloc || args->system_id || args->new_id;
}

/* *limit is set to number, or left NULL without a text. */
static int limit_of(const char *option, const char *text, uint64_t *number, const uint64_t **limit)
{
	if (!text)
		return 0;
	if (number_parse(text, number) < 0)
		return fail(-EDOM, _("svgchange: --%s: '%s' is not a number"), option, text);
	*limit = number;
	return 0;
}

static int modify(struct session *session, const struct selection *selection,
		  const struct svgchange_args *args)
{
	AUTO_FREE struct target *targets = NULL;
	uint64_t max_lv, max_pv;
	unsigned target_count;
	uint32_t copies;
	struct group_edit edit = {
		.resizeable = switch_of(args->resizeable),
		.autoactivation = switch_of(args->autoactivation),
		.extent_size = args->extent_size,
		.alloc = policy_of(args->alloc),
		.system_id = args->system_id,
		.tags = { .add = args->add_tags.words,
			  .add_count = args->add_tags.count,
			  .remove = args->delete_tags.words,
			  .remove_count = args->delete_tags.count },
		.new_id = args->new_id,
	};
	int r = limit_of("logicalvolume", args->max_lv, &max_lv, &edit.max_lv);

	r = r < 0 ? r : limit_of("maxphysicalvolumes", args->max_pv, &max_pv, &edit.max_pv);
	r = r < 0 ? r : metadata_copies_of("svgchange", args->copies, &copies, &edit.metadata_copies);
	r = r < 0 ? r : select_targets(session, selection, TARGET_VG, &targets, &target_count);
	return r < 0 ? r : modify_groups(session, targets, target_count, &edit);
}

static int check(const struct svgchange_args *args, unsigned count)
{
	if (args->event && (!args->activate || activation_of(args->activate) != ACTIVATE_AUTO))
		return fail(-EDOM, _("--autoactivation: is for --activate ay"));
	if (!!args->activate + args->refresh + modifies(args) > 1)
		return fail(
			-EDOM,
			_("svgchange: activate, refresh and change groups by separate commands"));
	if (modifies(args) && !count && !args->select)
		return fail(-EDOM, _("svgchange: say which groups to change"));
	if (args->activate || args->refresh || modifies(args) || args->nothing.poll || args->nothing.monitor)
		return 0;
	return fail(-EDOM, _("svgchange: say what to change"));
}

/* Of an event of a kind that nobody knows somebody else will know what to do. */
static bool answers_event(const struct session *session, const char *kind)
{
	if (!strcmp(kind, "event"))
		return conf_bool(session->conf, "global/event_activation");
	say(_("--autoactivation: '%s' is not known, nothing is done"), kind);
	return false;
}

static int activate(struct session *session, const struct selection *selection,
		    const struct svgchange_args *args)
{
	const int missing = missing_flags(session, &args->missing);
	const unsigned flags = (unsigned)missing | (args->ignore_skip ? ACTIVATE_SKIPPED : 0) |
			       (args->event ? ACTIVATE_COMPLETE : 0);
	const enum activation what = args->refresh ? REFRESH : activation_of(args->activate);
	AUTO_FREE struct target *targets = NULL;
	unsigned count;
	int r;

	if (missing < 0 || (args->event && !answers_event(session, args->event)))
		return missing < 0 ? missing : 0;
	if (!selection->criteria)
		return activate_groups(session, selection->operands, selection->count, what, flags);
	r = select_targets(session, selection, TARGET_VG, &targets, &count);
	return r < 0 ? r
		     : activate_volumes(session, targets, count, what, flags | ACTIVATE_GROUPS);
}

static int svgchange_run(struct session *session, const char *const *operands, unsigned count,
			 const void *p)
{
	const struct svgchange_args *args = p;
	const struct selection selection = { args->select, operands, count };
	AUTO_FREE struct target *targets = NULL;
	unsigned target_count;
	int r = check(args, count);

	if (r < 0)
		return r;
	if (modifies(args))
		return modify(session, &selection, args);
	if (args->activate || args->refresh)
		return activate(session, &selection, args);
	if (!selection.count)
		return 0;
	r = select_targets(session, &selection, TARGET_VG, &targets, &target_count);
	return r < 0 ? r : targets_check(session, targets, target_count);
}

const struct applet svgchange_applet = {
	.name = "svgchange",
	.summary = N_("activate all volumes of groups, or change what is said about groups"),
	.synopsis = N_("[-a y|n|ay] [--refresh] [OPTION...] [VG|@TAG...|-S CRITERIA]"),
	.options = svgchange_options,
	.args_size = sizeof(struct svgchange_args),
	.operands = TARGET_VG,
	.operand_max = -1,
	.run = svgchange_run,
};
