/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/closed.h"

#include "base/conf.h"
#include "base/limit.h"
#include "base/log.h"
#include "dm/holder.h"
#include "model/lv.h"
#include "ops/session.h"

#include <stdint.h>
#include <unistd.h>

enum { FIRST_PAUSE_MS = 10, LONGEST_PAUSE_MS = 320, SHORT_PATIENCE_MS = 1000 };

#define LIMIT "activation/remove_timeout"

/* A look of udev's or another program's ends by itself.  Others may be about to take away what stands on it, and how long
 * that may take is for whoever asks to say; but he knows his own mounts. */
static unsigned patience_ms(const struct conf *conf, enum holder_kind kind)
{
	const unsigned limit_ms = conf_limit_ms(conf, LIMIT);

	switch (kind) {
	case HOLDER_PROCESS:
	case HOLDER_UNKNOWN:
		return limit_ms;
	case HOLDER_DEVICE:
	case HOLDER_MOUNT_ELSEWHERE:
		return limit_ms < SHORT_PATIENCE_MS || conf_is_overridden(conf, LIMIT)
			       ? limit_ms
			       : SHORT_PATIENCE_MS;
	case HOLDER_MOUNT:
	case HOLDER_SWAP:
		break;
	}
	return 0;
}

int closed_or_fail(struct change *change, const struct lv *lv, const char *consequence)
{
	const struct conf *conf = change_session(change)->conf;
	const uint64_t begin_ns = clock_ns();
	struct live_device *device = change_device(change, lv);
	enum holder_kind kind;
	char holder[HOLDER_TEXT];
	useconds_t pause_ms = FIRST_PAUSE_MS;
	int r;

	if (!device)
		return 0;
	for (;;) {
		r = live_look_again(change_live(change), device->name);
		if (r <= 0 || !device->open_count)
			return r < 0 ? r : 0;
		kind = holder_of(device->major, device->minor, holder);
		if (clock_ns() - begin_ns >= patience_ms(conf, kind) * MS_NS)
			return fail(-EBUSY, "%s/%s: %s; %s", lv->vg->name, lv->name, holder,
				    consequence);
		usleep(pause_ms * 1000);
		if (pause_ms < LONGEST_PAUSE_MS)
			pause_ms *= 2;
	}
}
