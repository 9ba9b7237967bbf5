/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/claim.h"

#include "base/conf.h"
#include "base/log.h"
#include "base/text.h"
#include "dm/devnode.h"
#include "model/snapshot.h"
#include "ops/session.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* udev's own looks at a new device are short; they are waited for. */
enum { TRIES = 20, TRY_US = 20000 };

static int open_exclusive(const struct change *change, const struct lv *lv,
			  const struct live_device *device)
{
	char label[2 * NAME_LEN + 2], path[PATH_MAX];
	const struct devnode devnode = {
		.dev_dir = conf_text(change_session(change)->conf, "devices/dir"),
		.name = device->name,
		.label = label,
		.major = device->major,
		.minor = device->minor,
	};

	snprintf(label, sizeof(label), "%s/%s", lv->vg->name, lv->name);
	devnode_open_path(&devnode, path);
	return open(path, O_RDONLY | O_EXCL | O_CLOEXEC);
}

/* Try once: 1 claimed, 0 somebody has it open. */
static int try_one(struct change *change, const struct lv *lv, int *fd, struct claim *claim)
{
	struct live_device *device = change_device(change, lv);
	int r = change_live(change)->failed;

	if (r < 0)
		return r;
	if (!device)
		return fail(-ENODEV, _("%s/%s: is not active"), lv->vg->name, lv->name);
	*fd = open_exclusive(change, lv, device);
	if (*fd >= 0) {
		r = live_look_again(change_live(change), device->name);
		if (r > 0 && device->open_count <= 1)
			return 1;
		close(*fd);
		*fd = -1;
		if (r < 0)
			return r;
	} else if (errno != EBUSY) {
		return fail_errno(_("%s/%s: cannot open its device"), lv->vg->name, lv->name);
	}
	claim->open = lv;
	return 0;
}

static int claim_one(struct change *change, const struct lv *lv, int *fd, struct claim *claim)
{
	const struct live_device *device;
	int i, r = 0;

	for (i = 0; i < TRIES && !r; i++) {
		if (i)
			usleep(TRY_US);
		r = try_one(change, lv, fd, claim);
	}
	device = r < 0 ? NULL : change_device(change, lv);
	if (device && !r)
		holder_of(device->major, device->minor, claim->holder);
	if (device && lv == claim->origin)
		claim->minor = device->minor;
	return r;
}

int claim_take(struct change *change, const struct snapshot *snapshot, struct claim *claim)
{
	int snapshot_fd = -1, r;

	*claim = (struct claim) { .fd = -1, .origin = snapshot->origin };
	r = claim_one(change, snapshot->origin, &claim->fd, claim);
	if (r > 0)
		r = claim_one(change, snapshot->store, &snapshot_fd, claim);
	/* not kept: the snapshot's device is removed when its store has been handed over.  Who opens it
	 * meanwhile reads errors, and the removal fails */
	if (snapshot_fd >= 0)
		close(snapshot_fd);
	if (r <= 0)
		claim_release(claim);
	else
		claim->open = NULL;
	return r;
}

void claim_tell(const struct claim *claim, const struct snapshot *snapshot)
{
	const char *open = claim->open == snapshot->origin ? _("the origin") : _("the snapshot");

	say(_("%s/%s: %s is %s; it will merge at the next activation"), snapshot->store->vg->name,
	    snapshot->store->name, open, claim->holder);
}

/* Whatever is cached of the origin's device is of before the merge. */
void claim_release(struct claim *claim)
{
	if (claim->fd < 0)
		return;
	if (ioctl(claim->fd, BLKFLSBUF, 0) < 0)
		warn(_("%s/%s: what was cached before the merge may still be read from /dev/dm-%u: "
		       "%s"),
		     claim->origin->vg->name, claim->origin->name, claim->minor, strerror(errno));
	close(claim->fd);
	claim->fd = -1;
}
