/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dm/control.h"

#include "base/log.h"
#include "base/text.h"

#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>

#define CONTROL_PATH "/dev/mapper/control"

/* The oldest interface that has everything asked for here. */
enum { INTERFACE_MAJOR = 4 };

int control_open(void)
{
	int fd = open(CONTROL_PATH, O_RDWR | O_CLOEXEC);

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
