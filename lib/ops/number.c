/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/number.h"

#include "model/lv.h"

/* The kernel's own; -1 if it has none. */
static int32_t device_mapper_major(void)
{
	enum { MAJORS = 4096 };
	int32_t major = 0;

	while (major < MAJORS && !dm_is_dm_major((uint32_t)major))
		major++;
	return major < MAJORS ? major : -1;
}

void number_fix(struct lv *lv, int32_t minor)
{
	lv->flags |= LV_FIXED_MINOR;
	lv->major = device_mapper_major();
	lv->minor = minor;
}

void number_free(struct lv *lv)
{
	lv->flags &= ~(unsigned)LV_FIXED_MINOR;
	lv->major = -1;
	lv->minor = -1;
}
