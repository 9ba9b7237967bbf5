/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dm/live.h"

#include "base/log.h"
#include "dm/control.h"
#include "dm/layout.h"
#include "dm/name.h"
#include "dm/table.h"
#include "dm/task.h"

#include <string.h>
#include <unistd.h>

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

static struct live_device *add_listed(struct live *live, const char *name, const char *uuid,
				      uint32_t major, uint32_t minor)
{
	struct live_device *device = dm_pool_zalloc(live->mem, sizeof(*device));

	if (!device)
		return NULL;
	device->name = dm_pool_strdup(live->mem, name);
	device->uuid = dm_pool_strdup(live->mem, uuid);
	if (!device->name || !device->uuid)
		return NULL;
	device->table = "";
	device->major = major;
	device->minor = minor;
	dm_list_add(&live->devices, &device->list);
	return device;
}

struct live_device *live_add(struct live *live, const char *name, const char *uuid, uint32_t major,
			     uint32_t minor, const char *table)
{
	struct live_device *device = add_listed(live, name, uuid, major, minor);

	if (!device)
		return NULL;
	device->table = dm_pool_strdup(live->mem, table);
	device->queried = true;
	device->in_plan = true;
	return device->table ? device : NULL;
}

static int query(struct live *live, struct live_device *device)
{
	int r = task_query(live->mem, device);

	if (!r)
		dm_list_del(&device->list);
	if (r < 0 && !live->failed)
		live->failed = r;
	device->queried = r > 0;
	return r;
}

/* An older kernel does not tell identities with the names: there each device is asked. */
static int add_told(void *data, const char *name, const char *uuid, uint64_t number)
{
	struct live *live = data;
	struct live_device *device;

	device = add_listed(live, name, uuid ? uuid : "", (uint32_t)(number >> 8 & 0xfff),
			    (uint32_t)((number & 0xff) | (number >> 12 & 0xfff00)));
	if (!device)
		return fail_memory();
	return uuid ? 0 : query(live, device);
}

static int list_devices(struct live *live)
{
	int control = control_open(), r;

	if (control < 0)
		return control;
	r = control_list(control, add_told, live);
	close(control);
	return r;
}

int live_list(struct live **live)
{
	struct live *new;
	int r = live_new(&new);

	if (r < 0)
		return r;
	if (!live_available())
		r = list_devices(new);
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
		if (!strcmp(device->uuid, uuid))
			return device;
	return NULL;
}

bool live_has(const struct live *live, const char *name)
{
	return live_find(live, name) != NULL;
}

int live_ask(struct live *live, struct live_device *device)
{
	if (device->queried)
		return 1;
	return live->failed ? live->failed : query(live, device);
}

int live_look_again(struct live *live, const char *name)
{
	struct live_device *device = live_find(live, name);

	return device ? query(live, device) : 0;
}

static bool is_owned(const struct live *live, const struct live_device *device)
{
	return !live->owner || !strncmp(device->uuid, live->owner, strlen(live->owner));
}

/* What is not the group's is asked about all the same: its name is in the way. */
static int take(struct live *live, struct live_device *device)
{
	int r = device ? live_ask(live, device) : 0;

	if (live->failed)
		return live->failed;
	if (r > 0 && is_owned(live, device) && !device->left_alone)
		device->in_plan = true;
	return r;
}

int live_take(struct live *live, const char *uuid)
{
	return take(live, live_find_uuid(live, uuid));
}

int live_take_layout(struct live *live, const struct layout *layout)
{
	const struct dm_node *node;
	int r = live->failed;

	dm_list_iterate_items(node, &layout->nodes) {
		r = r < 0 ? r : live_take(live, node->uuid);
		r = r < 0 ? r : take(live, live_find(live, node->name));
	}
	return r < 0 ? r : 0;
}

int live_take_group(struct live *live, const struct vg *vg)
{
	const char *prefix = dm_uuid_prefix_of(live->mem, vg);
	struct live_device *device, *next;
	int r = live->failed;

	if (!prefix)
		return -ENOMEM;
	dm_list_iterate_items_safe(device, next, &live->devices)
		if (r >= 0 && !strncmp(device->uuid, prefix, strlen(prefix)))
			r = take(live, device);
	return r < 0 ? r : 0;
}

void live_leave_alone(struct live_device *device)
{
	device->in_plan = false;
	device->left_alone = true;
}

void live_outdate(struct live_device *device)
{
	device->outdated = true;
}

/* --- as if --- */

/* A number that no device has. */
static uint32_t free_minor(const struct live *live)
{
	const struct live_device *device;
	uint32_t minor = 0;

	dm_list_iterate_items(device, &live->devices)
		if (device->minor >= minor)
			minor = device->minor + 1;
	return minor;
}

static bool number_of(void *data, const char *name, uint32_t *major, uint32_t *minor)
{
	const struct live_device *device = live_find(data, name);

	if (!device)
		return false;
	*major = device->major;
	*minor = device->minor;
	return true;
}

/* What it rests on comes before it in the layout. */
static int pretend(struct live *live, const struct dm_node *node)
{
	struct live_device *device = live_find_uuid(live, node->uuid);

	if (!device)
		device = live_add(live, node->name, node->uuid, 0, free_minor(live), "");
	if (!device)
		return fail_memory();
	device->name = dm_pool_strdup(live->mem, node->name);
	device->table = table_resolve(live->mem, node->table, number_of, live);
	device->read_only = node->read_only;
	device->suspended = false;
	device->has_inactive = false;
	device->outdated = false;
	device->queried = true;
	return device->name && device->table ? 0 : fail_memory();
}

int live_pretend(struct live *live, const struct layout *layout)
{
	struct live_device *device, *next;
	const struct dm_node *node;
	int r = 0;

	dm_list_iterate_items_safe(device, next, &live->devices)
		if (device->in_plan && !layout_find_uuid(layout, device->uuid))
			dm_list_del(&device->list);
	dm_list_iterate_items(node, &layout->nodes)
		r = r < 0 ? r : pretend(live, node);
	dm_list_iterate_items(device, &live->devices) {
		device->in_plan = false;
		if (device->left_alone)
			device->suspended = false;
	}
	return r;
}

bool live_is(const struct live_device *device, const char *type)
{
	return device && table_is(device->table, type);
}
