/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_DM_LIVE_H
#define SNAPVOL_DM_LIVE_H

/*
 * The devices the kernel has.
 *
 * live_list() is one ioctl and gives the names, identities and numbers of all dm devices.  What a
 * command needs to know more about it asks for, one ioctl each: table, suspended, open count.  Asking does
 * not bear on a plan; only devices that were taken (live_take() and the two that take many) are what a
 * plan may change or remove.  Of those that were taken and then left alone it sees that they are suspended,
 * others it does not see.
 *
 * Once a device could not be asked about nobody knows what there is: a lookup that asks on the way (tree.h) finds
 * nothing, as if it were not there, and so no plan may follow: every call that takes fails from then on.
 *
 * Identity (dm UUID) decides what a device is.  Its name may be an old one: of a volume whose renaming
 * was interrupted, or that somebody renamed by hand.
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
	const char *uuid;		/* "" if it has none */
	bool queried;			/* the rest is known */
	bool in_plan;			/* a plan may change or remove it */
	bool left_alone;		/* a plan may resume it, with what is live, and no more */
	const char *table;		/* live table as the kernel tells it, lines as in layout.h; "" none */
	uint32_t open_count;
	bool suspended, read_only, has_inactive;
	bool outdated;			/* to be got rid of, and loaded anew: see live_outdate() */
};

struct live {
	struct dm_pool *mem;
	const char *owner;		/* dm UUIDs of the group a plan is for begin so; NULL: any group */
	struct dm_list devices;
	int failed;			/* the first failure to ask about a device; 0: none */
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

/* Silent lookups. */
struct live_device *live_find(const struct live *live, const char *name);
struct live_device *live_find_uuid(const struct live *live, const char *uuid);

/* Ask about one device; 1, 0 if it has gone (it is off the list then), negative reported.  One that was
 * asked about is not asked about again, unless by live_look_again(), which finds it by its name. */
int live_ask(struct live *live, struct live_device *device);
int live_look_again(struct live *live, const char *name);

/* Ask about the device of this identity, if there is one, and put it in the plan: if the layout does not
 * name it, it goes. */
int live_take(struct live *live, const char *uuid);

/* Take every device that the layout names, and those that have one of its names. */
int live_take_layout(struct live *live, const struct layout *layout);

/* Take every device of the group. */
int live_take_group(struct live *live, const struct vg *vg);

/* One that was taken is not to be changed: all a plan does is to resume it if it is suspended. */
void live_leave_alone(struct live_device *device);

/* A snapshot whose store has been marked invalid since its target read that (dm-snap.c reads it but once, and a
 * target takes over from the one before it): a plan has it give errors, and then loads what is wanted. */
void live_outdate(struct live_device *device);

/* As if a plan for this layout had been carried out: the devices it names are as it says, those that were taken
 * beside them are gone, and none is taken any more. */
int live_pretend(struct live *live, const struct layout *layout);

/* Whether a name is on the list: enough to say "active" without an ioctl. */
bool live_has(const struct live *live, const char *name);

/* Whether its first target is of that type ("snapshot-merge"); no device (NULL) is of none. */
bool live_is(const struct live_device *device, const char *type);

#endif
