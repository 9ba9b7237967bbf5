/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/applet.h"

#include "base/log.h"
#include "ops/resize.h"
#include "tools/policy.h"

#include <string.h>

/* svresize, svextend and svreduce: three directions of one thing. */

struct svresize_args {
	struct amount size, extents;
	uint64_t stripes, stripe_size;
	const char *alloc, *type;
	bool resize_fs, no_check, use_policies, at_least;
	const char *fs;
};

#define RESIZE(field, letter, name, kind, noun, help)                                              \
	OPTION(svresize_args, field, letter, name, kind, noun, help)

/* What makes sense in all directions. */
#define RESIZE_ROWS                                                                                \
	RESIZE(size, 'L', "size", OPTION_SIZE, N_("[+|-]SIZE"), N_("to SIZE, or by SIZE")),        \
	RESIZE(extents, 'l', "extents", OPTION_EXTENTS,                                            \
	       N_("[+|-]NUMBER[%VG|%FREE|%PVS|%ORIGIN|%LV]"),                                      \
	       N_("the same in extents or as a part of something")),                               \
	RESIZE(stripes, 'i', "stripes", OPTION_POSITIVE, N_("NUMBER"),                             \
	       N_("spread what is added over NUMBER devices")),                                    \
	RESIZE(type, 0, "type", OPTION_CHOICE, "linear|striped",                                   \
	       N_("how what is added lies on the devices (as the end of the volume does)")),       \
	RESIZE(stripe_size, 'I', "stripesize", OPTION_SECTORS, N_("SIZE"),                         \
	       N_("go to the next device every SIZE")),                                            \
	RESIZE(alloc, 0, "alloc", OPTION_CHOICE,                                                   \
	       N_("contiguous|cling|cling_by_tags|normal|anywhere|inherit"),                       \
	       N_("where to take extents from")),                                                  \
	RESIZE(resize_fs, 'r', "resizefs", OPTION_FLAG, NULL,                                      \
	       N_("resize the filesystem with it (ext2, ext3, ext4, xfs, btrfs)")),                \
	RESIZE(fs, 0, "fs", OPTION_CHOICE, N_("resize|checksize|ignore"),                          \
	       N_("resize: as --resizefs; checksize: never cut a part of the filesystem off")),    \
	RESIZE(no_check, 'n', "nofsck", OPTION_FLAG, NULL,                                         \
	       N_("do not run e2fsck before an unmounted filesystem is resized"))

static const struct option_spec svresize_options[] = {
	RESIZE_ROWS,
	RESIZE(at_least, 0, "at-least", OPTION_FLAG, NULL,
	       N_("never shrink: nothing is done if it is as large already")),
	RESIZE(use_policies, 0, "usepolicies", OPTION_FLAG, NULL,
	       N_("grow a store that is filled above activation/snapshot_autoextend_threshold")),
	{ 0 }
};

static const struct option_spec svreduce_options[] = {
	RESIZE_ROWS,
	{ 0 }
};

static enum fs_wish wish_of(const struct svresize_args *args)
{
	if (args->resize_fs || (args->fs && !strcmp(args->fs, "resize")))
		return FS_RESIZE;
	return args->fs && !strcmp(args->fs, "checksize") ? FS_CHECK : FS_IGNORE;
}

static int run(struct session *session, const char *const *operands, unsigned count,
	       const struct svresize_args *args, enum resize_direction direction)
{
	const bool is_linear = args->type && !strcmp(args->type, "linear");
	struct target target;
	struct resize_request request = {
		.size = args->extents.given ? args->extents : args->size,
		.direction = direction,
		.stripes = is_linear ? 1 : (uint32_t)args->stripes,
		.stripe_size_sectors = (uint32_t)args->stripe_size,
		.alloc = policy_of(args->alloc),
		.filesystem = wish_of(args),
		.by_policy = args->use_policies,
		.at_least = args->at_least,
		.unchecked = args->no_check,
		.devices = operands + 1,
		.device_count = count - 1,
	};
	int r;

	if (args->size.given && args->extents.given)
		return fail(-EDOM, _("--size: contradicts --extents"));
	if (args->use_policies && (args->size.given || args->extents.given))
		return fail(-EDOM, _("--usepolicies: contradicts a size"));
	if (args->resize_fs && args->fs)
		return fail(-EDOM, _("--resizefs: contradicts --fs"));
	if (is_linear && args->stripes > 1)
		return fail(-EDOM, _("--type: linear contradicts --stripes"));
	if (args->stripes > 128)
		return fail(-EDOM, _("--stripes: at most 128"));
	if (args->stripe_size > UINT32_MAX)
		return fail(-EDOM, _("--stripesize: too large"));
	r = target_parse(session, operands[0], TARGET_LV, &target);
	return r < 0 ? r : resize_volume(session, &target, &request);
}

static int svresize_run(struct session *session, const char *const *operands, unsigned count,
			const void *args)
{
	return run(session, operands, count, args, RESIZE_EITHER);
}

static int svextend_run(struct session *session, const char *const *operands, unsigned count,
			const void *args)
{
	return run(session, operands, count, args, RESIZE_GROW);
}

static int svreduce_run(struct session *session, const char *const *operands, unsigned count,
			const void *args)
{
	return run(session, operands, count, args, RESIZE_SHRINK);
}

const struct applet svresize_applet = {
	.name = "svresize",
	.summary = N_("change the size of a volume or of a snapshot's store"),
	.synopsis = N_("-L [+|-]SIZE VG/VOLUME [DEVICE...]"),
	.options = svresize_options,
	.args_size = sizeof(struct svresize_args),
	.operands = TARGET_LV,
	.operand_min = 1,
	.operand_max = -1,
	.run = svresize_run,
};

const struct applet svextend_applet = {
	.name = "svextend",
	.summary = N_("grow a volume or a snapshot's store"),
	.synopsis = N_("-L [+]SIZE VG/VOLUME [DEVICE...]"),
	.options = svresize_options,
	.args_size = sizeof(struct svresize_args),
	.operands = TARGET_LV,
	.operand_min = 1,
	.operand_max = -1,
	.run = svextend_run,
};

const struct applet svreduce_applet = {
	.name = "svreduce",
	.summary = N_("shrink a volume or a snapshot's store"),
	.synopsis = N_("-L [-]SIZE VG/VOLUME"),
	.options = svreduce_options,
	.args_size = sizeof(struct svresize_args),
	.operands = TARGET_LV,
	.operand_min = 1,
	.operand_max = 1,
	.run = svreduce_run,
};
