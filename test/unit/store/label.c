/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "memdev.h"
#include "tap.h"

#include "base/crc.h"
#include "device/blkdev.h"
#include "store/format.h"
#include "store/label.h"

#define ID "abcdefghijklmnopqrstuvwxyz012345"

enum { DISK_SECTORS = 4096 };

/* What pvcreate makes of 64 MiB, and vgcreate then uses. */
static struct label sample(void)
{
	return (struct label) {
		.id = ID,
		.sector = LABEL_SECTOR,
		.dev_size = 64 * 1024 * 1024,
		.data = { .count = 1, .range = { { .offset = 1048576 } } },
		.areas = { .count = 1, .range = { { .offset = 4096, .size = 1044480 } } },
		.used = true,
	};
}

static void encode(const struct label *label, unsigned char data[LABEL_SCAN_BYTES])
{
	memset(data, 0, LABEL_SCAN_BYTES);
	CHECK_INT(label_encode(label, data + label->sector * DISK_SECTOR), 0);
}

static void put_crc(unsigned char *sector)
{
	uint32_t crc = crc_update(CRC_INITIAL, sector + 20, DISK_SECTOR - 20);

	for (unsigned i = 0; i < 4; i++)
		sector[16 + i] = (unsigned char)(crc >> 8 * i);
}

TEST("a label that was written is found with all it says")
{
	struct label label = sample(), found = { 0 };
	unsigned char data[LABEL_SCAN_BYTES];
	const char *damage = "";

	label.areas.range[label.areas.count++] = (struct byte_range) { 66060288, 1048576 };
	label.bootloader.range[label.bootloader.count++] = (struct byte_range) { 524288, 4096 };
	encode(&label, data);
	CHECK_INT(label_find(data, sizeof(data), &found, &damage), 1);
	CHECK(!damage);
	CHECK_TEXT(found.id, ID);
	CHECK_INT(found.sector, 1);
	CHECK_INT(found.dev_size, 64 * 1024 * 1024);
	CHECK_INT(found.data.count, 1);
	CHECK_INT(found.data.range[0].offset, 1048576);
	CHECK_INT(found.areas.count, 2);
	CHECK_INT(found.areas.range[1].offset, 66060288);
	CHECK_INT(found.areas.range[1].size, 1048576);
	CHECK_INT(found.bootloader.count, 1);
	CHECK_INT(found.version, 2);
	CHECK(found.used);
}

TEST("the fields lie where LVM2 puts them")
{
	struct label label = sample();
	unsigned char data[LABEL_SCAN_BYTES];
	const unsigned char *sector = data + DISK_SECTOR;

	encode(&label, data);
	CHECK(memcmp(sector, "LABELONE\1\0\0\0\0\0\0\0", 16) == 0);
	CHECK(memcmp(sector + 20, "\40\0\0\0LVM2 001" ID, 44) == 0);
	CHECK(memcmp(sector + 64, "\0\0\0\4\0\0\0\0\0\0\20\0\0\0\0\0", 16) == 0);
	CHECK(memcmp(sector + 104, "\0\20\0\0\0\0\0\0\0\360\17\0\0\0\0\0", 16) == 0);
	CHECK(memcmp(sector + 136, "\2\0\0\0\1\0\0\0", 8) == 0);
}

TEST("a label is found in each of the first four sectors, the first valid one counts")
{
	unsigned char data[LABEL_SCAN_BYTES + DISK_SECTOR];
	struct label label = sample(), found;
	const char *damage;

	for (unsigned i = 0; i < 4; i++) {
		label.sector = i;
		encode(&label, data);
		CHECK_INT(label_find(data, sizeof(data), &found, &damage), 1);
		CHECK_INT(found.sector, i);
	}

	label.sector = 1;
	CHECK_INT(label_encode(&label, data + DISK_SECTOR), 0);
	CHECK_INT(label_find(data, sizeof(data), &found, &damage), 1);
	CHECK_INT(found.sector, 1);
	data[DISK_SECTOR + 40] ^= 1;
	CHECK_INT(label_find(data, sizeof(data), &found, &damage), 1);
	CHECK_INT(found.sector, 3);
	CHECK(!damage);
}

TEST("zeros, and a label in the fifth sector, are no label")
{
	unsigned char data[LABEL_SCAN_BYTES + DISK_SECTOR] = { 0 };
	struct label label = sample(), found;
	const char *damage = "";

	label.sector = 4;
	CHECK_INT(label_encode(&label, data + LABEL_SCAN_BYTES), 0);
	CHECK_INT(label_find(data, sizeof(data), &found, &damage), 0);
	CHECK(!damage);
	CHECK_INT(label_find(data, 100, &found, &damage), 0);
}

TEST("a broken label is told apart from none")
{
	static const struct {
		const char *what;
		unsigned offset;
		const char *bytes;
		unsigned len;
		bool valid_crc;
		const char *damage;
	} cases[] = {
		{ "a bit of the identity", 33, "\377", 1, false, "wrong checksum" },
		{ "a bit of the checksum", 16, "\377", 1, false, "wrong checksum" },
		{ "last byte", 511, "\1", 1, false, "wrong checksum" },
		{ "sector", 8, "\2", 1, false, "another sector" },
		{ "type", 24, "LVM2 002", 8, true, "of a type" },
		{ "body offset", 20, "\41", 1, true, "its body" },
		{ "identity", 32, "?", 1, true, "characters that no identity has" },
		{ "identity with a NUL", 40, "", 1, true, "characters that no identity has" },
		{ "area ends beyond what a number can say", 104,
		  "\0\20\0\0\0\0\0\0\377\377\377\377\377\377\377\377", 16, true, "beyond what" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		unsigned char data[LABEL_SCAN_BYTES];
		struct label label = sample(), found;
		const char *damage = NULL;

		encode(&label, data);
		memcpy(data + DISK_SECTOR + cases[i].offset, cases[i].bytes, cases[i].len);
		if (cases[i].valid_crc)
			put_crc(data + DISK_SECTOR);
		CHECK_INT(label_find(data, sizeof(data), &found, &damage), 0);
		if (!damage || !strstr(damage, cases[i].damage)) {
			printf("# %s\n", cases[i].what);
			CHECK_TEXT(damage, cases[i].damage);
		}
	}
}

TEST("a label is refused whose places would be written over one another")
{
	static const struct {
		const char *what;
		struct byte_range data, areas[2];
		bool sound;
	} cases[] = {
		{ "area behind the data", { 1048576, 0 }, { { 4096, 4096 }, { 66060288, 4096 } }, true },
		{ "area where data begin", { 65536, 0 }, { { 4096, 4096 }, { 65536, 4096 } }, true },
		{ "area up to the data", { 8192, 0 }, { { 4096, 4096 } }, true },
		{ "area behind the label", { 8192, 0 }, { { 1024, 4096 } }, true },
		{ "data behind the label", { 1024, 0 }, { { 4096, 4096 } }, true },
		{ "area over the label", { 8192, 0 }, { { 1023, 4096 } }, false },
		{ "area from before the label", { 8192, 0 }, { { 1, 512 } }, false },
		{ "area in the area before", { 65536, 0 }, { { 4096, 4096 }, { 8191, 4096 } }, false },
		{ "area around the area before", { 65536, 0 }, { { 4096, 512 }, { 2048, 8192 } }, false },
		{ "data within an area", { 8191, 0 }, { { 4096, 4096 } }, false },
		{ "data over the label", { 1023, 0 }, { { 4096, 4096 } }, false },
		{ "data from before the label", { 1, 0 }, { { 4096, 4096 } }, false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		unsigned char data[LABEL_SCAN_BYTES];
		struct label label = sample(), found;
		const char *damage = NULL;

		label.data.range[0] = cases[i].data;
		label.areas.count = cases[i].areas[1].size ? 2 : 1;
		memcpy(label.areas.range, cases[i].areas, sizeof(cases[i].areas));
		encode(&label, data);
		if (label_find(data, sizeof(data), &found, &damage) != cases[i].sound ||
		    cases[i].sound != !damage)
			CHECK_TEXT(cases[i].what, "");
	}
}

TEST("label and areas occupy what they lie on, and nothing beside")
{
	struct label label = sample();

	CHECK(label_occupies(&label, 0, 4096));
	CHECK(label_occupies(&label, 1023, 1));
	CHECK(!label_occupies(&label, 0, 512));
	CHECK(!label_occupies(&label, 1024, 3072));
	CHECK(label_occupies(&label, 4095, 2));
	CHECK(label_occupies(&label, 1048575, 1));
	CHECK(!label_occupies(&label, 1048576, INT64_MAX));
	CHECK(!label_occupies(&label, 1048576, 0));
}

TEST("lists without an end and with too many entries are refused")
{
	unsigned char data[LABEL_SCAN_BYTES];
	struct label label = sample(), found;
	const char *damage = NULL;

	encode(&label, data);
	memset(data + DISK_SECTOR + 72, 1, DISK_SECTOR - 72);
	put_crc(data + DISK_SECTOR);
	CHECK_INT(label_find(data, sizeof(data), &found, &damage), 0);
	CHECK(damage && strstr(damage, "more areas than"));

	/* Three ranges in each of the two lists, and bytes that are no end behind them. */
	memset(data + DISK_SECTOR + 72 + 48, 0, 16);
	memset(data + DISK_SECTOR + 72 + 112, 0, 16);
	memset(data + DISK_SECTOR + 72 + 128, 2, DISK_SECTOR - 72 - 128);
	put_crc(data + DISK_SECTOR);
	CHECK_INT(label_find(data, sizeof(data), &found, &damage), 0);
	CHECK(damage && strstr(damage, "more areas than"));
}

TEST("labels from before the extension, and from before its flags, are read")
{
	unsigned char data[LABEL_SCAN_BYTES];
	struct label label = sample(), found;
	const char *damage;

	encode(&label, data);
	memset(data + DISK_SECTOR + 136, 0, 8);
	put_crc(data + DISK_SECTOR);
	CHECK_INT(label_find(data, sizeof(data), &found, &damage), 1);
	CHECK_INT(found.version, 0);
	CHECK(!found.used);

	memcpy(data + DISK_SECTOR + 136, "\1\0\0\0\1\0\0\0\0\0\10\0\0\0\0\0\0\20\0\0\0\0\0\0", 24);
	put_crc(data + DISK_SECTOR);
	CHECK_INT(label_find(data, sizeof(data), &found, &damage), 1);
	CHECK_INT(found.version, 1);
	CHECK(!found.used);
	CHECK_INT(found.bootloader.count, 1);
	CHECK_INT(found.bootloader.range[0].offset, 524288);
}

TEST("a label that says more than is known is read and not written again")
{
	static const struct {
		unsigned at; /* 136: version, 140: flags, 144: bootloader areas, end at 160 */
		unsigned char value;
		bool foreign;
	} cases[] = {
		{ 136, 2, false }, { 140, 1, false }, { 136, 3, true },
		{ 140, 3, true },  { 160, 1, true },  { 511, 1, true },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct memdev *disk = memdev_new("/dev/sda", DISK_SECTORS, NULL);
		unsigned char before[LABEL_SCAN_BYTES];
		struct label label = sample(), found;
		struct blkdev *dev = NULL;
		const char *damage;

		encode(&label, before);
		before[DISK_SECTOR + cases[i].at] = cases[i].value;
		put_crc(before + DISK_SECTOR);
		memcpy(memdev_bytes(disk), before, sizeof(before));
		memdev_open(disk, BLKDEV_WRITE, &dev);

		CHECK_INT(label_find(before, sizeof(before), &found, &damage), 1);
		CHECK_INT(found.foreign, cases[i].foreign);
		tap_log_capture();
		CHECK_INT(label_write(dev, &found), cases[i].foreign ? -ENOTSUP : 0);
		CHECK(!memcmp(memdev_bytes(disk), before, sizeof(before)));
		blkdev_free(&dev);
		memdev_free(&disk);
	}
}

TEST("writing a label is one sector's write, erasing finds every one")
{
	struct memlog *log = memlog_new();
	struct memdev *disk = memdev_new("/dev/sda", DISK_SECTORS, log);
	struct label label = sample(), found;
	struct blkdev *dev = NULL;
	const char *damage = NULL;

	memdev_open(disk, BLKDEV_WRITE, &dev);
	CHECK_INT(label_write(dev, &label), 0);
	CHECK_INT(memlog_count(log), 1);
	CHECK_INT(memlog_event(log, 0)->offset, 512);
	CHECK_INT(memlog_event(log, 0)->len, 512);
	label.sector = 3;
	CHECK_INT(label_write(dev, &label), 0);
	CHECK_INT(label_erase(dev), 2);
	CHECK_INT(label_find(memdev_bytes(disk), LABEL_SCAN_BYTES, &found, &damage), 0);
	CHECK(!damage);
	CHECK_INT(label_erase(dev), 0);

	tap_log_capture();
	memdev_fail(disk, MEMDEV_READ, 1, EIO, MEMDEV_ONCE);
	CHECK_INT(label_erase(dev), -EIO);
	memdev_fail(disk, MEMDEV_WRITE, 1, EIO, MEMDEV_ONCE);
	CHECK_INT(label_write(dev, &label), -EIO);
	blkdev_free(&dev);
	memdev_free(&disk);
	memlog_free(&log);
}

TEST_MAIN
