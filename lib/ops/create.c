/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/create.h"

#include "base/auto.h"
#include "base/conf.h"
#include "base/log.h"
#include "base/text.h"
#include "cow/store.h"
#include "model/alloc.h"
#include "model/snapshot.h"
#include "ops/amount.h"
#include "ops/areas.h"
#include "ops/change.h"
#include "ops/number.h"
#include "ops/recover.h"
#include "ops/session.h"
#include "ops/volumelist.h"
#include "ops/wipe.h"
#include "store/catalog.h"

#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

enum { COW_MINIMUM_CHUNKS = 3 };

/* --- names --- */

/* What a letter behind "%" stands for; 0 if it is none of those. */
static size_t write_part(char letter, const struct lv *origin, const struct tm *utc,
			 char part[NAME_LEN + 1])
{
	const size_t room = NAME_LEN + 1;

	switch (letter) {
	case 'o':
		return origin ? (size_t)snprintf(part, room, "%s", origin->name) : 0;
	case 'Y':
		return strftime(part, room, "%Y", utc);
	case 'm':
		return strftime(part, room, "%m", utc);
	case 'd':
		return strftime(part, room, "%d", utc);
	case 'H':
		return strftime(part, room, "%H", utc);
	case 'M':
		return strftime(part, room, "%M", utc);
	case 'S':
		return strftime(part, room, "%S", utc);
	default:
		return 0;
	}
}

static int expand_name(struct vg *vg, const struct create_request *request,
		       const struct lv *origin, const char **name)
{
	char text[2 * NAME_LEN + 1] = "", part[NAME_LEN + 1];
	const time_t now = (time_t)request->now;
	const char *from = request->name;
	struct tm utc;
	size_t len = 0;

	if (!gmtime_r(&now, &utc))
		return fail(-EINVAL, _("%s: the clock is wrong"), request->name);
	for (; *from && len < NAME_LEN + 1; from++) {
		if (*from != '%') {
			text[len++] = *from;
			continue;
		}
		if (!write_part(*++from, origin, &utc, part))
			return fail(-EDOM, _("%s: %%%.1s: stands for nothing here"), request->name,
				    from);
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s", part);
	}
	text[len] = 0;
	*name = vg_text(vg, text);
	return *name ? 0 : -ENOMEM;
}

/* The name asked for, or one that is free. */
static int find_name(struct vg *vg, const struct create_request *request, const struct lv *origin,
		     const char **name)
{
	if (request->name)
		return expand_name(vg, request, origin, name);
	*name = name_generate_lv(vg);
	return *name ? 0 : fail_memory();
}

/* Whether there is what was asked for, so that nothing is to be done: 1, 0, or -EEXIST, reported, if
 * that is something else. */
static int exists_already(const struct vg *vg, const char *name, const struct lv *origin,
			  const struct create_request *request)
{
	const struct lv *lv = request->if_missing ? vg_find_lv(vg, name) : NULL;

	if (!lv)
		return 0;
	if (origin && (!lv->store_of || lv->store_of->origin != origin))
		return fail(-EEXIST, _("%s/%s: exists and is no snapshot of %s"), vg->name, name,
			    origin->name);
	if (!origin && lv->store_of && !lv_is_virtual_origin(lv->store_of->origin))
		return fail(-EEXIST, _("%s/%s: exists and is a snapshot"), vg->name, name);
	say(_("%s/%s: exists already"), vg->name, name);
	return 1;
}

/* --- what all of them share --- */

static int check_request(const char *label, const struct vg *vg,
			 const struct create_request *request)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE) / SECTOR_SIZE;
	uint32_t stripe = request->stripe_size_sectors;

	if (request->stripes > 128)
		return fail(-EDOM, _("%s: at most 128 stripes"), label);
	if (stripe && request->stripes < 2)
		say(_("%s: ignoring the stripe size, as there is one stripe"), label);
	else if (stripe && (!is_power_of_two(stripe) || stripe < page))
		return fail(-EDOM, _("%s: stripe size must be a power of two and at least a page"),
			    label);
	else if (stripe > vg->extent_size_sectors)
		say(_("%s: reducing the stripe size to that of an extent"), label);
	if (!request->size.given)
		return fail(-EDOM, _("%s: say how large with --size or --extents"), label);
	if (request->size.sign == '-')
		return fail(-EDOM, _("%s: size may not be negative"), label);
	if (!request->size.value)
		return fail(-EDOM, _("%s: size may not be zero"), label);
	return 0;
}

/* LVM2's chatter. */
static void say_stripes(const struct change *change, const struct create_request *request)
{
	char text[SIZE_TEXT];

	if (change_session(change)->as_lvm2 && request->stripes > 1 &&
	    !request->stripe_size_sectors)
		say("Using default stripesize %s.", size_print(DEFAULT_STRIPE_SECTORS, text));
}

static const char *host_name(struct vg *vg)
{
	struct utsname names;

	if (uname(&names) < 0)
		return NULL;
	return vg_text(vg, names.nodename);
}

static int add_tags(struct lv *lv, const struct create_request *request)
{
	const char *reason;
	unsigned i;
	int r;

	for (i = 0; i < request->tag_count; i++) {
		reason = name_refuse_tag(request->tags[i]);
		if (reason)
			return fail(-EDOM, "%s: %s", request->tags[i], reason);
		r = words_add(lv->vg, &lv->tags, request->tags[i]);
		if (r < 0)
			return r;
	}
	return 0;
}

/* A volume without extents, as the request says otherwise. */
static int new_volume(struct vg *vg, const char *name, const struct create_request *request,
		      struct lv **new)
{
	const char *reason = name_refuse_lv(vg->name, name);
	struct lv *lv;

	if (reason)
		return fail(-EDOM, "%s/%s: %s", vg->name, name, reason);
	if (vg_find_lv(vg, name))
		return fail(-EEXIST, _("%s/%s: volume exists already"), vg->name, name);
	lv = lv_new(vg, name);
	if (!lv)
		return fail_memory();

	if (request->read_only)
		lv->flags &= ~(unsigned)LV_WRITE;
	if (request->activation_skip)
		lv->flags |= LV_ACTIVATION_SKIP;
	if (request->no_autoactivation)
		lv->flags |= LV_NOAUTOACTIVATE;
	if (request->minor >= 0)
		number_fix(lv, request->minor);
	lv->alloc = request->alloc;
	lv->read_ahead_sectors = request->read_ahead_sectors;
	lv->creation_time = (uint64_t)time(NULL);
	lv->creation_host = host_name(vg);
	*new = lv;
	return add_tags(lv, request);
}

struct room {
	struct alloc_range *ranges;
	unsigned range_count;
	uint32_t stripes;
};

static void room_free(struct alloc_range **ranges)
{
	free(*ranges);
}

static int give_extents(struct lv *lv, const struct create_request *request,
			const struct room *room, uint32_t extents)
{
	uint32_t stripe = request->stripe_size_sectors ? request->stripe_size_sectors
						       : DEFAULT_STRIPE_SECTORS;
	struct alloc_request wanted = {
		.extents = extents,
		.stripes = room->stripes,
		.approximate = amount_is_share(&request->size),
		.policy = request->alloc,
		.ranges = room->ranges,
		.range_count = room->range_count,
	};

	if (!extents)
		return fail(-ENOSPC, _("%s/%s: no free extents for it; add a device with svgextend"),
			    lv->vg->name, lv->name);
	if (stripe > lv->vg->extent_size_sectors)
		stripe = (uint32_t)lv->vg->extent_size_sectors;
	if (room->stripes > 1)
		wanted.stripe_size_sectors = stripe;
	return alloc_extents(lv, &wanted);
}

static int make_room(struct vg *vg, const struct create_request *request, struct room *room)
{
	*room = (struct room) { .stripes = request->stripes ? request->stripes : 1 };
	if (!request->device_count)
		return 0;
	return alloc_parse_ranges(vg, request->devices, request->device_count, &room->ranges,
				  &room->range_count);
}

/* --- plain volumes --- */

static unsigned wipe_wanted(const struct session *session, const struct create_request *request)
{
	const bool zero = request->zero != SWITCH_OFF;
	unsigned flags = zero ? WIPE_ZERO : 0;

	if (request->wipe == SWITCH_ON ||
	    (request->wipe == SWITCH_KEEP && zero &&
	     conf_bool(session->conf, "allocation/wipe_signatures_when_zeroing_new_lvs")))
		flags |= WIPE_SIGNATURES;
	return flags;
}

/* What cannot be written to is left as it is, unless more was asked for. */
static int give_up_wiping(const struct lv *lv, const struct create_request *request,
			  const char *reason)
{
	if (request->zero == SWITCH_ON || request->wipe == SWITCH_ON)
		return fail(-EDOM, _("%s/%s: cannot be zeroed or wiped, as it is %s"),
			    lv->vg->name, lv->name, reason);
	warn(_("%s/%s: not zeroed, as it is %s"), lv->vg->name, lv->name, reason);
	return 0;
}

/* Devices first seen with the unfinished tag, wiped, and only then committed for good. */
static int stage_wiped(struct change *change, struct lv *lv, unsigned wipe)
{
	int r = words_add(lv->vg, &lv->tags, UNFINISHED_TAG);

	r = r < 0 ? r : change_stage(change, BEFORE_DEVICES);
	r = r < 0 ? r : change_want_tree(change, lv, LAYOUT_MERGE_LIVE);
	r = r < 0 ? r : wipe_volume(change, lv, wipe);
	if (r < 0)
		return r;
	words_remove(&lv->tags, UNFINISHED_TAG);
	return change_stage(change, AFTER_DEVICES);
}

static bool stays_inactive(const struct session *session, const struct create_request *request,
			   const struct lv *lv)
{
	return request->inactive || !conf_bool(session->conf, "activation/enabled") ||
	       !volumelist_allows(session->conf, lv);
}

/* Nobody could tell afterwards that what he reads is somebody else's. */
static int refuse_unwiped(const struct session *session, const struct create_request *request,
			  const struct lv *lv)
{
	if (request->inactive || request->read_only)
		return 0;
	if (!volumelist_allows(session->conf, lv))
		return fail(
			-EPERM,
			_("%s/%s: activation/volume_list keeps it from being activated here, so it "
			  "cannot be wiped; say -an, or -Zn -Wn"),
			lv->vg->name, lv->name);
	if (!volumelist_is_read_only(session->conf, lv))
		return 0;
	return fail(
		-EPERM,
		_("%s/%s: activation/read_only_volume_list makes it read-only here, so it cannot "
		  "be wiped; say -an, or -Zn -Wn"),
		lv->vg->name, lv->name);
}

static int stage_volume(struct change *change, struct lv *lv, const struct create_request *request)
{
	bool inactive = stays_inactive(change_session(change), request, lv);
	unsigned wipe = wipe_wanted(change_session(change), request);
	int r = wipe ? refuse_unwiped(change_session(change), request, lv) : 0;

	if (r < 0)
		return r;
	if (wipe && (inactive || request->read_only)) {
		r = give_up_wiping(lv, request, inactive ? _("not active") : _("read-only"));
		wipe = 0;
	}
	r = r < 0 ? r : wipe_ask(change, lv, &wipe);
	if (r < 0)
		return r;
	if (wipe)
		return stage_wiped(change, lv, wipe);

	r = change_stage(change, BEFORE_DEVICES);
	if (r < 0 || inactive)
		return r;
	return change_want_tree(change, lv, LAYOUT_MERGE_LIVE);
}

/* "vg/name" for messages; NULL without memory, reported. */
static const char *label_of(struct vg *vg, const char *name)
{
	const size_t room = strlen(vg->name) + strlen(name) + 2;
	char *label = vg_alloc(vg, room);

	if (label)
		snprintf(label, room, "%s/%s", vg->name, name);
	return label;
}

static int edit_volume(struct change *change, const struct create_request *request,
		       const char *name, struct lv **new)
{
	struct vg *vg = change_vg(change);
	struct room room;
	struct amount_context context = { .vg = vg };
	uint32_t extents;
	int r;

	context.label = label_of(vg, name);
	if (!context.label)
		return -ENOMEM;
	r = check_request(context.label, vg, request);
	if (!r)
		say_stripes(change, request);
	if (r < 0)
		return r;
	r = make_room(vg, request, &room);
	if (r < 0)
		return r;
	AUTO(room) struct alloc_range *ranges = room.ranges;

	context.ranges = ranges;
	context.range_count = room.range_count;
	context.stripes = room.stripes;
	r = amount_extents(&request->size, &context, &extents);
	r = r < 0 ? r : new_volume(vg, name, request, new);
	return r < 0 ? r : give_extents(*new, request, &room, extents);
}

static void say_created(const struct session *session, const struct lv *lv)
{
	if (!session->test)
		say(_("%s/%s: created"), lv->vg->name, lv->name);
}

int create_volume(struct session *session, const char *vg_name,
		  const struct create_request *request)
{
	AUTO(change) struct change *change = NULL;
	const char *name;
	struct lv *lv;
	int r;

	r = recover_and_begin(session, vg_name, 0, &change);
	r = r < 0 ? r : find_name(change_vg(change), request, NULL, &name);
	r = r < 0 ? r : exists_already(change_vg(change), name, NULL, request);
	if (r)
		return r < 0 ? r : 0;
	r = edit_volume(change, request, name, &lv);
	r = r < 0 ? r : stage_volume(change, lv, request);
	r = r < 0 ? r : change_run(change);
	if (!r)
		say_created(session, lv);
	return r;
}

/* --- snapshots --- */

int create_chunk_size(const struct session *session, uint32_t given_sectors, uint32_t *sectors)
{
	static const char setting[] = "snapshot/chunk_size_sectors";
	const uint64_t size = given_sectors ? given_sectors : conf_number(session->conf, setting);

	if (!cow_chunk_is_valid(size))
		return fail(given_sectors ? -EDOM : -EINVAL,
			    _("%s: must be a power of two from 4 KiB to 512 KiB"),
			    given_sectors ? "--chunksize" : setting);
	*sectors = (uint32_t)size;
	return 0;
}

/* A store is never larger than it can become full, nor smaller than header, area and one chunk. */
static int store_extents(const struct amount_context *context, const struct amount *size,
			 uint64_t origin_sectors, uint32_t chunk, uint32_t *extents)
{
	uint64_t extent_size = context->vg->extent_size_sectors;
	uint64_t most = divide_up(cow_max_sectors(origin_sectors, chunk), extent_size);
	uint64_t least = divide_up((uint64_t)COW_MINIMUM_CHUNKS * chunk, extent_size);
	char before[SIZE_TEXT], after[SIZE_TEXT];
	uint64_t wanted;
	int r = amount_extents(size, context, extents);

	if (r < 0)
		return r;
	wanted = *extents;
	if (size->of == AMOUNT_PERCENT_ORIGIN)
		wanted = round_up(wanted + most - divide_up(origin_sectors, extent_size),
				  context->stripes);
	most = round_up(most, context->stripes);
	if (wanted > UINT32_MAX && most > UINT32_MAX)
		return fail(-EDOM, _("%s: size is too large"), context->label);
	*extents = (uint32_t)(wanted < most ? wanted : most);
	if (wanted > most) {
		if (size->of != AMOUNT_PERCENT_ORIGIN)
			say(_("%s: reducing the store from %s to the most it can use: %s"),
			    context->label, size_print(wanted * extent_size, before),
			    size_print(most * extent_size, after));
	}
	if (*extents < least)
		return fail(-EINVAL, _("%s: store is too small, it takes at least %u chunks"),
			    context->label, COW_MINIMUM_CHUNKS);
	return 0;
}

static int new_store(struct change *change, const struct lv *origin, uint64_t origin_sectors,
		     const char *name, const struct create_request *request, struct lv **store)
{
	struct vg *vg = change_vg(change);
	struct amount_context context = { .vg = vg, .label = label_of(vg, name), .origin = origin };
	struct room room;
	uint32_t chunk, extents;
	int r;

	if (!context.label)
		return -ENOMEM;
	r = check_request(context.label, vg, request);
	if (!r)
		say_stripes(change, request);
	r = r < 0 ? r
		  : create_chunk_size(change_session(change), request->chunk_size_sectors, &chunk);
	r = r < 0 ? r : make_room(vg, request, &room);
	if (r < 0)
		return r;
	AUTO(room) struct alloc_range *ranges = room.ranges;

	context.ranges = ranges;
	context.range_count = room.range_count;
	context.stripes = room.stripes;
	r = store_extents(&context, &request->size, origin_sectors, chunk, &extents);
	r = r < 0 ? r : new_volume(vg, name, request, store);
	return r < 0 ? r : give_extents(*store, request, &room, extents);
}

static int new_store_of(struct change *change, struct lv *origin,
			const struct create_request *request, struct lv **store)
{
	struct vg *vg = change_vg(change);
	const char *reason = snapshot_refuse_origin(origin), *name;
	int r;

	if (reason)
		return fail(-EINVAL, "%s/%s: %s", vg->name, origin->name, reason);
	r = find_name(vg, request, origin, &name);
	return r < 0 ? r : new_store(change, origin, lv_size_sectors(origin), name, request, store);
}

struct pair {
	struct lv *origin, *store;
	struct snapshot *snapshot;
};

/* A commit syncs the devices whose areas it writes to, and with them what the kernel has written of a new store there.
 * (One whose area could not be written it passes over, and warns.) */
static bool is_synced_by_commit(const struct change *change, const struct lv *store)
{
	const struct segment *segment;
	const struct disk *disk;
	uint32_t i;

	dm_list_iterate_items(segment, &store->segments)
		for (i = 0; i < segment->stripe_count; i++) {
			disk = catalog_find_disk_id(change_catalog(change),
						    segment->stripes[i].pv->id);
			if (!disk || !areas_any_used(disk))
				return false;
		}
	return true;
}

static int attach_pair(struct change *change, struct pair *pair, uint32_t chunk)
{
	int r;

	pair->snapshot = snapshot_attach(pair->origin, pair->store, chunk);
	if (!pair->snapshot)
		return fail_memory();
	pair->snapshot->creation_time = pair->store->creation_time;
	pair->snapshot->creation_host = pair->store->creation_host;
	if (!change_lv_is_active(change, pair->origin))
		return 0;
	change_record_freeze(change);
	if (words_add(change_vg(change), &pair->snapshot->tags, FREEZE_TAG_BLANK) < 0)
		return -ENOMEM;
	r = change_want_branch(change, pair->snapshot);
	return r < 0 || is_synced_by_commit(change, pair->store)
		       ? r
		       : change_sync_store(change, pair->store, chunk);
}

/* A set is called after its time and the group's state then, which together no other set has. */
static int name_set(struct vg *vg, struct pair *pairs, unsigned count)
{
	const time_t moment = (time_t)pairs->snapshot->creation_time;
	char stamp[32], tag[64];
	struct tm parts;
	unsigned i;
	int r = 0;

	if (!gmtime_r(&moment, &parts) || !strftime(stamp, sizeof(stamp), "%Y%m%dT%H%M%SZ", &parts))
		return fail(-EINVAL, _("%s: the clock is wrong"), vg->name);
	snprintf(tag, sizeof(tag), SET_TAG "=%s-%u", stamp, vg->seqno);
	for (i = 0; i < count && !r; i++)
		r = words_add(vg, &pairs[i].snapshot->tags, tag);
	return r;
}

/* Stores exist on disk, tagged, before anything is frozen; they become snapshots in the metadata
 * after the last origin has resumed (design: metadata never say a thing that is not so). */
static int stage_pairs(struct change *change, struct pair *pairs, unsigned count, uint32_t chunk)
{
	bool any_active = false;
	unsigned i;
	int r = 0;

	for (i = 0; i < count && !r; i++) {
		any_active |= change_lv_is_active(change, pairs[i].origin);
		r = words_add(change_vg(change), &pairs[i].store->tags, UNFINISHED_TAG);
		r = r < 0 ? r : change_zero_store(change, pairs[i].store, chunk);
	}
	if (!r && any_active)
		r = change_stage(change, BEFORE_DEVICES);
	for (i = 0; i < count && !r; i++) {
		words_remove(&pairs[i].store->tags, UNFINISHED_TAG);
		r = attach_pair(change, &pairs[i], chunk);
	}
	if (!r && count > 1)
		r = name_set(change_vg(change), pairs, count);
	return r < 0 ? r : change_stage(change, AFTER_DEVICES);
}

static void warn_many(const struct session *session, const struct lv *origin)
{
	uint64_t limit = conf_number(session->conf, "snapshot/warn_per_origin");
	unsigned count = dm_list_size(&origin->snapshots);

	if (limit && count > limit)
		warn(_("%s/%s: has %u snapshots now, and each takes a copy of what is written first"),
		     origin->vg->name, origin->name, count);
}

static int find_origins(struct change *change, const struct target *targets, unsigned count,
			struct pair *pairs)
{
	unsigned i, k;

	for (i = 0; i < count; i++) {
		pairs[i].origin = target_lv(change_vg(change), &targets[i]);
		if (!pairs[i].origin)
			return -ENOENT;
		for (k = 0; k < i; k++)
			if (pairs[k].origin == pairs[i].origin)
				return fail(-EDOM, _("%s: named twice"), targets[i].word);
	}
	return 0;
}

/* Those that have their snapshot already leave. */
static int drop_existing(struct change *change, const struct create_request *request,
			 struct pair *pairs, unsigned *count)
{
	struct vg *vg = change_vg(change);
	unsigned i, kept = 0;
	const char *name;
	int r = 0;

	for (i = 0; request->if_missing && i < *count; i++) {
		r = find_name(vg, request, pairs[i].origin, &name);
		r = r < 0 ? r : exists_already(vg, name, pairs[i].origin, request);
		if (r < 0)
			return r;
		if (!r)
			pairs[kept++] = pairs[i];
	}
	if (request->if_missing)
		*count = kept;
	return 0;
}

static int create_pairs(struct session *session, const struct target *origins, unsigned count,
			const struct create_request *request, struct pair *pairs)
{
	AUTO(change) struct change *change = NULL;
	uint32_t chunk;
	unsigned i;
	int r;

	r = create_chunk_size(session, request->chunk_size_sectors, &chunk);
	r = r < 0 ? r : recover_and_begin(session, origins[0].vg, 0, &change);
	r = r < 0 ? r : find_origins(change, origins, count, pairs);
	r = r < 0 ? r : drop_existing(change, request, pairs, &count);
	if (!r && !count)
		return 0;
	for (i = 0; i < count && !r; i++)
		r = new_store_of(change, pairs[i].origin, request, &pairs[i].store);
	r = r < 0 ? r : stage_pairs(change, pairs, count, chunk);
	r = r < 0 ? r : change_run(change);
	if (r < 0 || session->test)
		return r;

	for (i = 0; i < count; i++) {
		say_created(session, pairs[i].store);
		warn_many(session, pairs[i].origin);
	}
	if (change_freeze_ns(change))
		detail(_("%s: frozen for %.3f ms"), change_vg(change)->name,
		       (double)change_freeze_ns(change) / 1e6);
	return 0;
}

int create_snapshots(struct session *session, const struct target *origins, unsigned count,
		     const struct create_request *request)
{
	AUTO_FREE struct pair *pairs = calloc(count, sizeof(*pairs));
	unsigned i;

	if (!pairs)
		return fail_memory();
	for (i = 1; i < count; i++)
		if (strcmp(origins[i].vg, origins[0].vg))
			return fail(-EDOM, _("%s: is in another group than %s; one instant is one group's"),
				    origins[i].word, origins[0].word);
	if (count > 1 && request->name && !strstr(request->name, "%o"))
		return fail(-EDOM, _("%s: several snapshots can't share a name; put %%o, the origin's name, in it"),
			    request->name);
	return create_pairs(session, origins, count, request, pairs);
}

/* --- sparse volumes --- */

static int new_zero_origin(struct change *change, const char *name, uint64_t size_sectors,
			   struct lv **origin)
{
	struct vg *vg = change_vg(change);
	char hidden[NAME_LEN + 16];
	uint64_t extents = divide_up(size_sectors, vg->extent_size_sectors);
	uint64_t whole = extents * vg->extent_size_sectors;
	char text[SIZE_TEXT];
	struct lv *lv;

	if (!extents || extents > UINT32_MAX)
		return fail(-EDOM, _("%s/%s: virtual size is out of range"), vg->name, name);
	if (whole != size_sectors)
		say(_("%s/%s: rounding the virtual size up to whole extents: %s"), vg->name, name,
		    size_print(whole, text));
	snprintf(hidden, sizeof(hidden), "%s_vorigin", name);
	lv = lv_new(vg, hidden);
	if (!lv)
		return fail_memory();
	lv->flags = LV_READ;
	lv->creation_time = (uint64_t)time(NULL);
	lv->creation_host = host_name(vg);
	*origin = lv;
	return lv_append(lv, SEGMENT_ZERO, NULL, 0, 0, (uint32_t)extents);
}

static int edit_sparse(struct change *change, const struct create_request *request,
		       const char *name, struct pair *pair)
{
	uint32_t chunk;
	int r;

	r = create_chunk_size(change_session(change), request->chunk_size_sectors, &chunk);
	r = r < 0 ? r : new_store(change, NULL, request->virtual_size_sectors, name, request,
				  &pair->store);
	r = r < 0 ? r : new_zero_origin(change, name, request->virtual_size_sectors, &pair->origin);
	if (r < 0)
		return r;
	pair->snapshot = snapshot_attach(pair->origin, pair->store, chunk);
	return pair->snapshot ? 0 : fail_memory();
}

/* The store of a volume nobody has seen yet is zeroed before its one commit: nothing to undo. */
int create_sparse(struct session *session, const char *vg_name,
		  const struct create_request *request)
{
	AUTO(change) struct change *change = NULL;
	struct pair pair = { 0 };
	const char *name;
	int r;

	r = recover_and_begin(session, vg_name, 0, &change);
	r = r < 0 ? r : find_name(change_vg(change), request, NULL, &name);
	r = r < 0 ? r : exists_already(change_vg(change), name, NULL, request);
	if (r)
		return r < 0 ? r : 0;
	r = edit_sparse(change, request, name, &pair);
	r = r < 0 ? r : change_zero_store(change, pair.store, pair.snapshot->chunk_size_sectors);
	r = r < 0 ? r : change_stage(change, BEFORE_DEVICES);
	if (!r && !stays_inactive(session, request, pair.store))
		r = change_want_tree(change, pair.origin, LAYOUT_MERGE_LIVE);
	r = r < 0 ? r : change_run(change);
	if (!r)
		say_created(session, pair.store);
	return r;
}
