/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/applet.h"

#include "base/auto.h"
#include "base/log.h"
#include "ops/modify.h"
#include "tools/policy.h"

#include <stdio.h>
#include <string.h>

/* "VG OLD NEW" and "VG/OLD [VG/]NEW" mean the same. */
static int svrename_run(struct session *session, const char *const *operands, unsigned count,
			const void *args)
{
	struct target old;
	AUTO_FREE char *joined = NULL;
	const char *from = operands[0], *to = operands[count - 1], *name;
	int r;

	(void)args;
	if (count == 3 && !strchr(operands[1], '/')) {
		if (asprintf(&joined, "%s/%s", operands[0], operands[1]) < 0)
			return fail_memory();
		from = joined;
	} else if (count == 3) {
		from = operands[1];
	}
	r = target_parse(session, from, TARGET_LV, &old);
	if (r < 0)
		return r;

	name = name_within(to, old.vg);
	if (!name)
		return fail(-EDOM, _("%s: a volume stays in its group"), to);
	return rename_volume(session, &old, name);
}

const struct applet svrename_applet = {
	.name = "svrename",
	.summary = N_("rename a volume"),
	.synopsis = N_("VG/OLD NEW | VG OLD NEW"),
	.operands = TARGET_LV,
	.operand_min = 2,
	.operand_max = 3,
	.run = svrename_run,
};
