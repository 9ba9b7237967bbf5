/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_STORE_PVINIT_H
#define SNAPVOL_STORE_PVINIT_H

/*
 * Making a device a PV, and no PV again.
 *
 * The label is written last when a PV is made and erased first when it is unmade, so that a device
 * is never recognised half made.
 */

#include <stdbool.h>
#include <stdint.h>

struct catalog;
struct disk;
struct label;
struct pv;

struct pv_format {
	uint64_t data_alignment_sectors; /* 0: the default, or what the device asks for */
	uint64_t default_alignment_sectors; /* 0: 1 MiB */
	uint64_t data_offset_sectors;	 /* --dataalignmentoffset */
	uint64_t metadata_sectors;	 /* 0: default; size of each area */
	unsigned copies;		 /* areas: 0, 1 or 2 */
	const uint64_t *label_sector;	 /* NULL: LABEL_SECTOR */
	bool metadata_ignored;		 /* mark them ignored */
	bool keep_head;			 /* zero no more of the first four sectors than labels */
	uint64_t size_sectors;		 /* how much of the device it uses; 0: all */
	uint64_t bootloader_sectors;	 /* size of an area for boot loaders before the data; 0: none */
	uint64_t pe_start_sectors;	 /* 0: computed; else exactly here (restoring) */
	uint64_t bootloader_start_sectors; /* the same; 0 and a size: right before the data */
	const char *id;			 /* NULL: a new identity */
};

/* The label that pv_initialise() would write on an open device; writes nothing.  0, or negative,
 * reported: what is asked for does not fit. */
int pv_foresee(const struct disk *disk, const struct pv_format *format, struct label *label);

/* Write label and empty areas; disk becomes an orphan PV.  Signatures are the caller's question. */
int pv_initialise(struct catalog *catalog, struct disk *disk, const struct pv_format *format);

/* Erase the label of an orphan PV. */
int pv_retire(struct disk *disk);

/* Fill in the sizes of a PV joining a group of this extent size: pe_start, pe_count, dev_size.
 * 0 or -ENOSPC, reported. */
int pv_measure(const struct disk *disk, uint64_t extent_size_sectors, struct pv *pv);

/* 0, or -ENOTSUP, reported, if a metadata area lies behind the data. */
int pv_refuse_resize(const struct disk *disk);

/* Another identity in the label; of a group's device its metadata have to know (model/renewal.h). */
int pv_set_id(struct disk *disk, const char *id);

/* Note a new size of the device in the label; pe_count is the caller's, and so is asking before. */
int pv_resize(struct disk *disk, uint64_t size_sectors);

#endif
