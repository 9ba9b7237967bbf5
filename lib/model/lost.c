/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/lost.h"

#include "base/log.h"
#include "base/text.h"
#include "model/vg.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define LOST_AREA_TAG "snapvol.lost_area="

enum { TAG_ROOM = sizeof(LOST_AREA_TAG) + 10, SEQNOS = 1000, APART = 100, AREAS = 2 };

static const char *tag_of(unsigned index, char tag[TAG_ROOM])
{
	snprintf(tag, TAG_ROOM, LOST_AREA_TAG "%u", index);
	return tag;
}

bool lost_area(const struct pv *pv, unsigned index)
{
	char tag[TAG_ROOM];

	return words_have(&pv->tags, tag_of(index, tag));
}

/* How far numbers go on.  Should the others be lost in their turn, and this one found, their texts are not to have the
 * same number: it is another one for each area of the group. */
static uint32_t seqnos_for(const struct pv *pv, unsigned index)
{
	const struct pv *other;
	uint32_t place = 0;

	dm_list_iterate_items(other, &pv->vg->pvs) {
		if (other == pv)
			break;
		place++;
	}
	return SEQNOS + APART * (AREAS * place + index);
}

int lost_area_begin(struct pv *pv, unsigned index, uint32_t seqno)
{
	const uint32_t jump = seqnos_for(pv, index);
	struct vg *vg = pv->vg;
	char tag[TAG_ROOM];

	if (lost_area(pv, index))
		return 0;
	if (seqno < vg->seqno)
		seqno = vg->seqno;
	if (seqno > UINT32_MAX - jump - SEQNOS)
		return fail(-EOVERFLOW, _("%s: no sequence number is left"), vg->name);
	vg->seqno = seqno + jump;
	return words_add(vg, &pv->tags, tag_of(index, tag));
}

void lost_area_end(struct pv *pv, unsigned index)
{
	char tag[TAG_ROOM];

	words_remove(&pv->tags, tag_of(index, tag));
}

bool lost_area_is_tag(const char *tag)
{
	return !strncmp(tag, LOST_AREA_TAG, sizeof(LOST_AREA_TAG) - 1);
}
