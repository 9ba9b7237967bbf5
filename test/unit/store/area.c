/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "memdev.h"
#include "tap.h"

#include "base/auto.h"
#include "base/crc.h"
#include "device/blkdev.h"
#include "store/area.h"
#include "store/format.h"

enum { START = 4096, SIZE = 16384, TEXT_MAX = (SIZE - 512) / 2 - 512, DISK_SECTORS = 128 };

/* An empty area on a disk. */
struct fixture {
	struct memlog *log;
	struct memdev *disk;
	struct blkdev *dev;
	struct area area;
};

static void set_up(struct fixture *f)
{
	f->log = memlog_new();
	f->disk = memdev_new("/dev/sda", DISK_SECTORS, f->log);
	f->dev = NULL;
	memset(memdev_bytes(f->disk), 0xee, DISK_SECTORS * DISK_SECTOR);
	memdev_open(f->disk, BLKDEV_WRITE, &f->dev);
	area_init(&f->area, f->dev, START, SIZE);
	CHECK_INT(area_format(&f->area, false), 0);
}

static void tear_down(struct fixture *f)
{
	blkdev_free(&f->dev);
	memdev_free(&f->disk);
	memlog_free(&f->log);
}

/* A text of so many bytes, its NUL counted, that says which it is. */
static char *text_of(size_t len, char letter)
{
	char *text = malloc(len);

	if (!text)
		abort();
	memset(text, letter, len);
	text[len - 1] = 0;
	return text;
}

static int commit(struct area *area, size_t len, char letter)
{
	AUTO_FREE char *text = text_of(len, letter);
	int r;

	r = area_stage(area, text, len);
	if (r == 0)
		r = area_precommit(area);
	if (r == 0)
		r = area_publish(area);
	return r;
}

/* The letter that the area's text is made of; 0 if there is none. */
static char read_letter(struct fixture *f, size_t *len)
{
	AUTO_FREE char *text = NULL;
	struct area area;
	int r;

	area_init(&area, f->dev, START, SIZE);
	r = area_read(&area, NULL, &text, len);
	return r == 1 ? text[0] : 0;
}

static void put_crc(struct fixture *f)
{
	unsigned char *header = memdev_bytes(f->disk) + START;
	uint32_t crc = crc_update(CRC_INITIAL, header + 4, 508);

	for (unsigned i = 0; i < 4; i++)
		header[i] = (unsigned char)(crc >> 8 * i);
}

/* A reader's device, on which somebody commits twice before each of its first reads: what a header says is
 * overwritten by the time the text is read. */
struct busy {
	struct fixture *f;
	unsigned commits;
};

static int busy_read(struct blkdev *dev, uint64_t offset, void *buffer, size_t len)
{
	struct busy *busy = dev->state;

	if (busy->commits) {
		busy->commits--;
		CHECK_INT(commit(&busy->f->area, TEXT_MAX, 'a'), 0);
		CHECK_INT(commit(&busy->f->area, TEXT_MAX - 1, 'b'), 0);
	}
	return blkdev_read(busy->f->dev, offset, buffer, len);
}

static void busy_close(struct blkdev *dev)
{
	(void)dev;
}

TEST("who reads while others commit reads a whole text, however many there are")
{
	static const struct blkdev_ops ops = { .read = busy_read, .close = busy_close };
	struct fixture f;
	unsigned reads;

	set_up(&f);
	CHECK_INT(commit(&f.area, TEXT_MAX, 'a'), 0);
	for (reads = 0; reads < 40; reads++) {
		struct busy busy = { &f, reads };
		struct blkdev *dev = blkdev_new("/dev/sda", DISK_SECTORS, &ops, &busy);
		AUTO_FREE char *text = NULL;
		struct area area;
		size_t len = 0;

		dev->block_size = DISK_SECTOR;
		area_init(&area, dev, START, SIZE);
		CHECK_INT(area_read(&area, NULL, &text, &len), 1);
		CHECK(!area.damage && text && strlen(text) == len - 1 && !busy.commits);
		blkdev_free(&dev);
	}
	tear_down(&f);
}

TEST("real damage is told from a writer's haste at once")
{
	struct fixture f;
	struct area area;
	AUTO_FREE char *text = NULL;
	unsigned reads;
	size_t len;

	set_up(&f);
	CHECK_INT(commit(&f.area, 600, 'a'), 0);
	memdev_bytes(f.disk)[START + f.area.current.offset] = 'x';
	reads = memdev_calls(f.disk, MEMDEV_READ);
	area_init(&area, f.dev, START, SIZE);
	CHECK_INT(area_read(&area, NULL, &text, &len), 0);
	CHECK_TEXT(area.damage, "metadata text has a wrong checksum");
	CHECK(memdev_calls(f.disk, MEMDEV_READ) - reads <= 5);
	tear_down(&f);
}

TEST("an area newly made is empty")
{
	struct fixture f;
	size_t len;

	set_up(&f);
	CHECK_INT(read_letter(&f, &len), 0);
	CHECK(area_is_usable(&f.area));
	CHECK_INT(area_text_max(&f.area), TEXT_MAX);
	CHECK(memcmp(memdev_bytes(f.disk) + START + 4, " LVM2 x[5A%r0N*>\1\0\0\0", 20) == 0);
	tear_down(&f);
}

TEST("a text is seen when it is published, not before")
{
	AUTO_FREE char *text = text_of(700, 'b');
	struct fixture f;
	size_t len = 0;

	set_up(&f);
	CHECK_INT(commit(&f.area, 600, 'a'), 0);
	CHECK_INT(area_stage(&f.area, text, 700), 0);
	CHECK_INT(read_letter(&f, &len), 'a');
	CHECK_INT(area_precommit(&f.area), 0);
	CHECK_INT(read_letter(&f, &len), 'a');
	CHECK_INT(len, 600);
	CHECK_INT(area_publish(&f.area), 0);
	CHECK_INT(read_letter(&f, &len), 'b');
	CHECK_INT(len, 700);
	CHECK_INT(f.area.next.offset, 0);
	tear_down(&f);
}

TEST("a text withdrawn leaves the one before")
{
	AUTO_FREE char *text = text_of(700, 'b');
	struct fixture f;
	size_t len = 0;

	set_up(&f);
	CHECK_INT(commit(&f.area, 600, 'a'), 0);
	CHECK_INT(area_stage(&f.area, text, 700), 0);
	CHECK_INT(area_precommit(&f.area), 0);
	CHECK_INT(area_withdraw(&f.area), 0);
	CHECK_INT(read_letter(&f, &len), 'a');
	CHECK_INT(f.area.next.offset, 0);
	tap_log_capture();
	CHECK_INT(area_publish(&f.area), -ENOTRECOVERABLE);
	CHECK_INT(area_precommit(&f.area), -ENOTRECOVERABLE);
	tear_down(&f);
}

TEST("a header is one write of one sector")
{
	AUTO_FREE char *text = text_of(700, 'b');
	const struct memlog_event *event;
	struct fixture f;

	set_up(&f);
	CHECK_INT(area_stage(&f.area, text, 700), 0);
	memlog_clear(f.log);
	CHECK_INT(area_precommit(&f.area), 0);
	CHECK_INT(memlog_count(f.log), 1);
	event = memlog_event(f.log, 0);
	CHECK_INT(event->offset, START);
	CHECK_INT(event->len, 512);
	tear_down(&f);
}

TEST("texts go around the ring as LVM2 places them")
{
	static const struct {
		size_t len;
		uint64_t offset;
	} steps[] = {
		{ 600, 512 },		/* empty: the beginning */
		{ 512, 2 * 512 + 512 }, /* the sector behind the last byte */
		{ 2, 2048 },		/* the one before fills its sector */
		{ 7000, 2560 },
		{ 5000, 9728 },	 /* ends at 14728 */
		{ 1500, 14848 }, /* ends at 16348: less than a sector is left */
		{ 1000, 512 },
		{ 7000, 2 * 512 + 512 },
		{ 6900, 8704 },	 /* ends at 15604 */
		{ 3000, 15872 }, /* begins in the last sector, goes on at 512, ends at 3000 */
		{ 100, 3072 },
	};
	struct fixture f;
	size_t len = 0;

	set_up(&f);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		CHECK_INT(commit(&f.area, steps[i].len, (char)('a' + i)), 0);
		CHECK_INT(f.area.current.offset, steps[i].offset);
		CHECK_INT(read_letter(&f, &len), 'a' + (int)i);
		CHECK_INT(len, steps[i].len);
	}
	tear_down(&f);
}

TEST("old and new never overlap, whatever their lengths")
{
	struct fixture f;
	uint64_t random = 1;

	set_up(&f);
	for (unsigned i = 0; i < 3000; i++) {
		AUTO_FREE char *text = NULL;
		char old = (char)('a' + i % 26);
		size_t len;

		random = random * UINT64_C(6364136223846793005) + 1;
		len = 1 + (size_t)((random >> 33) % TEXT_MAX);
		text = text_of(len, (char)('a' + (i + 1) % 26));
		if (i)
			CHECK_INT(area_stage(&f.area, text, len), 0);
		if (i && f.area.current.size > 1 && read_letter(&f, &len) != old)
			CHECK(!"the committed text is untouched");
		CHECK_INT(commit(&f.area, f.area.staged.size ? f.area.staged.size : len,
				 (char)('a' + (i + 1) % 26)),
			  0);
	}
	tear_down(&f);
}

TEST("a text longer than half the ring is refused, the longest is not")
{
	AUTO_FREE char *text = text_of(TEXT_MAX + 1, 'a');
	struct fixture f;
	size_t len = 0;

	set_up(&f);
	CHECK_INT(commit(&f.area, TEXT_MAX, 'a'), 0);
	CHECK_INT(commit(&f.area, TEXT_MAX, 'b'), 0);
	CHECK_INT(commit(&f.area, TEXT_MAX, 'c'), 0);
	CHECK_INT(read_letter(&f, &len), 'c');
	tap_log_capture();
	CHECK_INT(area_stage(&f.area, text, TEXT_MAX + 1), -EFBIG);
	CHECK_INT(read_letter(&f, &len), 'c');
	tear_down(&f);
}

TEST("beside a text longer than half the ring, as LVM2 allows, only what is left is used")
{
	enum { LONG = 10000, LEFT = SIZE - 512 - 20 * 512 };
	AUTO_FREE char *old = text_of(LONG, 'a');
	AUTO_FREE char *text = text_of(TEXT_MAX, 'b');
	struct fixture f;
	size_t len = 0;

	set_up(&f);
	memcpy(memdev_bytes(f.disk) + START + 4096, old, LONG);
	f.area.staged = (struct area_slot) { .offset = 4096,
					     .size = LONG,
					     .crc = crc_update(CRC_INITIAL, old, LONG) };
	CHECK_INT(area_publish(&f.area), 0);
	CHECK_INT(area_text_max(&f.area), LEFT);
	tap_log_capture();
	CHECK_INT(area_stage(&f.area, text, LEFT + 1), -EFBIG);
	CHECK_INT(read_letter(&f, &len), 'a');
	CHECK_INT(area_stage(&f.area, text, LEFT), 0);
	CHECK_INT(read_letter(&f, &len), 'a');
	CHECK_INT(commit(&f.area, LEFT, 'c'), 0);
	CHECK_INT(area_text_max(&f.area), TEXT_MAX);
	CHECK_INT(commit(&f.area, TEXT_MAX, 'd'), 0);
	CHECK_INT(read_letter(&f, &len), 'd');
	tear_down(&f);
}

TEST("an ignored area is not read, and emptying it keeps it ignored")
{
	AUTO_FREE char *text = NULL;
	struct fixture f;
	size_t len = 0;

	set_up(&f);
	CHECK_INT(commit(&f.area, 600, 'a'), 0);
	memdev_bytes(f.disk)[START + 60] = 1;
	put_crc(&f);
	area_init(&f.area, f.dev, START, SIZE);
	CHECK_INT(area_read(&f.area, NULL, &text, &len), 0);
	CHECK(f.area.ignored && !f.area.damage && !area_is_usable(&f.area));
	CHECK_INT(area_clear(&f.area), 0);
	CHECK_INT(area_read(&f.area, NULL, &text, &len), 0);
	CHECK(f.area.ignored);
	CHECK_INT(f.area.current.offset, 0);

	CHECK_INT(area_format(&f.area, true), 0);
	area_init(&f.area, f.dev, START, SIZE);
	CHECK_INT(area_read(&f.area, NULL, &text, &len), 0);
	CHECK(f.area.ignored);
	tear_down(&f);
}

TEST("a broken header or text is damage, not a text")
{
	static const struct {
		unsigned offset; /* from the area's start */
		const char *bytes;
		unsigned len;
		bool valid_crc;
		const char *damage;
	} cases[] = {
		{ 0, "\1\2\3\4", 4, false, "header has a wrong checksum" },
		{ 511, "\1", 1, false, "header has a wrong checksum" },
		{ 4, "!", 1, true, "is not LVM2's" },
		{ 20, "\2", 1, true, "version that is not known" },
		{ 24, "\0\40", 2, true, "made for another place" },
		{ 32, "\0\100\1", 3, true, "disagree on its size" },
		{ 40, "\0\100", 2, true, "outside its area" },
		{ 40, "\377\377\377\377\377\377\377\377", 8, true, "outside its area" },
		{ 40, "\377\1", 2, true, "outside its area" },
		{ 48, "\0\0\0\0\0\0\0\0", 8, true, "larger than its area" },
		{ 48, "\1\76", 2, true, "larger than its area" },
		{ 48, "\377\377\377\377\377\377\377\377", 8, true, "larger than its area" },
		{ 56, "\1", 1, true, "text has a wrong checksum" },
		{ 700, "b", 1, false, "text has a wrong checksum" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO_FREE char *text = NULL;
		struct fixture f;
		size_t len;

		set_up(&f);
		CHECK_INT(commit(&f.area, 600, 'a'), 0);
		memcpy(memdev_bytes(f.disk) + START + cases[i].offset, cases[i].bytes,
		       cases[i].len);
		if (cases[i].valid_crc)
			put_crc(&f);
		area_init(&f.area, f.dev, START, SIZE);
		CHECK_INT(area_read(&f.area, NULL, &text, &len), 0);
		CHECK(!area_is_usable(&f.area));
		if (!f.area.damage || !strstr(f.area.damage, cases[i].damage))
			CHECK_TEXT(f.area.damage, cases[i].damage);
		tear_down(&f);
	}
}

TEST("a text too long for anybody's memory is damage of its area, and is not written")
{
	enum { LARGE = 3 * AREA_TEXT_MAX, LARGE_SECTORS = (START + LARGE) / 512 };
	AUTO_FREE char *text = NULL;
	struct fixture f = { .log = memlog_new() };
	struct disk_area_header header;
	size_t len = 0;
	unsigned reads;

	f.disk = memdev_new("/dev/sda", LARGE_SECTORS, f.log);
	memdev_open(f.disk, BLKDEV_WRITE, &f.dev);
	area_init(&f.area, f.dev, START, LARGE);
	CHECK_INT(area_format(&f.area, false), 0);
	CHECK_INT(area_text_max(&f.area), AREA_TEXT_MAX);

	memcpy(&header, memdev_bytes(f.disk) + START, sizeof(header));
	header.slots[0] =
		(struct disk_slot) { .offset = htole64(512), .size = htole64(AREA_TEXT_MAX + 1) };
	memcpy(memdev_bytes(f.disk) + START, &header, sizeof(header));
	put_crc(&f);
	reads = memdev_calls(f.disk, MEMDEV_READ);
	area_init(&f.area, f.dev, START, LARGE);
	CHECK_INT(area_read(&f.area, NULL, &text, &len), 0);
	CHECK(f.area.damage && strstr(f.area.damage, "larger than 128 MiB") && !text);
	CHECK(memdev_calls(f.disk, MEMDEV_READ) - reads < 4);
	tear_down(&f);
}

TEST("an area that cannot be is damage")
{
	static const struct {
		uint64_t start, size;
		const char *damage;
	} cases[] = {
		{ START + 1, SIZE, "whole sectors" },
		{ START, SIZE - 1, "whole sectors" },
		{ 0, SIZE, "too small" },
		{ START, 1024, "too small" },
		{ START, DISK_SECTORS * 512, "beyond the end" },
		{ UINT64_MAX - 511, SIZE, "beyond the end" },
	};
	struct fixture f;

	set_up(&f);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO_FREE char *text = NULL;
		size_t len;

		area_init(&f.area, f.dev, cases[i].start, cases[i].size);
		if (!f.area.damage || !strstr(f.area.damage, cases[i].damage))
			CHECK_TEXT(f.area.damage, cases[i].damage);
		CHECK_INT(area_read(&f.area, NULL, &text, &len), 0);
	}
	tap_log_capture();
	CHECK_INT(area_format(&f.area, false), -EINVAL);
	tear_down(&f);
}

TEST("a reader that met a writer looks again")
{
	AUTO_FREE char *text = NULL;
	AUTO_FREE unsigned char *old = malloc(DISK_SECTORS * 512);
	struct area_window window = { .data = old, .len = DISK_SECTORS * 512 };
	struct area reader;
	struct fixture f;
	size_t len = 0;

	set_up(&f);
	CHECK_INT(commit(&f.area, 600, 'a'), 0);
	memcpy(old, memdev_bytes(f.disk), window.len);
	area_init(&reader, f.dev, START, SIZE);
	CHECK_INT(area_read(&reader, &window, &text, &len), 1);
	CHECK_INT(text[0], 'a');
	CHECK_INT(memdev_calls(f.disk, MEMDEV_READ), 1);

	/* The header as it was, the text overwritten since. */
	CHECK_INT(commit(&f.area, 600, 'b'), 0);
	memcpy(old + START + 512, "xxxx", 4);
	free(TAKE(text));
	area_init(&reader, f.dev, START, SIZE);
	CHECK_INT(area_read(&reader, &window, &text, &len), 1);
	CHECK_INT(text[0], 'b');
	CHECK(!reader.damage);
	tear_down(&f);
}

TEST("an area that somebody else changed is not written")
{
	AUTO_FREE char *text = text_of(600, 'c');
	struct area other;
	struct fixture f;
	size_t len = 0;

	set_up(&f);
	CHECK_INT(commit(&f.area, 600, 'a'), 0);
	other = f.area;
	CHECK_INT(commit(&other, 600, 'b'), 0);
	tap_log_capture();
	CHECK_INT(area_stage(&f.area, text, 600), -ESTALE);
	CHECK_INT(read_letter(&f, &len), 'b');
	tear_down(&f);
}

TEST("a device without memory for a read is one that cannot be read, not want of memory here")
{
	AUTO_FREE char *text = NULL;
	struct area reader;
	struct fixture f;
	size_t len = 0;
	unsigned read;

	set_up(&f);
	CHECK_INT(commit(&f.area, 600, 'a'), 0);
	for (read = 1; read <= 2; read++) {
		tap_log_capture();
		area_init(&reader, f.dev, START, SIZE);
		memdev_fail(f.disk, MEMDEV_READ, read, ENOMEM, MEMDEV_ONCE);
		CHECK_INT(area_read(&reader, NULL, &text, &len), 0);
		CHECK(reader.damage && !text);
	}
	tear_down(&f);
}

TEST("errors of the device come back and leave the old text")
{
	AUTO_FREE char *text = text_of(600, 'b');
	struct fixture f;
	size_t len = 0;

	set_up(&f);
	CHECK_INT(commit(&f.area, 600, 'a'), 0);
	tap_log_capture();
	memdev_fail(f.disk, MEMDEV_READ, 1, EIO, MEMDEV_ONCE);
	CHECK_INT(area_stage(&f.area, text, 600), -EIO);
	memdev_fail(f.disk, MEMDEV_WRITE, 1, EIO, MEMDEV_ONCE);
	CHECK_INT(area_stage(&f.area, text, 600), -EIO);
	CHECK_INT(area_stage(&f.area, text, 600), 0);
	memdev_fail(f.disk, MEMDEV_WRITE, 1, EIO, MEMDEV_ONCE);
	CHECK_INT(area_precommit(&f.area), -EIO);
	memdev_fail(f.disk, MEMDEV_WRITE, 1, EIO, MEMDEV_ONCE);
	CHECK_INT(area_publish(&f.area), -EIO);
	CHECK_INT(read_letter(&f, &len), 'a');
	CHECK_INT(area_publish(&f.area), 0);
	CHECK_INT(read_letter(&f, &len), 'b');
	memdev_fail(f.disk, MEMDEV_READ, 1, EIO, MEMDEV_FOR_EVER);
	CHECK_INT(read_letter(&f, &len), 0);
	tear_down(&f);
}

TEST_MAIN
