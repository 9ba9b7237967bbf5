/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dm/compare.h"

#include "base/log.h"
#include "base/text.h"
#include "dm/name.h"
#include "dm/table.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* One of ours that plans may touch. */
static bool live_is_ours(const struct live_device *device)
{
	return device->queried && device->in_plan && !strncmp(device->uuid, "LVM-", 4);
}

static bool item_is_wanted(const struct item *item)
{
	return item->work < ITEM_HAND_OVER;
}

bool item_is_fresh(const struct item *item)
{
	return item->work == ITEM_CREATE || item->work == ITEM_FILL;
}

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), end_len = strlen(end);

	return len >= end_len && !strcmp(text + len - end_len, end);
}

static enum node_kind kind_of(const struct live_device *device)
{
	if (live_is(device, "snapshot-origin") || live_is(device, "snapshot-merge"))
		return NODE_ORIGIN;
	return live_is(device, "snapshot") ? NODE_SNAPSHOT : NODE_LEAF;
}

/* A node that stands for a live device as it is. */
static const struct dm_node *stand_in(struct dm_pool *mem, const struct live_device *device)
{
	struct dm_node *node = dm_pool_zalloc(mem, sizeof(*node));

	if (!node) {
		fail_memory();
		return NULL;
	}
	node->kind = kind_of(device);
	node->name = device->name;
	node->uuid = device->uuid;
	node->table = device->table;
	node->read_only = device->read_only;
	node->label = dm_name_label(mem, device->name);
	node->hidden =
		ends_with(device->uuid, "-" LAYER_REAL) || ends_with(device->uuid, "-" LAYER_COW);
	/* nobody is to look at it any more */
	node->udev_flags = DM_UDEV_DISABLE_LIBRARY_FALLBACK | DM_UDEV_DISABLE_SUBSYSTEM_RULES_FLAG |
			   DM_UDEV_DISABLE_DISK_RULES_FLAG | DM_UDEV_DISABLE_OTHER_RULES_FLAG;
	node->major = -1;
	node->minor = -1;
	return node->label ? node : NULL;
}

/* --- one device --- */

struct pair {
	const struct layout *wanted;
	const struct live *live;
};

static bool number_of(void *data, const char *name, uint32_t *major, uint32_t *minor)
{
	const struct pair *pair = data;
	const struct dm_node *node = layout_find(pair->wanted, name);
	const struct live_device *device = node ? live_find_uuid(pair->live, node->uuid) : NULL;

	if (!device)
		return false;
	*major = device->major;
	*minor = device->minor;
	return true;
}

static bool table_differs(struct dm_pool *mem, const struct pair *pair, const struct item *item)
{
	struct pair copy = *pair;
	const char *table = table_resolve(mem, item->node->table, number_of, &copy);

	return !table || !table_means(table, item->live->table);
}

/* The same node under the name the device still has. */
static const struct dm_node *under_live_name(struct dm_pool *mem, const struct dm_node *node,
					     const struct live_device *device)
{
	struct dm_node *copy = dm_pool_alloc(mem, sizeof(*copy));

	if (!copy)
		return NULL;
	*copy = *node;
	copy->name = device->name;
	return copy;
}

static enum item_work work_on(struct dm_pool *mem, const struct pair *pair, const struct item *item)
{
	const struct live_device *live = item->live;

	if (!live)
		return ITEM_CREATE;
	if (!*live->table)
		return ITEM_FILL;
	if (live->outdated)
		return ITEM_SWAP;
	if (live->read_only == item->node->read_only && !table_differs(mem, pair, item))
		return ITEM_KEEP;
	if (item->node->kind == NODE_LEAF && kind_of(live) == NODE_LEAF &&
	    table_size(item->node->table) > table_size(live->table))
		return ITEM_GROW;
	return ITEM_SWAP;
}

static int item_init(struct dm_pool *mem, const struct pair *pair, const struct dm_node *node,
		     struct item *item)
{
	const struct live_device *other = live_find(pair->live, node->name);

	*item = (struct item){
		.node = node,
		.table = node->table,
		.live = live_find_uuid(pair->live, node->uuid),
	};
	if (other && other != item->live && !live_is_ours(other))
		return fail(-EEXIST, _("%s: another device is named %s already"), node->label,
			    node->name);
	item->work = work_on(mem, pair, item);
	item->load = item->work != ITEM_KEEP;
	if (item->live && strcmp(item->live->name, node->name)) {
		item->new_name = node->name;
		item->node = under_live_name(mem, node, item->live);
	}
	return item->node ? 0 : fail_memory();
}

/* --- unwanted ones --- */

static bool is_used_by(const struct item *user, const struct live_device *device)
{
	return user->live && user->live != device &&
	       table_uses(user->live->table, device->major, device->minor);
}

static bool is_under_wanted(const struct comparison *comparison, const struct live_device *device)
{
	unsigned i;

	for (i = 0; i < comparison->count; i++)
		if (item_is_wanted(&comparison->items[i]) &&
		    is_used_by(&comparison->items[i], device))
			return true;
	return false;
}

static struct item *find_uuid(const struct comparison *comparison, const char *uuid)
{
	unsigned i;

	for (i = 0; i < comparison->count; i++)
		if (!strcmp(comparison->items[i].node->uuid, uuid))
			return &comparison->items[i];
	return NULL;
}

/* The origin that is about to become snapshot-merge on the store of this unwanted snapshot. */
static struct item *merge_of(const struct comparison *comparison,
			     const struct live_device *snapshot)
{
	struct item *item;
	unsigned i;

	if (kind_of(snapshot) != NODE_SNAPSHOT)
		return NULL;
	for (i = 0; i < comparison->count; i++) {
		item = &comparison->items[i];
		if (item_is_wanted(item) && item->top && item->live &&
		    ends_with(item->node->uuid, "-" LAYER_COW) &&
		    table_uses(snapshot->table, item->live->major, item->live->minor) &&
		    table_is(item->top->table, "snapshot-merge") &&
		    !live_is(item->top->live, "snapshot-merge"))
			return item->top;
	}
	return NULL;
}

static const char *error_table(struct dm_pool *mem, const struct live_device *device)
{
	char *table = dm_pool_zalloc(mem, 48);

	if (table)
		snprintf(table, 48, "0 %" PRIu64 " error\n", table_size(device->table));
	return table;
}

static int unwanted_init(struct dm_pool *mem, const struct comparison *comparison,
			 const struct live_device *device, struct item *item)
{
	struct item *merge = merge_of(comparison, device);

	*item = (struct item){
		.node = stand_in(mem, device),
		.live = device,
		.work = ITEM_REMOVE,
	};
	if (!item->node)
		return -ENOMEM;
	if (!merge)
		return 0;
	item->work = ITEM_HAND_OVER;
	item->top = merge;
	item->load = true;
	item->table = error_table(mem, device);
	return item->table ? 0 : fail_memory();
}

static int add_unwanted(struct dm_pool *mem, const struct live *live, struct comparison *comparison)
{
	const struct live_device *device;
	unsigned wanted = comparison->count, i;
	struct item *item;
	int r;

	dm_list_iterate_items(device, &live->devices) {
		if (!live_is_ours(device) || find_uuid(comparison, device->uuid))
			continue;
		r = unwanted_init(mem, comparison, device, &comparison->items[comparison->count]);
		if (r < 0)
			return r;
		comparison->count++;
	}
	for (i = wanted; i < comparison->count; i++) {
		item = &comparison->items[i];
		if (item->work == ITEM_REMOVE && is_under_wanted(comparison, item->live))
			item->work = ITEM_REMOVE_LATE;
	}
	return 0;
}

/* --- left alone --- */

static bool is_frozen(const struct live_device *device)
{
	return device->left_alone && device->suspended;
}

static bool rests_on_frozen(const struct live *live, const struct comparison *comparison,
			    const struct live_device *device)
{
	const struct live_device *other;

	dm_list_iterate_items(other, &live->devices)
		if (is_frozen(other) && !find_uuid(comparison, other->uuid) &&
		    table_uses(device->table, other->major, other->minor))
			return true;
	return false;
}

/* What is above may read what is below in its resume.  Each pass adds those that rest on earlier ones. */
static int add_frozen(struct dm_pool *mem, const struct live *live, struct comparison *comparison)
{
	const struct live_device *device;
	struct item *item;
	unsigned before;

	do {
		before = comparison->count;
		dm_list_iterate_items(device, &live->devices) {
			if (!is_frozen(device) || find_uuid(comparison, device->uuid) ||
			    rests_on_frozen(live, comparison, device))
				continue;
			item = &comparison->items[comparison->count];
			*item = (struct item){
				.node = stand_in(mem, device),
				.live = device,
				.work = ITEM_LEAVE,
			};
			if (!item->node)
				return -ENOMEM;
			comparison->count++;
		}
	} while (comparison->count > before);
	return 0;
}

/* --- trees --- */

/* Whether the device is about to begin to take part in copying: a new snapshot, or a volume that is
 * attached as one. */
static bool is_to_be_hooked(const struct item *item)
{
	return item->node->kind == NODE_SNAPSHOT && item_is_wanted(item) &&
	       (!live_is(item->live, "snapshot") || item->live->outdated);
}

static bool is_real(const struct item *item)
{
	return item_is_wanted(item) && item->top && ends_with(item->node->uuid, "-" LAYER_REAL);
}

/* Whether the item has to be suspended together with its origin, if there is more than one. */
static bool joins_freeze(const struct item *item)
{
	if (item->work == ITEM_HAND_OVER)
		return true;
	return item->work == ITEM_SWAP && (is_real(item) || is_to_be_hooked(item));
}

static bool calls_for_freeze(const struct item *item)
{
	return joins_freeze(item) || is_to_be_hooked(item);
}

static void freeze_tree(struct comparison *comparison, struct item *top)
{
	struct item *item;
	bool freeze = false;
	unsigned i;

	if (!item_is_wanted(top) || item_is_fresh(top))
		return;
	for (i = 0; i < comparison->count; i++)
		if (comparison->items[i].top == top && calls_for_freeze(&comparison->items[i]))
			freeze = true;
	if (!freeze)
		return;
	top->work = ITEM_FREEZE;
	for (i = 0; i < comparison->count; i++) {
		item = &comparison->items[i];
		if (item->top == top && item->work == ITEM_SWAP && joins_freeze(item))
			item->work = ITEM_FREEZE;
	}
}

/* How far a device is from a plain mapping; going back there changes nothing a filesystem sees. */
static unsigned rank(const char *table)
{
	if (table_is(table, "snapshot-merge"))
		return 2;
	return table_is(table, "snapshot-origin");
}

static void set_lockfs(struct item *item)
{
	if (!item_is_wanted(item) || item_is_fresh(item) || item->node->hidden)
		return;
	/* a filesystem on what gives errors cannot be written back */
	if (item->live->outdated || live_is(item->live, "error"))
		return;
	item->lockfs = rank(item->table) >= rank(item->live->table);
}

int compare_devices(struct dm_pool *mem, const struct layout *wanted, const struct live *live,
		    struct comparison *comparison)
{
	struct pair pair = { .wanted = wanted, .live = live };
	struct comparison new = { 0 };
	const struct dm_node *node;
	unsigned i;
	int r;

	new.items =
		dm_pool_zalloc(mem, (dm_list_size(&wanted->nodes) + dm_list_size(&live->devices) +
				     1) * sizeof(*new.items));
	if (!new.items)
		return fail_memory();
	dm_list_iterate_items(node, &wanted->nodes) {
		r = item_init(mem, &pair, node, &new.items[new.count]);
		if (r < 0)
			return r;
		new.count++;
	}
	for (i = 0, node = NULL; i < new.count; i++) {
		node = new.items[i].node->top;
		if (node)
			new.items[i].top = find_uuid(&new, node->uuid);
	}
	r = add_unwanted(mem, live, &new);
	r = r < 0 ? r : add_frozen(mem, live, &new);
	if (r < 0)
		return r;

	for (i = 0; i < new.count; i++) {
		if (new.items[i].node->kind == NODE_ORIGIN)
			freeze_tree(&new, &new.items[i]);
		set_lockfs(&new.items[i]);
	}
	*comparison = new;
	return 0;
}
