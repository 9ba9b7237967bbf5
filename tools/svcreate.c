/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/applet.h"

#include "base/auto.h"
#include "base/log.h"
#include "ops/create.h"
#include "tools/policy.h"

#include <string.h>
#include <time.h>

struct svcreate_args {
	bool snapshot, if_missing;
	const char *type;
	const char *name;
	struct amount size, extents;
	struct amount virtual_size;
	uint64_t chunk_size;
	uint64_t stripes;
	uint64_t stripe_size;
	const char *permission;
	struct number_args number;
	const char *read_ahead;
	const char *activate;
	enum yes_no zero, wipe, skip, autoactivation;
	enum yes_no contiguous;
	const char *alloc;
	bool ignore_skip;
	struct word_list tags;
	struct nothing_args nothing;
};

static const struct option_spec svcreate_options[] = {
	OPTION(svcreate_args, snapshot, 's', "snapshot", OPTION_FLAG, NULL,
	       N_("make a snapshot of each volume named, all at one instant")),
	OPTION(svcreate_args, type, 0, "type", OPTION_CHOICE, N_("linear|striped|snapshot"),
	       N_("kind of volume; snapshot with --virtualsize is a sparse volume")),
	OPTION(svcreate_args, name, 'n', "name", OPTION_TEXT, N_("NAME"),
	       N_("call it NAME; %o in it stands for the origin's name, %Y %m %d %H %M %S for "
		  "the moment")),
	OPTION(svcreate_args, if_missing, 0, "if-not-exists", OPTION_FLAG, NULL,
	       N_("do nothing if there is such a volume already; wants a name")),
	OPTION(svcreate_args, size, 'L', "size", OPTION_SIZE, N_("SIZE"),
	       N_("size of the volume, or of the snapshot's exception store")),
	OPTION(svcreate_args, extents, 'l', "extents", OPTION_EXTENTS,
	       N_("NUMBER[%VG|%FREE|%PVS|%ORIGIN]"),
	       N_("the same in extents or as a part of something")),
	OPTION(svcreate_args, virtual_size, 'V', "virtualsize", OPTION_SIZE, N_("SIZE"),
	       N_("size that a sparse volume shows")),
	OPTION(svcreate_args, chunk_size, 'c', "chunksize", OPTION_SECTORS, N_("SIZE"),
	       N_("copy SIZE at a time, 4k to 512k")),
	OPTION(svcreate_args, stripes, 'i', "stripes", OPTION_POSITIVE, N_("NUMBER"),
	       N_("spread it over NUMBER devices")),
	OPTION(svcreate_args, stripe_size, 'I', "stripesize", OPTION_SECTORS, N_("SIZE"),
	       N_("go to the next device every SIZE")),
	OPTION(svcreate_args, permission, 'p', "permission", OPTION_PERMISSION, N_("r|rw"),
	       N_("read-only or writable")),
	NUMBER_OPTIONS(svcreate_args, number),
	OPTION(svcreate_args, read_ahead, 'r', "readahead", OPTION_TEXT, N_("auto|none|SECTORS"),
	       N_("how much the kernel reads ahead")),
	OPTION(svcreate_args, activate, 'a', "activate", OPTION_CHOICE, ACTIVATION_WORDS,
	       N_("make its devices now or not")),
	OPTION(svcreate_args, zero, 'Z', "zero", OPTION_YESNO, N_("y|n"),
	       N_("zero the first 4 KiB")),
	OPTION(svcreate_args, wipe, 'W', "wipesignatures", OPTION_YESNO, N_("y|n"),
	       N_("wipe signatures of what its extents held before")),
	OPTION(svcreate_args, skip, 'k', "setactivationskip", OPTION_YESNO, N_("y|n"),
	       N_("leave it out when volumes are activated")),
	OPTION(svcreate_args, ignore_skip, 'K', "ignoreactivationskip", OPTION_FLAG, NULL,
	       N_("make its devices now although it is to be left out later")),
	OPTION(svcreate_args, autoactivation, 0, "setautoactivation", OPTION_YESNO, N_("y|n"),
	       N_("activate it when the machine starts")),
	OPTION(svcreate_args, contiguous, 'C', "contiguous", OPTION_YESNO, N_("y|n"),
	       N_("y is the same as --alloc contiguous")),
	OPTION(svcreate_args, alloc, 0, "alloc", OPTION_CHOICE,
	       N_("contiguous|cling|cling_by_tags|normal|anywhere|inherit"),
	       N_("where to take extents from")),
	OPTION(svcreate_args, tags, 0, "addtag", OPTION_TAGS, N_("TAG"), N_("give it a tag")),
	NOTHING_OPTIONS(svcreate_args, nothing),
	{ 0 }
};

/* A stripe size belongs to stripes, also to those that are only one. */
static bool wants_stripe_size(const struct svcreate_args *args)
{
	if (args->type && !strcmp(args->type, "linear"))
		return false;
	return args->stripes || args->snapshot || args->type;
}

static bool is_snapshot(const struct svcreate_args *args)
{
	return args->snapshot || (args->type && !strcmp(args->type, "snapshot"));
}

static int check_snapshot(const struct svcreate_args *args)
{
	if (args->type && strcmp(args->type, "snapshot"))
		return fail(-EDOM, _("--snapshot: contradicts --type %s"), args->type);
	if (args->zero)
		return fail(-EDOM, _("--zero: is not for snapshots, whose stores always are"));
	if (args->wipe)
		return fail(-EDOM, _("--wipesignatures: is not for snapshots"));
	return 0;
}

static int check_plain(const struct svcreate_args *args)
{
	if (args->virtual_size.given)
		return fail(-EDOM, _("--virtualsize: is for --type snapshot"));
	if (args->chunk_size)
		return fail(-EDOM, _("--chunksize: is for snapshots"));
	return 0;
}

static int check_stripes(const struct svcreate_args *args)
{
	if (args->stripes > 1 && args->type && !strcmp(args->type, "linear"))
		return fail(-EDOM, _("--stripes: contradicts --type linear"));
	if (args->stripe_size && !wants_stripe_size(args))
		return fail(-EDOM, _("--stripesize: needs --stripes"));
	if (args->stripes > 128)
		return fail(-EDOM, _("--stripes: at most 128"));
	return 0;
}

static int check_args(const struct svcreate_args *args)
{
	int r;

	if (args->size.given && args->extents.given)
		return fail(-EDOM, _("--size: contradicts --extents"));
	if (args->contiguous && args->alloc)
		return fail(-EDOM, _("--contiguous: contradicts --alloc"));
	if (args->if_missing && !args->name)
		return fail(-EDOM, _("--if-not-exists: say which --name"));
	if (args->chunk_size > UINT32_MAX || args->stripe_size > UINT32_MAX)
		return fail(-EDOM, _("--chunksize, --stripesize: too large"));
	if (args->virtual_size.given && (args->virtual_size.sign || !args->virtual_size.value))
		return fail(-EDOM, _("--virtualsize: give a size above 0, without a sign"));
	r = is_snapshot(args) ? check_snapshot(args) : check_plain(args);
	r = r < 0 ? r : check_stripes(args);
	return r < 0 ? r : number_check(&args->number);
}

static void fill_request(const struct svcreate_args *args, struct create_request *request)
{
	*request = (struct create_request) {
		.name = args->name,
		.now = time(NULL),
		.if_missing = args->if_missing,
		.size = args->extents.given ? args->extents : args->size,
		.stripes = (uint32_t)args->stripes,
		.stripe_size_sectors = (uint32_t)args->stripe_size,
		.alloc = args->contiguous == SAID_YES ? ALLOC_CONTIGUOUS : policy_of(args->alloc),
		.tags = args->tags.words,
		.tag_count = args->tags.count,
		.read_only = args->permission && !strcmp(args->permission, "r"),
		.inactive = args->activate && activation_of(args->activate) == DEACTIVATE,
		.zero = switch_of(args->zero),
		.wipe = switch_of(args->wipe),
		.activation_skip = args->skip == SAID_YES,
		.no_autoactivation = args->autoactivation == SAID_NO,
		.minor = args->number.minor.given ? (int32_t)args->number.minor.value : -1,
		.chunk_size_sectors = (uint32_t)args->chunk_size,
		.virtual_size_sectors = args->virtual_size.value,
	};
}

/* The name may begin with its group's. */
static int take_name(struct create_request *request, const char *vg)
{
	const char *given = request->name;

	if (!given)
		return 0;
	request->name = name_within(given, vg);
	return request->name ? 0 : fail(-EDOM, _("%s: is not in group %s"), given, vg);
}

/* The group: the first operand, or without operands what stands before the slash of --name. */
static int find_group(struct session *session, const char *const *operands, unsigned count,
		      const char *name, struct target **group)
{
	const char *slash = name ? strrchr(name, '/') : NULL;
	AUTO_FREE char *before = NULL;
	const char *word = count ? operands[0] : NULL;
	unsigned groups;

	if (!word && !slash)
		return fail(-EDOM, _("svcreate: say in which group"));
	if (!word) {
		before = strndup(name, (size_t)(slash - name));
		word = before;
	}
	return word ? targets_parse(session, &word, 1, TARGET_VG, group, &groups) : fail_memory();
}

/* Which operands name what is to be copied: as far as they name volumes; devices follow. */
static unsigned count_volumes(const char *const *operands, unsigned count)
{
	unsigned i = 0;

	while (i < count && (strchr(operands[i], '/') || operands[i][0] == '@') &&
	       !is_device(operands[i]))
		i++;
	return i;
}

static int snapshots(struct session *session, const char *const *operands, unsigned count,
		     struct create_request *request)
{
	AUTO_FREE struct target *origins = NULL;
	unsigned volumes = count_volumes(operands, count), origin_count;
	int r;

	if (!count)
		return fail(-EDOM, _("svcreate: say of which volume, VG/ORIGIN"));
	if (!volumes)
		return fail(-EDOM, _("%s: names no volume, say VG/ORIGIN"), operands[0]);
	r = targets_parse(session, operands, volumes, TARGET_LV, &origins, &origin_count);
	r = r < 0 ? r : take_name(request, origins->vg);
	if (r < 0)
		return r;
	request->devices = operands + volumes;
	request->device_count = count - volumes;
	return create_snapshots(session, origins, origin_count, request);
}

static int svcreate_run(struct session *session, const char *const *operands, unsigned count,
			const void *p)
{
	const struct svcreate_args *args = p;
	AUTO_FREE struct target *group = NULL;
	struct create_request request;
	const bool snapshot = is_snapshot(args);
	int r;

	r = check_args(args);
	if (r < 0)
		return r;
	fill_request(args, &request);
	r = read_ahead_of("svcreate", args->read_ahead, &request.read_ahead_sectors);
	if (r < 0)
		return r;
	if (snapshot && !args->virtual_size.given)
		return snapshots(session, operands, count, &request);

	r = find_group(session, operands, count, args->name, &group);
	r = r < 0 ? r : take_name(&request, group->vg);
	if (r < 0)
		return r;
	request.devices = operands + !!count;
	request.device_count = count - !!count;
	/* as with LVM2, where it is different for snapshots */
	if (!snapshot && request.activation_skip && !args->ignore_skip)
		request.inactive = true;
	return snapshot ? create_sparse(session, group->vg, &request)
			: create_volume(session, group->vg, &request);
}

const struct applet svcreate_applet = {
	.name = "svcreate",
	.summary = N_("create a volume or a snapshot"),
	.synopsis = N_("[-s] -L SIZE [-n NAME] VG|VG/ORIGIN... [DEVICE...]"),
	.options = svcreate_options,
	.args_size = sizeof(struct svcreate_args),
	.operands = TARGET_VG_OR_LV,
	.operand_max = -1,
	.run = svcreate_run,
};
