/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/wipe.h"

#include "base/auto.h"
#include "base/conf.h"
#include "base/log.h"
#include "base/text.h"
#include "base/units.h"
#include "device/blkdev.h"
#include "device/signature.h"
#include "dm/devnode.h"
#include "dm/name.h"
#include "model/lv.h"
#include "ops/session.h"
#include "store/catalog.h"

#include <limits.h>
#include <stdio.h>

enum { ZERO_BYTES = 4096 };

struct wipe_act {
	struct change *change;
	const char *label;		/* "vg0/base" */
	const char *vg, *lv;
	const char *dm_name;
	unsigned flags;
};

static int open_device(const struct wipe_act *act, struct blkdev **dev)
{
	const struct conf *conf = change_session(act->change)->conf;
	struct live_device *device;
	struct live *live = change_live(act->change);
	struct devnode devnode;
	char path[PATH_MAX];
	int r;

	/* it is younger than the list of the kernel's devices */
	if (!live_has(live, act->dm_name) && !live_add(live, act->dm_name, "", 0, 0, ""))
		return fail_memory();
	r = live_look_again(live, act->dm_name);
	if (r < 0)
		return r;
	if (!r)
		return fail(-ENODEV, _("%s: its device has vanished"), act->label);
	device = live_find(live, act->dm_name);

	/* udev may not have made the named node yet; the link is made when all is done */
	devnode = (struct devnode) {
		.dev_dir = conf_text(conf, "devices/dir"),
		.name = act->dm_name,
		.label = act->label,
		.hidden = true,
		.major = device->major,
		.minor = device->minor,
	};
	devnode_open_path(&devnode, path);
	return blkdev_open_as(act->label, path, BLKDEV_WRITE, dev);
}

static int ask(const struct session *session, const char *vg, const char *lv, const char *found)
{
	return session_confirm(session, _("%s/%s: its extents hold an old %s to be wiped"), vg, lv,
			       found);
}

int wipe_ask(struct change *change, const struct lv *lv, unsigned *flags)
{
	const struct session *session = change_session(change);
	char found[SIGNATURE_TEXT];
	uint64_t start, run;
	const struct pv *pv;
	struct disk *disk;
	int r;

	if (!(*flags & WIPE_SIGNATURES) || session->yes || session->test)
		return 0;
	disk = lv_map(lv, 0, &pv, &start, &run) ? catalog_find_disk_id(change_catalog(change), pv->id)
						: NULL;
	if (!disk || !disk->dev)
		return 0;
	r = signature_find_within(disk->dev, start, run, found);
	if (r <= 0)
		return r;
	r = ask(session, lv->vg->name, lv->name, found);
	if (!r)
		*flags |= WIPE_AGREED;
	return r;
}

static int wipe_signatures(const struct wipe_act *act, struct blkdev *dev)
{
	char found[SIGNATURE_TEXT];
	int r = signature_find(dev, found);

	if (r <= 0)
		return r;
	r = act->flags & WIPE_AGREED ? 0
				     : ask(change_session(act->change), act->vg, act->lv, found);
	if (r < 0)
		return r;
	r = signature_wipe(dev);
	return r < 0 ? r : 0;
}

static int run_wipe(void *data)
{
	const struct wipe_act *act = data;
	AUTO(blkdev) struct blkdev *dev = NULL;
	uint64_t bytes;
	int r = open_device(act, &dev);

	if (!r && (act->flags & WIPE_SIGNATURES))
		r = wipe_signatures(act, dev);
	if (!r && (act->flags & WIPE_ZERO)) {
		bytes = dev->size_sectors * SECTOR_SIZE;
		r = blkdev_zero(dev, 0, bytes < ZERO_BYTES ? bytes : ZERO_BYTES);
	}
	return r ? r : blkdev_sync(dev);
}

int wipe_volume(struct change *change, const struct lv *lv, unsigned flags)
{
	struct plan_act plan_act = { .run = run_wipe, .undo = plan_undo_nothing };
	struct vg *vg = change_vg(change);
	struct wipe_act *act = vg_alloc(vg, sizeof(*act));
	char *text = vg_alloc(vg, 2 * NAME_LEN + 16);

	if (!act || !text)
		return -ENOMEM;
	snprintf(text, 2 * NAME_LEN + 16, "wipe    %s/%s", vg->name, lv->name);
	*act = (struct wipe_act) {
		.change = change,
		.label = text + 8,
		.vg = vg->name,
		.lv = lv->name,
		.dm_name = dm_name_of(vg->mem, vg->name, lv->name, NULL),
		.flags = flags,
	};
	if (!act->dm_name)
		return -ENOMEM;
	plan_act.text = text;
	plan_act.data = act;
	return change_act(change, AFTER_DEVICES, &plan_act);
}
