/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/applet.h"

#include "base/auto.h"
#include "base/log.h"
#include "ops/activate.h"
#include "ops/modify.h"
#include "tools/policy.h"
#include "tools/select.h"

#include <string.h>

struct svchange_args {
	const char *activate;
	bool refresh;
	const char *permission;
	struct word_list add_tags, delete_tags;
	bool ignore_skip;
	enum yes_no skip, autoactivation, contiguous;
	struct number_args number;
	const char *alloc, *read_ahead, *select;
	struct missing_args missing;
	struct nothing_args nothing;
};

static const struct option_spec svchange_options[] = {
	OPTION(svchange_args, activate, 'a', "activate", OPTION_CHOICE, ACTIVATION_WORDS,
	       N_("bring the devices into the kernel, or out of it")),
	OPTION(svchange_args, refresh, 0, "refresh", OPTION_FLAG, NULL,
	       N_("bring active devices to what the metadata say; begins a postponed merge")),
	OPTION(svchange_args, permission, 'p', "permission", OPTION_PERMISSION, N_("r|rw"),
	       N_("read-only or writable")),
	OPTION(svchange_args, add_tags, 0, "addtag", OPTION_TAGS, N_("TAG"), N_("give a tag")),
	OPTION(svchange_args, delete_tags, 0, "deltag", OPTION_TAGS, N_("TAG"),
	       N_("take a tag away")),
	OPTION(svchange_args, ignore_skip, 'K', "ignoreactivationskip", OPTION_FLAG, NULL,
	       N_("activate also what is marked to be left out")),
	OPTION(svchange_args, skip, 'k', "setactivationskip", OPTION_YESNO, N_("y|n"),
	       N_("mark it to be left out when volumes are activated")),
	OPTION(svchange_args, autoactivation, 0, "setautoactivation", OPTION_YESNO, N_("y|n"),
	       N_("activate it when the machine starts")),
	NUMBER_OPTIONS(svchange_args, number),
	OPTION(svchange_args, read_ahead, 'r', "readahead", OPTION_TEXT, N_("auto|none|SECTORS"),
	       N_("how much the kernel reads ahead")),
	OPTION(svchange_args, contiguous, 'C', "contiguous", OPTION_YESNO, N_("y|n"),
	       N_("y is the same as --alloc contiguous, n as --alloc inherit")),
	OPTION(svchange_args, alloc, 0, "alloc", OPTION_CHOICE,
	       N_("contiguous|cling|cling_by_tags|normal|anywhere|inherit"),
	       N_("where to take extents from when it grows")),
	MISSING_OPTIONS(svchange_args, missing),
	SELECT_OPTION(svchange_args, select),
	NOTHING_OPTIONS(svchange_args, nothing),
	{ 0 }
};

static bool fixes_number(const struct svchange_args *args)
{
	return args->number.persistent == SAID_YES || args->number.minor.given;
}

static bool modifies(const struct svchange_args *args)
{
	return args->permission || args->add_tags.count || args->delete_tags.count || args->skip ||
	       args->autoactivation || args->contiguous || args->alloc || args->read_ahead ||
	       args->number.persistent == SAID_NO;
}

static int modify(struct session *session, const struct target *targets, unsigned count,
		  const struct svchange_args *args, const int64_t *read_ahead)
{
	const enum alloc_policy alloc =
		args->contiguous == SAID_YES ? ALLOC_CONTIGUOUS : policy_of(args->alloc);
	struct modify_request request = {
		.tags = { .add = args->add_tags.words,
			  .add_count = args->add_tags.count,
			  .remove = args->delete_tags.words,
			  .remove_count = args->delete_tags.count },
		.activation_skip = switch_of(args->skip),
		.autoactivation = switch_of(args->autoactivation),
		.fixed_minor = args->number.persistent == SAID_NO ? SWITCH_OFF : SWITCH_KEEP,
		.alloc = args->contiguous || args->alloc ? &alloc : NULL,
		.read_ahead = args->read_ahead ? read_ahead : NULL,
	};

	if (args->permission)
		request.permission =
			strcmp(args->permission, "r") ? PERMISSION_READ_WRITE : PERMISSION_READ;
	return modify_volumes(session, targets, count, &request);
}

/* *read_ahead is what args say. */
static int check(const struct svchange_args *args, unsigned count, int64_t *read_ahead)
{
	if (!args->activate && !args->refresh && !modifies(args) && !fixes_number(args) &&
	    !args->nothing.poll && !args->nothing.monitor)
		return fail(-EDOM, _("svchange: say what to change"));
	if (args->activate && args->refresh)
		return fail(-EDOM, _("--refresh: contradicts --activate"));
	if (args->ignore_skip && !args->activate)
		return fail(-EDOM, _("--ignoreactivationskip: is for --activate"));
	if ((args->missing.partial || args->missing.mode) && !args->activate && !args->refresh)
		return fail(-EDOM, _("--%s: is for --activate and --refresh"),
			    args->missing.partial ? "partial" : "activationmode");
	if (args->contiguous && args->alloc)
		return fail(-EDOM, _("--contiguous: contradicts --alloc"));
	if (fixes_number(args) && (count != 1 || args->select))
		return fail(-EDOM, _("--minor: is for one volume"));
	if (read_ahead_of("svchange", args->read_ahead, read_ahead) < 0)
		return -EDOM;
	return number_check(&args->number);
}

static int fix_number(struct session *session, const struct target *targets, unsigned count,
		      const struct svchange_args *args)
{
	if (count != 1 || !targets[0].lv[0])
		return fail(-EDOM, _("--minor: is for one volume"));
	return modify_number(session, targets, (int32_t)args->number.minor.value);
}

static int activate(struct session *session, const struct target *targets, unsigned count,
		    const struct svchange_args *args)
{
	const int flags = missing_flags(session, &args->missing);

	if (flags < 0)
		return flags;
	if (args->refresh)
		return activate_volumes(session, targets, count, REFRESH, (unsigned)flags);
	return activate_volumes(session, targets, count, activation_of(args->activate),
				(unsigned)flags | (args->ignore_skip ? ACTIVATE_SKIPPED : 0));
}

static int svchange_run(struct session *session, const char *const *operands, unsigned count,
			const void *p)
{
	const struct svchange_args *args = p;
	const struct selection selection = { args->select, operands, count };
	AUTO_FREE struct target *targets = NULL;
	unsigned target_count;
	int64_t read_ahead;
	int r = check(args, count, &read_ahead);

	r = r < 0 ? r
		  : select_targets(session, &selection, TARGET_VG_OR_LV, &targets, &target_count);
	if (!r && modifies(args))
		r = modify(session, targets, target_count, args, &read_ahead);
	if (!r && fixes_number(args))
		r = fix_number(session, targets, target_count, args);
	if (!r && (args->activate || args->refresh))
		r = activate(session, targets, target_count, args);
	else if (!r && !modifies(args) && !fixes_number(args))
		r = targets_check(session, targets, target_count);
	return r;
}

const struct applet svchange_applet = {
	.name = "svchange",
	.summary = N_("activate volumes, or change what is said about them"),
	.synopsis = N_("[-a y|n] [--refresh] [-p r|rw] [--addtag TAG] VG/VOLUME|VG|@TAG...|-S CRITERIA"),
	.options = svchange_options,
	.args_size = sizeof(struct svchange_args),
	.operands = TARGET_VG_OR_LV,
	.operand_max = -1,
	.run = svchange_run,
};
