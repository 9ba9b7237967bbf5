/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_TEST_MODEL_GROUP_H
#define SNAPVOL_TEST_MODEL_GROUP_H

/*
 * Groups for the tests of the model: "vg0" with devices pv0, pv1, … at /dev/sda, /dev/sdb, …,
 * and what was said since messages_catch().  Whatever goes wrong in here aborts the test program.
 */

#include "base/log.h"
#include "model/lv.h"

enum { EXTENT_SECTORS = 8192, MESSAGE_TEXT = 512 };

/* Devices of pe_count extents each, at most 26. */
struct vg *group_new(unsigned devices, uint32_t pe_count);

/* The device by its number. */
struct pv *group_pv(const struct vg *vg, unsigned number);

/* A volume without extents; a linear one. */
struct lv *group_lv(struct vg *vg, const char *name);
struct lv *group_linear(struct vg *vg, const char *name, unsigned pv, uint32_t extent,
			uint32_t extents);

/* Append a run on a device. */
void group_append(struct lv *lv, unsigned pv, uint32_t extent, uint32_t extents);

/* Append a segment of a kind that snapvol does not make, on the two devices or volumes. */
struct segment *group_append_foreign(struct lv *lv, struct stripe a, struct stripe b,
				     uint32_t extents);

/* The segment by its number; NULL behind the last. */
struct segment *group_segment(const struct lv *lv, unsigned number);

/* "0+4@pv0:10 4+6@pv1:0,pv2:0": le+len@columns of each segment. */
const char *group_print(const struct lv *lv, char text[MESSAGE_TEXT]);

struct messages {
	char last[MESSAGE_TEXT];
	char all[8 * MESSAGE_TEXT];
	unsigned count;
};

void messages_catch(struct messages *messages);
void messages_release(void);

#endif
