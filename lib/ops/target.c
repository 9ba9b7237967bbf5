/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/target.h"

#include "base/auto.h"
#include "base/conf.h"
#include "base/log.h"
#include "base/text.h"
#include "model/lv.h"
#include "ops/session.h"

#include <stdlib.h>
#include <string.h>

static int parse_tag(const char *word, struct target *target)
{
	const char *reason = name_refuse_tag(word + 1);

	if (reason)
		return fail(-EDOM, "%s: %s", word, reason);
	target->tag = word + 1;
	return 0;
}

static int parse_one(const struct session *session, const char *word, enum target_kind kind,
		     struct target *target)
{
	int r;

	target->word = word;
	if (word[0] == '@')
		return parse_tag(word, target);

	r = name_split(word, conf_text(session->conf, "devices/dir"), target->vg, target->lv);
	if (r < 0)
		return fail(-EDOM, _("%s: names neither a group nor a volume"), word);
	if (kind == TARGET_LV && !target->lv[0])
		return fail(-EDOM, _("%s: names a group, say which volume: %s/NAME"), word, word);
	if (kind == TARGET_VG && target->lv[0])
		return fail(-EDOM, _("%s: names a volume, say just the group"), word);
	return 0;
}

static int by_group(const void *a, const void *b)
{
	const struct target *one = a, *two = b;
	int r = strcmp(one->vg, two->vg);

	if (r)
		return r;
	return one->order < two->order ? -1 : one->order > two->order;
}

int targets_parse(const struct session *session, const char *const *words, unsigned count,
		  enum target_kind kind, struct target **targets)
{
	AUTO_FREE struct target *found = calloc(count ? count : 1, sizeof(*found));
	unsigned i;
	int r;

	if (!found)
		return fail_memory();

	for (i = 0; i < count; i++) {
		found[i].order = i;
		r = parse_one(session, words[i], kind, &found[i]);
		if (r < 0)
			return r;
	}

	qsort(found, count, sizeof(*found), by_group);
	*targets = TAKE(found);
	return 0;
}

struct lv *target_lv(const struct vg *vg, const struct target *target)
{
	struct lv *lv = vg_find_lv(vg, target->lv);

	if (!lv)
		fail(-ENOENT, _("%s/%s: no such volume"), vg->name, target->lv);
	return lv;
}

bool target_matches(const struct target *target, const struct lv *lv)
{
	if (target->vg[0] && strcmp(target->vg, lv->vg->name))
		return false;
	if (target->tag)
		return words_have(&lv->tags, target->tag) || words_have(&lv->vg->tags, target->tag);
	return !target->lv[0] || !strcmp(target->lv, lv->name);
}
