/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/target.h"

#include "base/conf.h"
#include "base/log.h"
#include "base/text.h"
#include "model/lv.h"
#include "ops/admit.h"
#include "ops/session.h"
#include "store/catalog.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct list {
	struct target *targets;
	unsigned count;
	enum target_kind kind;
	bool any; /* a tag may name nothing */
	bool all; /* a tag names what merges, too, and groups that may have it */
	bool one; /* there must be just this */
};

static struct target *add(struct list *list, const char *word, unsigned order)
{
	struct target *more = reallocarray(list->targets, list->count + 1, sizeof(*more));

	if (!more) {
		fail_memory();
		return NULL;
	}
	list->targets = more;
	more += list->count++;
	*more = (struct target) { .word = word, .order = order };
	return more;
}

static int add_named(struct list *list, const char *word, unsigned order, const struct group *group,
		     const struct lv *lv)
{
	struct target *target = add(list, word, order);

	if (!target)
		return -ENOMEM;
	snprintf(target->vg, sizeof(target->vg), "%s", group->name);
	memcpy(target->vg_id, group->id, sizeof(target->vg_id));
	if (lv) {
		snprintf(target->lv, sizeof(target->lv), "%s", lv->name);
		memcpy(target->chosen_id, lv->id, sizeof(target->chosen_id));
	}
	return 0;
}

static bool is_meant(const struct list *list, const struct lv *lv)
{
	return lv_is_visible(lv) || (list->all && lv->store_of);
}

static int add_tagged_of(struct list *list, const char *word, unsigned order,
			 const struct group *group)
{
	const struct vg *vg = group->vg;
	bool whole = words_have(&vg->tags, word + 1);
	const struct lv *lv;
	int r;

	if (list->kind != TARGET_LV && whole)
		return add_named(list, word, order, group, NULL);
	if (list->kind == TARGET_VG)
		return 0;
	dm_list_iterate_items(lv, &vg->lvs) {
		if (!is_meant(list, lv) || !(whole || words_have(&lv->tags, word + 1)))
			continue;
		r = add_named(list, word, order, group, lv);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Of several groups of one name those are left out which a command does not mean by it. */
static bool is_meant_by_name(const struct session *session, const struct catalog *catalog,
			     const struct group *group)
{
	bool ambiguous;

	return admit_find(session, catalog, group->name, &ambiguous) == group || ambiguous;
}

static int add_tagged(struct session *session, struct list *list, const char *word, unsigned order)
{
	const char *reason = name_refuse_tag(word + 1);
	unsigned before = list->count;
	struct catalog *catalog;
	struct group *group;
	int r;

	if (reason)
		return fail(-EDOM, "%s: %s", word, reason);
	r = session_catalog(session, &catalog);
	if (r < 0)
		return r;
	dm_list_iterate_items(group, &catalog->groups) {
		if (!list->all && !is_meant_by_name(session, catalog, group))
			continue;
		if (group->vg)
			r = add_tagged_of(list, word, order, group);
		else if (list->all)
			r = add_named(list, word, order, group, NULL);
		if (r < 0)
			return r;
	}
	if (list->count == before && !list->any)
		return fail(-ENOENT, _("%s: nothing has this tag"), word);
	return 0;
}

/* As with LVM2 the exit code is that of a bad command line if there is nothing else to do. */
static int refuse_word(const struct list *list, const char *word)
{
	const int code = list->one ? -EDOM : -EINVAL;
	const size_t len = strcspn(word, "/");
	char vg[NAME_LEN + 2]; /* one more, so that a name that is too long is seen to be */

	snprintf(vg, sizeof(vg), "%.*s", (int)len, word);
	if (len && name_refuse_vg(vg))
		return fail(code, "%s: %s", vg, name_refuse_vg(vg));
	if (word[0] && word[strlen(word) - 1] == '/')
		return fail(code, _("%s: names no volume behind the slash"), word);
	return fail(code, _("%s: names neither a group nor a volume"), word);
}

static int add_word(struct session *session, struct list *list, const char *word, unsigned order)
{
	struct target *target;
	int r;

	if (word[0] == '@')
		return add_tagged(session, list, word, order);

	target = add(list, word, order);
	if (!target)
		return -ENOMEM;
	r = name_split(word, conf_text(session->conf, "devices/dir"), target->vg, target->lv);
	if (r < 0)
		return refuse_word(list, word);
	if (list->kind == TARGET_LV && !target->lv[0])
		return fail(-EDOM, _("%s: names a group, say which volume: %s/NAME"), word, word);
	if (list->kind == TARGET_VG && target->lv[0])
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

void targets_sort(struct target *targets, unsigned count)
{
	if (count)
		qsort(targets, count, sizeof(*targets), by_group);
}

static int parse(struct session *session, struct list *list, const char *const *words,
		 unsigned word_count)
{
	unsigned i;
	int r = 0;

	for (i = 0; i < word_count && !r; i++)
		r = add_word(session, list, words[i], i);
	if (r < 0) {
		free(list->targets);
		return r;
	}
	targets_sort(list->targets, list->count);
	return 0;
}

/* What list says of how words are meant. */
static int parse_as(struct session *session, struct list list, const char *const *words,
		    unsigned word_count, struct target **targets, unsigned *count)
{
	int r = parse(session, &list, words, word_count);

	if (r < 0)
		return r;
	*targets = list.targets;
	*count = list.count;
	return 0;
}

int targets_parse(struct session *session, const char *const *words, unsigned word_count,
		  enum target_kind kind, struct target **targets, unsigned *count)
{
	return parse_as(session, (struct list) { .kind = kind }, words, word_count, targets, count);
}

int targets_parse_any(struct session *session, const char *const *words, unsigned word_count,
		      enum target_kind kind, struct target **targets, unsigned *count)
{
	return parse_as(session, (struct list) { .kind = kind, .any = true }, words, word_count,
			targets, count);
}

int targets_parse_all(struct session *session, const char *const *words, unsigned word_count,
		      enum target_kind kind, struct target **targets, unsigned *count)
{
	return parse_as(session, (struct list) { .kind = kind, .all = true }, words, word_count,
			targets, count);
}

int target_parse(struct session *session, const char *word, enum target_kind kind,
		 struct target *target)
{
	struct list list = { .kind = kind, .one = true };
	int r;

	if (word[0] == '@')
		return fail(-EDOM,
			    _("%s: is a tag, which may name several; say the one by its name"),
			    word);
	r = parse(session, &list, &word, 1);
	if (r < 0)
		return r;
	*target = list.targets[0];
	free(list.targets);
	return 0;
}

int targets_all_groups(struct session *session, struct target **targets, unsigned *count)
{
	const struct group *group;
	struct catalog *catalog;
	struct target *target, *all;
	int r = session_catalog(session, &catalog);

	if (r < 0)
		return r;
	all = calloc(dm_list_size(&catalog->groups) + 1, sizeof(*all));
	if (!all)
		return fail_memory();
	target = all;
	dm_list_iterate_items(group, &catalog->groups) {
		target->word = _("all groups");
		snprintf(target->vg, sizeof(target->vg), "%s", group->name);
		memcpy(target->vg_id, group->id, sizeof(target->vg_id));
		target++;
	}
	*targets = all;
	*count = (unsigned)(target - all);
	targets_sort(all, *count);
	return 0;
}

static bool is_named(const struct group *group, const struct target *target)
{
	return !strcmp(group->name, target->vg) &&
	       (!target->vg_id[0] || !strcmp(group->id, target->vg_id));
}

static int identify(struct list *list, const struct catalog *catalog, const struct target *target)
{
	const unsigned before = list->count;
	const struct group *group;
	struct target *known;

	dm_list_iterate_items(group, &catalog->groups) {
		if (!is_named(group, target))
			continue;
		known = add(list, target->word, target->order);
		if (!known)
			return -ENOMEM;
		*known = *target;
		memcpy(known->vg_id, group->id, sizeof(known->vg_id));
	}
	if (list->count > before)
		return 0;
	known = add(list, target->word, target->order);
	if (!known)
		return -ENOMEM;
	*known = *target;
	return 0;
}

int targets_identify(struct session *session, struct target **targets, unsigned *count)
{
	struct list list = { .count = 0 };
	struct catalog *catalog;
	int r = session_catalog(session, &catalog);
	unsigned i;

	for (i = 0; i < *count && !r; i++)
		r = identify(&list, catalog, &(*targets)[i]);
	if (r < 0) {
		free(list.targets);
		return r;
	}
	free(*targets);
	*targets = list.targets;
	*count = list.count;
	return 0;
}

int targets_keep(struct session *session, struct target *targets, unsigned *count,
		 bool (*keep)(const struct session *session, const struct group *group))
{
	const struct group *group;
	struct catalog *catalog;
	unsigned i, kept = 0;
	int r = session_catalog(session, &catalog);

	for (i = 0; i < *count && !r; i++) {
		group = targets[i].vg_id[0] ? catalog_find_group_id(catalog, targets[i].vg_id)
					    : admit_find(session, catalog, targets[i].vg, NULL);
		if (group && keep(session, group))
			targets[kept++] = targets[i];
	}
	*count = kept;
	return r;
}

int target_of_id(struct session *session, const char *word, struct target *target)
{
	struct target found = { .word = word };
	const struct group *group;
	struct catalog *catalog;
	const struct lv *lv;
	int r;

	if (uuid_read(word, found.id) < 0)
		return fail(-EDOM, _("%s: is no UUID"), word);
	r = session_catalog(session, &catalog);
	if (r < 0)
		return r;
	dm_list_iterate_items(group, &catalog->groups) {
		lv = group->vg ? vg_find_lv_id(group->vg, found.id) : NULL;
		if (lv && found.vg[0])
			return fail(-ENOTUNIQ, _("%s: volumes of several groups have this UUID"),
				    word);
		if (!lv)
			continue;
		snprintf(found.vg, sizeof(found.vg), "%s", group->vg->name);
		snprintf(found.lv, sizeof(found.lv), "%s", lv->name);
	}
	if (!found.vg[0])
		return fail(-ENOENT, _("%s: no volume has this UUID"), word);
	*target = found;
	return 0;
}

int targets_each_group(const struct target *targets, unsigned count,
		       int (*work)(void *data, const struct target *targets, unsigned count),
		       void *data)
{
	unsigned first = 0, next;
	int r, result = 0;

	while (first < count) {
		next = first + 1;
		while (next < count && !strcmp(targets[next].vg, targets[first].vg))
			next++;
		r = work(data, targets + first, next - first);
		result = result ? result : r;
		first = next;
	}
	return result;
}

static bool is_another(const struct vg *vg, const struct lv *lv, const struct target *target)
{
	return (target->vg_id[0] && strcmp(target->vg_id, vg->id) != 0) ||
	       (lv && target->chosen_id[0] && strcmp(target->chosen_id, lv->id) != 0);
}

static int fail_another(const struct vg *vg, const struct lv *lv)
{
	if (lv)
		return fail(-ENOENT, _("%s/%s: is not any more what was chosen"), vg->name,
			    lv->name);
	return fail(-ENOENT, _("%s: is not any more what was chosen"), vg->name);
}

int target_check_group(const struct vg *vg, const struct target *target)
{
	return is_another(vg, NULL, target) ? fail_another(vg, NULL) : 0;
}

int target_check_chosen(const struct vg *vg, const struct lv *lv, const struct target *target)
{
	const char *tag = target->word[0] == '@' ? target->word + 1 : NULL;
	const bool tagged =
		!tag || words_have(&vg->tags, tag) || (lv && words_have(&lv->tags, tag));

	return tagged && !is_another(vg, lv, target) ? 0 : fail_another(vg, lv);
}

struct lv *target_lv(const struct vg *vg, const struct target *target)
{
	struct lv *lv = target->id[0] ? vg_find_lv_id(vg, target->id) : vg_find_lv(vg, target->lv);

	if (!lv && target->id[0])
		fail(-ENOENT, _("%s: no volume of %s has this UUID any more"), target->word,
		     vg->name);
	else if (!lv)
		fail(-ENOENT, _("%s/%s: no such volume"), vg->name, target->lv);
	else if (is_another(vg, lv, target))
		fail_another(vg, lv);
	else
		return lv;
	return NULL;
}

static int check_one(const struct session *session, const struct catalog *catalog,
		     const struct target *target)
{
	const struct group *group = admit_find(session, catalog, target->vg, NULL);

	if (!group)
		return fail(-ENOENT, _("%s: no such group"), target->vg);
	return group->vg && target->lv[0] && !target_lv(group->vg, target) ? -ENOENT : 0;
}

int targets_check(struct session *session, const struct target *targets, unsigned count)
{
	struct catalog *catalog;
	int result = session_catalog(session, &catalog);
	unsigned i;

	for (i = 0; result >= 0 && i < count; i++)
		result = check_one(session, catalog, &targets[i]);
	return result;
}
