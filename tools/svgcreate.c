/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/applet.h"

#include "base/log.h"
#include "ops/group.h"
#include "tools/policy.h"
#include "tools/pv-options.h"

#include <string.h>

struct svgcreate_args {
	struct pv_args pv;
	struct amount extent_size;
	uint64_t max_lv, max_pv;
	struct word_list tags;
	const char *alloc, *system_id, *lock_type;
	enum yes_no autoactivation;
	const char *copies;
};

static const struct option_spec svgcreate_options[] = {
	OPTION(svgcreate_args, extent_size, 's', "physicalextentsize", OPTION_SIZE, N_("SIZE"),
	       N_("size of its extents: a power of two or a multiple of 128k (4m)")),
	OPTION(svgcreate_args, max_lv, 'l', "maxlogicalvolumes", OPTION_NUMBER, N_("NUMBER"),
	       N_("allow at most NUMBER volumes (0: any number)")),
	OPTION(svgcreate_args, max_pv, 'p', "maxphysicalvolumes", OPTION_NUMBER, N_("NUMBER"),
	       N_("allow at most NUMBER devices (0: any number)")),
	OPTION(svgcreate_args, tags, 0, "addtag", OPTION_TAGS, N_("TAG"), N_("give it a tag")),
	OPTION(svgcreate_args, alloc, 0, "alloc", OPTION_CHOICE,
	       N_("contiguous|cling|cling_by_tags|normal|anywhere"),
	       N_("how extents are chosen for its volumes")),
	OPTION(svgcreate_args, system_id, 0, "systemid", OPTION_TEXT, N_("ID"),
	       N_("let it belong to the machine with this system ID")),
	OPTION(svgcreate_args, autoactivation, 0, "setautoactivation", OPTION_YESNO, N_("y|n"),
	       N_("whether its volumes are activated when the machine starts (y)")),
	OPTION(svgcreate_args, lock_type, 0, "locktype", OPTION_TEXT, "none",
	       N_("no other is had: the group is this machine's alone")),
	COPIES_OPTIONS(svgcreate_args, copies),
	PV_OPTIONS(svgcreate_args, pv),
	{ .name = NULL },
};

static int svgcreate_run(struct session *session, const char *const *operands, unsigned count,
			 const void *p)
{
	const struct svgcreate_args *args = p;
	struct group_request request = {
		.extent_size = args->extent_size,
		.max_lv = args->max_lv,
		.max_pv = args->max_pv,
		.alloc = policy_of(args->alloc),
		.system_id = args->system_id,
		.tags = args->tags.words,
		.tag_count = args->tags.count,
		.no_autoactivation = args->autoactivation == SAID_NO,
	};
	const uint32_t *copies = NULL;
	int r;

	if (args->lock_type && strcmp(args->lock_type, "none"))
		return fail(-EDOM, _("--locktype: '%s' is for groups that several hosts share, which "
				     "snapvol does not have; use LVM2"), args->lock_type);
	r = metadata_copies_of("svgcreate", args->copies, &request.metadata_copies, &copies);

	r = r < 0 ? r : pv_format_of("svgcreate", session->conf, &args->pv, &request.format);
	return r < 0 ? r : group_create(session, operands[0], operands + 1, count - 1, &request);
}

const struct applet svgcreate_applet = {
	.name = "svgcreate",
	.summary = N_("create a group of devices"),
	.synopsis = N_("[OPTION...] VG DEVICE..."),
	.options = svgcreate_options,
	.args_size = sizeof(struct svgcreate_args),
	.operands = TARGET_PV,
	.operand_min = 2,
	.operand_max = -1,
	.run = svgcreate_run,
};
