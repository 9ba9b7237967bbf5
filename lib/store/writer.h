/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_STORE_WRITER_H
#define SNAPVOL_STORE_WRITER_H

/*
 * Lines of metadata text in one of its two forms: bare as on disk, or indented and commented as in
 * files.  Nothing here can fail by itself; writer_close() tells whether all memory was had.
 */

#include "base/stream.h"
#include "model/vg.h"
#include "store/export.h"
#include "store/vocabulary.h"

#include <stdio.h>

struct writer {
	struct stream stream;
	FILE *out;	/* the stream's */
	enum export_form form;
	unsigned indent;
};

/* As stream_begin() and stream_end(). */
int writer_open(struct writer *writer, enum export_form form);
int writer_close(struct writer *writer, char **text, size_t *len);

void put_blank(struct writer *writer);
void put_line(struct writer *writer, const char *comment, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* "name {" … "}" */
void put_open(struct writer *writer, const char *name);
void put_close(struct writer *writer);

void put_number(struct writer *writer, const char *key, uint64_t value);
void put_size(struct writer *writer, const char *key, uint64_t value, uint64_t sectors);
void put_text(struct writer *writer, const char *key, const char *text);
void put_hint(struct writer *writer, const char *key, const char *text);
void put_time(struct writer *writer, const char *key, uint64_t seconds);
void put_id(struct writer *writer, const char id[ID_LEN + 1]);
void put_tags(struct writer *writer, const struct dm_list *words);

/* "status" and "flags": the words of the table, then what extras keeps for these lists. */
void put_flags(struct writer *writer, const struct flag_word *table, unsigned flags,
	       const struct dm_list *extras);

/* What import kept: the one of this name, if any / all values but those that are placed elsewhere
 * (NULL-terminated) / all blocks. */
void put_extra(struct writer *writer, const struct dm_list *extras, const char *key);
void put_extra_values(struct writer *writer, const struct dm_list *extras,
		      const char *const *placed);
void put_extra_blocks(struct writer *writer, const struct dm_list *extras);

/* A time as comments show it: "2026-11-21 05:54:16 +0000". */
enum { TIME_TEXT = 40 };
const char *print_time(uint64_t seconds, char buffer[TIME_TEXT]);

#endif
