/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_MODEL_VG_H
#define SNAPVOL_MODEL_VG_H

/*
 * A volume group in memory.
 *
 * A group owns an arena; everything reachable from it (devices, volumes, segments, names, tags)
 * lives there and goes with vg_free().  The model does no I/O: store/import.c builds it from
 * metadata text, store/export.c writes it back.  What the text holds and this model does not
 * understand is kept as text in "extras" and goes back as it came.
 *
 * Words: an extent is extent_size_sectors long; a PE is an extent of a device (PV), an LE one of a
 * volume (LV).  Sizes are 512-byte sectors.
 */

#include "base/uuid.h"

#include <libdevmapper.h>
#include <stdbool.h>
#include <stdint.h>

struct lv;

enum { NAME_LEN = 127 };	/* of a group or volume, without the NUL */

enum vg_flags {
	VG_RESIZEABLE = 1u << 0,
	VG_READ = 1u << 1,
	VG_WRITE = 1u << 2,
	VG_EXPORTED = 1u << 3,
	VG_CLUSTERED = 1u << 4,
	VG_SHARED = 1u << 5,
	VG_PVMOVE = 1u << 6,
	VG_NOAUTOACTIVATE = 1u << 7,	/* from here on: words of the "flags" list */
	VG_WRITE_LOCKED = 1u << 8,	/* written as read-only to those that know no owners */
	VG_PARTIAL = 1u << 16,		/* not on disk: a device is missing */
};

enum pv_flags {
	PV_ALLOCATABLE = 1u << 0,
	PV_EXPORTED = 1u << 1,
	PV_MISSING = 1u << 2,		/* said by the text: away when the group was changed */
	PV_LEAVING = 1u << 16,		/* not on disk: goes over to another group (part.h) */
	PV_RENEWING = 1u << 17,		/* not on disk: between two identities (renewal.h) */
};

enum alloc_policy { ALLOC_INHERIT, ALLOC_CONTIGUOUS, ALLOC_CLING, ALLOC_CLING_BY_TAGS,
		    ALLOC_NORMAL, ALLOC_ANYWHERE };

/* A list of words: tags, or the text of things not understood (one "key=value" or "name {…}"
 * each). */
struct word {
	struct dm_list list;
	const char *text;
};

struct pv {
	struct dm_list list;		/* in vg->pvs, order of the text */
	struct vg *vg;
	const char *key;		/* how the text refers to it: "pv0" */
	char id[ID_LEN + 1];
	unsigned flags;			/* enum pv_flags */
	uint64_t dev_size_sectors;
	uint64_t pe_start_sectors;
	uint32_t pe_count;
	uint64_t ba_start_sectors, ba_size_sectors;	/* bootloader area, 0 0 if none */
	struct dm_list tags;		/* struct word */
	const char *hint;		/* "device" of the text, NULL if none */
	struct dm_list extras;		/* struct word */
	const char *path;		/* where it was found now; NULL: absent */
	uint32_t major, minor;		/* of path */
	bool cut_off;			/* that device ends before the extents do */
};

#define METADATA_COPIES_ALL UINT32_MAX /* wanted once, not kept */

struct vg {
	struct dm_pool *mem;
	const char *name;
	char id[ID_LEN + 1];
	uint32_t seqno;			/* of the text it was read from; export writes it */
	unsigned flags;			/* enum vg_flags */
	uint64_t extent_size_sectors;
	uint32_t max_lv, max_pv;	/* 0: no limit */
	uint32_t metadata_copies;	/* areas in use; 0: nobody chooses them */
	enum alloc_policy alloc;
	const char *system_id, *lock_type, *lock_args, *profile;	/* NULL if absent */
	const char *unknown;		/* NULL, or why nothing may be changed: "lv x has type y" */
	struct dm_list pvs;		/* struct pv */
	struct dm_list lvs;		/* struct lv, snapshot descriptors not among them */
	struct dm_list snapshots;	/* struct snapshot */
	struct dm_list tags;		/* struct word */
	struct dm_list extras;		/* struct word */
};

/* An empty group: new identity, seqno 0, flags RESIZEABLE READ WRITE, allocation normal.  NULL
 * without memory. */
struct vg *vg_new(const char *name, uint64_t extent_size_sectors);
void vg_free(struct vg **vg);

/* Copy text into the group's arena.  NULL without memory, reported. */
const char *vg_text(struct vg *vg, const char *text);

/* Give the group to the host of that ID, or to nobody ("").  0 or -ENOMEM, reported. */
int vg_set_system_id(struct vg *vg, const char *id);

/* Zeroed memory from the arena; NULL without memory, reported. */
void *vg_alloc(struct vg *vg, size_t size);

/* Add an allocatable device with an unused key; the caller fills in the sizes.  NULL without
 * memory. */
struct pv *vg_add_pv(struct vg *vg, const char id[ID_LEN + 1]);
/* The same under the key that it has; that no other has it is the caller's question. */
struct pv *vg_add_pv_known(struct vg *vg, const char id[ID_LEN + 1], const char *key);
void vg_remove_pv(struct pv *pv);

/* Take a device over from another group, under an unused key; the volumes on it are the caller's
 * question.  0 or -ENOMEM, reported. */
int vg_take_pv(struct vg *vg, struct pv *pv);

/* Lookups are silent: NULL if there is none. */
struct pv *vg_find_pv(const struct vg *vg, const char *key);
struct pv *vg_find_pv_id(const struct vg *vg, const char *id);
struct lv *vg_find_lv(const struct vg *vg, const char *name);
struct lv *vg_find_lv_id(const struct vg *vg, const char *id);

/* Extents: of all devices; in use on a device (by any segment, those of hidden or not understood
 * volumes too); free on devices that may be allocated from. */
uint64_t vg_extents(const struct vg *vg);
uint64_t vg_free_extents(const struct vg *vg);
uint32_t pv_used_extents(const struct pv *pv);

/* Volumes that users are shown. */
unsigned vg_visible_lvs(const struct vg *vg);

/* Absent, or away when the group was changed: what is on it may be old. */
bool pv_is_missing(const struct pv *pv);

/* Present and whole, allocatable and not missing. */
bool pv_is_usable(const struct pv *pv);

/* Word lists: tags are kept in order and unique.  0 or -ENOMEM; removing what is absent is 0. */
int words_add(struct vg *vg, struct dm_list *words, const char *text);
void words_remove(struct dm_list *words, const char *text);
bool words_have(const struct dm_list *words, const char *text);

#endif
