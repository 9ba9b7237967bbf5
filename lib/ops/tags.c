/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/tags.h"

#include "base/log.h"
#include "model/name.h"

int tags_edit(struct vg *vg, struct dm_list *tags, const struct tag_edit *edit)
{
	const char *reason;
	unsigned i;
	int r = 0;

	for (i = 0; i < edit->remove_count; i++)
		words_remove(tags, edit->remove[i]);
	for (i = 0; i < edit->add_count && !r; i++) {
		reason = name_refuse_tag(edit->add[i]);
		r = reason ? fail(-EDOM, "%s: %s", edit->add[i], reason)
			   : words_add(vg, tags, edit->add[i]);
	}
	return r;
}
