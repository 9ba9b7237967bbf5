/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/volumelist.h"

#include "base/conf.h"
#include "model/lv.h"

#include <stddef.h>
#include <string.h>

static const char ACTIVE[] = "activation/volume_list",
		  AUTOMATIC[] = "activation/auto_activation_volume_list",
		  READ_ONLY[] = "activation/read_only_volume_list";

static bool has_tag(const struct lv *lv, const char *tag)
{
	return words_have(&lv->tags, tag) || words_have(&lv->vg->tags, tag);
}

static bool has_tag_of_host(const struct conf *conf, const struct lv *lv)
{
	const char *tag;
	unsigned i;

	for (i = 0; (tag = conf_host_tag(conf, i)); i++)
		if (has_tag(lv, tag))
			return true;
	return false;
}

/* "vg", "vg/lv", "@tag" or "@*". */
static bool is_meant(const struct conf *conf, const struct lv *lv, const char *item)
{
	const char *slash = strchr(item, '/');
	const size_t len = slash ? (size_t)(slash - item) : strlen(item);

	if (!strcmp(item, "@*"))
		return has_tag_of_host(conf, lv);
	if (item[0] == '@')
		return has_tag(lv, item + 1);
	if (strncmp(item, lv->vg->name, len) || lv->vg->name[len])
		return false;
	return !slash || !strcmp(slash + 1, lv->name);
}

static bool is_in(const struct conf *conf, const char *list, const struct lv *lv)
{
	const char *item;
	unsigned i;

	for (i = 0; (item = conf_list_item(conf, list, i)); i++)
		if (is_meant(conf, lv, item))
			return true;
	return false;
}

bool volumelist_allows(const struct conf *conf, const struct lv *lv)
{
	lv = lv_tree_top(lv);
	if (conf_is_set(conf, ACTIVE))
		return is_in(conf, ACTIVE, lv);
	return !conf_host_tag(conf, 0) || has_tag_of_host(conf, lv);
}

bool volumelist_allows_automatic(const struct conf *conf, const struct lv *lv)
{
	return volumelist_allows(conf, lv) &&
	       (!conf_is_set(conf, AUTOMATIC) || is_in(conf, AUTOMATIC, lv_tree_top(lv)));
}

bool volumelist_is_read_only(const struct conf *conf, const struct lv *lv)
{
	return conf_is_set(conf, READ_ONLY) && is_in(conf, READ_ONLY, lv_tree_top(lv));
}

void volumelist_mark(const struct conf *conf, struct vg *vg)
{
	struct lv *lv;

	if (!conf_is_set(conf, READ_ONLY))
		return;
	dm_list_iterate_items(lv, &vg->lvs)
		if (volumelist_is_read_only(conf, lv))
			lv->flags |= LV_READ_ONLY_HERE;
		else
			lv->flags &= ~(unsigned)LV_READ_ONLY_HERE;
}
