/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/json-std.h"

#include "report/fields.h"

#include <string.h>

/* Numbers of reports that have fields of their own: the command log, svcheck's findings. */
static const char *const other_numbers[] = { "log_seq_num", "log_errno", "log_ret_code",
					     "size_bytes", NULL };

static bool is_name(const char *name, size_t len, const char *known)
{
	return strlen(known) == len && !strncmp(name, known, len);
}

static enum value_kind kind_of(const char *name, size_t len)
{
	const struct report_field *field;
	unsigned i;

	for (i = 0; (field = field_at(i)); i++)
		if (is_name(name, len, field->name))
			return field->kind;
	for (i = 0; other_numbers[i]; i++)
		if (is_name(name, len, other_numbers[i]))
			return VALUE_NUMBER;
	return VALUE_TEXT;
}

static size_t text_length(const char *text)
{
	size_t len = 0;

	while (text[len] && text[len] != '"')
		len += text[len] == '\\' && text[len + 1] ? 2 : 1;
	return len;
}

static void print_text(FILE *out, const char *text, size_t len)
{
	fprintf(out, "\"%.*s\"", (int)len, text);
}

/* A word may stand where a number would. */
static void print_number(FILE *out, const char *text, size_t len)
{
	const size_t digits = strspn(text, "-.0123456789");

	if (!len)
		fputs("null", out);
	else if (digits >= len)
		fprintf(out, "%.*s", (int)len, text);
	else
		print_text(out, text, len);
}

static void print_list(FILE *out, const char *text, size_t len)
{
	const char *const end = text + len;
	const char *behind;

	fputc('[', out);
	while (text < end) {
		behind = memchr(text, *JSON_STD_BETWEEN, (size_t)(end - text));
		behind = behind ? behind : end;
		print_text(out, text, (size_t)(behind - text));
		text = behind + 1;
		if (behind < end)
			fputs(", ", out);
	}
	fputc(']', out);
}

static void print_value(FILE *out, enum value_kind kind, const char *text, size_t len)
{
	switch (kind) {
	case VALUE_NUMBER:
	case VALUE_FLAG:
	case VALUE_PERCENT:
		print_number(out, text, len);
		break;
	case VALUE_WORDS:
	case VALUE_SEQUENCE:
		print_list(out, text, len);
		break;
	default:
		print_text(out, text, len);
	}
}

/* Where the name begins that ends there. */
static const char *find_name(const char *line, const char *end)
{
	const char *name = end;

	while (name > line && name[-1] != '"')
		name--;
	return name;
}

void json_std_print(FILE *out, const char *line)
{
	static const char between[] = "\":\"";
	const char *end, *name, *value;
	size_t len;

	/* A quotation mark within a value has a backslash before it. */
	while ((end = strstr(line, between))) {
		name = find_name(line, end);
		value = end + sizeof(between) - 1;
		len = text_length(value);
		fprintf(out, "%.*s", (int)(value - 1 - line), line);
		print_value(out, kind_of(name, (size_t)(end - name)), value, len);
		line = value + len + (value[len] ? 1 : 0);
	}
	fputs(line, out);
}
