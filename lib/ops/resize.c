/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/resize.h"

#include "base/auto.h"
#include "base/conf.h"
#include "base/log.h"
#include "base/text.h"
#include "cow/store.h"
#include "dm/holder.h"
#include "dm/status.h"
#include "dm/table.h"
#include "dm/tree.h"
#include "model/alloc.h"
#include "model/snapshot.h"
#include "ops/amount.h"
#include "ops/change.h"
#include "ops/recover.h"
#include "ops/refuse.h"
#include "ops/session.h"
#include "ops/target.h"

#include <stdio.h>

/* A store's owner may write while it shrinks: this much stays free below the new end. */
enum { SHRINK_MARGIN_CHUNKS = 64 };

/* A policy is not to grow what is half empty, as LVM2. */
enum { LEAST_THRESHOLD = 50 };

struct resizing {
	struct change *change;
	const struct resize_request *request;
	struct lv *lv;
	const char *label;    /* "vg0/base" */
	struct amount size;   /* the request's, or the policy's */
	uint32_t now, wanted; /* extents */
	bool limited;	      /* a store cannot use as much as was asked for */
	struct alloc_range *ranges;
	unsigned range_count;
	struct fsresize fs;
};

static struct segment *last_segment(const struct lv *lv)
{
	struct dm_list *last = dm_list_last(&lv->segments);

	return last ? dm_list_item(last, struct segment) : NULL;
}

static uint32_t stripes_of(const struct resizing *z)
{
	const struct segment *last = last_segment(z->lv);

	if (z->request->stripes)
		return z->request->stripes;
	return last && last->stripe_count ? last->stripe_count : 1;
}

/* --- how large --- */

static int add_sign(struct resizing *z, uint32_t amount)
{
	uint32_t sum;

	switch (z->size.sign) {
	case '+':
		if (add_overflows(z->now, amount, &sum))
			return fail(-EDOM, _("%s: size is too large"), z->label);
		z->wanted = sum;
		return 0;
	case '-':
		z->wanted = amount < z->now ? z->now - amount : 0;
		return 0;
	default:
		z->wanted = amount;
		return 0;
	}
}

/* What the kernel has counts, as far as it is known: LVM2's metadata may say another. */
static uint32_t chunk_of(const struct resizing *z)
{
	const struct live_device *device = change_device(z->change, z->lv);
	uint32_t chunk = device ? table_store_chunk(device->table) : 0;

	return chunk ? chunk : z->lv->store_of->chunk_size_sectors;
}

/* A store never becomes larger than it can use. */
static void limit_store(struct resizing *z)
{
	const struct snapshot *snapshot = z->lv->store_of;
	uint64_t most, extent_size = z->lv->vg->extent_size_sectors;

	if (!snapshot)
		return;
	most = divide_up(cow_max_sectors(snapshot_size_sectors(snapshot), chunk_of(z)), extent_size);
	most = round_up(most, stripes_of(z));
	if (z->wanted <= most || z->wanted <= z->now)
		return;
	z->wanted = (uint32_t)most > z->now ? (uint32_t)most : z->now;
	z->limited = true;
	say(_("%s: the store can't use more than it needs to hold the whole origin"), z->label);
}

static int status_of(const struct resizing *z, struct snapshot_status *status)
{
	return tree_status(change_live(z->change), change_device(z->change, z->lv), status);
}

/* As LVM2: a part of its size, or more where that is needed to have it filled below the threshold again.
 * size.given stays false if it is below that now. */
static int find_policy_size(struct resizing *z)
{
	const struct conf *conf = change_session(z->change)->conf;
	uint64_t threshold = conf_number(conf, "activation/snapshot_autoextend_threshold"),
		 percent = conf_number(conf, "activation/snapshot_autoextend_percent"), filled;
	struct snapshot_status status;
	int r;

	if (!z->lv->store_of)
		return fail(-EINVAL, _("%s: only a snapshot's store grows by policy"), z->label);
	r = status_of(z, &status);
	if (r < 0)
		return r;
	if (!r)
		return fail(-EINVAL, _("%s: must be active for its filling to be known"), z->label);
	if (status.state != SNAPSHOT_GOOD)
		return fail(-EINVAL, _("%s: is invalid and can only be removed"), z->label);
	if (threshold < LEAST_THRESHOLD)
		threshold = LEAST_THRESHOLD;
	filled = status_percent(&status); /* in hundredths */
	if (threshold >= 100 || filled <= threshold * 100)
		return 0;
	filled = divide_up(filled, threshold) - 100;
	z->size = (struct amount) {
		.given = true,
		.sign = '+',
		.of = AMOUNT_PERCENT_LV,
		.value = (percent > filled ? percent : filled) * 100,
	};
	return 0;
}

/* Without a size all that is free on the devices named is added. */
static int choose_size(struct resizing *z)
{
	static const struct amount all_of_devices = {
		.given = true,
		.sign = '+',
		.of = AMOUNT_PERCENT_PVS,
		.value = 100 * 100,
	};
	const enum resize_direction direction = z->request->direction;

	if (z->request->by_policy)
		return find_policy_size(z);
	z->size = z->request->size;
	if (!z->size.given && z->range_count)
		z->size = all_of_devices;
	if (!z->size.given)
		return fail(-EDOM, _("%s: say how large with --size or --extents"), z->label);
	if (!z->size.value)
		return fail(-EDOM, _("%s: size may not be zero"), z->label);
	if ((direction == RESIZE_GROW && z->size.sign == '-') ||
	    (direction == RESIZE_SHRINK && z->size.sign == '+'))
		return fail(-EDOM, _("%s: the sign of the size contradicts the command"), z->label);
	return 0;
}

static int find_size(struct resizing *z)
{
	struct amount_context context = {
		.vg = z->lv->vg,
		.label = z->label,
		.lv = z->lv,
		.origin = z->lv->store_of ? z->lv->store_of->origin : NULL,
		.ranges = z->ranges,
		.range_count = z->range_count,
		.stripes = stripes_of(z),
	};
	uint32_t amount;
	int r;

	z->now = lv_extents(z->lv);
	z->wanted = z->now;
	r = choose_size(z);
	if (r < 0 || !z->size.given)
		return r;
	r = amount_extents(&z->size, &context, &amount);
	r = r < 0 ? r : add_sign(z, amount);
	if (r < 0)
		return r;
	limit_store(z);
	if (z->request->at_least && z->wanted < z->now)
		z->wanted = z->now;
	if (!z->wanted)
		return fail(-EINVAL, _("%s: nothing would be left of it"), z->label);
	return 0;
}

/* A command that was killed when the volume had grown is told again, or the filesystem was forgotten. */
static bool refits(const struct resizing *z)
{
	return z->request->filesystem == FS_RESIZE;
}

static int check_direction(const struct resizing *z)
{
	if (z->wanted == z->now && (z->limited || !z->size.given || z->request->at_least || refits(z)))
		return 0;
	if (z->wanted == z->now)
		return fail(-EINVAL, _("%s: has this size already: %u extents"), z->label, z->now);
	if (z->request->direction == RESIZE_GROW && z->wanted < z->now)
		return fail(-EINVAL, _("%s: %u extents are not larger than the %u it has; see svreduce"),
			    z->label, z->wanted, z->now);
	if (z->request->direction == RESIZE_SHRINK && z->wanted > z->now)
		return fail(-EINVAL, _("%s: is smaller already; see svextend"), z->label);
	return 0;
}

/* --- its filesystem --- */

static int prepare_filesystem(struct resizing *z)
{
	const uint64_t extent_size = z->lv->vg->extent_size_sectors;

	z->fs = (struct fsresize) {
		.change = z->change,
		.lv = z->lv,
		.label = z->label,
		.now = z->now * extent_size,
		.wanted = z->wanted * extent_size,
		.wish = z->request->filesystem,
		.unchecked = z->request->unchecked,
	};
	return fsresize_prepare(&z->fs);
}

/* Into the size that the volume has now. */
static int grow_filesystem(struct resizing *z)
{
	int r = fsresize_grow(&z->fs);

	if (r < 0)
		warn(_("%s: the volume has its new size, its filesystem the old one; svresize "
		       "--resizefs to the size it has does the rest"),
		     z->label);
	return r;
}

static int refit_filesystem(struct resizing *z)
{
	int r = refits(z) ? prepare_filesystem(z) : 0;

	return r < 0 ? r : grow_filesystem(z);
}

/* --- growing --- */

/* What is not said is as before; that is LVM2's chatter. */
static uint32_t stripe_size_of(const struct resizing *z)
{
	const struct segment *last = last_segment(z->lv);
	const uint32_t of_last = last ? last->stripe_size_sectors : 0;
	const uint32_t size = of_last ? of_last : DEFAULT_STRIPE_SECTORS;
	char text[SIZE_TEXT];

	if (z->request->stripe_size_sectors)
		return z->request->stripe_size_sectors;
	if (change_session(z->change)->as_lvm2)
		say(of_last ? "Using stripesize of last segment %s" : "Using default stripesize %s",
		    size_print(size, text));
	return size;
}

static int grow(struct resizing *z)
{
	struct alloc_request request = {
		.extents = z->wanted - z->now,
		.stripes = stripes_of(z),
		.approximate = amount_is_share(&z->size),
		.policy = z->request->alloc,
		.ranges = z->ranges,
		.range_count = z->range_count,
	};
	int r;

	if (request.stripes > 1)
		request.stripe_size_sectors = stripe_size_of(z);
	r = alloc_extents(z->lv, &request);
	z->wanted = lv_extents(z->lv);
	r = r < 0 ? r : prepare_filesystem(z);
	r = r < 0 ? r : change_stage(z->change, BEFORE_DEVICES);
	if (r < 0 || !change_lv_is_active(z->change, z->lv))
		return r;
	return change_want_tree(z->change, z->lv, change_merge_now(z->change, z->lv));
}

/* --- shrinking --- */

struct used_check {
	const char *label, *dm_name;
	uint64_t size_sectors;
};

/* After the reload and before the commit: what the store holds must lie below the new end. */
static int run_used_check(void *data)
{
	const struct used_check *check = data;
	struct snapshot_status status;
	int r = status_snapshot(check->dm_name, &status);

	if (r < 0)
		return r;
	if (!r)
		return fail(-ENODEV, _("%s: its device has vanished"), check->label);
	if (status.total_sectors > check->size_sectors)
		return fail(-EIO, _("%s: its store is as large as before in the kernel"),
			    check->label);
	if (status.state != SNAPSHOT_GOOD || status.used_sectors > status.total_sectors)
		return fail(-EBUSY, _("%s: was written to meanwhile and is too full to shrink"),
			    check->label);
	return 0;
}

static int check_store_shrinks(struct resizing *z)
{
	struct plan_act act = { .run = run_used_check, .undo = plan_undo_nothing };
	struct snapshot_status status;
	struct used_check *check;
	uint64_t least;
	char text[SIZE_TEXT];
	bool active;
	int r;

	r = refuse_merging(z->lv);
	/* a tree whose origin was taken out is not laid out anew, and would go on in what is given back */
	active = change_lv_is_active(z->change, z->lv);
	/* which tells if the kernel did not answer that */
	r = r < 0 ? r : status_of(z, &status);
	if (r < 0)
		return r;
	if (!r || !active)
		return fail(-EINVAL, _("%s: can only be shrunk while it is active"), z->label);
	if (status.state != SNAPSHOT_GOOD)
		return fail(-EINVAL, _("%s: is invalid and can only be removed"), z->label);
	least = status.used_sectors + (uint64_t)SHRINK_MARGIN_CHUNKS * chunk_of(z);
	if (z->wanted * z->lv->vg->extent_size_sectors < least)
		return fail(-EINVAL,
			    _("%s: uses %s; it can't be made smaller than that and a reserve"),
			    z->label, size_print(status.used_sectors, text));

	check = vg_alloc(z->lv->vg, sizeof(*check));
	if (!check)
		return -ENOMEM;
	*check = (struct used_check) { z->label,
				       vg_text(z->lv->vg, change_device(z->change, z->lv)->name),
				       z->wanted * z->lv->vg->extent_size_sectors };
	act.text = "check   store";
	act.data = check;
	return change_act(z->change, AFTER_DEVICES, &act);
}

static int check_shrinks(struct resizing *z)
{
	if (lv_is_origin(z->lv))
		return fail(-EINVAL, _("%s: has snapshots and can't be shrunk; remove them first"),
			    z->label);
	return z->lv->store_of ? check_store_shrinks(z) : 0;
}

static int ask_about_loss(const struct resizing *z)
{
	const struct live_device *device = change_device(z->change, z->lv);
	char holder[HOLDER_TEXT];

	if (z->lv->store_of || z->fs.fits)
		return 0;
	if (device && device->open_count) {
		holder_of(device->major, device->minor, holder);
		warn(_("%s: shrinks while it is %s"), z->label, holder);
	}
	/* --force answers, as in LVM2 */
	if (change_session(z->change)->force || change_session(z->change)->test)
		return 0;
	return session_confirm(change_session(z->change),
			       _("%s: what lies behind the new end is to be lost"), z->label);
}

static int shrink(struct resizing *z)
{
	int r = check_shrinks(z);

	if (r < 0)
		return r;
	r = lv_truncate(z->lv, z->wanted);
	if (r < 0)
		return fail(r, _("%s: can't be cut there, its stripes would be uneven"), z->label);
	r = prepare_filesystem(z);
	r = r < 0 ? r : ask_about_loss(z);
	r = r < 0 ? r : fsresize_stage(&z->fs);
	if (!r && change_lv_is_active(z->change, z->lv))
		r = change_want_tree(z->change, z->lv, change_merge_now(z->change, z->lv));
	return r < 0 ? r : change_stage(z->change, AFTER_DEVICES);
}

/* --- both --- */

static int refuse(const struct resizing *z)
{
	if (lv_is_foreign(z->lv))
		return fail(-EPERM, _("%s/%s: is of a type snapvol does not handle; use LVM2"),
			    z->lv->vg->name, z->lv->name);
	if (lv_is_virtual_origin(z->lv))
		return fail(-EPERM, "%s: %s", z->label,
			    _("is the hidden origin of a sparse volume"));
	return refuse_merging(z->lv);
}

static void say_size(const struct resizing *z)
{
	char before[SIZE_TEXT], after[SIZE_TEXT];

	say(_("%s: resized from %s (%u extents) to %s (%u extents)"), z->label,
	    size_print(z->now * z->lv->vg->extent_size_sectors, before), z->now,
	    size_print(lv_size_sectors(z->lv), after), lv_extents(z->lv));
}

static int resize(struct resizing *z, const struct target *target)
{
	struct vg *vg = change_vg(z->change);
	char *label = vg_alloc(vg, 2 * NAME_LEN + 2);
	int r;

	z->lv = target_lv(vg, target);
	if (!z->lv)
		return -ENOENT;
	if (!label)
		return -ENOMEM;
	snprintf(label, 2 * NAME_LEN + 2, "%s/%s", vg->name, z->lv->name);
	z->label = label;

	r = refuse(z);
	if (!r && z->request->device_count)
		r = alloc_parse_ranges(vg, z->request->devices, z->request->device_count,
				       &z->ranges, &z->range_count);
	r = r < 0 ? r : find_size(z);
	r = r < 0 ? r : check_direction(z);
	if (r < 0)
		return r;
	if (z->wanted == z->now)
		return refit_filesystem(z);
	r = z->wanted > z->now ? grow(z) : shrink(z);
	r = r < 0 ? r : change_run(z->change);
	if (!r && !change_session(z->change)->test)
		say_size(z);
	return r < 0 || z->wanted < z->now ? r : grow_filesystem(z);
}

int resize_volume(struct session *session, const struct target *target,
		  const struct resize_request *request)
{
	AUTO(change) struct change *change = NULL;
	struct resizing z = { .request = request };
	int r;

	r = recover_and_begin(session, target->vg, 0, &change);
	if (r < 0)
		return r;
	z.change = change;
	r = resize(&z, target);
	free(z.ranges);
	return r;
}
