/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dm/kernel.h"

#include "dm/live.h"
#include "dm/table.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- lookups --- */

static struct kernel_device *find(struct kernel *kernel, const char *text, bool by_uuid)
{
	struct kernel_device *device;
	unsigned i;

	for (i = 0; i < KERNEL_DEVICES; i++) {
		device = &kernel->devices[i];
		if (device->present && !strcmp(by_uuid ? device->uuid : device->name, text))
			return device;
	}
	return NULL;
}

struct kernel_device *kernel_find(struct kernel *kernel, const char *name)
{
	return find(kernel, name, false);
}

struct kernel_device *kernel_find_uuid(struct kernel *kernel, const char *uuid)
{
	return find(kernel, uuid, true);
}

static unsigned minor_of(const struct kernel *kernel, const struct kernel_device *device)
{
	return (unsigned)(device - kernel->devices);
}

struct kernel_store *kernel_store(struct kernel *kernel, const char *cow_uuid)
{
	struct kernel_store *store;
	unsigned i;

	for (i = 0; i < kernel->store_count; i++)
		if (!strcmp(kernel->stores[i].uuid, cow_uuid))
			return &kernel->stores[i];
	if (kernel->store_count == KERNEL_STORES)
		abort();
	store = &kernel->stores[kernel->store_count++];
	snprintf(store->uuid, sizeof(store->uuid), "%s", cow_uuid);
	return store;
}

/* The first or second device that a table over other devices names. */
static struct kernel_device *named_by(struct kernel *kernel, const char *table, unsigned which)
{
	struct table_line line;
	unsigned minor;
	const char *text;

	if (table_next(&table, &line) <= 0)
		return NULL;
	text = line.params;
	if (which)
		text = memchr(text, ' ', line.params_len);
	if (!text || sscanf(text, " 254:%u", &minor) != 1 || minor >= KERNEL_DEVICES)
		return NULL;
	return kernel->devices[minor].present ? &kernel->devices[minor] : NULL;
}

static bool is_type(const char *table, const char *wanted)
{
	char type[TABLE_TYPE_LEN];

	return !strcmp(table_type(table, type), wanted);
}

static bool is_on_store(const char *table)
{
	return is_type(table, "snapshot") || is_type(table, "snapshot-merge");
}

static struct kernel_device *cow_of(struct kernel *kernel, const char *table)
{
	return is_on_store(table) ? named_by(kernel, table, 1) : NULL;
}

/* Who has the exceptions of a store, and who is loaded to take them over. */
static struct kernel_device *source_of(struct kernel *kernel, const struct kernel_device *cow)
{
	struct kernel_device *device;
	unsigned i;

	for (i = 0; i < KERNEL_DEVICES; i++) {
		device = &kernel->devices[i];
		if (device->present && device->hooked && !device->drained &&
		    cow_of(kernel, device->live) == cow)
			return device;
	}
	return NULL;
}

static struct kernel_device *destination_of(struct kernel *kernel, const struct kernel_device *cow)
{
	struct kernel_device *device;
	unsigned i;

	for (i = 0; i < KERNEL_DEVICES; i++) {
		device = &kernel->devices[i];
		if (device->present && cow_of(kernel, device->inactive) == cow)
			return device;
	}
	return NULL;
}

static bool is_used(struct kernel *kernel, const struct kernel_device *device)
{
	const struct kernel_device *other;
	unsigned i;

	for (i = 0; i < KERNEL_DEVICES; i++) {
		other = &kernel->devices[i];
		if (other->present && other != device &&
		    (table_uses(other->live, KERNEL_MAJOR, minor_of(kernel, device)) ||
		     table_uses(other->inactive, KERNEL_MAJOR, minor_of(kernel, device))))
			return true;
	}
	return false;
}

/* --- loading --- */

static int check_line(struct kernel *kernel, const struct table_line *line)
{
	const char *text = line->params, *end = text + line->params_len;
	const struct kernel_device *below;
	unsigned minor;
	uint64_t size;

	for (; text < end; text += strcspn(text, " \n") + 1) {
		if (sscanf(text, "254:%u", &minor) != 1)
			continue;
		below = minor < KERNEL_DEVICES ? &kernel->devices[minor] : NULL;
		if (!below || !below->present)
			return -ENXIO;
		size = table_size(below->live);
		if (text == line->params && size && line->start + line->len > size)
			return -EINVAL;
	}
	return 0;
}

static int check_store(struct kernel *kernel, const char *table)
{
	const struct kernel_device *cow = cow_of(kernel, table);

	if (!is_on_store(table))
		return 0;
	if (!cow || !*cow->live || destination_of(kernel, cow))
		return -EINVAL;
	return 0;
}

static int load(struct kernel *kernel, struct kernel_device *device, const char *table,
		bool read_only)
{
	const char *cursor = table;
	struct table_line line;
	int r;

	device->inactive[0] = '\0';
	while (table_next(&cursor, &line) > 0) {
		r = check_line(kernel, &line);
		if (r < 0)
			return r;
	}
	r = check_store(kernel, table);
	if (r < 0)
		return r;
	if (strlen(table) >= KERNEL_TABLE)
		abort();
	snprintf(device->inactive, KERNEL_TABLE, "%s", table);
	device->inactive_read_only = read_only;
	return 0;
}

/* --- resuming --- */

/* dm-snap.c, snapshot_preresume(). */
static int preresume(struct kernel *kernel, const struct kernel_device *device)
{
	const char *table = *device->inactive ? device->inactive : device->live;
	const struct kernel_device *cow = cow_of(kernel, table), *source, *destination;

	if (!cow)
		return 0;
	source = source_of(kernel, cow);
	destination = destination_of(kernel, cow);
	if (!source || !destination || source == destination)
		return 0;
	if (source == device)
		return -EINVAL;
	return source->suspended ? 0 : -EINVAL;
}

static void unhook(struct kernel *kernel, struct kernel_device *device)
{
	const struct kernel_device *cow = cow_of(kernel, device->live), *destination;

	if (!cow || !device->hooked || device->drained)
		return;
	destination = destination_of(kernel, cow);
	if (destination && destination != device)
		kernel_store(kernel, cow->uuid)->invalid = true;
}

/* The store's snapshot is taken; of which origin, the -real below tells. */
static void hook(struct kernel *kernel, struct kernel_device *device)
{
	const struct kernel_device *cow = cow_of(kernel, device->live);
	const struct kernel_device *real = named_by(kernel, device->live, 0);
	struct kernel_store *store;

	if (!cow || !real)
		return;
	store = kernel_store(kernel, cow->uuid);
	kernel_claim(store, real->uuid);
	if (is_type(device->live, "snapshot-merge"))
		store->merging = true;
	device->hooked = true;
	device->drained = false;
}

static void swap_tables(struct kernel *kernel, struct kernel_device *device)
{
	struct kernel_device *cow = cow_of(kernel, device->inactive), *source = NULL;

	if (cow)
		source = source_of(kernel, cow);
	if (source && source != device)
		source->drained = true;
	if (!cow || source != device)
		unhook(kernel, device);
	snprintf(device->live, KERNEL_TABLE, "%s", device->inactive);
	device->inactive[0] = '\0';
	device->read_only = device->inactive_read_only;
	device->hooked = false;
	hook(kernel, device);
}

int kernel_resume(struct kernel *kernel, struct kernel_device *device)
{
	int r = preresume(kernel, device);

	if (r < 0)
		return r;
	if (*device->inactive)
		swap_tables(kernel, device);
	device->suspended = false;
	return 0;
}

void kernel_clear(struct kernel *kernel, struct kernel_device *device)
{
	(void)kernel;
	device->inactive[0] = '\0';
}

/* --- steps --- */

struct finder {
	struct kernel *kernel;
	const struct plan *plan;
};

static bool number_of(void *data, const char *name, uint32_t *major, uint32_t *minor)
{
	const struct finder *finder = data;
	const struct dm_node *node = layout_find(finder->plan->wanted, name);
	const struct kernel_device *device;

	if (!node)
		return false;
	device = kernel_find_uuid(finder->kernel, node->uuid);
	if (!device)
		return false;
	*major = KERNEL_MAJOR;
	*minor = minor_of(finder->kernel, device);
	return true;
}

static int step_create(struct kernel *kernel, const struct dm_node *node)
{
	struct kernel_device *device = NULL;
	unsigned i;

	if (kernel_find(kernel, node->name) || kernel_find_uuid(kernel, node->uuid))
		return -EBUSY;
	for (i = 0; i < KERNEL_DEVICES && !device; i++)
		if (!kernel->devices[i].present)
			device = &kernel->devices[i];
	if (!device)
		abort();
	*device = (struct kernel_device){ .present = true };
	snprintf(device->name, sizeof(device->name), "%s", node->name);
	snprintf(device->uuid, sizeof(device->uuid), "%s", node->uuid);
	return 0;
}

static int step_load(struct kernel *kernel, const struct plan *plan, const struct step *step)
{
	struct finder finder = { .kernel = kernel, .plan = plan };
	struct kernel_device *device = kernel_find_uuid(kernel, step->node->uuid);
	const char *table = table_resolve(plan->mem, step->table, number_of, &finder);

	if (!device || !table)
		return -ENXIO;
	return load(kernel, device, table, step->node->read_only);
}

static int step_remove(struct kernel *kernel, struct kernel_device *device)
{
	if (device->open || is_used(kernel, device))
		return -EBUSY;
	unhook(kernel, device);
	device->present = false;
	return 0;
}

static int step_rename(struct kernel *kernel, struct kernel_device *device, const char *name)
{
	if (kernel_find(kernel, name))
		return -EBUSY;
	snprintf(device->name, sizeof(device->name), "%s", name);
	return 0;
}

int kernel_step(struct kernel *kernel, const struct plan *plan, const struct step *step)
{
	struct kernel_device *device;

	if (step->verb == STEP_CREATE)
		return step_create(kernel, step->node);
	if (step->verb == STEP_LOAD)
		return step_load(kernel, plan, step);
	device = kernel_find_uuid(kernel, step->node->uuid);
	if (!device)
		return -ENXIO;
	switch (step->verb) {
	case STEP_CLEAR:
		kernel_clear(kernel, device);
		return 0;
	case STEP_SUSPEND:
		if (!*device->live)
			return -EINVAL;
		device->suspended = true;
		return 0;
	case STEP_RESUME:
		return kernel_resume(kernel, device);
	case STEP_RENAME:
		return step_rename(kernel, device, step->new_name);
	case STEP_REMOVE:
		return step_remove(kernel, device);
	default:
		return -EINVAL;
	}
}

int kernel_run(struct kernel *kernel, const struct plan *plan)
{
	unsigned i;
	int r = 0;

	for (i = 0; i < plan->count && !r; i++)
		if (plan->steps[i].verb != STEP_ACT)
			r = kernel_step(kernel, plan, &plan->steps[i]);
	return r;
}

struct live *kernel_live(const struct kernel *kernel)
{
	const struct kernel_device *device;
	struct live_device *add;
	struct live *live;
	unsigned i;

	if (live_new(&live) < 0)
		abort();
	for (i = 0; i < KERNEL_DEVICES; i++) {
		device = &kernel->devices[i];
		if (!device->present)
			continue;
		add = live_add(live, device->name, device->uuid, KERNEL_MAJOR, i, device->live);
		if (!add)
			abort();
		add->suspended = device->suspended;
		add->read_only = device->read_only;
		add->has_inactive = *device->inactive;
		add->open_count = device->open;
	}
	return live;
}

/* --- writes --- */

void kernel_claim(struct kernel_store *store, const char *real_uuid)
{
	size_t len = strlen(real_uuid);

	if (store->taken || len < sizeof("-real"))
		return;
	store->taken = true;
	snprintf(store->origin, sizeof(store->origin), "%.*s", (int)(len - strlen("-real")),
		 real_uuid);
}

/* Whether a write to base is copied to the store first. */
static bool is_copied(struct kernel *kernel, const struct kernel_device *base,
		      const struct kernel_store *store)
{
	struct kernel_device *real, *cow, *snapshot;

	if (!is_type(base->live, "snapshot-origin") && !is_type(base->live, "snapshot-merge"))
		return false;
	real = named_by(kernel, base->live, 0);
	cow = kernel_find_uuid(kernel, store->uuid);
	if (!cow)
		return false;
	snapshot = source_of(kernel, cow);
	return snapshot && named_by(kernel, snapshot->live, 0) == real;
}

void kernel_write(struct kernel *kernel)
{
	struct kernel_device *base;
	struct kernel_store *store;
	unsigned i;

	for (i = 0; i < kernel->store_count; i++) {
		store = &kernel->stores[i];
		if (!store->taken)
			continue;
		base = kernel_find_uuid(kernel, store->origin);
		if (base && *base->live && !base->suspended && !is_copied(kernel, base, store))
			store->missed = true;
	}
}
