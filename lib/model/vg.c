/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The group itself: its arena, its devices, lookups and counts of extents.
 */

#include "model/vg.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/units.h"
#include "model/lv.h"

enum { ARENA_CHUNK = 16 * 1024, KEY_SIZE = 16 };

struct vg *vg_new(const char *name, uint64_t extent_size_sectors)
{
	struct dm_pool *mem = dm_pool_create("vg", ARENA_CHUNK);
	struct vg *vg = mem ? dm_pool_zalloc(mem, sizeof(*vg)) : NULL;

	if (!vg) {
		if (mem)
			dm_pool_destroy(mem);
		fail_memory();
		return NULL;
	}
	vg->mem = mem;
	vg->flags = VG_RESIZEABLE | VG_READ | VG_WRITE;
	vg->extent_size_sectors = extent_size_sectors;
	vg->alloc = ALLOC_NORMAL;
	uuid_new(vg->id);
	dm_list_init(&vg->pvs);
	dm_list_init(&vg->lvs);
	dm_list_init(&vg->snapshots);
	dm_list_init(&vg->tags);
	dm_list_init(&vg->extras);
	vg->name = vg_text(vg, name);
	if (!vg->name)
		vg_free(&vg);
	return vg;
}

void vg_free(struct vg **vg)
{
	if (*vg)
		dm_pool_destroy((*vg)->mem);
	*vg = NULL;
}

const char *vg_text(struct vg *vg, const char *text)
{
	const char *copy = dm_pool_strdup(vg->mem, text);

	if (!copy)
		fail_memory();
	return copy;
}

int vg_set_system_id(struct vg *vg, const char *id)
{
	vg->system_id = vg_text(vg, id);
	if (!vg->system_id)
		return -ENOMEM;
	vg->flags &= ~(unsigned)VG_WRITE_LOCKED;
	if (*id)
		vg->flags |= VG_WRITE_LOCKED;
	return 0;
}

void *vg_alloc(struct vg *vg, size_t size)
{
	void *memory = dm_pool_zalloc(vg->mem, size);

	if (!memory)
		fail_memory();
	return memory;
}

/* Keys count up from the highest in use: no key that was read is given to another device. */
static const char *unused_key(struct vg *vg)
{
	char key[KEY_SIZE];
	uint64_t next = 0;
	uint64_t n;
	struct pv *pv;

	dm_list_iterate_items(pv, &vg->pvs)
		if (!strncmp(pv->key, "pv", 2) && !number_parse(pv->key + 2, &n) && n >= next &&
		    n < UINT32_MAX)
			next = n + 1;
	snprintf(key, sizeof(key), "pv%u", (unsigned)next);
	return vg_text(vg, key);
}

struct pv *vg_add_pv_known(struct vg *vg, const char id[ID_LEN + 1], const char *key)
{
	struct pv *pv = vg_alloc(vg, sizeof(*pv));

	if (!pv)
		return NULL;
	pv->vg = vg;
	pv->flags = PV_ALLOCATABLE;
	memcpy(pv->id, id, ID_LEN);
	dm_list_init(&pv->tags);
	dm_list_init(&pv->extras);
	pv->key = vg_text(vg, key);
	if (!pv->key)
		return NULL;
	dm_list_add(&vg->pvs, &pv->list);
	return pv;
}

struct pv *vg_add_pv(struct vg *vg, const char id[ID_LEN + 1])
{
	const char *key = unused_key(vg);

	return key ? vg_add_pv_known(vg, id, key) : NULL;
}

void vg_remove_pv(struct pv *pv)
{
	dm_list_del(&pv->list);
}

int vg_take_pv(struct vg *vg, struct pv *pv)
{
	const char *key = unused_key(vg);

	if (!key)
		return -ENOMEM;
	dm_list_del(&pv->list);
	pv->vg = vg;
	pv->key = key;
	dm_list_add(&vg->pvs, &pv->list);
	return 0;
}

struct pv *vg_find_pv(const struct vg *vg, const char *key)
{
	struct pv *pv;

	dm_list_iterate_items(pv, &vg->pvs)
		if (!strcmp(pv->key, key))
			return pv;
	return NULL;
}

struct pv *vg_find_pv_id(const struct vg *vg, const char *id)
{
	struct pv *pv;

	dm_list_iterate_items(pv, &vg->pvs)
		if (!strcmp(pv->id, id))
			return pv;
	return NULL;
}

struct lv *vg_find_lv(const struct vg *vg, const char *name)
{
	struct lv *lv;

	dm_list_iterate_items(lv, &vg->lvs)
		if (!strcmp(lv->name, name))
			return lv;
	return NULL;
}

struct lv *vg_find_lv_id(const struct vg *vg, const char *id)
{
	struct lv *lv;

	dm_list_iterate_items(lv, &vg->lvs)
		if (!strcmp(lv->id, id))
			return lv;
	return NULL;
}

static uint64_t segment_used_extents(const struct segment *segment,
				     bool (*counts)(const struct pv *pv, const void *data),
				     const void *data)
{
	uint64_t used = 0;
	uint32_t i;

	for (i = 0; i < segment->stripe_count; i++)
		if (segment->stripes[i].pv && counts(segment->stripes[i].pv, data))
			used += segment->area_len;
	return used;
}

static uint64_t used_extents(const struct vg *vg,
			     bool (*counts)(const struct pv *pv, const void *data),
			     const void *data)
{
	const struct segment *segment;
	const struct lv *lv;
	uint64_t used = 0;

	dm_list_iterate_items(lv, &vg->lvs)
		dm_list_iterate_items(segment, &lv->segments)
			used += segment_used_extents(segment, counts, data);
	return used;
}

uint64_t vg_extents(const struct vg *vg)
{
	const struct pv *pv;
	uint64_t extents = 0;

	dm_list_iterate_items(pv, &vg->pvs)
		extents += pv->pe_count;
	return extents;
}

static bool counts_if_usable(const struct pv *pv, const void *data)
{
	(void)data;
	return pv_is_usable(pv);
}

uint64_t vg_free_extents(const struct vg *vg)
{
	const uint64_t used = used_extents(vg, counts_if_usable, NULL);
	const struct pv *pv;
	uint64_t extents = 0;

	dm_list_iterate_items(pv, &vg->pvs)
		if (pv_is_usable(pv))
			extents += pv->pe_count;
	return extents > used ? extents - used : 0;
}

static bool counts_if_same(const struct pv *pv, const void *data)
{
	return pv == data;
}

uint32_t pv_used_extents(const struct pv *pv)
{
	const uint64_t used = used_extents(pv->vg, counts_if_same, pv);

	return used < pv->pe_count ? (uint32_t)used : pv->pe_count;
}

unsigned vg_visible_lvs(const struct vg *vg)
{
	const struct lv *lv;
	unsigned count = 0;

	dm_list_iterate_items(lv, &vg->lvs)
		count += lv_is_visible(lv);
	return count;
}

bool pv_is_missing(const struct pv *pv)
{
	return !pv->path || pv->flags & PV_MISSING;
}

bool pv_is_usable(const struct pv *pv)
{
	return !pv_is_missing(pv) && pv->flags & PV_ALLOCATABLE && !pv->cut_off;
}

static struct word *find_word(const struct dm_list *words, const char *text)
{
	struct word *word;

	dm_list_iterate_items(word, words)
		if (!strcmp(word->text, text))
			return word;
	return NULL;
}

int words_add(struct vg *vg, struct dm_list *words, const char *text)
{
	struct word *word;

	if (find_word(words, text))
		return 0;
	word = vg_alloc(vg, sizeof(*word));
	if (!word)
		return -ENOMEM;
	word->text = vg_text(vg, text);
	if (!word->text)
		return -ENOMEM;
	dm_list_add(words, &word->list);
	return 0;
}

void words_remove(struct dm_list *words, const char *text)
{
	struct word *word = find_word(words, text);

	if (word)
		dm_list_del(&word->list);
}

bool words_have(const struct dm_list *words, const char *text)
{
	return find_word(words, text);
}
