/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/applets.h"
#include "tools/listing.h"

#include "base/auto.h"
#include "base/log.h"
#include "base/text.h"
#include "model/vg.h"
#include "ops/activate.h"

#include <stdio.h>

/* svgscan and svgmknodes. */

struct svgscan_args {
	struct listing_args listing; /* first: the rows of listing.h fill it */
	bool make_nodes, ignored, notify;
};

static const struct option_spec svgscan_options[] = {
	OPTION(svgscan_args, make_nodes, 0, "mknodes", OPTION_FLAG, NULL,
	       N_("make device nodes and links that are missing, too")),
	OPTION(svgscan_args, ignored, 0, "cache", OPTION_FLAG, NULL,
	       N_("accepted from LVM2 users, without effect: nothing is cached")),
	OPTION(svgscan_args, notify, 0, "notifydbus", OPTION_FLAG, NULL,
	       N_("refused: tells LVM2's D-Bus service, which snapvol does not speak to")),
	LOG_FORMAT_ROW(svgscan_args, listing.format),
	{ .name = NULL },
};

static int show_group(struct listing *listing, const struct group_facts *group, void *data)
{
	(void)listing;
	(void)data;
	printf("%sFound %svolume group \"%s\" using metadata type lvm2\n", log_prefix(),
	       group->vg->flags & VG_EXPORTED ? "exported " : "", group->vg->name);
	return 0;
}

static int svgscan_run(struct session *session, const char *const *operands, unsigned count,
		       const void *p)
{
	const struct svgscan_args *args = p;
	struct listing listing;
	int r;

	(void)operands;
	(void)count;
	if (args->notify)
		return fail(-ENOTSUP, _("--notifydbus: nobody is told over D-Bus by snapvol; use LVM2"));
	r = listing_log_format(session, args->listing.format);
	if (r < 0)
		return r;
	r = listing_open(&listing, session, &args->listing);
	log_tell(); /* nothing can be asked for that is not there */
	if (r >= 0)
		r = listing_each_group(&listing, show_group, NULL);
	listing_close(&listing);
	if (r >= 0 && args->make_nodes)
		r = activate_groups(session, NULL, 0, MAKE_NODES, 0);
	return r;
}

const struct applet svgscan_applet = {
	.name = "svgscan",
	.summary = N_("look for groups"),
	.synopsis = N_("[--mknodes]"),
	.options = svgscan_options,
	.args_size = sizeof(struct svgscan_args),
	.kind = LOOKS_ONLY,
	.run = svgscan_run,
};

struct svgmknodes_args {
	bool refresh;
};

static const struct option_spec svgmknodes_options[] = {
	OPTION(svgmknodes_args, refresh, 0, "refresh", OPTION_FLAG, NULL,
	       N_("bring active devices to what the metadata say first")),
	{ .name = NULL },
};

static int run_on(struct session *session, const char *const *operands, unsigned count,
		  enum activation what)
{
	AUTO_FREE struct target *targets = NULL;
	unsigned target_count;
	int r;

	if (!count)
		return activate_groups(session, NULL, 0, what, 0);
	r = targets_parse_any(session, operands, count, TARGET_VG_OR_LV, &targets, &target_count);
	if (r < 0 || !target_count)
		return r;
	return activate_volumes(session, targets, target_count, what, 0);
}

static int svgmknodes_run(struct session *session, const char *const *operands, unsigned count,
			  const void *p)
{
	const struct svgmknodes_args *args = p;
	int r = args->refresh ? run_on(session, operands, count, REFRESH) : 0;

	return r < 0 ? r : run_on(session, operands, count, MAKE_NODES);
}

const struct applet svgmknodes_applet = {
	.name = "svgmknodes",
	.summary = N_("make device nodes and links of active volumes that are missing"),
	.synopsis = N_("[--refresh] [VG|VG/VOLUME|@TAG...]"),
	.options = svgmknodes_options,
	.args_size = sizeof(struct svgmknodes_args),
	.operands = TARGET_VG_OR_LV,
	.operand_max = -1,
	.run = svgmknodes_run,
};
