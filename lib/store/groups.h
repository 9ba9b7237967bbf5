/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_STORE_GROUPS_H
#define SNAPVOL_STORE_GROUPS_H

/*
 * From disks and texts to groups: whose newest text is believed, which disk is whose member, and
 * what is missing, outdated, contested, stale, damaged or there twice.
 */

struct catalog;

/* 0 or -ENOMEM. */
int groups_form(struct catalog *catalog);

#endif
