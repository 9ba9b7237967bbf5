/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "group.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct vg *group_new(unsigned devices, uint32_t pe_count)
{
	struct vg *vg = vg_new("vg0", EXTENT_SECTORS);
	char path[] = "/dev/sda";
	char id[ID_LEN + 1];
	struct pv *pv;

	for (unsigned i = 0; vg && i < devices; i++) {
		uuid_new(id);
		pv = vg_add_pv(vg, id);
		if (!pv)
			abort();
		pv->pe_start_sectors = 2048;
		pv->pe_count = pe_count;
		pv->dev_size_sectors = 2048 + (uint64_t)pe_count * EXTENT_SECTORS;
		path[sizeof(path) - 2] = (char)('a' + i);
		pv->path = vg_text(vg, path);
	}
	if (!vg)
		abort();
	return vg;
}

struct pv *group_pv(const struct vg *vg, unsigned number)
{
	struct pv *pv;

	dm_list_iterate_items(pv, &vg->pvs)
		if (!number--)
			return pv;
	abort();
}

struct lv *group_lv(struct vg *vg, const char *name)
{
	struct lv *lv = lv_new(vg, name);

	if (!lv)
		abort();
	return lv;
}

void group_append(struct lv *lv, unsigned pv, uint32_t extent, uint32_t extents)
{
	const struct stripe stripe = { .pv = group_pv(lv->vg, pv), .extent = extent };

	if (lv_append(lv, SEGMENT_STRIPED, &stripe, 1, 0, extents) < 0)
		abort();
}

struct lv *group_linear(struct vg *vg, const char *name, unsigned pv, uint32_t extent,
			uint32_t extents)
{
	struct lv *lv = group_lv(vg, name);

	group_append(lv, pv, extent, extents);
	return lv;
}

struct segment *group_append_foreign(struct lv *lv, struct stripe a, struct stripe b,
				     uint32_t extents)
{
	struct segment *segment = vg_alloc(lv->vg, sizeof(*segment));
	struct stripe *stripes = vg_alloc(lv->vg, 2 * sizeof(*stripes));

	if (!segment || !stripes)
		abort();
	stripes[0] = a;
	stripes[1] = b;
	if (a.lv)
		a.lv->carries = true;
	if (b.lv)
		b.lv->carries = true;
	*segment = (struct segment) {
		.lv = lv,
		.kind = SEGMENT_FOREIGN,
		.type = "raid1",
		.le = lv_extents(lv),
		.len = extents,
		.stripe_count = 2,
		.area_len = extents,
		.stripes = stripes,
	};
	dm_list_init(&segment->tags);
	dm_list_init(&segment->extras);
	dm_list_add(&lv->segments, &segment->list);
	return segment;
}

struct segment *group_segment(const struct lv *lv, unsigned number)
{
	struct segment *segment;

	dm_list_iterate_items(segment, &lv->segments)
		if (!number--)
			return segment;
	return NULL;
}

const char *group_print(const struct lv *lv, char text[MESSAGE_TEXT])
{
	FILE *out = fmemopen(text, MESSAGE_TEXT, "w");
	const struct segment *segment;

	if (!out)
		abort();
	text[0] = 0;
	dm_list_iterate_items(segment, &lv->segments) {
		fprintf(out, "%s%u+%u", segment->le ? " " : "", segment->le, segment->len);
		for (uint32_t i = 0; i < segment->stripe_count; i++)
			fprintf(out, "%c%s:%u", i ? ',' : '@',
				segment->stripes[i].pv ? segment->stripes[i].pv->key
						       : segment->stripes[i].lv->name,
				segment->stripes[i].extent);
	}
	fclose(out);
	return text;
}

static void keep_line(void *data, enum log_level level, const char *line)
{
	struct messages *messages = data;
	const size_t used = strlen(messages->all);

	(void)level;
	snprintf(messages->last, sizeof(messages->last), "%s", line);
	snprintf(messages->all + used, sizeof(messages->all) - used, "%s\n", line);
	messages->count++;
}

void messages_catch(struct messages *messages)
{
	*messages = (struct messages) { 0 };
	log_set_sink(keep_line, messages);
}

void messages_release(void)
{
	log_set_sink(NULL, NULL);
}
