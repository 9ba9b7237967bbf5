/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines of metadata text.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

#include "store/writer.h"

enum { TAB = 8, COMMENT_TAB = 6, COMMENT_LEN = 64 };

int writer_open(struct writer *writer, enum export_form form)
{
	int r;

	*writer = (struct writer) { .form = form };
	r = stream_begin(&writer->stream);
	writer->out = writer->stream.out;
	return r;
}

int writer_close(struct writer *writer, char **text, size_t *len)
{
	return stream_end(&writer->stream, text, len);
}

void put_blank(struct writer *writer)
{
	fputc('\n', writer->out);
}

static void put_indent(struct writer *writer)
{
	unsigned i;

	for (i = 0; writer->form == EXPORT_FILE && i < writer->indent; i++)
		fputc('\t', writer->out);
}

/* In files a comment stands in the sixth tab's column, or one tab behind a longer line. */
static void put_comment(struct writer *writer, const char *comment, int width)
{
	int column = (int)writer->indent + width / TAB + 1;

	do
		fputc('\t', writer->out);
	while (++column < COMMENT_TAB);
	fprintf(writer->out, "# %s", comment);
}

void put_line(struct writer *writer, const char *comment, const char *format, ...)
{
	va_list arguments;
	int width;

	put_indent(writer);
	va_start(arguments, format);
	width = vfprintf(writer->out, format, arguments);
	va_end(arguments);
	if (comment && writer->form == EXPORT_FILE)
		put_comment(writer, comment, width);
	fputc('\n', writer->out);
}

void put_open(struct writer *writer, const char *name)
{
	put_line(writer, NULL, "%s {", name);
	writer->indent++;
}

void put_close(struct writer *writer)
{
	writer->indent--;
	put_line(writer, NULL, "}");
}

void put_number(struct writer *writer, const char *key, uint64_t value)
{
	put_line(writer, NULL, "%s = %" PRIu64, key, value);
}

void put_size(struct writer *writer, const char *key, uint64_t value, uint64_t sectors)
{
	static const char *const units[] = { "Kilobytes", "Megabytes", "Gigabytes",
					     "Terabytes", "Petabytes", "Exabytes" };
	char comment[COMMENT_LEN];
	double size = (double)sectors / 2;
	unsigned i;

	for (i = 0; size > 1024 && i + 1 < sizeof(units) / sizeof(units[0]); i++)
		size /= 1024;
	snprintf(comment, sizeof(comment), "%g %s", size, units[i]);
	put_line(writer, comment, "%s = %" PRIu64, key, value);
}

/* Returns how many characters that took. */
static int put_quoted(struct writer *writer, const char *text)
{
	int width = 2;

	fputc('"', writer->out);
	for (; *text; text++, width++) {
		if (*text == '"' || *text == '\\') {
			fputc('\\', writer->out);
			width++;
		}
		fputc(*text, writer->out);
	}
	fputc('"', writer->out);
	return width;
}

/* Returns the width of the line so far. */
static int put_key_text(struct writer *writer, const char *key, const char *text)
{
	put_indent(writer);
	return fprintf(writer->out, "%s = ", key) + put_quoted(writer, text);
}

void put_text(struct writer *writer, const char *key, const char *text)
{
	put_key_text(writer, key, text);
	fputc('\n', writer->out);
}

void put_hint(struct writer *writer, const char *key, const char *text)
{
	int width = put_key_text(writer, key, text);

	if (writer->form == EXPORT_FILE)
		put_comment(writer, "Hint only", width);
	fputc('\n', writer->out);
}

const char *print_time(uint64_t seconds, char buffer[TIME_TEXT])
{
	time_t when = (time_t)seconds;
	struct tm tm;

	if (!gmtime_r(&when, &tm) || !strftime(buffer, TIME_TEXT, "%Y-%m-%d %H:%M:%S +0000", &tm))
		buffer[0] = 0;
	return buffer;
}

void put_time(struct writer *writer, const char *key, uint64_t seconds)
{
	char comment[TIME_TEXT];

	put_line(writer, print_time(seconds, comment), "%s = %" PRIu64, key, seconds);
}

void put_id(struct writer *writer, const char id[ID_LEN + 1])
{
	char text[ID_TEXT_LEN + 1];

	put_line(writer, NULL, "id = \"%s\"", uuid_print(id, text));
}

void put_tags(struct writer *writer, const struct dm_list *words)
{
	const struct word *word;
	const char *separator = "";

	if (dm_list_empty(words))
		return;
	put_indent(writer);
	fputs("tags = [", writer->out);
	dm_list_iterate_items(word, words) {
		fputs(separator, writer->out);
		put_quoted(writer, word->text);
		separator = ", ";
	}
	fputs("]\n", writer->out);
}

/* "key = ...", not a block of that name. */
static bool is_named(const struct word *word, const char *key)
{
	size_t len = strlen(key);

	return strncmp(word->text, key, len) == 0 && strncmp(word->text + len, " = ", 3) == 0;
}

static const struct word *find_extra(const struct dm_list *extras, const char *key)
{
	const struct word *word;

	dm_list_iterate_items(word, extras)
		if (is_named(word, key))
			return word;
	return NULL;
}

static bool is_block(const struct word *word)
{
	return word->text[strlen(word->text) - 1] == '}';
}

/* Text of several lines: indent each, by the brackets that open and close on them.  A newline
 * within a string is no end of a line. */
static void put_block(struct writer *writer, const char *text)
{
	bool quoted = false, begin = true;
	const char *c;

	for (c = text; *c; c++) {
		if (begin && (*c == '}' || *c == ']'))
			writer->indent--;
		if (begin && *c != '\n')
			put_indent(writer);
		begin = false;
		fputc(*c, writer->out);
		if (*c == '\\' && quoted && c[1])
			fputc(*++c, writer->out);
		else if (*c == '"')
			quoted = !quoted;
		else if (*c == '\n' && !quoted)
			begin = true;
		if (begin && c > text && (c[-1] == '{' || c[-1] == '['))
			writer->indent++;
	}

	fputc('\n', writer->out);
}

void put_extra(struct writer *writer, const struct dm_list *extras, const char *key)
{
	const struct word *word = find_extra(extras, key);

	if (word)
		put_block(writer, word->text);
}

void put_extra_values(struct writer *writer, const struct dm_list *extras,
		      const char *const *placed)
{
	const struct word *word;
	const char *const *key;

	dm_list_iterate_items(word, extras) {
		for (key = placed; *key && !is_named(word, *key); key++)
			;
		if (*key || is_block(word))
			continue;
		if (strchr(word->text, '\n') && word->text[strlen(word->text) - 1] == ']')
			put_blank(writer);
		put_block(writer, word->text);
	}
}

void put_extra_blocks(struct writer *writer, const struct dm_list *extras)
{
	const struct word *word;
	bool first = true;

	dm_list_iterate_items(word, extras) {
		if (!is_block(word))
			continue;
		if (!first)
			put_blank(writer);
		first = false;
		put_block(writer, word->text);
	}
}

/* "key = [...]" without the brackets. */
static void put_kept_words(struct writer *writer, const struct word *kept, const char *separator)
{
	const char *begin = kept ? strchr(kept->text, '[') : NULL;
	const char *end = kept ? strrchr(kept->text, ']') : NULL;

	if (begin && end > begin + 1)
		fprintf(writer->out, "%s%.*s", separator, (int)(end - begin - 1), begin + 1);
}

static void put_flag_list(struct writer *writer, const char *key, enum word_list list,
			  const struct flag_word *table, unsigned flags,
			  const struct dm_list *extras)
{
	const char *separator = "";

	put_indent(writer);
	fprintf(writer->out, "%s = [", key);
	for (; table->word; table++) {
		if (table->list != list || !(flags & table->flag))
			continue;
		fprintf(writer->out, "%s\"%s\"", separator, table->word);
		separator = ", ";
	}
	put_kept_words(writer, find_extra(extras, key), separator);
	fputs("]\n", writer->out);
}

void put_flags(struct writer *writer, const struct flag_word *table, unsigned flags,
	       const struct dm_list *extras)
{
	put_flag_list(writer, "status", WORD_STATUS, table, flags, extras);
	put_flag_list(writer, "flags", WORD_FLAGS, table, flags, extras);
}
