/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Signatures, by libblkid.
 *
 * libblkid reads into buffers of its own at offsets of its own, which a descriptor with O_DIRECT
 * refuses, so the device is opened once more without.  That descriptor shares the page cache of
 * the block device: clean pages are dropped first, because the device may have been written
 * through one stacked upon it, and what is wiped becomes durable with the caller's blkdev_sync().
 */
#include <blkid/blkid.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "device/signature.h"

#include "base/auto.h"
#include "base/log.h"
#include "base/text.h"
#include "base/units.h"
#include "device/blkdev.h"

/* More than any format has copies of its signature: beyond it writes do not arrive. */
enum { WIPES_MAX = 1024 };

static void probe_free(blkid_probe *probe)
{
	blkid_free_probe(*probe);
}

/* Open what dev has open once more, through /proc so that it surely is the same. */
static int reopen(const struct blkdev *dev, int flags)
{
	char path[sizeof("/proc/self/fd/") + 3 * sizeof(int)];
	int fd;

	if (dev->fd < 0)
		return fail(-ENOTSUP, _("%s: cannot be searched for signatures"), dev->name);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", dev->fd);
	fd = open(path, flags | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		fd = open(dev->path, flags | O_CLOEXEC);
	if (fd < 0)
		return fail_errno(_("%s: cannot open to search for signatures"), dev->name);
	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	return fd;
}

/* The same chains and flags as wipefs(8): bad checksums count, and so does a damaged GPT.  size 0: all. */
static int probe_new(const struct blkdev *dev, int fd, blkid_loff_t start, blkid_loff_t size,
		     blkid_probe *probe)
{
	*probe = blkid_new_probe();
	if (!*probe)
		return fail_memory();
	errno = 0;
	if (blkid_probe_set_device(*probe, fd, start, size) != 0 ||
	    blkid_probe_enable_superblocks(*probe, 1) != 0 ||
	    blkid_probe_set_superblocks_flags(*probe, BLKID_SUBLKS_MAGIC | BLKID_SUBLKS_TYPE |
						      BLKID_SUBLKS_USAGE |
						      BLKID_SUBLKS_BADCSUM) != 0 ||
	    blkid_probe_enable_partitions(*probe, 1) != 0 ||
	    blkid_probe_set_partitions_flags(*probe, BLKID_PARTS_MAGIC |
						     BLKID_PARTS_FORCE_GPT) != 0)
		return fail_errno(_("%s: cannot be searched for signatures"), dev->name);
	return 0;
}

/* One step of the search: 1 found, 0 no more, or a negative errno, reported. */
static int probe_next(const struct blkdev *dev, blkid_probe probe)
{
	int r;

	errno = 0;
	r = blkid_do_probe(probe);
	if (r < 0)
		return fail_errno(_("%s: search for signatures failed"), dev->name);
	return r == 0;
}

static const char *probe_value(blkid_probe probe, const char *name)
{
	const char *value;

	return blkid_probe_lookup_value(probe, name, &value, NULL) == 0 ? value : NULL;
}

static void describe(blkid_probe probe, char description[SIGNATURE_TEXT])
{
	const char *type = probe_value(probe, "TYPE");
	const char *usage = probe_value(probe, "USAGE");
	const char *table = probe_value(probe, "PTTYPE");

	if (!type && table)
		snprintf(description, SIGNATURE_TEXT, _("%s partition table"), table);
	else if (type && usage && strcmp(usage, "filesystem") == 0)
		snprintf(description, SIGNATURE_TEXT, _("%s filesystem"), type);
	else
		snprintf(description, SIGNATURE_TEXT, _("%s signature"),
			 type ? type : _("unknown"));
}

int signature_find(struct blkdev *dev, char description[SIGNATURE_TEXT])
{
	return signature_find_within(dev, 0, 0, description);
}

int signature_find_within(struct blkdev *dev, uint64_t start_sectors, uint64_t len_sectors,
			  char description[SIGNATURE_TEXT])
{
	__attribute__((cleanup(probe_free))) blkid_probe probe = NULL;
	AUTO_CLOSE int fd = reopen(dev, O_RDONLY);
	int r;

	if (fd < 0)
		return fd;
	r = probe_new(dev, fd, (blkid_loff_t)(start_sectors * SECTOR_SIZE),
		      (blkid_loff_t)(len_sectors * SECTOR_SIZE), &probe);
	if (r < 0)
		return r;
	r = probe_next(dev, probe);
	if (r == 1)
		describe(probe, description);
	return r;
}

static int wipe_found(const struct blkdev *dev, blkid_probe probe)
{
	char description[SIGNATURE_TEXT];

	describe(probe, description);
	errno = 0;
	if (blkid_do_wipe(probe, 0) != 0)
		return fail_errno(_("%s: cannot wipe the %s"), dev->name, description);
	detail(_("%s: wiped the %s"), dev->name, description);
	return 0;
}

int signature_wipe(struct blkdev *dev)
{
	__attribute__((cleanup(probe_free))) blkid_probe probe = NULL;
	AUTO_CLOSE int fd = -1;
	int r;

	if (!dev->writable)
		return fail(-EROFS, _("%s: is open for reading only"), dev->name);
	fd = reopen(dev, O_RDWR);
	if (fd < 0)
		return fd;
	r = probe_new(dev, fd, 0, 0, &probe);
	if (r < 0)
		return r;
	for (int wiped = 0; wiped < WIPES_MAX; wiped++) {
		r = probe_next(dev, probe);
		if (r < 0)
			return r;
		if (r == 0)
			return wiped;
		r = wipe_found(dev, probe);
		if (r < 0)
			return r;
	}
	return fail(-EIO, _("%s: signatures are still there after wiping"), dev->name);
}
