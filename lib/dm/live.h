/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_DM_LIVE_H
#define SNAPVOL_DM_LIVE_H

/*
 * The devices the kernel has.
 *
 * live_list() is one ioctl and gives the names and numbers of all dm devices.  What a command
 * needs to know more about it asks for by name, one ioctl each: identity, table, suspended, open
 * count.  Asking does not bear on a plan; only devices that were taken (live_take() and the two that
 * take many) are what a plan may change or remove, others it does not see.
 */

#include <libdevmapper.h>
#include <stdbool.h>
#include <stdint.h>

struct layout;
struct vg;

struct live_device {
	struct dm_list list;
	const char *name;
	uint32_t major, minor;
	bool queried;			/* the rest is known */
	bool in_plan;			/* a plan may change or remove it */
	const char *uuid;		/* "" if it has none */
	const char *table;		/* live table as the kernel tells it, lines as in layout.h; "" none */
	uint32_t open_count;
	bool suspended, read_only, has_inactive;
};

struct live {
	struct dm_pool *mem;
	const char *owner;		/* dm UUIDs of the group a plan is for begin so; NULL: any group */
	struct dm_list devices;
};

/* Whether the kernel has device-mapper: 0, or -ENODEV (silent). */
int live_available(void);

/* One listing.  Without device-mapper in the kernel the list is empty. */
int live_list(struct live **live);
void live_free(struct live **live);

/* An empty list, and a device put on it as if queried: for tests and models of a kernel. */
int live_new(struct live **live);
struct live_device *live_add(struct live *live, const char *name, const char *uuid, uint32_t major,
			     uint32_t minor, const char *table);

/* Ask about one device by its name; 1, 0 if there is none (or it has gone), negative reported.  One
 * that was asked about is not asked about again, unless by live_look_again(). */
int live_query(struct live *live, const char *name);
int live_look_again(struct live *live, const char *name);

/* The same, and put it in the plan: if the layout does not name it, it goes. */
int live_take(struct live *live, const char *name);

/* Take every device of the layout that is on the list, by the layout's names. */
int live_query_layout(struct live *live, const struct layout *layout);

/* Take every device of the group, by dm UUID: after an interrupted renaming the names tell nothing.  All
 * devices there are have been asked about then. */
int live_query_group(struct live *live, const struct vg *vg);

/* Silent lookups. */
struct live_device *live_find(const struct live *live, const char *name);
struct live_device *live_find_uuid(const struct live *live, const char *uuid);	/* queried ones */

/* Whether a name is on the list: enough to say "active" without an ioctl. */
bool live_has(const struct live *live, const char *name);

/* Type of the first target ("snapshot-merge"), "" if there is no table.  Returns buffer. */
enum { TARGET_TYPE_LEN = 32 };
const char *live_target(const struct live_device *device, char buffer[TARGET_TYPE_LEN]);

#endif
