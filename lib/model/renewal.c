/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/renewal.h"

#include "model/vg.h"

#include <stdio.h>
#include <string.h>

#define NEXT_ID_TAG "snapvol.identity="
enum { NEXT_ID_TAG_LEN = sizeof(NEXT_ID_TAG) - 1 };

bool renewal_is_tag(const char *tag)
{
	return !strncmp(tag, NEXT_ID_TAG, NEXT_ID_TAG_LEN);
}

static struct word *find_tag(const struct pv *pv)
{
	struct word *tag;

	dm_list_iterate_items(tag, &pv->tags)
		if (renewal_is_tag(tag->text) && strlen(tag->text) == NEXT_ID_TAG_LEN + ID_LEN)
			return tag;
	return NULL;
}

const char *renewal_next_id(const struct pv *pv)
{
	const struct word *tag = find_tag(pv);

	return tag ? tag->text + NEXT_ID_TAG_LEN : NULL;
}

int renewal_begin(struct pv *pv, const char *id)
{
	char tag[NEXT_ID_TAG_LEN + ID_LEN + 1];

	snprintf(tag, sizeof(tag), NEXT_ID_TAG "%s", id);
	return words_add(pv->vg, &pv->tags, tag);
}

struct pv *renewal_find_next(const struct vg *vg, const char *id)
{
	const char *next;
	struct pv *pv;

	dm_list_iterate_items(pv, &vg->pvs) {
		next = renewal_next_id(pv);
		if (next && !strcmp(next, id))
			return pv;
	}
	return NULL;
}

struct pv *renewal_find(const struct vg *vg, const char *id)
{
	struct pv *pv = vg_find_pv_id(vg, id);

	return pv ? pv : renewal_find_next(vg, id);
}

void renewal_settle(struct pv *pv, const char *id)
{
	struct word *tag = find_tag(pv);

	if (!tag)
		return;
	dm_list_del(&tag->list);
	memcpy(pv->id, id, ID_LEN);
	pv->flags |= PV_RENEWING;
}

bool renewal_is_unfinished(const struct vg *vg)
{
	const struct pv *pv;

	dm_list_iterate_items(pv, &vg->pvs)
		if (pv->flags & PV_RENEWING)
			return true;
	return false;
}
