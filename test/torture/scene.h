/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_TEST_SCENE_H
#define SNAPVOL_TEST_SCENE_H

/*
 * A machine that has just been started with some disks: bring up all groups on them as it would, tell
 * what there is then, and take everything down again.  The product's own functions do it, in this
 * process: a process for each command would cost more than the command.
 *
 * Taking down means every device of device-mapper in this kernel: for guests only, without udevd.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SCENE_DISKS = 4, SCENE_VOLUMES = 16, SCENE_NAME = 128, SCENE_ID = 33 };

struct machine {
	const char *directory;	     /* for locks and marks of commands */
	char disks[SCENE_DISKS][32]; /* device nodes */
	unsigned disk_count;
	char known[SCENE_DISKS]
		  [SCENE_ID]; /* identities of PVs that are told by their place here, */
	unsigned known_count; /* others as "new"; without any they are told as they are */
	bool knows;
	char *messages; /* what the product said since machine_start() */
	size_t messages_len;
};

/* What there is, but for contents: lines for each group, volume, segment, device and table, sorted. */
struct volume {
	char name[SCENE_NAME]; /* of its device: vg-lv */
	char node[32];
	bool is_snapshot;
	uint8_t *data; /* by volume_read(); NULL before */
	size_t size;
};

struct scene {
	char *text;
	struct volume volumes[SCENE_VOLUMES]; /* those a user opens, sorted by name */
	unsigned count;
	bool merging; /* a merge is under way or done and not finished */
	bool merged;  /* one was waited for */
};

enum start_order { START_RECOVERED, START_AT_ONCE }; /* svrecover first, or svchange -ay alone */

/* All of these: 0, or negative; why is in the machine's messages. */
int machine_start(struct machine *machine, enum start_order order);
int machine_recover(struct machine *machine);

int machine_renew(
	struct machine *machine); /* areas that a cut has left behind are brought up to date */
int machine_examine(struct machine *machine); /* svgck has nothing to say */
int machine_stop(struct machine *machine);

int scene_take(struct machine *machine, struct scene *scene);
void scene_release(struct scene *scene);
struct volume *scene_find(struct scene *scene, const char *name);

/* All of a volume, past the page cache, into room of its own size or, with data given, there. */
int volume_read(struct volume *volume);
int volume_read_into(const struct volume *volume, uint8_t *data, size_t room, size_t *size);

#endif
