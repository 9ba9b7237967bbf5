/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/stream.h"

#include "base/log.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

enum { ROOM = 256 };

/* Room for that much more and a NUL. */
static bool make_room(struct stream *stream, size_t more)
{
	size_t room = stream->room ? stream->room : ROOM;
	char *text;

	while (room - stream->len <= more)
		if (__builtin_mul_overflow(room, 2, &room))
			return false;
	if (room == stream->room)
		return true;
	text = realloc(stream->text, room);
	if (!text)
		return false;
	stream->text = text;
	stream->room = room;
	return true;
}

/* stdio calls it; 0 is an error to it, which the stream keeps. */
static ssize_t append(void *cookie, const char *piece, size_t len)
{
	struct stream *stream = cookie;

	if (!make_room(stream, len))
		return 0;
	memcpy(stream->text + stream->len, piece, len);
	stream->len += len;
	return (ssize_t)len;
}

int stream_begin(struct stream *stream)
{
	*stream = (struct stream) { 0 };
	if (make_room(stream, 0))
		stream->out = fopencookie(stream, "w", (cookie_io_functions_t) { .write = append });
	if (stream->out)
		return 0;
	free(stream->text);
	return fail_memory();
}

int stream_end(struct stream *stream, char **text, size_t *len)
{
	bool lost = ferror(stream->out);

	*text = NULL;
	if (fclose(stream->out) || lost) {
		free(stream->text);
		return fail_memory();
	}
	stream->text[stream->len] = 0;
	*text = stream->text;
	if (len)
		*len = stream->len;
	return 0;
}
