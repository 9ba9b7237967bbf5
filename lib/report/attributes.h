/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_REPORT_ATTRIBUTES_H
#define SNAPVOL_REPORT_ATTRIBUTES_H

/*
 * The letters of lv_attr, vg_attr and pv_attr, as LVM2's manual pages explain them.
 */

#include "report/row.h"

enum { LV_ATTRIBUTES = 10, VG_ATTRIBUTES = 6, PV_ATTRIBUTES = 3 };

/* Each fills a buffer with the letters and a NUL, and returns it. */
const char *lv_attributes(struct row *row, char text[LV_ATTRIBUTES + 1]);
const char *vg_attributes(const struct vg *vg, char text[VG_ATTRIBUTES + 1]);
const char *pv_attributes(const struct row *row, char text[PV_ATTRIBUTES + 1]);

#endif
