/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/applet.h"

#include "base/auto.h"
#include "base/log.h"
#include "ops/convert.h"
#include "ops/merge.h"

#include <stdio.h>
#include <string.h>

struct svconvert_args {
	bool merge, merge_snapshot, split, snapshot, background;
	const char *type, *alloc;
	uint64_t interval, chunk_size;
	enum yes_no zero;
};

static const struct option_spec svconvert_options[] = {
	OPTION(svconvert_args, merge, 0, "merge", OPTION_FLAG, NULL,
	       N_("merge snapshots back into their origins")),
	OPTION(svconvert_args, merge_snapshot, 0, "mergesnapshot", OPTION_FLAG, NULL,
	       N_("the same as --merge")),
	OPTION(svconvert_args, split, 0, "splitsnapshot", OPTION_FLAG, NULL,
	       N_("make a snapshot a plain volume that holds its exception store")),
	OPTION(svconvert_args, snapshot, 's', "snapshot", OPTION_FLAG, NULL,
	       N_("make the second volume a snapshot of the first")),
	OPTION(svconvert_args, type, 0, "type", OPTION_CHOICE, N_("snapshot"),
	       N_("the same as --snapshot")),
	OPTION(svconvert_args, alloc, 0, "alloc", OPTION_CHOICE,
	       N_("contiguous|cling|cling_by_tags|normal|anywhere|inherit"),
	       N_("accepted from LVM2 users: nothing is allocated")),
	OPTION(svconvert_args, background, 'b', "background", OPTION_FLAG, NULL,
	       N_("do not wait for a merge to end")),
	OPTION(svconvert_args, interval, 'i', "interval", OPTION_NUMBER, N_("SECONDS"),
	       N_("tell progress every so many seconds")),
	LIMIT_OPTION("merge-timeout", "activation/merge_timeout",
		     N_("wait no longer once a merge got no further for so long")),
	OPTION(svconvert_args, chunk_size, 'c', "chunksize", OPTION_SECTORS, N_("SIZE"),
	       N_("copy SIZE at a time, 4k to 512k")),
	OPTION(svconvert_args, zero, 'Z', "zero", OPTION_YESNO, N_("y|n"),
	       N_("empty the store (y), or take what it holds for one of this origin (n)")),
	{ 0 }
};

static int merge(struct session *session, const char *const *operands, unsigned count,
		 const struct svconvert_args *args)
{
	struct merge_options options = {
		.background = args->background,
		.interval_ms = args->interval > 86400 ? 86400000 : (unsigned)args->interval * 1000,
	};
	AUTO_FREE struct target *targets = NULL;
	unsigned target_count;
	int r;

	r = targets_parse_any(session, operands, count, TARGET_LV, &targets, &target_count);
	return r < 0 ? r : merge_snapshots(session, targets, target_count, &options);
}

static int split(struct session *session, const char *const *operands, unsigned count)
{
	AUTO_FREE struct target *targets = NULL;
	unsigned i, target_count;
	int r;

	r = targets_parse(session, operands, count, TARGET_LV, &targets, &target_count);
	for (i = 0; i < target_count && !r; i++)
		r = convert_split(session, &targets[i]);
	return r;
}

/* As with LVM2 a name alone is one of the same group. */
static int parse_beside(struct session *session, const struct target *other, const char *word,
			struct target *target)
{
	AUTO_FREE char *joined = NULL;
	int r;

	if (strpbrk(word, "/@"))
		return target_parse(session, word, TARGET_LV, target);
	if (asprintf(&joined, "%s/%s", other->vg, word) < 0)
		return fail_memory();
	r = target_parse(session, joined, TARGET_LV, target);
	target->word = word;
	return r;
}

static int attach(struct session *session, const char *const *operands, unsigned count,
		  const struct svconvert_args *args)
{
	struct target origin, store;
	int r;

	if (count != 2)
		return fail(
			-EDOM,
			_("svconvert: --snapshot takes VG/ORIGIN and the volume to be its store"));
	if (args->chunk_size && args->zero == SAID_NO)
		return fail(-EDOM, _("--chunksize: a store that is kept (--zero n) has its own"));
	if (args->chunk_size > UINT32_MAX)
		return fail(-EDOM, _("--chunksize: too large"));
	r = target_parse(session, operands[0], TARGET_LV, &origin);
	r = r < 0 ? r : parse_beside(session, &origin, operands[1], &store);
	return r < 0 ? r
		     : convert_attach(session, &origin, &store, (uint32_t)args->chunk_size,
				      args->zero == SAID_NO);
}

static int svconvert_run(struct session *session, const char *const *operands, unsigned count,
			 const void *p)
{
	const struct svconvert_args *args = p;
	bool merging = args->merge || args->merge_snapshot,
	     attaching = args->snapshot || args->type;

	if (merging + attaching + args->split != 1)
		return fail(-EDOM, _("svconvert: say one of --merge, --splitsnapshot, --snapshot"));
	if (args->chunk_size && !attaching)
		return fail(-EDOM, _("--chunksize: is for --snapshot"));
	if (args->zero && !attaching)
		return fail(-EDOM, _("--zero: is for --snapshot"));
	if ((args->background || args->interval) && !merging)
		return fail(-EDOM, _("--background, --interval: are for --merge"));
	if (merging)
		return merge(session, operands, count, args);
	if (args->split)
		return split(session, operands, count);
	return attach(session, operands, count, args);
}

const struct applet svconvert_applet = {
	.name = "svconvert",
	.summary = N_("merge a snapshot, split it from its origin, or attach one"),
	.synopsis = N_("--merge|--splitsnapshot VG/SNAPSHOT... | -s VG/ORIGIN [VG/]STORE"),
	.options = svconvert_options,
	.args_size = sizeof(struct svconvert_args),
	.operands = TARGET_LV,
	.operand_min = 1,
	.operand_max = -1,
	.run = svconvert_run,
};
