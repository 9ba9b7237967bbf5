/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dm/task.h"

#include "base/guard.h"
#include "base/log.h"
#include "base/text.h"
#include "dm/layout.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void task_free(struct dm_task **task)
{
	if (*task)
		dm_task_destroy(*task);
	*task = NULL;
}

#define AUTO_TASK __attribute__((cleanup(task_free)))

/* Names are used as they are: LVM2's are made of characters that need no mangling.  libdevmapper
 * asks for the kernel's version before it gives out the first task. */
static struct dm_task *task_new(int type)
{
	struct dm_task *task;

	guard_hush();
	dm_set_name_mangling_mode(DM_STRING_MANGLING_NONE);
	task = dm_task_create(type);
	if (!task)
		fail(-ENODEV, _("device-mapper: the kernel does not answer; is its module loaded?"));
	return task;
}

static struct dm_task *task_for_uuid(int type, const char *uuid)
{
	AUTO_TASK struct dm_task *task = task_new(type);
	struct dm_task *ready = task;

	if (!task)
		return NULL;
	if (!dm_task_set_uuid(task, uuid)) {
		fail_memory();
		return NULL;
	}
	task = NULL;
	return ready;
}

static struct dm_task *task_for_name(int type, const char *name)
{
	AUTO_TASK struct dm_task *task = task_new(type);
	struct dm_task *ready = task;

	if (!task)
		return NULL;
	if (!dm_task_set_name(task, name)) {
		fail_memory();
		return NULL;
	}
	task = NULL;
	return ready;
}

/* 0 or a negative errno, not reported. */
static int run(struct dm_task *task)
{
	int code;

	if (dm_task_run(task))
		return 0;
	code = dm_task_get_errno(task);
	return code ? -code : -EIO;
}

/* Not by an ioctl: that could fail for other reasons, and a kernel without the driver has no device
 * for certain. */
int task_available(void)
{
	FILE *misc = fopen("/proc/misc", "re");
	char line[64];
	bool found = false;

	if (!misc)
		return 0;
	while (!found && fgets(line, sizeof(line), misc))
		found = strstr(line, " device-mapper");
	fclose(misc);
	return found ? 0 : -ENODEV;
}

/* libdevmapper makes the node that its own first ioctl needs. */
int task_make_control(void)
{
	AUTO_TASK struct dm_task *task = task_new(DM_DEVICE_VERSION);
	int r;

	if (!task)
		return -ENODEV;
	r = run(task);
	return r < 0 ? fail(r, _("device-mapper: does not answer: %s"), strerror(-r)) : 0;
}

/* --- asking about one device --- */

static int add_target(struct dm_pool *mem, uint64_t start, uint64_t len, const char *type,
		      const char *params)
{
	char head[96];

	snprintf(head, sizeof(head), "%" PRIu64 " %" PRIu64 " %s", start, len, type);
	if (!dm_pool_grow_object(mem, head, 0))
		return -ENOMEM;
	while (*params == ' ')
		params++;
	if (*params && (!dm_pool_grow_object(mem, " ", 1) || !dm_pool_grow_object(mem, params, 0)))
		return -ENOMEM;
	return dm_pool_grow_object(mem, "\n", 1) ? 0 : -ENOMEM;
}

static const char *table_of(struct dm_pool *mem, struct dm_task *task)
{
	uint64_t start, len;
	char *type, *params;
	void *next = NULL;
	int r = 0;

	if (!dm_pool_begin_object(mem, 256))
		return NULL;
	do {
		type = NULL;
		params = NULL;
		next = dm_get_next_target(task, next, &start, &len, &type, &params);
		if (type)
			r = add_target(mem, start, len, type, params ? params : "");
	} while (next && !r);
	if (r || !dm_pool_grow_object(mem, "", 1)) {
		dm_pool_abandon_object(mem);
		return NULL;
	}
	return dm_pool_end_object(mem);
}

/* 1, 0 if there is no such device, negative reported. */
static int ask(struct dm_task *task, const char *name, struct dm_info *info)
{
	int r;

	dm_task_no_flush(task);
	r = run(task);
	if (r == -ENXIO)
		return 0;
	if (r < 0)
		return fail(r, _("%s: cannot ask the kernel about it: %s"), name, strerror(-r));
	if (!dm_task_get_info(task, info))
		return fail_memory();
	return info->exists;
}

int task_query(struct dm_pool *mem, struct live_device *device)
{
	AUTO_TASK struct dm_task *task = task_for_name(DM_DEVICE_TABLE, device->name);
	struct dm_info info;
	const char *uuid;
	int r;

	if (!task)
		return -ENODEV;
	r = ask(task, device->name, &info);
	if (r <= 0)
		return r;

	uuid = dm_task_get_uuid(task);
	device->uuid = uuid ? dm_pool_strdup(mem, uuid) : "";
	device->table = table_of(mem, task);
	if (!device->uuid || !device->table)
		return fail_memory();
	device->major = info.major;
	device->minor = info.minor;
	device->open_count = info.open_count > 0 ? (uint32_t)info.open_count : 0;
	device->suspended = info.suspended;
	device->read_only = info.read_only;
	device->has_inactive = info.inactive_table;
	return 1;
}

/* The task is freed. */
static int first_target(struct dm_task *made, const char *label, char type[TABLE_TYPE_LEN],
			char *params, size_t room)
{
	AUTO_TASK struct dm_task *task = made;
	char *first_type = NULL, *first_params = NULL;
	struct dm_info info;
	uint64_t start, len;
	int r;

	if (!task)
		return -ENODEV;
	dm_task_no_open_count(task);
	r = ask(task, label, &info);
	if (r <= 0)
		return r;
	dm_get_next_target(task, NULL, &start, &len, &first_type, &first_params);
	snprintf(type, TABLE_TYPE_LEN, "%s", first_type ? first_type : "");
	snprintf(params, room, "%s", first_params ? first_params : "");
	return 1;
}

int task_status(const char *name, char type[TABLE_TYPE_LEN], char *params, size_t room)
{
	return first_target(task_for_name(DM_DEVICE_STATUS, name), name, type, params, room);
}

int task_status_of(const char *uuid, const char *label, char type[TABLE_TYPE_LEN], char *params,
		   size_t room)
{
	return first_target(task_for_uuid(DM_DEVICE_STATUS, uuid), label, type, params, room);
}

/* --- changing one --- */

static int failed(int r, const struct dm_node *node, const char *format)
{
	if (r >= 0)
		return r;
	return fail(r, _("%s: %s device %s: %s"), node->label, format, node->name, strerror(-r));
}

int task_create(const struct dm_node *node, uint32_t *major, uint32_t *minor)
{
	AUTO_TASK struct dm_task *task = task_for_name(DM_DEVICE_CREATE, node->name);
	struct dm_info info = { 0 };
	int r;

	if (!task || !dm_task_set_uuid(task, node->uuid))
		return task ? fail_memory() : -ENODEV;
	if (node->minor >= 0 && !dm_task_set_major_minor(task, node->major, node->minor, 1))
		return fail(-EINVAL, _("%s: device number %d:%d cannot be had"), node->label,
			    node->major, node->minor);
	r = run(task);
	if (r == -EBUSY)
		return fail(
			r, _("%s: cannot create device %s: its name, identity or number is in use"),
			node->label, node->name);
	if (r < 0)
		return failed(r, node, _("cannot create"));
	if (!dm_task_get_info(task, &info))
		return fail_memory();
	*major = info.major;
	*minor = info.minor;
	return 0;
}

static int add_lines(struct dm_task *task, const char *table)
{
	struct table_line line;
	char *params;
	int r;

	for (;;) {
		r = table_next(&table, &line);
		if (r <= 0)
			return r;
		params = strndup(line.params, line.params_len);
		r = params && dm_task_add_target(task, line.start, line.len, line.type, params)
			    ? 0
			    : -ENOMEM;
		free(params);
		if (r < 0)
			return r;
	}
}

int task_load(const struct dm_node *node, const char *table, enum task_access access)
{
	AUTO_TASK struct dm_task *task = task_for_uuid(DM_DEVICE_RELOAD, node->uuid);
	int r;

	if (!task)
		return -ENODEV;
	r = add_lines(task, table);
	if (!r && access == TASK_READ_ONLY && !dm_task_set_ro(task))
		r = -ENOMEM;
	if (!r)
		r = run(task);
	return failed(r, node, _("cannot load a table for"));
}

int task_clear(const struct dm_node *node)
{
	AUTO_TASK struct dm_task *task = task_for_uuid(DM_DEVICE_CLEAR, node->uuid);

	if (!task)
		return -ENODEV;
	return failed(run(task), node, _("cannot clear the unused table of"));
}

/* Somebody may have taken the semaphore away (dmsetup udevcomplete_all): then there is nothing to wait for. */
static void tell_udev(struct dm_task *task, uint32_t cookie, const struct dm_node *node)
{
	if (!dm_task_set_cookie(task, &cookie, node->udev_flags))
		debug("%s: the semaphore to wait for udev with is gone", node->name);
}

int task_remove(const struct dm_node *node, uint32_t cookie)
{
	AUTO_TASK struct dm_task *task = task_for_uuid(DM_DEVICE_REMOVE, node->uuid);
	int r;

	if (!task)
		return -ENODEV;
	tell_udev(task, cookie, node);
	r = run(task);
	if (r == -EBUSY)
		return r;
	return r == -ENXIO ? 0 : failed(r, node, _("cannot remove"));
}

int task_closed(const struct dm_node *node)
{
	AUTO_TASK struct dm_task *task = task_for_uuid(DM_DEVICE_INFO, node->uuid);
	struct dm_info info;
	int r;

	if (!task)
		return -ENODEV;
	r = ask(task, node->label, &info);
	return r > 0 && info.open_count > 0 ? -EBUSY : r < 0 ? r : 0;
}

int task_rename(const struct dm_node *node, const char *new_name, uint32_t cookie)
{
	AUTO_TASK struct dm_task *task = task_for_name(DM_DEVICE_RENAME, node->name);

	if (!task)
		return -ENODEV;
	if (!dm_task_set_newname(task, new_name))
		return fail_memory();
	tell_udev(task, cookie, node);
	return failed(run(task), node, _("cannot rename"));
}
