/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "damage.h"

#include "base/crc.h"
#include "store/format.h"

#include <endian.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LABEL_START = 512, VALUES = 15, TEXT_MAX = 32768, LINE_MAX = 4096, TEXT_AT = 8192 };

struct field {
	const char *name;
	size_t offset;
	unsigned width; /* bytes */
};

/* --- numbers --- */

static uint64_t get_number(const unsigned char *at, unsigned width)
{
	uint64_t number = 0;

	memcpy(&number, at, width);
	return le64toh(number);
}

static void put_number(unsigned char *at, unsigned width, uint64_t number)
{
	number = htole64(number);
	memcpy(at, &number, width);
}

/* The limits, and what lies around what is right. */
static uint64_t value_number(const struct damage *damage, uint64_t right, unsigned width,
			     unsigned n)
{
	const uint64_t top = UINT64_MAX >> (64 - 8 * width);
	const uint64_t values[VALUES] = {
		0,
		1,
		511,
		513,
		right - 1,
		right + 1,
		right * 2,
		right * 3 / 2,
		right * 32, /* an area over the data */
		top / 2,
		top / 2 + 1,
		top - 1,
		top,
		damage->image_size,
		damage->image_size - 512,
	};

	return values[n] & top;
}

/* Damage number n of a struct at start. */
static bool break_field(struct damage *damage, size_t start, const struct field *fields, unsigned n)
{
	const struct field *field = fields;
	unsigned char *at;
	uint64_t number;

	for (; field->name && n >= VALUES; n -= VALUES)
		field++;
	if (!field->name)
		return false;
	at = damage->image + start + field->offset;
	number = value_number(damage, get_number(at, field->width), field->width, n);
	put_number(at, field->width, number);
	snprintf(damage->what, sizeof(damage->what), "%s = 0x%" PRIx64, field->name, number);
	return true;
}

static void sum(unsigned char *at, const void *data, size_t len)
{
	put_number(at, 4, crc_update(CRC_INITIAL, data, len));
}

/* --- label and area header --- */

static const struct field label_fields[] = {
	{ "label: magic", offsetof(struct disk_label, magic), 8 },
	{ "label: sector", offsetof(struct disk_label, sector), 8 },
	{ "label: body_offset", offsetof(struct disk_label, body_offset), 4 },
	{ "label: type", offsetof(struct disk_label, type), 8 },
	{ "label: id", offsetof(struct disk_label, id), 8 },
	{ "label: dev_size", offsetof(struct disk_label, dev_size), 8 },
	{ "label: data area offset", 72, 8 },
	{ "label: data area size", 80, 8 },
	{ "label: data areas' end", 88, 8 },
	{ "label: metadata area offset", 104, 8 },
	{ "label: metadata area size", 112, 8 },
	{ "label: metadata areas' end", 120, 8 },
	{ "label: extension version", 136, 4 },
	{ "label: extension flags", 140, 4 },
	{ "label: bootloader area offset", 144, 8 },
	{ "label: bootloader area size", 152, 8 },
	{ 0 }
};

static void sum_label(struct damage *damage)
{
	struct disk_label *label = (void *)(damage->image + LABEL_START);

	sum((unsigned char *)&label->crc, &label->body_offset,
	    DISK_SECTOR - offsetof(struct disk_label, body_offset));
}

bool damage_label(struct damage *damage, unsigned n)
{
	if (!break_field(damage, LABEL_START, label_fields, n))
		return false;
	sum_label(damage);
	return true;
}

static const struct field header_fields[] = {
	{ "area header: magic", offsetof(struct disk_area_header, magic), 8 },
	{ "area header: version", offsetof(struct disk_area_header, version), 4 },
	{ "area header: start", offsetof(struct disk_area_header, start), 8 },
	{ "area header: size", offsetof(struct disk_area_header, size), 8 },
	{ "area header: slots[0].offset", 40, 8 },
	{ "area header: slots[0].size", 48, 8 },
	{ "area header: slots[0].crc", 56, 4 },
	{ "area header: slots[0].flags", 60, 4 },
	{ "area header: slots[1].offset", 64, 8 },
	{ "area header: slots[1].size", 72, 8 },
	{ "area header: slots[1].crc", 80, 4 },
	{ "area header: slots[1].flags", 84, 4 },
	{ 0 }
};

static void sum_header(struct damage *damage)
{
	unsigned char *header = damage->image + DAMAGE_AREA_START;

	sum(header, header + CRC_SIZE, AREA_HEADER_SIZE - CRC_SIZE);
}

bool damage_header(struct damage *damage, unsigned n)
{
	if (!break_field(damage, DAMAGE_AREA_START, header_fields, n))
		return false;
	sum_header(damage);
	return true;
}

/* A label without data areas, whose lists begin at byte 72. */
void damage_hollow(struct damage *damage, uint64_t device_size)
{
	unsigned char *label = damage->image + LABEL_START;
	unsigned char *header = damage->image + DAMAGE_AREA_START;
	const uint64_t size = device_size - DAMAGE_AREA_START;

	memset(label + 72, 0, DISK_SECTOR - 72);
	put_number(label + 88, 8, DAMAGE_AREA_START);
	put_number(label + 96, 8, size);
	sum_label(damage);
	put_number(header + offsetof(struct disk_area_header, size), 8, size);
	put_number(header + 48, 8, size - AREA_HEADER_SIZE);
	sum_header(damage);
}

/* --- text --- */

static struct disk_area_header *header_of(const struct damage *damage)
{
	return (void *)(damage->image + DAMAGE_AREA_START);
}

static size_t get_text(const struct damage *damage, char text[TEXT_MAX])
{
	const struct disk_slot *slot = &header_of(damage)->slots[0];
	const size_t size = le64toh(slot->size);

	if (size >= TEXT_MAX)
		abort();
	memcpy(text, damage->image + DAMAGE_AREA_START + le64toh(slot->offset), size);
	text[size] = 0;
	return strlen(text);
}

/* With the NUL behind it that LVM2 counts, too. */
static void put_text(struct damage *damage, const char *text, size_t len)
{
	struct disk_slot *slot = &header_of(damage)->slots[0];

	memcpy(damage->image + DAMAGE_AREA_START + TEXT_AT, text, len);
	damage->image[DAMAGE_AREA_START + TEXT_AT + len] = 0;
	slot->offset = htole64(TEXT_AT);
	slot->size = htole64(len + 1);
	sum((unsigned char *)&slot->crc, damage->image + DAMAGE_AREA_START + TEXT_AT, len + 1);
	sum_header(damage);
}

/* What takes a value's place. */
static const char *const text_values[] = {
	"0",
	"1",
	"-1",
	"2147483648",
	"4294967295",
	"4294967296",
	"9223372036854775807",
	"18446744073709551616",
	"99999999999999999999999999",
	"1.5",
	"1e30",
	"\"\"",
	"\"../../etc/passwd\"",
	"\"\033[31mred\"",
	"\"a/b\"",
	"\"-x\"",
	"\"%s%s%n\"",
	"\"a\\\\b\"",
	"[]",
	"[\"\"]",
	"[\"pv9\", 0]",
	"[\"pv0\"]",
	"[\"pv0\", -1]",
	"[\"pv0\", 4294967295]",
	"[0, \"pv0\"]",
	"[[[[[[",
	"\"",
	"bare",
	"@long",
	"@many",
};

enum { TEXT_VALUES = sizeof(text_values) / sizeof(text_values[0]), LINE_WAYS = 4 + TEXT_VALUES };

static const char *text_value(unsigned n, char buffer[1024])
{
	const char *value = text_values[n];
	size_t len;

	if (!strcmp(value, "@long")) {
		memset(buffer, 'x', 700);
		buffer[0] = buffer[699] = '"';
		buffer[700] = 0;
		return buffer;
	}
	if (strcmp(value, "@many") != 0)
		return value;
	len = (size_t)snprintf(buffer, 1024, "[\"pv0\", 0");
	while (len < 900)
		len += (size_t)snprintf(buffer + len, 1024 - len, ", \"pv0\", 0");
	snprintf(buffer + len, 1024 - len, "]");
	return buffer;
}

/* A line without it, twice, as a section's end, with a name for terminals, or with another value. */
static bool change_line(const char *line, size_t len, unsigned way, char *out)
{
	const char *equals = memchr(line, '=', len);
	char buffer[1024];

	switch (way) {
	case 0:
		*out = 0;
		return true;
	case 1:
		snprintf(out, LINE_MAX, "%.*s\n%.*s\n", (int)len, line, (int)len, line);
		return true;
	case 2:
		snprintf(out, LINE_MAX, "}\n");
		return true;
	case 3:
		snprintf(out, LINE_MAX, "\033]0;x\007%.*s\n", (int)len, line);
		return true;
	default:
		if (!equals)
			return false;
		snprintf(out, LINE_MAX, "%.*s= %s\n", (int)(equals - line), line,
			 text_value(way - 4, buffer));
		return true;
	}
}

/* Where line number n begins; NULL if there are not so many. */
static const char *find_line(const char *text, unsigned n)
{
	while (n-- && text) {
		text = strchr(text, '\n');
		text = text ? text + 1 : NULL;
	}
	return text && *text ? text : NULL;
}

static bool break_line(struct damage *damage, const char *text, unsigned n)
{
	const char *line = find_line(text, n / LINE_WAYS);
	static char changed[LINE_MAX], new[TEXT_MAX + LINE_MAX];
	size_t len;

	if (!line)
		return false;
	len = strcspn(line, "\n");
	snprintf(damage->what, sizeof(damage->what), "text: way %u with the line \"%.*s\"",
		 n % LINE_WAYS, (int)(len < 100 ? len : 100), line);
	if (!change_line(line, len, n % LINE_WAYS, changed))
		return true; /* as it was: harmless */
	snprintf(new, sizeof(new), "%.*s%s%s", (int)(line - text), text, changed,
		 line[len] ? line + len + 1 : "");
	put_text(damage, new, strlen(new));
	return true;
}

/* The text as a whole. */
static bool break_text(struct damage *damage, char *text, size_t len, unsigned n)
{
	enum { CUTS = 16 };

	if (n < CUTS) {
		snprintf(damage->what, sizeof(damage->what), "text: cut at %u/%u", n, CUTS);
		put_text(damage, text, len * n / CUTS);
		return true;
	}
	if (n < 2 * CUTS) {
		snprintf(damage->what, sizeof(damage->what), "text: NUL at %u/%u", n - CUTS, CUTS);
		text[len * (n - CUTS) / CUTS] = 0;
	} else if (n == 2 * CUTS) {
		snprintf(damage->what, sizeof(damage->what), "text: nested deeply");
		len = TEXT_MAX - 2;
		for (size_t i = 0; i + 2 < len; i += 2)
			memcpy(text + i, "a{", 2);
	} else {
		return false;
	}
	put_text(damage, text, len);
	return true;
}

bool damage_text(struct damage *damage, unsigned n)
{
	static char text[TEXT_MAX];
	const size_t len = get_text(damage, text);
	unsigned lines = 0;
	const char *at;

	for (at = text; (at = strchr(at, '\n')); at++)
		lines++;
	if (n < lines * LINE_WAYS)
		return break_line(damage, text, n);
	return break_text(damage, text, len, n - lines * LINE_WAYS);
}

/* --- COW store --- */

enum { STORE_MAGIC = 0x70416e53, CHUNK = 4096, EXCEPTIONS = 3 };

static const struct field store_fields[] = {
	{ "store: magic", 0, 4 },
	{ "store: valid", 4, 4 },
	{ "store: version", 8, 4 },
	{ "store: chunk_size", 12, 4 },
	{ "store: exception 0, origin's chunk", CHUNK, 8 },
	{ "store: exception 0, store's chunk", CHUNK + 8, 8 },
	{ "store: exception 2, origin's chunk", CHUNK + 32, 8 },
	{ "store: exception 2, store's chunk", CHUNK + 40, 8 },
	{ "store: behind the last, origin's chunk", CHUNK + 48, 8 },
	{ "store: behind the last, store's chunk", CHUNK + 56, 8 },
	{ 0 }
};

void damage_fill_store(struct damage *damage)
{
	unsigned char *store = damage->image + damage->store_offset;
	unsigned i;

	put_number(store, 4, STORE_MAGIC);
	put_number(store + 4, 4, 1);
	put_number(store + 8, 4, 1);
	put_number(store + 12, 4, CHUNK / DISK_SECTOR);
	for (i = 0; i < EXCEPTIONS; i++) {
		put_number(store + CHUNK + (size_t)i * 16, 8, i * 5);
		put_number(store + CHUNK + (size_t)i * 16 + 8, 8, i + 2);
	}
}

/* Every entry of the first area the same: the list has no end in it. */
static bool break_area(struct damage *damage, unsigned n)
{
	unsigned char *area = damage->image + damage->store_offset + CHUNK;
	unsigned i;

	if (n)
		return false;
	for (i = 0; i < CHUNK / 16; i++)
		memcpy(area + (size_t)i * 16, area, 16);
	snprintf(damage->what, sizeof(damage->what), "store: all exceptions the same");
	return true;
}

bool damage_store(struct damage *damage, unsigned n)
{
	const unsigned fields = sizeof(store_fields) / sizeof(store_fields[0]) - 1;

	if (n < fields * VALUES)
		return break_field(damage, damage->store_offset, store_fields, n);
	return break_area(damage, n - fields * VALUES);
}
