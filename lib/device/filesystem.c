/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <blkid/blkid.h>
#include <endian.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <linux/fs.h>

#include "device/filesystem.h"

#include "base/auto.h"
#include "base/io.h"
#include "base/log.h"
#include "base/text.h"
#include "base/units.h"

/* Where superblocks have their sizes. */
enum {
	EXT_SUPER = 1024, /* ext4(5), ext4_super_block */
	EXT_BLOCKS_LOW = 0x4,
	EXT_LOG_BLOCK_KIB = 0x18,
	EXT_INCOMPATIBLE = 0x60,
	EXT_BLOCKS_HIGH = 0x150,
	EXT_64BIT = 0x80,
	XFS_BLOCK_SIZE = 4, /* xfs_dsb, big-endian */
	XFS_BLOCKS = 8,
	BTRFS_SUPER = 65536, /* btrfs_super_block */
	BTRFS_DEVICES = 0x88,
	BTRFS_ID_HERE = 0xc9,
	BTRFS_SIZE_HERE = 0xd1,
	SUPER_SIZE = 1024,
	MOST_LOG_BLOCK = 6,
};

struct superblock {
	uint8_t bytes[SUPER_SIZE];
};

static uint32_t number32(const struct superblock *super, unsigned offset)
{
	uint32_t raw;

	memcpy(&raw, super->bytes + offset, sizeof(raw));
	return le32toh(raw);
}

static uint64_t number64(const struct superblock *super, unsigned offset)
{
	uint64_t raw;

	memcpy(&raw, super->bytes + offset, sizeof(raw));
	return le64toh(raw);
}

/* Not told by what cannot be: that has no size. */
static uint64_t sectors_of(uint64_t blocks, uint64_t block_size)
{
	uint64_t bytes;

	return mul_overflows(blocks, block_size, &bytes) ? 0 : divide_up(bytes, SECTOR_SIZE);
}

static void measure_ext(const struct superblock *super, struct filesystem *fs)
{
	const uint32_t log_kib = number32(super, EXT_LOG_BLOCK_KIB);
	uint64_t blocks = number32(super, EXT_BLOCKS_LOW);

	if (number32(super, EXT_INCOMPATIBLE) & EXT_64BIT)
		blocks |= (uint64_t)number32(super, EXT_BLOCKS_HIGH) << 32;
	if (log_kib > MOST_LOG_BLOCK)
		return;
	fs->block_sectors = UINT64_C(2) << log_kib;
	fs->size_sectors = sectors_of(blocks, UINT64_C(1024) << log_kib);
}

static void measure_xfs(const struct superblock *super, struct filesystem *fs)
{
	fs->size_sectors = sectors_of(__builtin_bswap64(htole64(number64(super, XFS_BLOCKS))),
				      __builtin_bswap32(htole32(number32(super, XFS_BLOCK_SIZE))));
}

static void measure_btrfs(const struct superblock *super, struct filesystem *fs)
{
	fs->devices = number64(super, BTRFS_DEVICES);
	fs->device_id = number64(super, BTRFS_ID_HERE);
	fs->size_sectors = number64(super, BTRFS_SIZE_HERE) / SECTOR_SIZE;
}

static const struct measure {
	const char *type;
	uint64_t offset;
	void (*measure)(const struct superblock *super, struct filesystem *fs);
} measures[] = {
	{ "ext2", EXT_SUPER, measure_ext },	 { "ext3", EXT_SUPER, measure_ext },
	{ "ext4", EXT_SUPER, measure_ext },	 { "xfs", 0, measure_xfs },
	{ "btrfs", BTRFS_SUPER, measure_btrfs },
};

static int measure(const char *label, int fd, struct filesystem *fs)
{
	struct superblock super;
	unsigned i;
	int r;

	for (i = 0; i < sizeof(measures) / sizeof(measures[0]); i++) {
		if (strcmp(measures[i].type, fs->type))
			continue;
		r = io_read(fd, super.bytes, sizeof(super.bytes), measures[i].offset);
		if (r < 0)
			return fail(r, _("%s: cannot read its filesystem: %s"), label,
				    strerror(-r));
		measures[i].measure(&super, fs);
	}
	return 0;
}

/* struct xfs_fsop_geom_v1 of the kernel's xfs_fs.h, which is in no library's headers. */
struct xfs_geometry {
	uint32_t block_size, rt_extent_size, ag_blocks, ag_count, log_blocks, sector_size,
		inode_size, inode_percent;
	uint64_t data_blocks, rt_blocks, rt_extents, log_start;
	uint8_t id[16];
	uint32_t stripe_unit, stripe_width;
	int32_t version;
	uint32_t flags, log_sector_size, rt_sector_size, directory_block_size;
};

#define XFS_GEOMETRY _IOR('X', 100, struct xfs_geometry)

int filesystem_ask(const char *label, const char *point, struct filesystem *filesystem)
{
	AUTO_CLOSE int fd = -1;
	struct xfs_geometry geometry;

	if (strcmp(filesystem->type, "xfs"))
		return 0;
	fd = open(point, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || ioctl(fd, XFS_GEOMETRY, &geometry) < 0)
		return fail_errno(_("%s: %s does not tell the size of its filesystem"), label,
				  point);
	filesystem->size_sectors = sectors_of(geometry.data_blocks, geometry.block_size);
	return 0;
}

static void probe_free(blkid_probe *probe)
{
	blkid_free_probe(*probe);
}

/* libblkid says -2 of what could be several things. */
static int probe(const char *label, int fd, struct filesystem *fs)
{
	__attribute__((cleanup(probe_free))) blkid_probe probe = blkid_new_probe();
	const char *type = NULL;
	int r;

	if (!probe || blkid_probe_set_device(probe, fd, 0, 0) != 0)
		return fail(-EIO, _("%s: cannot be searched for a filesystem"), label);
	blkid_probe_enable_superblocks(probe, 1);
	blkid_probe_set_superblocks_flags(probe, BLKID_SUBLKS_TYPE);
	r = blkid_do_safeprobe(probe);
	if (r == -2)
		return fail(-EINVAL, _("%s: has signatures of several filesystems; see wipefs(8)"),
			    label);
	if (r < 0)
		return fail(-EIO, _("%s: cannot be searched for a filesystem"), label);
	if (r || blkid_probe_lookup_value(probe, "TYPE", &type, NULL) != 0)
		return 0;
	snprintf(fs->type, sizeof(fs->type), "%s", type);
	return 1;
}

int filesystem_find(const char *label, const char *path, struct filesystem *filesystem)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct filesystem found = { .devices = 1 };
	int r;

	if (fd < 0)
		return fail_errno(_("%s: cannot open %s"), label, path);
	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	r = probe(label, fd, &found);
	if (r > 0 && measure(label, fd, &found) < 0)
		return -EIO;
	if (r > 0)
		*filesystem = found;
	return r;
}
