/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/runs-of-pv.h"

#include "base/auto.h"
#include "base/log.h"

#include <stdlib.h>

struct run_list {
	struct pv_run *array;
	unsigned used, room;
};

static int add(struct run_list *list, uint32_t pe, uint32_t len, const struct segment *segment)
{
	struct pv_run *grown;

	if (list->used == list->room) {
		list->room = list->room ? 2 * list->room : 16;
		grown = realloc(list->array, list->room * sizeof(*grown));
		if (!grown)
			return fail_memory();
		list->array = grown;
	}
	list->array[list->used++] = (struct pv_run) { pe, len, segment };
	return 0;
}

static int add_segment(struct run_list *list, const struct segment *segment, const struct pv *pv)
{
	uint32_t i;
	int r = 0;

	for (i = 0; r >= 0 && i < segment->stripe_count; i++)
		if (segment->stripes[i].pv == pv)
			r = add(list, segment->stripes[i].extent, segment->area_len, segment);
	return r;
}

static int add_used(struct run_list *list, const struct pv *pv)
{
	const struct segment *segment;
	const struct lv *lv;
	int r;

	dm_list_iterate_items(lv, &pv->vg->lvs) {
		dm_list_iterate_items(segment, &lv->segments) {
			r = add_segment(list, segment, pv);
			if (r < 0)
				return r;
		}
	}
	return 0;
}

static int add_free(struct run_list *list, const struct pv *pv)
{
	const unsigned used = list->used;
	uint32_t next = 0;
	unsigned i;
	int r = 0;

	for (i = 0; r >= 0 && i < used; i++) {
		if (list->array[i].pe > next)
			r = add(list, next, list->array[i].pe - next, NULL);
		next = list->array[i].pe + list->array[i].len;
	}
	if (r >= 0 && pv->pe_count > next)
		r = add(list, next, pv->pe_count - next, NULL);
	return r;
}

static int by_place(const void *a, const void *b)
{
	const struct pv_run *one = a, *two = b;

	return one->pe < two->pe ? -1 : one->pe > two->pe;
}

static void sort(struct run_list *list)
{
	if (list->used)
		qsort(list->array, list->used, sizeof(*list->array), by_place);
}

int pv_runs(const struct pv *pv, struct pv_run **runs, unsigned *count)
{
	struct run_list list = { 0 };
	int r;

	r = add_used(&list, pv);
	sort(&list);
	if (r >= 0)
		r = add_free(&list, pv);
	sort(&list);
	if (r < 0) {
		free(list.array);
		return r;
	}
	*runs = list.array;
	*count = list.used;
	return 0;
}
