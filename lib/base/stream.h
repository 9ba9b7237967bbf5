/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_BASE_STREAM_H
#define SNAPVOL_BASE_STREAM_H

/*
 * A text that is printed into memory.
 *
 *	stream_begin()	gives what to print to
 *	stream_end()	gives the text, if all of it is there
 *
 * What is printed between them need not be looked at.  Not so with open_memstream(): glibc's tells
 * nobody of a piece that found no memory, and its fclose() may succeed and leave no text.
 */

#include <stddef.h>
#include <stdio.h>

struct stream {
	FILE *out;
	char *text;
	size_t len, room;
};

/* The stream stays where it is until its end.  0 or -ENOMEM, reported. */
int stream_begin(struct stream *stream);

/* *text is malloc'd and ends with a NUL that len (may be NULL) does not count.  0; or -ENOMEM,
 * reported, and *text is NULL. */
int stream_end(struct stream *stream, char **text, size_t *len);

#endif
