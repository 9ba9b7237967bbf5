/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/runs-of-pv.h"

#include "base/log.h"
#include "model/extents.h"

#include <stdlib.h>

int pv_runs(const struct pv *pv, struct pv_run **runs, unsigned *count)
{
	const struct extent_use *use;
	struct extent_map map;
	struct pv_run *run;
	uint32_t next = 0;
	int r = extent_map_init(&map, pv->vg);

	if (r < 0)
		return r;
	/* before each there may be free ones, and behind the last */
	*runs = run = calloc(2 * map.count + 1, sizeof(*run));
	for (use = map.uses; run && use < map.uses + map.count; use++) {
		if (use->pv != pv)
			continue;
		if (use->first > next)
			*run++ = (struct pv_run) { next, use->first - next, NULL };
		*run++ = (struct pv_run) { use->first, use->count, use->segment };
		next = use->first + use->count;
	}
	extent_map_release(&map);
	if (!run)
		return fail_memory();
	if (pv->pe_count > next)
		*run++ = (struct pv_run) { next, pv->pe_count - next, NULL };
	*count = (unsigned)(run - *runs);
	return 0;
}
