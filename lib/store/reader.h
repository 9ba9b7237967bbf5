/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_STORE_READER_H
#define SNAPVOL_STORE_READER_H

/*
 * What the parts of reading volumes (volumes.c, segments.c, descriptors.c) share.
 */

#include "store/keys.h"

#include <libdevmapper.h>

struct lv;
struct pv;

enum { OBJECT_LEN = 3 * NAME_LEN };

struct reader {
	const char *source;
	struct vg *vg;
	struct dm_hash_table *names;	/* of volumes: struct lv */
	struct pv **devices;		/* the group's, by their keys */
	size_t device_count;
	char object[OBJECT_LEN];	/* the volume being read, for messages */
};

/* NULL if there is none. */
struct pv *reader_find_pv(const struct reader *reader, const char *key);

/* A section of the volume being read. */
static inline struct section section_of(struct reader *reader, const struct dm_config_node *node)
{
	return (struct section) { .source = reader->source, .object = reader->object,
				  .node = node, .vg = reader->vg };
}

/* That "segment_count" is the number of the volume's sections, all of which are segments. */
int segments_check_count(const struct section *section);

/* All segments of a volume, in the order of their extents. */
int segments_import(struct reader *reader, struct lv *lv, const struct dm_config_node *volume);

/* Does this volume only tie a store to its origin? / Read it; all names are known. */
bool descriptor_is(const struct dm_config_node *volume);
int descriptor_import(struct reader *reader, const struct dm_config_node *volume);

#endif
