/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_STORE_AREA_H
#define SNAPVOL_STORE_AREA_H

/*
 * One metadata area of a PV: a header sector and behind it a ring that texts are written around.
 *
 * The header has two slots.  The first names the committed text and is all that a reader looks at;
 * the second names a text that is about to be committed.  A change goes
 *
 *	area_stage      text into the free part of the ring       sync
 *	area_precommit  header with the text in the second slot   sync
 *	area_publish    header with the text in the first slot    sync
 *
 * and area_withdraw empties the second slot again if it is not to be.  A text never overlaps the
 * committed one, a header is one sector's write: at every instant the first slot names a whole
 * text.
 * Nothing here syncs; store/transaction.c does that once for each device and stage.
 *
 * Positions and sizes are bytes; those of slots count from the start of the area.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct blkdev;

/* The longest text that is read or written, its NUL counted.  A header can name one as large as
 * its device, and memory for it is needed before its checksum can be looked at.  A volume takes
 * some 500 bytes, so that this is room for a quarter of a million of them. */
enum { AREA_TEXT_MAX = 128 * 1024 * 1024 };

struct area_slot {
	uint64_t offset, size; /* size counts the text's NUL; offset 0: empty */
	uint32_t crc, flags;
};

struct area {
	struct blkdev *dev;		/* the disk's, not owned */
	uint64_t start, size;		/* on the device */
	struct area_slot current, next; /* the slots as they are on disk */
	struct area_slot staged;	/* written to the ring, in no slot yet */
	bool ignored;			/* says so itself: neither read nor written */
	bool lost;			/* its group goes on without it (model/lost.h): not written */
	const char *damage;		/* NULL, or why it can be neither read nor written */
	bool unread;			/* damage is that the device did not give it */
	bool foreign;			/* damage is that its header, whole, is of another version */
	bool told;			/* that it is older than the group, since it last was written */
	uint32_t seqno;			/* of its text; 0: none or not understood */
};

/* Bytes of the device that have been read already. */
struct area_window {
	uint64_t offset;
	const unsigned char *data;
	size_t len;
};

void area_init(struct area *area, struct blkdev *dev, uint64_t start, uint64_t size);

/* Read header and committed text, again from the device as long as they do not fit together and the header
 * changes: writers were in between.  window may be NULL.  1: *text (malloc'd, *len counts its NUL); 0: no text, see
 * damage and ignored; negative: no memory. */
int area_read(struct area *area, const struct area_window *window, char **text, size_t *len);

/* The longest text it takes beside the committed one, its NUL counted. */
uint64_t area_text_max(const struct area *area);

bool area_is_usable(const struct area *area);

/* Whether the header on the device is still the one that was read or written last: 1, 0, or negative, reported. */
int area_is_as_read(struct area *area);

/* 0 or a negative errno, reported: -EFBIG too long, -ESTALE the header is not as it was read. */
int area_stage(struct area *area, const char *text, size_t len);
int area_precommit(struct area *area);
int area_publish(struct area *area);
int area_withdraw(struct area *area);

/* Empty both slots: no group here any more. */
int area_clear(struct area *area);

/* Empty, and to be used or not from now on: one sector's write. */
int area_set_ignored(struct area *area, bool ignored);

/* Make a new, empty area of whatever is there. */
int area_format(struct area *area, bool ignored);

#endif
