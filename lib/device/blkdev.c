/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Open block devices and image files.
 *
 * A block device is opened with O_DIRECT.  An image file is not: all users of a file, loop devices
 * in either of their modes included, see one page cache, and the alignment that direct I/O on a
 * file needs is its file system's affair.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "device/blkdev.h"

#include "base/auto.h"
#include "base/io.h"
#include "base/log.h"
#include "base/text.h"
#include "base/units.h"

enum {
	BOUNCE_SIZE = 1024 * 1024,
	BOUNCE_ALIGNMENT = 4096,
	BLOCK_SIZE_MAX = 65536,
};

static int file_read_blocks(struct blkdev *dev, uint64_t offset, void *buffer, size_t len)
{
	return io_read(dev->fd, buffer, len, offset);
}

static int file_write_blocks(struct blkdev *dev, uint64_t offset, const void *buffer, size_t len)
{
	return io_write(dev->fd, buffer, len, offset);
}

static int file_sync(struct blkdev *dev)
{
	return fdatasync(dev->fd) < 0 ? -errno : 0;
}

static void file_close(struct blkdev *dev)
{
	close(dev->fd);
}

static const struct blkdev_ops file_ops = {
	.read = file_read_blocks,
	.write = file_write_blocks,
	.sync = file_sync,
	.close = file_close,
};

struct blkdev *blkdev_new(const char *name, uint64_t size_sectors, const struct blkdev_ops *ops,
			  void *state)
{
	struct blkdev *dev = calloc(1, sizeof(*dev));

	if (!dev)
		return NULL;
	dev->name = strdup(name);
	if (!dev->name) {
		free(dev);
		return NULL;
	}
	dev->size_sectors = size_sectors;
	dev->block_size = SECTOR_SIZE;
	dev->physical_block_size = SECTOR_SIZE;
	dev->writable = true;
	dev->ops = ops;
	dev->fd = -1;
	dev->state = state;
	return dev;
}

void blkdev_free(struct blkdev **dev)
{
	if (!*dev)
		return;
	(*dev)->ops->close(*dev);
	free((*dev)->name);
	free((*dev)->path);
	free(*dev);
	*dev = NULL;
}

/* Size and block sizes of the block device behind dev->fd. */
static int learn_geometry(struct blkdev *dev)
{
	uint64_t size_bytes = 0;
	int logical = 0;
	unsigned int physical = 0, optimal = 0;

	if (ioctl(dev->fd, BLKGETSIZE64, &size_bytes) < 0)
		return fail_errno(_("%s: cannot learn its size"), dev->name);
	if (ioctl(dev->fd, BLKSSZGET, &logical) < 0)
		return fail_errno(_("%s: cannot learn its block size"), dev->name);
	if (logical < SECTOR_SIZE || logical > BLOCK_SIZE_MAX ||
	    !is_power_of_two((uint64_t)logical))
		return fail(-EINVAL, _("%s: has a block size of %d bytes"), dev->name, logical);

	dev->block_size = (uint32_t)logical;
	dev->size_sectors = (size_bytes - size_bytes % dev->block_size) >> SECTOR_SHIFT;

	/* Hints only: a driver without them leaves the zeros. */
	if (ioctl(dev->fd, BLKPBSZGET, &physical) < 0 || physical < dev->block_size)
		physical = dev->block_size;
	if (ioctl(dev->fd, BLKIOOPT, &optimal) < 0)
		optimal = 0;
	dev->physical_block_size = physical;
	dev->optimal_io_size = optimal;
	return 0;
}

/* What the path is, before it is opened: opening a FIFO would wait for its other end. */
static int stat_path(const char *name, const char *path, struct stat *st)
{
	if (stat(path, st) < 0)
		return fail_errno("%s", name);
	if (!S_ISBLK(st->st_mode) && !S_ISREG(st->st_mode))
		return fail(-ENOTBLK, _("%s: neither a block device nor an image file"), name);
	return 0;
}

static int open_path(const char *name, const char *path, enum blkdev_mode mode,
		     const struct stat *st)
{
	int flags = O_CLOEXEC | O_NOCTTY | (mode == BLKDEV_WRITE ? O_RDWR : O_RDONLY) |
		    (S_ISBLK(st->st_mode) ? O_DIRECT : 0);
	int fd = open(path, flags);

	if (fd < 0 && mode == BLKDEV_WRITE)
		return fail_errno(_("%s: cannot open for writing"), name);
	if (fd < 0)
		return fail_errno(_("%s: cannot open"), name);
	return fd;
}

int blkdev_open_as(const char *name, const char *path, enum blkdev_mode mode,
		   struct blkdev **result)
{
	AUTO(blkdev) struct blkdev *dev = NULL;
	AUTO_CLOSE int fd = -1;
	struct stat st;
	int r;

	r = stat_path(name, path, &st);
	if (r < 0)
		return r;
	fd = open_path(name, path, mode, &st);
	if (fd < 0)
		return fd;
	dev = blkdev_new(name, (uint64_t)st.st_size >> SECTOR_SHIFT, &file_ops, NULL);
	if (!dev)
		return fail_memory();
	dev->fd = fd;
	fd = -1;
	dev->path = strdup(path);
	if (!dev->path)
		return fail_memory();
	dev->writable = mode == BLKDEV_WRITE;

	if (S_ISBLK(st.st_mode)) {
		dev->major = major(st.st_rdev);
		dev->minor = minor(st.st_rdev);
		r = learn_geometry(dev);
		if (r < 0)
			return r;
	}
	*result = TAKE(dev);
	return 0;
}

int blkdev_open(const char *path, enum blkdev_mode mode, struct blkdev **dev)
{
	return blkdev_open_as(path, path, mode, dev);
}

static bool is_aligned(const struct blkdev *dev, uint64_t offset, const void *buffer, size_t len)
{
	return !((offset | len | (uintptr_t)buffer) & (dev->block_size - 1));
}

static bool is_inside(const struct blkdev *dev, uint64_t offset, uint64_t len)
{
	uint64_t size = dev->size_sectors << SECTOR_SHIFT;

	return offset <= size && len <= size - offset;
}

/*
 * The whole blocks around one step of a transfer of any alignment: bytes [skip, skip + part) of
 * the span bytes at start are the caller's.
 */
struct step {
	uint64_t start;
	size_t skip, part, span;
};

static struct step step_of(const struct blkdev *dev, uint64_t offset, size_t len)
{
	struct step step = { .skip = offset % dev->block_size };

	step.start = offset - step.skip;
	step.part = len < BOUNCE_SIZE - step.skip ? len : BOUNCE_SIZE - step.skip;
	step.span = (size_t)round_up(step.skip + step.part, dev->block_size);
	return step;
}

static unsigned char *bounce_new(const struct blkdev *dev, uint64_t offset, size_t len)
{
	size_t alignment = dev->block_size;

	if (alignment < BOUNCE_ALIGNMENT)
		alignment = BOUNCE_ALIGNMENT;
	return aligned_alloc(alignment,
			     (size_t)round_up(step_of(dev, offset, len).span, alignment));
}

static int read_bounced(struct blkdev *dev, uint64_t offset, unsigned char *buffer, size_t len)
{
	AUTO_FREE unsigned char *bounce = bounce_new(dev, offset, len);

	if (!bounce)
		return -ENOMEM;
	while (len) {
		const struct step step = step_of(dev, offset, len);
		int r = dev->ops->read(dev, step.start, bounce, step.span);

		if (r < 0)
			return r;
		memcpy(buffer, bounce + step.skip, step.part);
		offset += step.part;
		buffer += step.part;
		len -= step.part;
	}
	return 0;
}

/* Read the blocks that a step covers only in part: its first, its last, or both. */
static int read_edges(struct blkdev *dev, const struct step *step, unsigned char *bounce)
{
	size_t last = step->span - dev->block_size;
	bool head = step->skip != 0;
	bool tail = step->skip + step->part != step->span && !(head && last == 0);
	int r = 0;

	if (head)
		r = dev->ops->read(dev, step->start, bounce, dev->block_size);
	if (r == 0 && tail)
		r = dev->ops->read(dev, step->start + last, bounce + last, dev->block_size);
	return r;
}

static int write_bounced(struct blkdev *dev, uint64_t offset, const unsigned char *buffer,
			 size_t len)
{
	AUTO_FREE unsigned char *bounce = bounce_new(dev, offset, len);

	if (!bounce)
		return -ENOMEM;
	while (len) {
		const struct step step = step_of(dev, offset, len);
		int r = read_edges(dev, &step, bounce);

		if (r < 0)
			return r;
		memcpy(bounce + step.skip, buffer, step.part);
		r = dev->ops->write(dev, step.start, bounce, step.span);
		if (r < 0)
			return r;
		offset += step.part;
		buffer += step.part;
		len -= step.part;
	}
	return 0;
}

int blkdev_read(struct blkdev *dev, uint64_t offset, void *buffer, size_t len)
{
	int r;

	if (!is_inside(dev, offset, len))
		return fail(-EINVAL, _("%s: cannot read %zu bytes at %" PRIu64 ": past its end"),
			    dev->name, len, offset);
	if (is_aligned(dev, offset, buffer, len))
		r = dev->ops->read(dev, offset, buffer, len);
	else
		r = read_bounced(dev, offset, buffer, len);
	if (r < 0)
		return fail(r, _("%s: cannot read %zu bytes at %" PRIu64 ": %s"), dev->name, len,
			    offset, strerror(-r));
	return 0;
}

int blkdev_write(struct blkdev *dev, uint64_t offset, const void *buffer, size_t len)
{
	int r;

	if (!dev->writable)
		return fail(-EROFS, _("%s: is open for reading only"), dev->name);
	if (!is_inside(dev, offset, len))
		return fail(-EINVAL, _("%s: cannot write %zu bytes at %" PRIu64 ": past its end"),
			    dev->name, len, offset);
	if (is_aligned(dev, offset, buffer, len))
		r = dev->ops->write(dev, offset, buffer, len);
	else
		r = write_bounced(dev, offset, buffer, len);
	if (r < 0)
		return fail(r, _("%s: cannot write %zu bytes at %" PRIu64 ": %s"), dev->name, len,
			    offset, strerror(-r));
	return 0;
}

int blkdev_zero(struct blkdev *dev, uint64_t offset, uint64_t len)
{
	AUTO_FREE unsigned char *zeros = NULL;
	size_t room = len < BOUNCE_SIZE ? (size_t)len : BOUNCE_SIZE;

	zeros = aligned_alloc(BLOCK_SIZE_MAX, (size_t)round_up(room + 1, BLOCK_SIZE_MAX));
	if (!zeros)
		return fail_memory();
	memset(zeros, 0, room);
	while (len) {
		size_t part = len < room ? (size_t)len : room;
		int r = blkdev_write(dev, offset, zeros, part);

		if (r < 0)
			return r;
		offset += part;
		len -= part;
	}
	return 0;
}

int blkdev_sync(struct blkdev *dev)
{
	int r = dev->ops->sync(dev);

	if (r < 0)
		return fail(r, _("%s: cannot make writes durable: %s"), dev->name, strerror(-r));
	return 0;
}

int blkdev_discard(struct blkdev *dev, uint64_t offset, uint64_t len)
{
	uint64_t range[2] = { offset, len };

	if (dev->fd < 0 || !dev->writable)
		return -EOPNOTSUPP;
	return ioctl(dev->fd, BLKDISCARD, range) < 0 ? -errno : 0;
}
