/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/runs-of-pv.h"

#include "base/auto.h"
#include "tap.h"

#include <string.h>

static struct pv *add_pv(struct vg *vg, const char *id)
{
	struct pv *pv = vg_add_pv(vg, id);

	pv->path = "/dev/sdx";
	pv->pe_count = 20;
	pv->flags = PV_ALLOCATABLE;
	return pv;
}

static void check_runs(const struct pv *pv, const char *wanted)
{
	AUTO_FREE struct pv_run *runs = NULL;
	char text[256] = "";
	unsigned i, count = 0;
	size_t len = 0;

	CHECK_INT(pv_runs(pv, &runs, &count), 0);
	for (i = 0; i < count; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%u+%u:%s ", runs[i].pe,
					runs[i].len,
					runs[i].segment ? runs[i].segment->lv->name : "free");
	CHECK_TEXT(text, wanted);
}

TEST("runs cover the device once, in order, free ones too")
{
	AUTO(vg) struct vg *vg = vg_new("vg0", 8192);
	struct pv *one = add_pv(vg, "0123456789abcdefghijklmnopqrstuv");
	struct pv *two = add_pv(vg, "0123456789abcdefghijklmnopqrstuw");
	const struct stripe last = { .pv = one, .extent = 15 }, first = { .pv = one, .extent = 2 };
	const struct stripe columns[] = { { .pv = one, .extent = 6 }, { .pv = two, .extent = 0 } };

	check_runs(one, "0+20:free ");
	lv_append(lv_new(vg, "a"), SEGMENT_STRIPED, &last, 1, 0, 5);
	lv_append(lv_new(vg, "b"), SEGMENT_STRIPED, &first, 1, 0, 4);
	lv_append(lv_new(vg, "c"), SEGMENT_STRIPED, columns, 2, 128, 6);
	check_runs(one, "0+2:free 2+4:b 6+3:c 9+6:free 15+5:a ");
	check_runs(two, "0+3:c 3+17:free ");
}

TEST_MAIN
