/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_REPORT_ROW_H
#define SNAPVOL_REPORT_ROW_H

/*
 * What one line of a report is about: a group, a volume or a segment of it, a device or a run of
 * its extents; and what the kernel says of the volume.
 *
 * The kernel is asked when a getter first needs it and then not again for that row: a report
 * without such fields costs no ioctl, and a volume that is not on the list of dm devices never
 * does.
 *
 * What lies on disk beside the metadata (areas, labels) the caller has counted and hands over as
 * facts.
 */

#include "dm/live.h"
#include "dm/status.h"
#include "model/snapshot.h"

#include <libdevmapper.h>
#include <stdbool.h>
#include <stdint.h>

/* Metadata areas of a device or group. */
struct area_facts {
	unsigned count, used;
	uint64_t size_sectors;		/* of the smallest */
	uint64_t free_sectors;		/* of the fullest */
};

struct disk_facts {
	const char *path;
	const char *device_id_type, *device_id; /* in LVM2's devices file; or NULL */
	char id[ID_LEN + 1];
	uint32_t major, minor;
	uint64_t dev_size_sectors;
	uint64_t pe_start_sectors;
	uint64_t ba_start_sectors, ba_size_sectors; /* bootloader area, 0 0 if none */
	uint32_t version;		/* of the label's extension */
	bool used;			/* says that it is in a group */
	bool duplicate;
	bool blank;			/* no PV, only listed as a device */
	struct area_facts areas;
};

struct group_facts {
	const struct vg *vg;
	struct area_facts areas;
	const struct disk_facts *disks;	/* of its members that are there */
	unsigned disk_count;
};

/* What does not change from row to row. */
struct gather {
	struct dm_pool *mem;		/* for texts that getters make */
	struct live *live;		/* NULL: the kernel is not to be asked */
	const char *dev_dir;		/* "/dev" */
	uint64_t now;			/* seconds since 1970 */
};

struct row {
	const struct gather *gather;
	const struct group_facts *group;	/* NULL: an orphan device */
	const struct lv *lv;
	const struct segment *segment;
	const struct pv *pv;			/* of the group */
	const struct disk_facts *disk;		/* NULL: an absent device */
	uint32_t pe, pe_len;			/* run of extents on the device */
	/* asked when needed */
	bool device_known, status_known;
	const struct live_device *device;	/* NULL: not in the kernel */
	struct snapshot_status status;
};

/* The group, or NULL. */
const struct vg *row_vg(const struct row *row);

/* Extents that no volume uses, on devices that are missing or not to be allocated from, too. */
uint64_t group_free_extents(const struct vg *vg);

/* The snapshot whose store the volume is, the one that merges into it, or NULL. */
const struct snapshot *row_snapshot(const struct row *row);

/* Whether the volume's device is in the kernel: no ioctl unless it is merging. */
bool row_is_active(struct row *row);

/* The device a user opens, asked about; NULL if it is not there or is another volume's. */
const struct live_device *row_device(struct row *row);

/* The state of the snapshot, or of the merge into the volume; SNAPSHOT_UNKNOWN if there is none. */
const struct snapshot_status *row_status(struct row *row);

/* How full the store is: metadata alone count as empty, an invalid store as full. */
dm_percent_t row_fill(struct row *row);

/* Whether the kernel is merging the snapshot into its origin now. */
bool row_is_merging(struct row *row);

/* The read-ahead of the volume's device. */
bool row_read_ahead(struct row *row, uint64_t *sectors);

/* The open count of a volume's device; 0 if it is not in the kernel. */
uint32_t gather_open_count(const struct gather *gather, const struct lv *lv);

/* A list of words (struct dm_str_list) in gather->mem; NULL without memory, reported. */
struct dm_list *gather_words(const struct gather *gather);
int gather_add(const struct gather *gather, struct dm_list *words, const char *text);

/* Formatted text in gather->mem; "" without memory, reported. */
const char *gather_text(const struct gather *gather, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
