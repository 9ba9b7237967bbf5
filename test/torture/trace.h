/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_TEST_TRACE_H
#define SNAPVOL_TEST_TRACE_H

/*
 * A trace: everything that some disks were told, in the one order in which they were told it, and
 * marks set by who used them.  test/torture/recorder.c writes it, test/torture/cuts.c reads it.
 *
 * The disks have volatile caches, each its own.  Durable on a disk is what was written to it before its last
 * flush, and every write with FUA.  Of the rest a power cut leaves any part, sector by sector.  What
 * one disk was told before another is known, so no state is looked at in which a disk is behind what
 * was durable when a later write to the other was made.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TRACE_DISKS = 4, TRACE_SECTOR = 512 };

enum trace_kind { TRACE_WRITE = 1, TRACE_FLUSH, TRACE_MARK };

/* As in the file; len bytes follow: what was written, or the mark's text. */
struct trace_head {
	uint32_t kind; /* enum trace_kind */
	uint32_t disk;
	uint32_t fua;
	uint32_t len;
	uint64_t offset;
};

struct trace_event {
	struct trace_head head;
	const uint8_t *data;
};

struct trace {
	struct trace_event *events;
	size_t count;
	void *memory;
	size_t memory_len;
};

/* 0, or negative, said on stderr. */
int trace_load(const char *path, struct trace *trace);
void trace_release(struct trace *trace);

/* One disk as a trace makes it, event by event. */
struct cached_disk {
	uint8_t *now;	  /* everything written */
	uint8_t *durable; /* everything written before the last flush */
	uint8_t *used;	  /* by page: may differ from zero */
	size_t size;
	const struct trace_event **pending; /* written since */
	size_t pending_count;
};

enum { TRACE_PAGE = 4096 };

/* From an image file, durable as it is. */
int cached_disk_init(struct cached_disk *disk, const char *path);
void cached_disk_release(struct cached_disk *disk);

/* Events of other disks, and marks, do nothing. */
void cached_disk_apply(struct cached_disk *disk, unsigned number, const struct trace_event *event);

/* What a cut leaves, in image: all that was written (seed 0), or what is durable and a random part of the
 * rest.  image has the disk's size; pages that are not used in either are not looked at. */
void cached_disk_cut(const struct cached_disk *disk, uint64_t seed, uint8_t *image);

/* Talking to the recorder that serves in a directory: the descriptor, or negative, said on stderr;
 * a mark is set when trace_mark() returns 0. */
int trace_connect(const char *directory);
int trace_mark(int fd, const char *text);

#endif
