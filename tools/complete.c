/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/applets.h"
#include "tools/common-options.h"

#include "base/log.h"
#include "model/lv.h"
#include "report/fields.h"
#include "store/catalog.h"

#include <stdio.h>
#include <string.h>

/*
 * "snapvol complete COMMAND [WORD...]": what the last word could become, one a line.
 */

static void be_silent(void *data, enum log_level level, const char *line)
{
	(void)data;
	(void)level;
	(void)line;
}

static void offer(const char *begin, const char *word)
{
	if (!strncmp(word, begin, strlen(begin)))
		puts(word);
}

static void offer_commands(const char *begin)
{
	unsigned i;

	for (i = 0; applets[i]; i++)
		if (applets[i]->summary)
			offer(begin, applets[i]->name);
}

static void offer_options(const struct option_spec *rows, const char *begin)
{
	char word[64];

	for (; rows && rows->name; rows++) {
		snprintf(word, sizeof(word), "--%s", rows->name);
		offer(begin, word);
	}
}

static void offer_choices(const char *choices, const char *begin)
{
	char word[64];
	size_t len;

	for (;; choices += len + 1) {
		len = strcspn(choices, "|");
		snprintf(word, sizeof(word), "%.*s", (int)len, choices);
		offer(begin, word);
		if (!choices[len])
			return;
	}
}

/* The last of a list of fields; what stands before it is kept. */
static void offer_fields(const char *begin)
{
	const char *comma = strrchr(begin, ',');
	const int kept = comma ? (int)(comma - begin) + 1 : strspn(begin, "+-") ? 1 : 0;
	const struct report_field *field;
	unsigned i;

	for (i = 0; (field = field_at(i)); i++)
		if (!strncmp(field->name, begin + kept, strlen(begin + kept)))
			printf("%.*s%s\n", kept, begin, field->name);
}

static const struct option_spec *find_row(const struct option_spec *rows, const char *word)
{
	for (; rows && rows->name; rows++) {
		if (!strncmp(word, "--", 2) && !strcmp(word + 2, rows->name))
			return rows;
		if (word[0] == '-' && word[1] && word[1] == rows->letter && !word[2])
			return rows;
	}
	return NULL;
}

static void offer_tags(const struct dm_list *tags, const char *begin)
{
	const int mark = begin[0] == '@' ? 1 : 0;
	const struct word *tag;

	dm_list_iterate_items(tag, tags)
		if (!strncmp(tag->text, begin + mark, strlen(begin + mark)))
			printf("%.*s%s\n", mark, begin, tag->text);
}

/* Those that may stand for what the command works on. */
static void offer_tags_of(const struct vg *vg, enum target_kind kind, const char *begin)
{
	const struct lv *lv;
	const struct pv *pv;

	if (kind != TARGET_PV)
		offer_tags(&vg->tags, begin);
	if (kind == TARGET_LV || kind == TARGET_VG_OR_LV)
		dm_list_iterate_items(lv, &vg->lvs)
			offer_tags(&lv->tags, begin);
	if (kind == TARGET_PV)
		dm_list_iterate_items(pv, &vg->pvs)
			offer_tags(&pv->tags, begin);
}

static void offer_all_tags(const struct catalog *catalog, enum target_kind kind, const char *begin)
{
	const struct group *group;

	dm_list_iterate_items(group, &catalog->groups)
		if (group->vg)
			offer_tags_of(group->vg, kind, begin);
}

static void offer_volumes(const struct vg *vg, const char *begin)
{
	char word[2 * NAME_LEN + 2];
	const struct lv *lv;

	dm_list_iterate_items(lv, &vg->lvs) {
		if (!lv_is_visible(lv))
			continue;
		snprintf(word, sizeof(word), "%s/%s", vg->name, lv->name);
		offer(begin, word);
	}
}

static void offer_disks(const struct catalog *catalog, const char *begin)
{
	const struct disk *disk;

	dm_list_iterate_items(disk, &catalog->disks)
		offer(begin, disk->candidate->path);
}

static void offer_names(const struct catalog *catalog, enum target_kind kind, const char *begin)
{
	const struct group *group;

	dm_list_iterate_items(group, &catalog->groups) {
		if (kind != TARGET_LV)
			offer(begin, group->name);
		if (kind != TARGET_VG && kind != TARGET_GROUP_THEN_PV && group->vg)
			offer_volumes(group->vg, begin);
	}
}

static void offer_operands(struct session *session, const struct applet *applet, bool first,
			   const char *begin)
{
	struct catalog *catalog;
	enum target_kind kind = applet->operands;

	if (kind == TARGET_NONE || session_catalog(session, &catalog) < 0)
		return;
	if (kind == TARGET_GROUP_THEN_PV && !first)
		kind = TARGET_PV;
	if (begin[0] == '@')
		offer_all_tags(catalog, kind, begin);
	else if (kind == TARGET_PV || begin[0] == '/')
		offer_disks(catalog, begin);
	else
		offer_names(catalog, kind, begin);
}

/* The option whose value the last word is, if it is one. */
static const struct option_spec *option_before(const struct applet *applet, const char *word)
{
	const struct option_spec *row = find_row(applet->options, word);

	if (!row && !(applet->kind & LOOKS_ONLY))
		row = find_row(change_options, word);
	if (!row)
		row = find_row(common_options, word);
	return row && row->noun ? row : NULL;
}

static void offer_value(struct session *session, const struct applet *applet,
			const struct option_spec *row, const char *begin)
{
	struct catalog *catalog;

	if (strchr(row->noun, '|'))
		offer_choices(row->noun, begin);
	else if (!strncmp(row->noun, "FIELD", 5))
		offer_fields(begin);
	else if (!strcmp(row->noun, "TAG") && session_catalog(session, &catalog) == 0)
		offer_all_tags(catalog, applet->operands, begin);
}

/* Of the words behind the command's name: options do not count, nor do their values. */
static bool is_first_operand(const struct applet *applet, const char *const *words, unsigned count)
{
	unsigned i;

	for (i = 1; i + 1 < count; i++)
		if (words[i][0] != '-' && !option_before(applet, words[i - 1]))
			return false;
	return true;
}

static void complete(struct session *session, const struct applet *applet,
		     const char *const *words, unsigned count)
{
	const struct option_spec *row = option_before(applet, words[count - 2]);
	const char *begin = words[count - 1];

	if (row) {
		offer_value(session, applet, row, begin);
		return;
	}
	if (begin[0] != '-') {
		offer_operands(session, applet, is_first_operand(applet, words, count), begin);
		return;
	}
	offer_options(applet->options, begin);
	if (!(applet->kind & LOOKS_ONLY))
		offer_options(change_options, begin);
	offer_options(common_options, begin);
}

static int complete_run(struct session *session, const char *const *words, unsigned count,
			const void *args)
{
	const struct applet *applet = count > 1 ? applet_find(words[0]) : NULL;

	(void)args;
	log_set_sink(be_silent, NULL);
	if (count == 1)
		offer_commands(words[0]);
	if (applet)
		complete(session, applet, words, count);
	return 0;
}

const struct applet complete_applet = {
	.name = "complete",
	.synopsis = "-- COMMAND [WORD...]",
	.operand_min = 1,
	.operand_max = -1,
	.kind = LOOKS_ONLY | NO_LINK,
	.run = complete_run,
};
