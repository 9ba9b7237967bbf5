/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dm/live.h"

#include "base/log.h"
#include "dm/layout.h"
#include "dm/name.h"
#include "dm/table.h"
#include "dm/task.h"

#include <string.h>

int live_available(void)
{
	return task_available();
}

int live_new(struct live **live)
{
	struct dm_pool *mem = dm_pool_create("live", 4096);
	struct live *new = mem ? dm_pool_zalloc(mem, sizeof(*new)) : NULL;

	if (!new) {
		if (mem)
			dm_pool_destroy(mem);
		return fail_memory();
	}
	new->mem = mem;
	dm_list_init(&new->devices);
	*live = new;
	return 0;
}

void live_free(struct live **live)
{
	if (*live)
		dm_pool_destroy((*live)->mem);
	*live = NULL;
}

static struct live_device *add_listed(struct live *live, const char *name, uint32_t major,
				      uint32_t minor)
{
	struct live_device *device = dm_pool_zalloc(live->mem, sizeof(*device));

	if (!device)
		return NULL;
	device->name = dm_pool_strdup(live->mem, name);
	if (!device->name)
		return NULL;
	device->uuid = "";
	device->table = "";
	device->major = major;
	device->minor = minor;
	dm_list_add(&live->devices, &device->list);
	return device;
}

struct live_device *live_add(struct live *live, const char *name, const char *uuid, uint32_t major,
			     uint32_t minor, const char *table)
{
	struct live_device *device = add_listed(live, name, major, minor);

	if (!device)
		return NULL;
	device->uuid = dm_pool_strdup(live->mem, uuid);
	device->table = dm_pool_strdup(live->mem, table);
	device->queried = true;
	device->in_plan = true;
	return device->uuid && device->table ? device : NULL;
}

static int add_name(void *data, const char *name, uint32_t major, uint32_t minor)
{
	return add_listed(data, name, major, minor) ? 0 : fail_memory();
}

int live_list(struct live **live)
{
	struct live *new;
	int r = live_new(&new);

	if (r < 0)
		return r;
	if (!live_available())
		r = task_list(add_name, new);
	if (r < 0) {
		live_free(&new);
		return r;
	}
	*live = new;
	return 0;
}

struct live_device *live_find(const struct live *live, const char *name)
{
	struct live_device *device;

	dm_list_iterate_items(device, &live->devices)
		if (!strcmp(device->name, name))
			return device;
	return NULL;
}

struct live_device *live_find_uuid(const struct live *live, const char *uuid)
{
	struct live_device *device;

	dm_list_iterate_items(device, &live->devices)
		if (device->queried && !strcmp(device->uuid, uuid))
			return device;
	return NULL;
}

bool live_has(const struct live *live, const char *name)
{
	return live_find(live, name) != NULL;
}

static int query(struct live *live, struct live_device *device)
{
	int r = task_query(live->mem, device);

	if (!r)
		dm_list_del(&device->list);
	device->queried = r > 0;
	return r;
}

int live_query(struct live *live, const char *name)
{
	struct live_device *device = live_find(live, name);

	if (!device)
		return 0;
	return device->queried ? 1 : query(live, device);
}

int live_look_again(struct live *live, const char *name)
{
	struct live_device *device = live_find(live, name);

	return device ? query(live, device) : 0;
}

int live_take(struct live *live, const char *name)
{
	struct live_device *device;
	int r = live_query(live, name);

	if (r <= 0)
		return r;
	device = live_find(live, name);
	device->in_plan = !live->owner || !strncmp(device->uuid, live->owner, strlen(live->owner));
	return 1;
}

int live_query_layout(struct live *live, const struct layout *layout)
{
	const struct dm_node *node;
	int r;

	dm_list_iterate_items(node, &layout->nodes) {
		r = live_take(live, node->name);
		if (r < 0)
			return r;
	}
	return 0;
}

int live_query_group(struct live *live, const struct vg *vg)
{
	const char *uuid_prefix = dm_uuid_prefix_of(live->mem, vg);
	struct live_device *device, *next;
	int r;

	if (!uuid_prefix)
		return -ENOMEM;
	dm_list_iterate_items_safe(device, next, &live->devices) {
		r = device->queried ? 1 : query(live, device);
		if (r < 0)
			return r;
		if (r && !strncmp(device->uuid, uuid_prefix, strlen(uuid_prefix)))
			device->in_plan = true;
	}
	return 0;
}

const char *live_target(const struct live_device *device, char type[TARGET_TYPE_LEN])
{
	return table_type(device->table, type);
}
