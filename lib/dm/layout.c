/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dm/layout.h"

#include "base/log.h"
#include "base/text.h"
#include "dm/name.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* What udev rules are told.  UDEV_NOSCAN is LVM2's own: its rules then do not look inside. */
enum {
	UDEV_NOSCAN = 0x100,
	UDEV_PUBLIC = DM_UDEV_DISABLE_LIBRARY_FALLBACK,
	UDEV_SNAPSHOT = UDEV_PUBLIC | DM_UDEV_LOW_PRIORITY_FLAG,
	UDEV_UNFINISHED = UDEV_PUBLIC | UDEV_NOSCAN,
	UDEV_REAL = UDEV_PUBLIC | DM_UDEV_DISABLE_SUBSYSTEM_RULES_FLAG |
		    DM_UDEV_DISABLE_DISK_RULES_FLAG | DM_UDEV_DISABLE_OTHER_RULES_FLAG,
	UDEV_COW = UDEV_REAL | DM_UDEV_LOW_PRIORITY_FLAG,
};

int layout_new(struct layout **layout)
{
	struct dm_pool *mem = dm_pool_create("layout", 4096);
	struct layout *new = mem ? dm_pool_zalloc(mem, sizeof(*new)) : NULL;

	if (!new) {
		if (mem)
			dm_pool_destroy(mem);
		return fail_memory();
	}
	new->mem = mem;
	dm_list_init(&new->nodes);
	*layout = new;
	return 0;
}

void layout_free(struct layout **layout)
{
	if (*layout)
		dm_pool_destroy((*layout)->mem);
	*layout = NULL;
}

struct dm_node *layout_find_uuid(const struct layout *layout, const char *uuid)
{
	struct dm_node *node;

	dm_list_iterate_items(node, &layout->nodes)
		if (!strcmp(node->uuid, uuid))
			return node;
	return NULL;
}

struct dm_node *layout_find(const struct layout *layout, const char *name)
{
	struct dm_node *node;

	dm_list_iterate_items(node, &layout->nodes)
		if (!strcmp(node->name, name))
			return node;
	return NULL;
}

/* --- tables --- */

static int add_text(struct dm_pool *mem, const char *text)
{
	return dm_pool_grow_object(mem, text, 0) ? 0 : -ENOMEM;
}

/* A line of a table in the making; lines of linear targets that continue one another are one. */
struct line {
	uint64_t start, len; /* sectors of the device; len 0: none yet */
	const struct pv *pv; /* linear: on what; else NULL */
	uint64_t offset;
};

static int flush_line(struct dm_pool *mem, struct line *line)
{
	char text[128];

	if (!line->len)
		return 0;
	snprintf(text, sizeof(text), "%" PRIu64 " %" PRIu64 " linear %u:%u %" PRIu64 "\n",
		 line->start, line->len, line->pv->major, line->pv->minor, line->offset);
	line->len = 0;
	return add_text(mem, text);
}

static int add_linear(struct dm_pool *mem, struct line *line, const struct line *next)
{
	int r;

	if (line->len && line->pv == next->pv && line->offset + line->len == next->offset) {
		line->len += next->len;
		return 0;
	}
	r = flush_line(mem, line);
	*line = *next;
	return r;
}

static uint64_t area_sector(const struct stripe *stripe, uint64_t extent_size)
{
	return stripe->pv->pe_start_sectors + stripe->extent * extent_size;
}

static int add_striped(struct dm_pool *mem, const struct segment *segment, uint64_t start,
		       uint64_t len)
{
	uint64_t extent_size = segment->lv->vg->extent_size_sectors;
	char text[128];
	unsigned i;
	int r;

	snprintf(text, sizeof(text), "%" PRIu64 " %" PRIu64 " striped %u %u", start, len,
		 segment->stripe_count, segment->stripe_size_sectors);
	r = add_text(mem, text);
	for (i = 0; i < segment->stripe_count && !r; i++) {
		snprintf(text, sizeof(text), " %u:%u %" PRIu64, segment->stripes[i].pv->major,
			 segment->stripes[i].pv->minor,
			 area_sector(&segment->stripes[i], extent_size));
		r = add_text(mem, text);
	}
	return r ? r : add_text(mem, "\n");
}

static int add_pure(struct dm_pool *mem, const struct segment *segment, uint64_t start,
		    uint64_t len)
{
	char text[96];

	snprintf(text, sizeof(text), "%" PRIu64 " %" PRIu64 " %s\n", start, len,
		 segment->kind == SEGMENT_ZERO ? "zero" : "error");
	return add_text(mem, text);
}

static bool is_missing(const struct segment *segment)
{
	unsigned i;

	for (i = 0; i < segment->stripe_count; i++)
		if (segment->stripes[i].pv && pv_is_missing(segment->stripes[i].pv))
			return true;
	return false;
}

/* 0, or why the segment cannot be mapped, reported. */
static int check_segment(const struct segment *segment, bool partial)
{
	const struct lv *lv = segment->lv;
	unsigned i;

	if (segment->kind == SEGMENT_FOREIGN)
		return fail(-ENOTSUP, _("%s/%s: segments of type %s are left to LVM2"),
			    lv->vg->name, lv->name, segment->type);
	for (i = 0; i < segment->stripe_count; i++) {
		if (!segment->stripes[i].pv)
			return fail(-ENOTSUP, _("%s/%s: rests on volume %s, which is left to LVM2"),
				    lv->vg->name, lv->name, segment->stripes[i].lv->name);
		/* one that was away while the group was changed may have come back stale */
		if (pv_is_missing(segment->stripes[i].pv) && !partial)
			return fail(-ENODEV,
				    _("%s/%s: an extent lies on device %s, which is missing"),
				    lv->vg->name, lv->name, segment->stripes[i].pv->key);
	}
	if (segment->stripe_count > 1 && is_missing(segment))
		return fail(-ENOTSUP,
			    _("%s/%s: a part of what is striped is missing; LVM2 can activate the rest"),
			    lv->vg->name, lv->name);
	return 0;
}

static int add_segment(struct dm_pool *mem, const struct segment *segment, struct line *line)
{
	uint64_t extent_size = segment->lv->vg->extent_size_sectors;
	struct line next = {
		.start = segment->le * extent_size,
		.len = segment->len * extent_size,
	};
	int r;

	if (segment->kind == SEGMENT_STRIPED && segment->stripe_count == 1 && !is_missing(segment)) {
		next.pv = segment->stripes[0].pv;
		next.offset = area_sector(&segment->stripes[0], extent_size);
		return add_linear(mem, line, &next);
	}
	r = flush_line(mem, line);
	if (r)
		return r;
	if (segment->kind == SEGMENT_STRIPED && segment->stripe_count > 1)
		return add_striped(mem, segment, next.start, next.len);
	return add_pure(mem, segment, next.start, next.len);
}

static int add_segments(struct dm_pool *mem, const struct lv *lv)
{
	const struct segment *segment;
	struct line line = { 0 };
	int r = 0;

	dm_list_iterate_items(segment, &lv->segments) {
		r = add_segment(mem, segment, &line);
		if (r)
			return r;
	}
	return flush_line(mem, &line);
}

/* The volume's own mapping. */
static int map_lv(const struct layout *layout, const struct lv *lv, const char **table)
{
	struct dm_pool *mem = layout->mem;
	const struct segment *segment;
	int r;

	dm_list_iterate_items(segment, &lv->segments) {
		r = check_segment(segment, layout->partial);
		if (r < 0)
			return r;
	}
	if (!dm_pool_begin_object(mem, 256))
		return fail_memory();
	if (add_segments(mem, lv) || !dm_pool_grow_object(mem, "", 1)) {
		dm_pool_abandon_object(mem);
		return fail_memory();
	}
	*table = dm_pool_end_object(mem);
	return 0;
}

/* One target over other devices: type is "snapshot", "snapshot-merge" or, without a cow,
 * "snapshot-origin". */
struct over {
	uint64_t len;
	const char *type, *real, *cow;
	uint32_t chunk;
};

static const char *map_over(struct dm_pool *mem, const struct over *over)
{
	const char *cow = over->cow ? over->cow : "";
	size_t room = 96 + strlen(over->real) + strlen(cow);
	char *table = dm_pool_zalloc(mem, room);

	if (!table) {
		fail_memory();
		return NULL;
	}
	if (over->cow)
		snprintf(table, room, "0 %" PRIu64 " %s {%s} {%s} P %u\n", over->len, over->type,
			 over->real, cow, over->chunk);
	else
		snprintf(table, room, "0 %" PRIu64 " %s {%s}\n", over->len, over->type, over->real);
	return table;
}

/* --- nodes --- */

static const char *label_of(struct dm_pool *mem, const struct lv *lv)
{
	size_t room = strlen(lv->vg->name) + strlen(lv->name) + 2;
	char *label = dm_pool_zalloc(mem, room);

	if (label)
		snprintf(label, room, "%s/%s", lv->vg->name, lv->name);
	return label;
}

/* A device of lv whose name is after "named" (the same, but for a merging store). */
static struct dm_node *node_new(struct layout *layout, const struct lv *lv, const struct lv *named,
				const char *layer)
{
	struct dm_pool *mem = layout->mem;
	struct dm_node *node = dm_pool_zalloc(mem, sizeof(*node));

	if (!node) {
		fail_memory();
		return NULL;
	}
	node->name = dm_name_of(mem, lv->vg->name, named->name, layer);
	node->uuid = dm_uuid_of(mem, lv, layer);
	node->label = label_of(mem, lv);
	if (!node->name || !node->uuid || !node->label)
		return NULL;
	if (strlen(node->name) > DM_NAME_LIMIT) {
		fail(-ENAMETOOLONG, _("%s: the name of its device would be too long; rename it"),
		     node->label);
		return NULL;
	}
	node->major = -1;
	node->minor = -1;
	return node;
}

/* Twice the width of the widest stripe, so that each disk has one chunk to read ahead. */
static uint32_t least_read_ahead(const struct lv *lv)
{
	const struct segment *segment;
	uint32_t most = 0, width;

	dm_list_iterate_items(segment, &lv->segments) {
		if (segment->stripe_count < 2)
			continue;
		width = 2 * segment->stripe_size_sectors * segment->stripe_count;
		most = width > most ? width : most;
	}
	return most;
}

static void set_read_ahead(struct dm_node *node, const struct lv *lv)
{
	node->read_ahead_sectors = lv->read_ahead_sectors;
	node->least_read_ahead_sectors = least_read_ahead(lv);
}

/* What users open carries the volume's own settings. */
static void set_public(struct dm_node *node, const struct lv *lv, unsigned udev_flags)
{
	node->udev_flags = (uint16_t)udev_flags;
	node->read_only = !lv_is_writable(lv);
	set_read_ahead(node, lv);
	if (lv->flags & LV_FIXED_MINOR) {
		node->major = lv->major;
		node->minor = lv->minor;
	}
	if (lv_is_virtual_origin(lv)) {
		node->hidden = true;
		node->udev_flags = UDEV_REAL;
	}
}

static struct dm_node *plain_node(struct layout *layout, const struct lv *lv)
{
	struct dm_node *node = node_new(layout, lv, lv, NULL);

	if (!node)
		return NULL;
	node->kind = NODE_LEAF;
	set_public(node, lv, lv_is_unfinished(lv) ? UDEV_UNFINISHED : UDEV_PUBLIC);
	return map_lv(layout, lv, &node->table) < 0 ? NULL : node;
}

static struct dm_node *real_node(struct layout *layout, const struct lv *origin)
{
	struct dm_node *node = node_new(layout, origin, origin, LAYER_REAL);

	if (!node)
		return NULL;
	node->kind = NODE_LEAF;
	node->hidden = true;
	node->udev_flags = UDEV_REAL;
	node->read_only = !lv_is_writable(origin);
	set_read_ahead(node, origin);
	return map_lv(layout, origin, &node->table) < 0 ? NULL : node;
}

static struct dm_node *cow_node(struct layout *layout, const struct lv *store,
				const struct lv *named)
{
	struct dm_node *node = node_new(layout, store, named, LAYER_COW);

	if (!node)
		return NULL;
	/* a store that comes back later would not know what it has missed */
	if (layout->partial && lv_is_partial(store)) {
		fail(-ENODEV, _("%s: the store lies on a device that is missing; see svgreduce "
				"--removemissing"), node->label);
		return NULL;
	}
	node->kind = NODE_LEAF;
	node->hidden = true;
	node->udev_flags = UDEV_COW;
	set_read_ahead(node, store);
	return map_lv(layout, store, &node->table) < 0 ? NULL : node;
}

static struct dm_node *snapshot_node(struct layout *layout, const struct snapshot *snapshot,
				     const char *real, const char *cow)
{
	struct dm_node *node = node_new(layout, snapshot->store, snapshot->store, NULL);
	struct over over = {
		.len = snapshot_size_sectors(snapshot),
		.type = "snapshot",
		.real = real,
		.cow = cow,
		.chunk = snapshot->chunk_size_sectors,
	};

	if (!node)
		return NULL;
	node->kind = NODE_SNAPSHOT;
	set_public(node, snapshot->store, UDEV_SNAPSHOT);
	node->table = map_over(layout->mem, &over);
	return node->table ? node : NULL;
}

/* merging and cow are NULL for a snapshot-origin. */
static struct dm_node *origin_node(struct layout *layout, const struct lv *origin, const char *real,
				   const struct snapshot *merging, const char *cow)
{
	struct dm_node *node = node_new(layout, origin, origin, NULL);
	struct over over = {
		.len = lv_size_sectors(origin),
		.type = merging ? "snapshot-merge" : "snapshot-origin",
		.real = real,
		.cow = cow,
		.chunk = merging ? merging->chunk_size_sectors : 0,
	};

	if (!node)
		return NULL;
	node->kind = NODE_ORIGIN;
	node->top = node;
	set_public(node, origin, UDEV_PUBLIC);
	node->table = map_over(layout->mem, &over);
	return node->table ? node : NULL;
}

/* --- trees --- */

/* Failures below have been reported; the code is not carried up through node pointers. */
enum { NO_NODE = -ENODEV };

/* Put a node before the one that comes later in resume order (or at the end). */
static int put(struct layout *layout, struct dm_node *node, struct dm_node *before,
	       const struct dm_node *top)
{
	if (!node)
		return NO_NODE;
	node->top = top;
	dm_list_add(before ? &before->list : &layout->nodes, &node->list);
	return 0;
}

static int add_plain(struct layout *layout, const struct lv *lv)
{
	return put(layout, plain_node(layout, lv), NULL, NULL);
}

/* Store and snapshot, before their origin, which is on the list. */
static int add_snapshot(struct layout *layout, const struct snapshot *snapshot, const char *real,
			struct dm_node *top)
{
	struct dm_node *cow = cow_node(layout, snapshot->store, snapshot->store);
	int r = put(layout, cow, top, top);

	if (r < 0)
		return r;
	return put(layout, snapshot_node(layout, snapshot, real, cow->name), top, top);
}

/* -real and the origin's own device, with the merging store if there is one. */
static int add_origin(struct layout *layout, const struct lv *origin,
		      const struct snapshot *merging, struct dm_node **top)
{
	struct dm_node *real, *cow = NULL;
	int r;

	if (merging && layout->partial && lv_is_partial(origin))
		return fail(
			-ENODEV,
			_("%s/%s: a merge needs all of it, and a device is missing; bring it back, "
			  "or see svgreduce --removemissing"),
			origin->vg->name, origin->name);
	real = real_node(layout, origin);
	if (!real)
		return NO_NODE;
	if (merging) {
		cow = cow_node(layout, merging->store, origin);
		if (!cow)
			return NO_NODE;
	}
	*top = origin_node(layout, origin, real->name, merging, cow ? cow->name : NULL);
	r = put(layout, *top, NULL, *top);
	if (r < 0)
		return r;
	r = put(layout, real, *top, *top);
	return r < 0 || !cow ? r : put(layout, cow, *top, *top);
}

static int add_tree(struct layout *layout, const struct lv *origin, enum layout_merge merge)
{
	const struct snapshot *merging =
		merge == LAYOUT_MERGE_LIVE ? lv_merging_snapshot(origin) : NULL;
	const char *real = dm_name_of(layout->mem, origin->vg->name, origin->name, LAYER_REAL);
	const struct snapshot *snapshot;
	struct dm_node *top;
	int r;

	if (!real)
		return -ENOMEM;
	r = add_origin(layout, origin, merging, &top);
	dm_list_iterate_items_gen(snapshot, &origin->snapshots, origin_list)
	{
		if (r < 0)
			return r;
		if (snapshot != merging)
			r = add_snapshot(layout, snapshot, real, top);
	}
	return r;
}

/* A tree is there whole or not at all: half of one would be an origin without its snapshots. */
static void drop_tree(struct layout *layout, const char *uuid)
{
	const struct dm_node *top = layout_find_uuid(layout, uuid);
	struct dm_node *node, *next;

	dm_list_iterate_items_safe(node, next, &layout->nodes)
		if (top && node->top == top)
			dm_list_del(&node->list);
}

int layout_add_tree(struct layout *layout, const struct lv *lv, enum layout_merge merge)
{
	const struct lv *top = lv->store_of ? lv->store_of->origin : lv;
	const char *uuid = dm_uuid_of(layout->mem, top, NULL);
	int r;

	if (!uuid)
		return -ENOMEM;
	if (layout_find_uuid(layout, uuid))
		return 0;
	if (!lv_is_origin(top))
		return add_plain(layout, top);
	r = add_tree(layout, top, merge);
	if (r < 0)
		drop_tree(layout, uuid);
	return r;
}

int layout_add_branch(struct layout *layout, const struct snapshot *snapshot)
{
	const struct lv *origin = snapshot->origin;
	const char *real = dm_name_of(layout->mem, origin->vg->name, origin->name, LAYER_REAL);
	const char *base = dm_uuid_of(layout->mem, origin, NULL);
	const char *uuid = dm_uuid_of(layout->mem, snapshot->store, NULL);
	struct dm_node *top;
	int r;

	if (!real || !base || !uuid)
		return -ENOMEM;
	if (layout_find_uuid(layout, uuid))
		return 0;
	top = layout_find_uuid(layout, base);
	if (!top) {
		r = add_origin(layout, origin, NULL, &top);
		if (r < 0)
			return r;
	}
	return add_snapshot(layout, snapshot, real, top);
}
