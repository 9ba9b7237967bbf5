/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_REPORT_DISPLAY_H
#define SNAPVOL_REPORT_DISPLAY_H

/*
 * Paragraphs about one volume, group or device, and the lines of numbers parted by colons: LVM2's,
 * in which a snapshot's size is the size users see and the size of its store stands apart.
 */

#include "report/cell.h"
#include "report/row.h"

#include <stdio.h>

struct display {
	FILE *out;
	const struct gather *gather;
	struct cell_style style;
	bool maps;			/* where the extents lie, too */
};

/* "16.00 MiB" */
const char *display_size(const struct display *display, uint64_t sectors);

/* An identity with its hyphens. */
const char *display_id(const struct display *display, const char *id);

/* "  LABEL     text", the text in the column that paragraphs of this kind have. */
enum { DISPLAY_LV_COLUMN = 22, DISPLAY_GROUP_COLUMN = 21 };
void display_line(const struct display *display, int column, const char *label, const char *format,
		  ...) __attribute__((format(printf, 4, 5)));

/* The line that ends a paragraph. */
void display_end(const struct display *display);

void display_volume(const struct display *display, const struct group_facts *group,
		    const struct lv *lv);
void display_volume_colons(const struct display *display, const struct group_facts *group,
			   const struct lv *lv);

/* A volume that is no snapshot, and below it its snapshots: state and fill of each. */
void display_tree(const struct display *display, const struct group_facts *group,
		  const struct lv *top);

/* A line as svscan has it. */
void display_volume_short(const struct display *display, const struct group_facts *group,
			  const struct lv *lv);

void display_group(const struct display *display, const struct group_facts *group);
void display_group_colons(const struct display *display, const struct group_facts *group);
void display_group_short(const struct display *display, const struct group_facts *group);

/* All devices of a group, in short. */
void display_members(const struct display *display, const struct group_facts *group);

/* pv is NULL for an orphan, disk for an absent device. */
void display_device(const struct display *display, const struct pv *pv,
		    const struct disk_facts *disk);
void display_device_colons(const struct display *display, const struct pv *pv,
			   const struct disk_facts *disk);
void display_device_short(const struct display *display, const struct pv *pv,
			  const struct disk_facts *disk);

#endif
