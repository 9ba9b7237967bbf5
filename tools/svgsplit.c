/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/applets.h"

#include "base/log.h"
#include "ops/groupsplit.h"
#include "tools/display.h"
#include "tools/policy.h"

/* svgsplit and svgmerge. */

struct svgsplit_args {
	const char *volume, *alloc, *copies, *metadata_type;
	struct given_number max_lv, max_pv;
};

static const struct option_spec svgsplit_options[] = {
	OPTION(svgsplit_args, volume, 'n', "name", OPTION_TEXT, N_("VOLUME"),
	       N_("the devices that this volume, its origin and its snapshots lie on")),
	OPTION(svgsplit_args, max_lv, 'l', "maxlogicalvolumes", OPTION_GIVEN_NUMBER, N_("NUMBER"),
	       N_("allow at most NUMBER volumes in the new group (0: any number)")),
	OPTION(svgsplit_args, max_pv, 'p', "maxphysicalvolumes", OPTION_GIVEN_NUMBER, N_("NUMBER"),
	       N_("allow at most NUMBER devices in the new group (0: any number)")),
	COPIES_OPTIONS(svgsplit_args, copies),
	METADATA_TYPE_ROW(svgsplit_args, metadata_type),
	OPTION(svgsplit_args, alloc, 0, "alloc", OPTION_CHOICE,
	       N_("contiguous|cling|cling_by_tags|normal|anywhere"),
	       N_("how extents are chosen for the new group's volumes")),
	{ .name = NULL },
};

static int svgsplit_run(struct session *session, const char *const *operands, unsigned count,
			const void *p)
{
	const struct svgsplit_args *args = p;
	struct split_request request = {
		.volume = args->volume ? name_within(args->volume, operands[0]) : NULL,
		.devices = operands + 2,
		.device_count = count - 2,
		.max_lv = args->max_lv.given ? &args->max_lv.value : NULL,
		.max_pv = args->max_pv.given ? &args->max_pv.value : NULL,
		.alloc = policy_of(args->alloc),
	};
	uint32_t copies;
	int r = metadata_copies_of("svgsplit", args->copies, &copies, &request.metadata_copies);

	if (r < 0)
		return r;
	if (args->volume && !request.volume)
		return fail(-EDOM, _("%s: is not in group %s"), args->volume, operands[0]);
	if (!!args->volume == !!request.device_count)
		return fail(-EDOM, args->volume ? _("--name: contradicts the name of a device")
						: _("svgsplit: say which devices, or --name"));
	return group_split(session, operands[0], operands[1], &request);
}

struct svgmerge_args {
	bool list;
};

static const struct option_spec svgmerge_options[] = {
	OPTION(svgmerge_args, list, 'l', "list", OPTION_FLAG, NULL,
	       N_("show the group afterwards, as svgdisplay --verbose does")),
	{ .name = NULL },
};

static int svgmerge_run(struct session *session, const char *const *operands, unsigned count,
			const void *p)
{
	const struct svgmerge_args *args = p;
	int r = group_merge(session, operands[0], operands[1]);

	(void)count;
	return r < 0 || !args->list || session->test ? r : svgdisplay_all_of(session, operands[0]);
}

const struct applet svgsplit_applet = {
	.name = "svgsplit",
	.summary = N_("move devices with their volumes into another group, new or not"),
	.synopsis = N_("[OPTION...] VG NEW-VG DEVICE... | -n VOLUME VG NEW-VG"),
	.options = svgsplit_options,
	.args_size = sizeof(struct svgsplit_args),
	.operands = TARGET_GROUP_THEN_PV,
	.operand_min = 2,
	.operand_max = -1,
	.run = svgsplit_run,
};

const struct applet svgmerge_applet = {
	.name = "svgmerge",
	.summary = N_("move all devices and volumes of a group into another"),
	.synopsis = N_("[-l] VG OTHER-VG"),
	.options = svgmerge_options,
	.args_size = sizeof(struct svgmerge_args),
	.operands = TARGET_VG,
	.operand_min = 2,
	.operand_max = 2,
	.run = svgmerge_run,
};
