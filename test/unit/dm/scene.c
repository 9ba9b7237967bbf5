/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dm/scene.h"

#include "model/alloc.h"
#include "model/snapshot.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STRIPE_SECTORS = 16 };

/* "base" becomes "baseZZZ…". */
static void id_from(const char *name, char id[ID_LEN + 1])
{
	size_t len = strlen(name);

	memset(id, 'Z', ID_LEN);
	memcpy(id, name, len < ID_LEN ? len : ID_LEN);
	id[ID_LEN] = '\0';
}

static void add_pv(struct vg *vg, const char *path, unsigned major, unsigned minor,
		   unsigned extents)
{
	char id[ID_LEN + 1];
	struct pv *pv;

	id_from(path + sizeof("/dev/") - 1, id);
	pv = vg_add_pv(vg, id);
	if (!pv)
		abort();
	pv->flags = PV_ALLOCATABLE;
	pv->pe_start_sectors = 2048;
	pv->pe_count = extents;
	pv->dev_size_sectors = 2048 + (uint64_t)extents * SCENE_EXTENT_SECTORS;
	pv->path = vg_text(vg, path);
	pv->major = major;
	pv->minor = minor;
}

struct vg *scene_new(unsigned major, unsigned minor, unsigned extents)
{
	struct vg *vg = vg_new("vg0", SCENE_EXTENT_SECTORS);

	if (!vg)
		abort();
	id_from("vg0", vg->id);
	add_pv(vg, "/dev/sdx", major, minor, extents);
	add_pv(vg, "/dev/sdy", major, minor + 1, extents);
	return vg;
}

unsigned scene_split(char *line, char *words[SCENE_WORDS])
{
	unsigned count = 0;
	char *word, *rest = line;

	while (count < SCENE_WORDS) {
		word = strsep(&rest, " \t\n");
		if (!word)
			break;
		if (*word)
			words[count++] = word;
	}
	return count;
}

static unsigned number(const char *text)
{
	return (unsigned)strtoul(text, NULL, 10);
}

static int extend(struct lv *lv, unsigned extents, unsigned stripes)
{
	struct alloc_request request = {
		.extents = extents,
		.stripes = stripes,
		.stripe_size_sectors = stripes > 1 ? STRIPE_SECTORS : 0,
		.policy = ALLOC_NORMAL,
	};

	return alloc_extents(lv, &request);
}

static struct lv *add_lv(struct vg *vg, const char *name)
{
	struct lv *lv = lv_new(vg, vg_text(vg, name));

	if (!lv)
		abort();
	id_from(name, lv->id);
	return lv;
}

static int edit_lv(struct vg *vg, char *const words[], unsigned count)
{
	struct lv *lv = add_lv(vg, words[1]);
	unsigned i, stripes = 1;

	for (i = 3; i < count; i++) {
		if (!strcmp(words[i], "ro"))
			lv->flags &= ~(unsigned)LV_WRITE;
		else if (!strncmp(words[i], "stripes=", 8))
			stripes = number(words[i] + 8);
		else if (!strncmp(words[i], "ahead=", 6))
			lv->read_ahead_sectors = number(words[i] + 6);
		else if (!strncmp(words[i], "minor=", 6)) {
			lv->flags |= LV_FIXED_MINOR;
			lv->major = 254;
			lv->minor = (int32_t)number(words[i] + 6);
		} else {
			return -EINVAL;
		}
	}
	return extend(lv, number(words[2]), stripes);
}

static int edit_snap(struct vg *vg, char *const words[], unsigned count)
{
	struct lv *origin = vg_find_lv(vg, words[2]);
	struct lv *store = add_lv(vg, words[1]);

	if (count > 4)
		store->flags &= ~(unsigned)LV_WRITE;
	if (!origin || extend(store, number(words[3]), 1) < 0)
		return -EINVAL;
	return snapshot_attach(origin, store, SCENE_CHUNK_SECTORS) ? 0 : -ENOMEM;
}

static int edit_sparse(struct vg *vg, char *const words[], unsigned count)
{
	char name[NAME_LEN + 1];
	struct lv *origin, *store = add_lv(vg, words[1]);

	(void)count;
	snprintf(name, sizeof(name), "%s_vorigin", words[1]);
	origin = add_lv(vg, name);
	origin->flags = LV_READ;
	if (lv_append(origin, SEGMENT_ZERO, NULL, 0, 0, number(words[2])) < 0 ||
	    extend(store, number(words[3]), 1) < 0)
		return -EINVAL;
	return snapshot_attach(origin, store, SCENE_CHUNK_SECTORS) ? 0 : -ENOMEM;
}

static int edit_attach(struct vg *vg, char *const words[], unsigned count)
{
	struct lv *store = vg_find_lv(vg, words[1]), *origin = vg_find_lv(vg, words[2]);

	(void)count;
	return origin && store && snapshot_attach(origin, store, SCENE_CHUNK_SECTORS) ? 0 : -EINVAL;
}

static int edit_size(struct vg *vg, char *const words[], unsigned count)
{
	struct lv *lv = vg_find_lv(vg, words[1]);
	unsigned extents = number(words[2]);

	(void)count;
	if (!lv)
		return -EINVAL;
	if (!strcmp(words[0], "extend"))
		return extend(lv, extents, 1);
	return lv_truncate(lv, lv_extents(lv) - extents);
}

static int edit_rename(struct vg *vg, char *const words[], unsigned count)
{
	struct lv *lv = vg_find_lv(vg, words[1]);

	(void)count;
	return lv ? lv_rename(lv, vg_text(vg, words[2])) : -EINVAL;
}

static int edit_rename_vg(struct vg *vg, char *const words[], unsigned count)
{
	(void)count;
	vg->name = vg_text(vg, words[1]);
	return 0;
}

static int edit_access(struct vg *vg, char *const words[], unsigned count)
{
	struct lv *lv = vg_find_lv(vg, words[1]);

	(void)count;
	if (!lv)
		return -EINVAL;
	if (!strcmp(words[0], "rw"))
		lv->flags |= LV_WRITE;
	else
		lv->flags &= ~(unsigned)LV_WRITE;
	return 0;
}

static int edit_store(struct vg *vg, char *const words[], unsigned count)
{
	struct lv *store = vg_find_lv(vg, words[1]);

	(void)count;
	if (!store || !store->store_of)
		return -EINVAL;
	if (!strcmp(words[0], "detach"))
		snapshot_detach(store->store_of);
	else if (!strcmp(words[0], "merge"))
		snapshot_begin_merge(store->store_of);
	else
		snapshot_cancel_merge(store->store_of);
	return 0;
}

static int edit_tag(struct vg *vg, char *const words[], unsigned count)
{
	struct lv *lv = vg_find_lv(vg, words[1]);

	(void)count;
	if (!lv)
		return -EINVAL;
	if (!strcmp(words[0], "unfinished"))
		return words_add(vg, &lv->tags, UNFINISHED_TAG);
	words_remove(&lv->tags, UNFINISHED_TAG);
	return 0;
}

static int edit_remove(struct vg *vg, char *const words[], unsigned count)
{
	struct lv *lv = vg_find_lv(vg, words[1]);

	(void)count;
	if (!lv)
		return -EINVAL;
	if (lv->store_of)
		snapshot_detach(lv->store_of);
	lv_remove(lv);
	return 0;
}

static const struct edit {
	const char *command;
	unsigned words;
	int (*run)(struct vg *vg, char *const words[], unsigned count);
} edits[] = {
	{ "lv", 3, edit_lv },
	{ "snap", 4, edit_snap },
	{ "sparse", 4, edit_sparse },
	{ "extend", 3, edit_size },
	{ "reduce", 3, edit_size },
	{ "attach", 3, edit_attach },
	{ "detach", 2, edit_store },
	{ "merge", 2, edit_store },
	{ "cancel", 2, edit_store },
	{ "rename", 3, edit_rename },
	{ "rename-vg", 2, edit_rename_vg },
	{ "ro", 2, edit_access },
	{ "rw", 2, edit_access },
	{ "unfinished", 2, edit_tag },
	{ "finished", 2, edit_tag },
	{ "remove", 2, edit_remove },
};

int scene_edit(struct vg *vg, char *const words[], unsigned count)
{
	unsigned i;

	for (i = 0; i < sizeof(edits) / sizeof(edits[0]); i++) {
		if (strcmp(edits[i].command, words[0]))
			continue;
		if (count < edits[i].words || edits[i].run(vg, words, count) < 0)
			return -EINVAL;
		return 1;
	}
	return 0;
}

void scene_do(struct vg *vg, const char *format, ...)
{
	char *words[SCENE_WORDS], line[256];
	unsigned count;
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	count = scene_split(line, words);
	if (!count || scene_edit(vg, words, count) <= 0) {
		fprintf(stderr, "scene: cannot: %s\n", format);
		abort();
	}
}
