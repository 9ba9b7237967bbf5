/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/applet.h"

#include "base/log.h"
#include "ops/pv.h"
#include "tools/pv-options.h"

struct svpvcreate_args {
	struct pv_args pv;
	struct amount size, bootloader;
	const char *uuid, *restore_file;
	bool no_restore_file;
};

static const struct option_spec svpvcreate_options[] = {
	OPTION(svpvcreate_args, uuid, 'u', "uuid", OPTION_TEXT, N_("UUID"),
	       N_("give it this identity; needs --restorefile or --norestorefile")),
	OPTION(svpvcreate_args, restore_file, 0, "restorefile", OPTION_TEXT, N_("FILE"),
	       N_("put data where this backup of its group says")),
	OPTION(svpvcreate_args, no_restore_file, 0, "norestorefile", OPTION_FLAG, NULL,
	       N_("allow --uuid without a backup")),
	OPTION(svpvcreate_args, size, 0, "setphysicalvolumesize", OPTION_SIZE, N_("SIZE"),
	       N_("use only SIZE of the device")),
	OPTION(svpvcreate_args, bootloader, 0, "bootloaderareasize", OPTION_SIZE, N_("SIZE"),
	       N_("leave at least SIZE before the data to boot loaders")),
	OPTION(svpvcreate_args, pv.copies, 0, "metadatacopies", OPTION_CHOICE, N_("0|1|2"),
	       N_("the same as --pvmetadatacopies")),
	OPTION(svpvcreate_args, pv.metadata_ignore, 0, "metadataignore", OPTION_YESNO, N_("y|n"),
	       N_("whether its metadata areas stay unused (n)")),
	PV_OPTIONS(svpvcreate_args, pv),
	{ .name = NULL },
};

static bool is_size(const struct amount *amount)
{
	return !amount->given || (amount->value && !amount->sign);
}

static int check(const struct svpvcreate_args *args, unsigned count)
{
	if (args->restore_file && args->no_restore_file)
		return fail(-EDOM,
			    _("svpvcreate: --restorefile and --norestorefile exclude each other"));
	if (!is_size(&args->size) || !is_size(&args->bootloader))
		return fail(-EDOM, _("svpvcreate: --setphysicalvolumesize and --bootloaderareasize "
				     "must be more than zero and have no sign"));
	if (args->restore_file && args->bootloader.given)
		return fail(-EDOM, _("svpvcreate: --restorefile and --bootloaderareasize exclude each "
				     "other"));
	if (args->restore_file && !args->uuid)
		return fail(-EDOM, _("svpvcreate: --restorefile needs --uuid"));
	if (!args->uuid)
		return 0;
	if (!args->restore_file && !args->no_restore_file)
		return fail(-EDOM, _("svpvcreate: --uuid needs --restorefile or --norestorefile"));
	if (count > 1)
		return fail(-EDOM, _("svpvcreate: --uuid is for one device at a time"));
	return 0;
}

static int svpvcreate_run(struct session *session, const char *const *operands, unsigned count,
			  const void *p)
{
	const struct svpvcreate_args *args = p;
	struct pv_request request = { .uuid = args->uuid, .restore_file = args->restore_file };
	int r;

	r = check(args, count);
	r = r < 0 ? r : pv_format_of("svpvcreate", session->conf, &args->pv, &request.format);
	request.format.size_sectors = args->size.value;
	request.format.bootloader_sectors = args->bootloader.value;
	/* Who gives a device its identity back wants to lose nothing of it. */
	if (args->uuid && args->pv.zero == NOT_SAID)
		request.format.keep_head = true;
	return r < 0 ? r : pvs_create(session, operands, count, &request);
}

const struct applet svpvcreate_applet = {
	.name = "svpvcreate",
	.summary = N_("make devices PVs, ready for a group"),
	.synopsis = N_("[OPTION...] DEVICE..."),
	.options = svpvcreate_options,
	.args_size = sizeof(struct svpvcreate_args),
	.operands = TARGET_PV,
	.operand_min = 1,
	.operand_max = -1,
	.run = svpvcreate_run,
};
