/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "damage.h"

#include "base/crc.h"
#include "store/format.h"

#include <endian.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LABEL_START = 512, TEXT_MAX = 32768, LINE_MAX = 4096, TEXT_AT = 8192, CUTS = 16 };

struct field {
	const char *name;
	size_t offset;
	unsigned width; /* bytes */
	int verdict;	/* of any value but the right one */
};

struct damage damage_of(unsigned char *image, const unsigned char *other)
{
	return (struct damage) {
		.image = image,
		.image_size = DAMAGE_IMAGE,
		.other = other,
		.store_offset = DAMAGE_DATA_START + DAMAGE_ORIGIN_EXTENTS * DAMAGE_EXTENT,
		.store_size = DAMAGE_STORE_EXTENTS * DAMAGE_EXTENT,
		.origin_size = DAMAGE_ORIGIN_EXTENTS * DAMAGE_EXTENT,
	};
}

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
	const uint64_t values[DAMAGE_NUMBERS] = {
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

/* Which of the fields, and what it is then. */
static enum damage_result break_field(struct damage *damage, size_t start,
				      const struct field *fields, unsigned n, unsigned value)
{
	const struct field *field = fields;
	unsigned char *at;
	uint64_t number;

	while (field->name && n--)
		field++;
	if (!field->name)
		return DAMAGE_NO_FIELD;
	if (value >= DAMAGE_NUMBERS)
		return DAMAGE_NO_VALUE;
	at = damage->image + start + field->offset;
	number = value_number(damage, get_number(at, field->width), field->width, value);
	snprintf(damage->what, sizeof(damage->what), "%s = 0x%" PRIx64, field->name, number);
	damage->verdict = field->verdict;
	if (number == get_number(at, field->width))
		damage->verdict = DAMAGE_HARMLESS;
	put_number(at, field->width, number);
	return DAMAGE_DONE;
}

static void sum(unsigned char *at, const void *data, size_t len)
{
	put_number(at, 4, crc_update(CRC_INITIAL, data, len));
}

/* --- label and area header --- */

static const struct field label_fields[] = {
	{ "label: magic", offsetof(struct disk_label, magic), 8, DAMAGE_UNJUDGED },
	{ "label: sector", offsetof(struct disk_label, sector), 8, DAMAGE_UNSOUND },
	{ "label: body_offset", offsetof(struct disk_label, body_offset), 4, DAMAGE_UNSOUND },
	{ "label: type", offsetof(struct disk_label, type), 8, DAMAGE_UNSOUND },
	{ "label: id", offsetof(struct disk_label, id), 8, DAMAGE_UNSOUND },
	{ "label: dev_size", offsetof(struct disk_label, dev_size), 8, DAMAGE_HARMLESS },
	{ "label: data area offset", 72, 8, DAMAGE_UNJUDGED },
	{ "label: data area size", 80, 8, DAMAGE_UNJUDGED },
	{ "label: data areas' end", 88, 8, DAMAGE_UNJUDGED },
	{ "label: metadata area offset", 104, 8, DAMAGE_UNJUDGED },
	{ "label: metadata area size", 112, 8, DAMAGE_UNJUDGED },
	{ "label: metadata areas' end", 120, 8, DAMAGE_UNJUDGED },
	{ "label: extension version", 136, 4, DAMAGE_UNJUDGED },
	{ "label: extension flags", 140, 4, DAMAGE_UNJUDGED },
	{ "label: bootloader area offset", 144, 8, DAMAGE_UNJUDGED },
	{ "label: bootloader area size", 152, 8, DAMAGE_UNJUDGED },
	{ 0 }
};

/* Left wrong. */
static const struct field label_sum[] = {
	{ "label: crc", offsetof(struct disk_label, crc), 4, DAMAGE_UNSOUND },
	{ 0 },
};

static void sum_label(struct damage *damage)
{
	struct disk_label *label = (void *)(damage->image + LABEL_START);

	sum((unsigned char *)&label->crc, &label->body_offset,
	    DISK_SECTOR - offsetof(struct disk_label, body_offset));
}

/* Another identity that could be one, or that of another device. */
static enum damage_result break_identity(struct damage *damage, unsigned value)
{
	static const size_t places[] = { 0, 15, DISK_ID_LEN - 1 };
	enum { PLACES = sizeof(places) / sizeof(places[0]) };
	const size_t id = LABEL_START + offsetof(struct disk_label, id);
	unsigned char *at = damage->image + id;

	if (value > PLACES)
		return DAMAGE_NO_VALUE;
	if (value == PLACES)
		memcpy(at, damage->other + id, DISK_ID_LEN);
	else
		at[places[value]] = at[places[value]] == 'a' ? 'b' : 'a';
	snprintf(damage->what, sizeof(damage->what), "label: other identity %u", value);
	damage->verdict = DAMAGE_UNJUDGED;
	return DAMAGE_DONE;
}

enum damage_result damage_label(struct damage *damage, unsigned field, unsigned value)
{
	const unsigned fields = sizeof(label_fields) / sizeof(label_fields[0]) - 1;
	enum damage_result result;

	damage->says = NULL;
	damage->names_device = true;
	if (field > fields)
		return break_field(damage, LABEL_START, label_sum, field - fields - 1, value);
	if (field == fields)
		result = break_identity(damage, value);
	else
		result = break_field(damage, LABEL_START, label_fields, field, value);
	sum_label(damage);
	return result;
}

static const struct field header_fields[] = {
	{ "area header: magic", offsetof(struct disk_area_header, magic), 8, DAMAGE_UNSOUND },
	{ "area header: version", offsetof(struct disk_area_header, version), 4, DAMAGE_UNSOUND },
	{ "area header: start", offsetof(struct disk_area_header, start), 8, DAMAGE_UNSOUND },
	{ "area header: size", offsetof(struct disk_area_header, size), 8, DAMAGE_UNSOUND },
	{ "area header: slots[0].offset", 40, 8, DAMAGE_UNSOUND },
	{ "area header: slots[0].size", 48, 8, DAMAGE_UNSOUND },
	{ "area header: slots[0].crc", 56, 4, DAMAGE_UNSOUND },
	{ "area header: slots[0].flags", 60, 4, DAMAGE_HARMLESS },
	{ "area header: slots[1].offset", 64, 8, DAMAGE_HARMLESS },
	{ "area header: slots[1].size", 72, 8, DAMAGE_HARMLESS },
	{ "area header: slots[1].crc", 80, 4, DAMAGE_HARMLESS },
	{ "area header: slots[1].flags", 84, 4, DAMAGE_HARMLESS },
	{ 0 }
};

/* Left wrong. */
static const struct field header_sum[] = {
	{ "area header: crc", offsetof(struct disk_area_header, crc), 4, DAMAGE_UNSOUND },
	{ 0 },
};

static void sum_header(struct damage *damage)
{
	unsigned char *header = damage->image + DAMAGE_AREA_START;

	sum(header, header + CRC_SIZE, AREA_HEADER_SIZE - CRC_SIZE);
}

/* An area may be empty, which is then old, and may say that it is to be ignored. */
enum damage_result damage_header(struct damage *damage, unsigned field, unsigned value)
{
	const struct disk_area_header *header = (const void *)(damage->image + DAMAGE_AREA_START);
	const unsigned fields = sizeof(header_fields) / sizeof(header_fields[0]) - 1;
	enum damage_result result;

	damage->says = NULL;
	damage->names_device = true;
	if (field >= fields)
		return break_field(damage, DAMAGE_AREA_START, header_sum, field - fields, value);
	result = break_field(damage, DAMAGE_AREA_START, header_fields, field, value);
	sum_header(damage);
	if (!header->slots[0].offset || le32toh(header->slots[0].flags) & SLOT_IGNORED)
		damage->verdict = DAMAGE_UNJUDGED;
	damage->names_device = header->slots[0].offset;
	return result;
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
	"\"kaputt-kapu-kapu-kapu-kapu-kapu-kaputt\"",
	"\"\377\233\303\"",
	"@long",
	"@many",
};

enum { TEXT_VALUES = sizeof(text_values) / sizeof(text_values[0]), LINE_WAYS = 4 + TEXT_VALUES };

_Static_assert((int)LINE_WAYS == (int)DAMAGE_WAYS, "told to those who go through them");

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

static enum damage_result break_line(struct damage *damage, const char *text, const char *line,
				     unsigned way)
{
	static char changed[LINE_MAX], new[TEXT_MAX + LINE_MAX];
	const size_t len = strcspn(line, "\n");

	snprintf(damage->what, sizeof(damage->what), "text: way %u with the line \"%.*s\"", way,
		 (int)(len < 100 ? len : 100), line);
	if (way >= LINE_WAYS || !change_line(line, len, way, changed))
		return DAMAGE_NO_VALUE;
	snprintf(new, sizeof(new), "%.*s%s%s", (int)(line - text), text, changed,
		 line[len] ? line + len + 1 : "");
	put_text(damage, new, strlen(new));
	return DAMAGE_DONE;
}

static enum damage_result cut(struct damage *damage, const char *text, size_t len, unsigned value)
{
	if (value >= CUTS)
		return DAMAGE_NO_VALUE;
	snprintf(damage->what, sizeof(damage->what), "text: cut at %u/%u", value, CUTS);
	put_text(damage, text, len * value / CUTS);
	return DAMAGE_DONE;
}

static enum damage_result put_nul(struct damage *damage, char *text, size_t len, unsigned value)
{
	if (value >= CUTS)
		return DAMAGE_NO_VALUE;
	snprintf(damage->what, sizeof(damage->what), "text: NUL at %u/%u", value, CUTS);
	text[len * value / CUTS] = 0;
	put_text(damage, text, len);
	return DAMAGE_DONE;
}

static enum damage_result nest(struct damage *damage, char *text)
{
	const size_t len = TEXT_MAX - 2;

	snprintf(damage->what, sizeof(damage->what), "text: nested deeply");
	for (size_t i = 0; i + 2 < len; i += 2)
		memcpy(text + i, "a{", 2);
	put_text(damage, text, len);
	return DAMAGE_DONE;
}

/* All of it can be, but for the size of the device.  Of two areas it is the newest. */
static enum damage_result stripe_store(struct damage *damage)
{
	damage_line(damage, "vg {", "seqno", "seqno = 1000");
	damage_line(damage, "vg {", "extent_size", "extent_size = 8192");
	damage_line(damage, "pv0 {", "pe_count", "pe_count = 4000000000");
	damage_line(damage, "base {", "\"pv0\"", "\"pv0\", 3000000000");
	damage_line(damage, "snap {", "extent_count", "extent_count = 2147483648");
	damage_line(damage, "snap {", "stripe_count", "stripe_count = 2\nstripe_size = 1");
	damage_line(damage, "snap {", "\"pv0\"", "\"pv0\", 0, \"pv0\", 1500000000");
	snprintf(damage->what, sizeof(damage->what), "text: the store in 2^44 stripes");
	damage->verdict = DAMAGE_UNSOUND;
	damage->says = "vg/snap: its extents end past device ";
	return DAMAGE_DONE;
}

/* Behind the lines there is the text as a whole. */
enum damage_result damage_text(struct damage *damage, unsigned field, unsigned value)
{
	static char text[TEXT_MAX];
	const size_t len = get_text(damage, text);
	unsigned lines = 0;
	const char *at;

	damage->verdict = DAMAGE_UNJUDGED;
	damage->says = NULL;
	for (at = text; (at = strchr(at, '\n')); at++)
		lines++;
	if (field < lines)
		return break_line(damage, text, find_line(text, field), value);
	switch (field - lines) {
	case 0:
		return cut(damage, text, len, value);
	case 1:
		return put_nul(damage, text, len, value);
	case 2:
		return value ? DAMAGE_NO_VALUE : nest(damage, text);
	case 3:
		return value ? DAMAGE_NO_VALUE : stripe_store(damage);
	default:
		return DAMAGE_NO_FIELD;
	}
}

void damage_line(struct damage *damage, const char *section, const char *key, const char *line)
{
	static char text[TEXT_MAX], new[TEXT_MAX + LINE_MAX];
	const char *at;

	get_text(damage, text);
	at = strstr(text, section);
	at = at ? strstr(at, key) : NULL;
	if (!at)
		abort();
	snprintf(new, sizeof(new), "%.*s%s%s", (int)(at - text), text, line,
		 at + strcspn(at, "\n"));
	put_text(damage, new, strlen(new));
}

/* --- COW store --- */

enum {
	STORE_MAGIC = 0x70416e53,
	CHUNK = 4096,
	ENTRY = 16,
	ENTRIES = CHUNK / ENTRY,
	EXCEPTIONS = ENTRIES + 3, /* in two areas */
	CHUNKS_MAX = 1024,
};

/* Where an entry lies in the store. */
#define ENTRY_AT(n) ((size_t)(1 + (n) / ENTRIES * (ENTRIES + 1)) * CHUNK + (n) % ENTRIES * ENTRY)

#define EXCEPTION(name, n)                                                                         \
	{ "store: " name ", origin's chunk", ENTRY_AT(n), 8, 0 },                                  \
	{                                                                                          \
		"store: " name ", store's chunk", ENTRY_AT(n) + 8, 8, 0                            \
	}

static const struct field store_fields[] = { { "store: magic", 0, 4, 0 },
					     { "store: valid", 4, 4, 0 },
					     { "store: version", 8, 4, 0 },
					     { "store: chunk_size", 12, 4, 0 },
					     EXCEPTION("exception 0", 0),
					     EXCEPTION("exception 2", 2),
					     EXCEPTION("the last of area 0", ENTRIES - 1),
					     EXCEPTION("the first of area 1", ENTRIES),
					     EXCEPTION("the last", EXCEPTIONS - 1),
					     EXCEPTION("behind the last", EXCEPTIONS),
					     { 0 } };

/* Chunks in order; between those of the two areas lies the second one. */
void damage_fill_store(struct damage *damage)
{
	unsigned char *store = damage->image + damage->store_offset;
	unsigned i;

	put_number(store, 4, STORE_MAGIC);
	put_number(store + 4, 4, 1);
	put_number(store + 8, 4, 1);
	put_number(store + 12, 4, CHUNK / DISK_SECTOR);
	for (i = 0; i < EXCEPTIONS; i++) {
		put_number(store + ENTRY_AT(i), 8, EXCEPTIONS - 1 - i);
		put_number(store + ENTRY_AT(i) + 8, 8, i + 2 + i / ENTRIES);
	}
}

/* As dm-snap-persistent.c has it, a store's fields one after the other. */
static int judge_exceptions(const struct damage *damage)
{
	const unsigned char *store = damage->image + damage->store_offset, *entry;
	const uint64_t origin_chunks = damage->origin_size / CHUNK;
	const uint64_t store_chunks = damage->store_size / CHUNK;
	bool saved[CHUNKS_MAX] = { false }, taken[CHUNKS_MAX] = { false };
	uint64_t origin, chunk, last = 0;
	int verdict = DAMAGE_HARMLESS;
	size_t i;

	for (i = 0; ENTRY_AT(i) + ENTRY <= damage->store_size; i++) {
		entry = store + ENTRY_AT(i);
		origin = get_number(entry, 8);
		chunk = get_number(entry + 8, 8);
		if (!chunk)
			return verdict;
		if (origin >= origin_chunks || chunk >= store_chunks ||
		    chunk % (ENTRIES + 1) == 1 || saved[origin] || taken[chunk])
			return DAMAGE_UNSOUND;
		saved[origin] = taken[chunk] = true;
		verdict = chunk < last ? DAMAGE_ODD : verdict;
		last = chunk > last ? chunk : last;
	}
	return DAMAGE_UNSOUND;
}

/* Where other chunk sizes have the first area lie data, which are zeros here: no exceptions. */
static void judge_store(struct damage *damage)
{
	const unsigned char *header = damage->image + damage->store_offset;
	const uint64_t chunk_sectors = get_number(header + 12, 4);

	damage->says = "vg/snap: damaged exception store: ";
	damage->verdict = DAMAGE_UNSOUND;
	damage->unmergeable = !get_number(header, 4);
	if (damage->unmergeable) { /* it looks new, but there are exceptions */
		damage->verdict = DAMAGE_ODD;
		damage->says = "vg/snap: its store has no header";
	} else if (get_number(header, 4) != STORE_MAGIC || get_number(header + 8, 4) != 1 ||
		   chunk_sectors < 8 || chunk_sectors > 1024 ||
		   chunk_sectors & (chunk_sectors - 1)) {
		damage->says = "vg/snap: damaged exception store: its header ";
	} else if (!get_number(header + 4, 4)) {
		damage->verdict = DAMAGE_INVALID;
		damage->says = "vg/snap: is invalid: the header of its store says so";
	} else if (chunk_sectors != CHUNK / DISK_SECTOR) {
		damage->verdict = DAMAGE_ODD;
		damage->says = "vg/snap: the header of its store has chunks of ";
	} else {
		damage->verdict = judge_exceptions(damage);
		if (damage->verdict == DAMAGE_ODD)
			damage->says = "vg/snap: the exceptions in its store are not in order";
	}
	if (damage->verdict == DAMAGE_HARMLESS)
		damage->says = "vg/snap: valid, inactive, ";
}

/* Every entry of the first area the same: the list has no end in it. */
static enum damage_result break_area(struct damage *damage, unsigned value)
{
	unsigned char *area = damage->image + damage->store_offset + CHUNK;
	unsigned i;

	if (value)
		return DAMAGE_NO_VALUE;
	for (i = 0; i < ENTRIES; i++)
		memcpy(area + (size_t)i * ENTRY, area, ENTRY);
	snprintf(damage->what, sizeof(damage->what), "store: all exceptions the same");
	return DAMAGE_DONE;
}

enum damage_result damage_store(struct damage *damage, unsigned field, unsigned value)
{
	const unsigned fields = sizeof(store_fields) / sizeof(store_fields[0]) - 1;
	enum damage_result result;

	if (field > fields)
		return DAMAGE_NO_FIELD;
	result = field < fields
			 ? break_field(damage, damage->store_offset, store_fields, field, value)
			 : break_area(damage, value);
	judge_store(damage);
	return result;
}
