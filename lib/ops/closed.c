/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/closed.h"

#include "base/conf.h"
#include "base/log.h"
#include "base/text.h"
#include "model/lv.h"
#include "ops/holder.h"
#include "ops/session.h"

#include <stdint.h>
#include <unistd.h>

enum { PAUSE_MS = 20, PROCESS_MS = 1000 };

static unsigned patience_ms(const struct change *change, enum holder_kind kind)
{
	switch (kind) {
	case HOLDER_UDEV:
		return (unsigned)conf_number(change_session(change)->conf, "activation/remove_timeout") *
		       1000;
	case HOLDER_PROCESS:
	case HOLDER_UNKNOWN:
		return PROCESS_MS;
	default:
		return 0;
	}
}

int closed_or_fail(struct change *change, const struct lv *lv, const char *consequence)
{
	struct live_device *device = change_device(change, lv);
	enum holder_kind kind;
	char holder[HOLDER_TEXT];
	unsigned waited_ms = 0;
	int r;

	if (!device)
		return 0;
	for (;;) {
		r = live_look_again(change_live(change), device->name);
		if (r <= 0 || !device->open_count)
			return r < 0 ? r : 0;
		kind = holder_of(device->major, device->minor, holder);
		if (waited_ms >= patience_ms(change, kind))
			return fail(-EBUSY, "%s/%s: %s; %s", lv->vg->name, lv->name, holder,
				    consequence);
		usleep(PAUSE_MS * 1000);
		waited_ms += PAUSE_MS;
	}
}
