/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_TOOLS_FACTS_H
#define SNAPVOL_TOOLS_FACTS_H

/*
 * What a scan found, counted for reports (report/row.h).
 */

#include "report/row.h"

struct catalog;
struct disk;
struct group;

/* Everything is in mem, the rest belongs to the catalog.  NULL without memory, reported. */
struct group_facts *facts_of_group(struct dm_pool *mem, const struct catalog *catalog,
				   const struct group *group);
void facts_of_disk(const struct disk *disk, struct disk_facts *facts);

/* All groups that could be read, sorted by name: malloc'd, the caller frees it.  Number or
 * -ENOMEM. */
int facts_sort_groups(const struct catalog *catalog, const struct group ***groups);

#endif
