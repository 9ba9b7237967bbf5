/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dm/control.h"

#include "base/auto.h"
#include "base/log.h"
#include "base/text.h"
#include "dm/task.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#define CONTROL_PATH "/dev/mapper/control"

/* The oldest interface that has everything asked for here. */
enum { INTERFACE_MAJOR = 4 };

enum { LIST_SIZE = 1 << 16, LIST_MOST = 1 << 28, ALIGNMENT = 8 };

int control_open(void)
{
	int fd = open(CONTROL_PATH, O_RDWR | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT && !task_make_control())
		fd = open(CONTROL_PATH, O_RDWR | O_CLOEXEC);
	return fd < 0 ? fail_errno(_("%s: cannot open"), CONTROL_PATH) : fd;
}

void control_prepare(struct dm_ioctl *call, const char *uuid, uint32_t flags, uint32_t event)
{
	size_t len = strnlen(uuid, sizeof(call->uuid) - 1);

	memset(call, 0, sizeof(*call));
	call->version[0] = INTERFACE_MAJOR;
	call->data_size = sizeof(*call);
	call->data_start = sizeof(*call);
	call->flags = flags;
	call->event_nr = event;
	memcpy(call->uuid, uuid, len);
}

int control_call(int control, enum control_verb verb, const struct dm_ioctl *call)
{
	struct dm_ioctl copy = *call;
	int r;

	copy.flags &= ~(uint32_t)DM_SUSPEND_FLAG;
	if (verb == CONTROL_SUSPEND)
		copy.flags |= DM_SUSPEND_FLAG;
	if (verb == CONTROL_CLEAR)
		r = ioctl(control, DM_TABLE_CLEAR, &copy);
	else
		r = ioctl(control, DM_DEV_SUSPEND, &copy);
	if (r < 0)
		return -errno;
	return copy.flags & DM_UEVENT_GENERATED_FLAG ? 1 : 0;
}

/* Behind the name, at the next multiple of 8: event number, flags, and the identity if they say so. */
static const char *uuid_of(const struct dm_name_list *entry)
{
	size_t at = offsetof(struct dm_name_list, name) + strlen(entry->name) + 1;
	const uint32_t *behind;

	at = (at + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	behind = (const void *)((const char *)entry + at);
	if (behind[1] & DM_NAME_LIST_FLAG_DOESNT_HAVE_UUID)
		return "";
	return behind[1] & DM_NAME_LIST_FLAG_HAS_UUID ? (const char *)(behind + 2) : NULL;
}

static int tell_list(const struct dm_ioctl *call, control_add *add, void *data)
{
	const struct dm_name_list *entry = (const void *)((const char *)call + call->data_start);
	int r;

	if (call->data_size <= call->data_start || !entry->dev)
		return 0;
	for (;;) {
		r = add(data, entry->name, uuid_of(entry), entry->dev);
		if (r < 0 || !entry->next)
			return r;
		entry = (const void *)((const char *)entry + entry->next);
	}
}

/* Zeroed, so that what an older kernel does not write behind a name reads as "not told". */
int control_list(int control, control_add *add, void *data)
{
	size_t size;

	for (size = LIST_SIZE; size <= LIST_MOST; size *= 4) {
		AUTO_FREE struct dm_ioctl *call = calloc(1, size + 2 * ALIGNMENT);

		if (!call)
			return fail_memory();
		control_prepare(call, "", DM_UUID_FLAG, 0);
		call->data_size = (uint32_t)size;
		if (ioctl(control, DM_LIST_DEVICES, call) < 0)
			return fail_errno(_("device-mapper: cannot list its devices"));
		if (!(call->flags & DM_BUFFER_FULL_FLAG))
			return tell_list(call, add, data);
	}
	return fail(-E2BIG, _("device-mapper: cannot list its devices: too many"));
}
