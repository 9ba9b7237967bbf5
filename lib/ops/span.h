/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_SPAN_H
#define SNAPVOL_OPS_SPAN_H

/*
 * A volume's extents as spans of open devices, so that a COW store can be read and written on its
 * PVs, without a device of its own in the kernel.
 */

#include "cow/store.h"

struct catalog;
struct lv;

struct spans {
	struct cow_span *list;		/* malloc'd */
	unsigned count;
};

/* 0, -ENODEV (a device is absent), -EPERM (of volumes, or of no devices) or -ENOMEM, reported. */
int spans_of(const struct catalog *catalog, const struct lv *lv, struct spans *spans);
void spans_release(struct spans *spans);

#endif
