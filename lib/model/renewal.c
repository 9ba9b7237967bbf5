/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/renewal.h"

#include "base/log.h"
#include "model/vg.h"

#include <stdio.h>
#include <string.h>

#define NEXT_ID_TAG "snapvol.identity="
enum { NEXT_ID_TAG_LEN = sizeof(NEXT_ID_TAG) - 1 };

static struct word *find_tag(const struct pv *pv)
{
	struct word *tag;

	dm_list_iterate_items(tag, &pv->tags)
		if (!strncmp(tag->text, NEXT_ID_TAG, NEXT_ID_TAG_LEN) &&
		    strlen(tag->text) == NEXT_ID_TAG_LEN + ID_LEN)
			return tag;
	return NULL;
}

int renewal_begin(struct pv *pv, const char *id)
{
	char tag[NEXT_ID_TAG_LEN + ID_LEN + 1];

	snprintf(tag, sizeof(tag), NEXT_ID_TAG "%s", id);
	return words_add(pv->vg, &pv->tags, tag);
}

struct pv *renewal_find(const struct vg *vg, const char *id)
{
	const struct word *tag;
	struct pv *pv = vg_find_pv_id(vg, id);

	if (pv)
		return pv;
	dm_list_iterate_items(pv, &vg->pvs) {
		tag = find_tag(pv);
		if (tag && !strcmp(tag->text + NEXT_ID_TAG_LEN, id))
			return pv;
	}
	return NULL;
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
