/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/newcomer.h"

#include "base/auto.h"
#include "base/log.h"
#include "base/text.h"
#include "base/units.h"
#include "device/blkdev.h"
#include "device/scan.h"
#include "model/vg.h"
#include "ops/device.h"
#include "ops/session.h"
#include "store/catalog.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { SIZE_MIN_SECTORS = 4096 };	/* 2 MiB, LVM2's devices/pv_min_size */

static const char LVM2_MEMBER[] = "LVM2_member";

static const char *path_of(const struct newcomer *newcomer)
{
	return newcomer->disk->candidate->path;
}

/* A label that cannot be gone by may be a member's of a group that is not to be seen for it. */
static int judge_damage(const struct newcomers *newcomers, const struct newcomer *newcomer)
{
	if (!newcomer->disk->damage || newcomers->flags & NEWCOMER_RESTORE || newcomers->session->test ||
	    newcomers->session->force)
		return 0;
	return session_confirm(newcomers->session,
			       _("%s: has a damaged PV label, which is to be replaced"),
			       path_of(newcomer));
}

/* What stands against a device that is or was somebody's PV. */
static int judge_membership(const struct newcomers *newcomers, const struct newcomer *newcomer)
{
	const struct disk *disk = newcomer->disk;

	if (!disk->has_label)
		return judge_damage(newcomers, newcomer);
	if (disk->duplicate && disk->group)
		return fail(-EPERM,
			    _("%s: another device has the same identity; take one of them away"),
			    path_of(newcomer));
	if (newcomers->flags & NEWCOMER_RENEW)
		return device_ask_member(newcomers->session, disk);
	if (disk->duplicate)
		return fail(-EPERM,
			    _("%s: another device has the same identity; take one of them away, or "
			      "make this a PV anew with svpvcreate"),
			    path_of(newcomer));
	if (disk->damage)
		return fail(-EBADMSG, _("%s: %s; make it a PV anew with svpvcreate"),
			    path_of(newcomer), disk->damage);
	return device_refuse_member(disk);
}

static int judge_size(const struct newcomer *newcomer)
{
	char size[SIZE_TEXT];

	if (newcomer->disk->dev->size_sectors >= SIZE_MIN_SECTORS)
		return 0;
	return fail(-ENOSPC, _("%s: is too small for a PV; it needs %s"), path_of(newcomer),
		    size_print(SIZE_MIN_SECTORS, size));
}

/* Our own label is no foreign signature. */
static int judge_signature(const struct session *session, struct newcomer *newcomer)
{
	int r = signature_find(newcomer->disk->dev, newcomer->signature);

	if (r < 0)
		return r;
	if (!r || !strncmp(newcomer->signature, LVM2_MEMBER, sizeof(LVM2_MEMBER) - 1)) {
		newcomer->signature[0] = 0;
		return 0;
	}
	if (session->test || session->force)
		return 0;
	return session_confirm(session, _("%s: has a %s, which is to be wiped"), path_of(newcomer),
			       newcomer->signature);
}

static bool is_named_before(const struct newcomers *newcomers, const struct disk *disk)
{
	unsigned i;

	for (i = 0; i < newcomers->count; i++)
		if (newcomers->list[i].disk == disk)
			return true;
	return false;
}

/* Fills in one more of the list, which counts from then on. */
static int find_one(struct newcomers *newcomers, const char *path)
{
	struct newcomer *newcomer = &newcomers->list[newcomers->count];
	struct disk *disk;
	int r;

	r = device_find(newcomers->catalog, path, &disk);
	if (r < 0)
		return r;
	if (is_named_before(newcomers, disk))
		return fail(-EINVAL, _("%s: is named twice"), path);
	*newcomer = (struct newcomer) { .disk = disk, .fd = -1 };
	newcomer->to_make = (newcomers->flags & NEWCOMER_RENEW) || !disk->has_label;
	newcomers->count++;

	r = judge_membership(newcomers, newcomer);
	r = r < 0 ? r : device_hold(disk, &newcomer->fd);
	r = r < 0 ? r : catalog_open_for_write(disk);
	r = r < 0 ? r : judge_size(newcomer);
	if (r < 0 || !newcomer->to_make)
		return r;
	return judge_signature(newcomers->session, newcomer);
}

int newcomers_find(struct session *session, struct catalog *catalog, const char *const *paths,
		   unsigned count, unsigned flags, struct newcomers **newcomers)
{
	AUTO(newcomers) struct newcomers *found =
		calloc(1, sizeof(*found) + count * sizeof(found->list[0]));
	unsigned i;
	int r;

	if (!found)
		return fail_memory();
	found->session = session;
	found->catalog = catalog;
	found->flags = flags;
	for (i = 0; i < count; i++) {
		r = find_one(found, paths[i]);
		if (r < 0)
			return r;
	}
	*newcomers = TAKE(found);
	return 0;
}

void newcomers_free(struct newcomers **newcomers)
{
	struct newcomers *old = *newcomers;
	unsigned i;

	if (!old)
		return;
	for (i = 0; i < old->count; i++)
		if (old->list[i].fd >= 0)
			close(old->list[i].fd);
	free(old);
	*newcomers = NULL;
}

bool newcomers_have_work(const struct newcomers *newcomers)
{
	unsigned i;

	for (i = 0; i < newcomers->count; i++)
		if (newcomers->list[i].to_make)
			return true;
	return false;
}

/* The logical block size of the group's devices; of the first newcomer if it has none yet. */
static uint32_t block_size_of(const struct newcomers *newcomers, const struct vg *vg)
{
	const struct disk *disk;
	const struct pv *pv;

	dm_list_iterate_items(pv, &vg->pvs) {
		disk = catalog_find_disk_id(newcomers->catalog, pv->id);
		if (disk && disk->dev)
			return disk->dev->block_size;
	}
	return newcomers->list[0].disk->dev->block_size;
}

/* What lies on volumes takes their blocks to be of one size. */
static int check_blocks(const struct newcomers *newcomers, const struct vg *vg)
{
	uint32_t size = newcomers->count ? block_size_of(newcomers, vg) : SECTOR_SIZE;
	const struct newcomer *newcomer;
	unsigned i;

	for (i = 0; i < newcomers->count; i++) {
		newcomer = &newcomers->list[i];
		if (newcomer->disk->dev->block_size != size)
			return fail(-EINVAL, _("%s: has blocks of %u bytes, other devices of %s of %u"),
				    path_of(newcomer), newcomer->disk->dev->block_size, vg->name,
				    size);
	}
	if (vg->extent_size_sectors * SECTOR_SIZE % size)
		return fail(-EINVAL, _("%s: an extent is no whole number of blocks of %u bytes"),
			    vg->name, size);
	return 0;
}

static int foresee_one(const struct newcomer *newcomer, const struct pv_format *format,
		       const struct vg *vg)
{
	struct disk foreseen = *newcomer->disk;
	struct pv pv = { 0 };
	int r = 0;

	if (newcomer->to_make)
		r = pv_foresee(newcomer->disk, format, &foreseen.label);
	return r < 0 || !vg ? r : pv_measure(&foreseen, vg->extent_size_sectors, &pv);
}

int newcomers_foresee(const struct newcomers *newcomers, const struct pv_format *format,
		      const struct vg *vg)
{
	unsigned i;
	int r = vg ? check_blocks(newcomers, vg) : 0;

	for (i = 0; i < newcomers->count && !r; i++)
		r = foresee_one(&newcomers->list[i], format, vg);
	return r;
}

void newcomers_print(const struct newcomers *newcomers)
{
	const struct newcomer *newcomer;
	unsigned i;

	for (i = 0; i < newcomers->count; i++) {
		newcomer = &newcomers->list[i];
		if (newcomer->signature[0])
			printf("wipe    %s: %s\n", path_of(newcomer), newcomer->signature);
		if (newcomer->to_make)
			printf("make PV %s\n", path_of(newcomer));
	}
}

static int make_one(const struct newcomers *newcomers, struct newcomer *newcomer,
		    const struct pv_format *format)
{
	struct blkdev *dev = newcomer->disk->dev;
	int r = 0;

	if (newcomer->signature[0])
		r = signature_wipe(dev);
	if (r >= 0)
		r = blkdev_sync(dev);
	if (r < 0)
		return r;

	/* From here on there may be a label.  A group it was taken from by force misses it. */
	newcomer->made = true;
	newcomer->disk->group = NULL;
	return pv_initialise(newcomers->catalog, newcomer->disk, format);
}

int newcomers_make(struct newcomers *newcomers, const struct pv_format *format)
{
	unsigned i;
	int r;

	for (i = 0; i < newcomers->count; i++) {
		if (!newcomers->list[i].to_make)
			continue;
		r = make_one(newcomers, &newcomers->list[i], format);
		if (r < 0) {
			newcomers_unmake(newcomers);
			return r;
		}
	}
	return 0;
}

/* What has failed is said already; one that stays a PV is in no group. */
void newcomers_unmake(struct newcomers *newcomers)
{
	const bool was_hushed = log_hush(true);
	unsigned i;

	for (i = 0; i < newcomers->count; i++) {
		if (!newcomers->list[i].made)
			continue;
		pv_retire(newcomers->list[i].disk);
		newcomers->list[i].made = false;
	}
	log_hush(was_hushed);
}

static int join_one(struct disk *disk, struct vg *vg)
{
	struct pv *pv = vg_add_pv(vg, disk->label.id);

	if (!pv)
		return -ENOMEM;
	pv->path = vg_text(vg, disk->candidate->path);
	if (!pv->path)
		return -ENOMEM;
	pv->hint = pv->path;
	pv->major = disk->candidate->major;
	pv->minor = disk->candidate->minor;
	return pv_measure(disk, vg->extent_size_sectors, pv);
}

int newcomers_join(const struct newcomers *newcomers, struct vg *vg)
{
	unsigned i;
	int r = 0;

	for (i = 0; i < newcomers->count && !r; i++)
		r = join_one(newcomers->list[i].disk, vg);
	return r;
}

void newcomers_say(const struct newcomers *newcomers)
{
	unsigned i;

	for (i = 0; i < newcomers->count; i++)
		if (newcomers->list[i].made)
			say(_("%s: is a PV now"), newcomers->list[i].disk->candidate->path);
}
