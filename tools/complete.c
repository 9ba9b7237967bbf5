/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/applets.h"
#include "tools/common-options.h"

#include "base/log.h"
#include "base/text.h"
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

/* Whether the word before was an option that wants a value: then that is offered. */
static bool offer_value(const struct applet *applet, const char *before, const char *begin)
{
	const struct option_spec *row = find_row(applet->options, before);

	if (!row)
		row = find_row(common_options, before);
	if (!row || !row->noun)
		return false;
	if (strchr(row->noun, '|'))
		offer_choices(row->noun, begin);
	else if (!strncmp(row->noun, "FIELD", 5))
		offer_fields(begin);
	return true;
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

static int offer_operands(struct session *session, const struct applet *applet, const char *begin)
{
	struct catalog *catalog;
	const struct group *group;

	if (applet->operands == TARGET_NONE || session_catalog(session, &catalog) < 0)
		return 0;
	if (applet->operands == TARGET_PV) {
		offer_disks(catalog, begin);
		return 0;
	}
	dm_list_iterate_items(group, &catalog->groups) {
		if (applet->operands != TARGET_LV)
			offer(begin, group->name);
		if (applet->operands != TARGET_VG && group->vg)
			offer_volumes(group->vg, begin);
	}
	return 0;
}

static int complete(struct session *session, const struct applet *applet, const char *before,
		    const char *begin)
{
	if (offer_value(applet, before, begin))
		return 0;
	if (begin[0] != '-')
		return offer_operands(session, applet, begin);
	offer_options(applet->options, begin);
	if (!(applet->needs & LOOKS_ONLY))
		offer_options(change_options, begin);
	offer_options(common_options, begin);
	return 0;
}

static int complete_run(struct session *session, const char *const *words, unsigned count,
			const void *args)
{
	const struct applet *applet = count > 1 ? applet_find(words[0]) : NULL;

	(void)args;
	log_set_sink(be_silent, NULL);
	if (count == 1)
		offer_commands(words[0]);
	if (!applet)
		return 0;
	return complete(session, applet, words[count - 2], words[count - 1]);
}

const struct applet complete_applet = {
	.name = "complete",
	.synopsis = "-- COMMAND [WORD...]",
	.operand_min = 1,
	.operand_max = -1,
	.needs = LOOKS_ONLY | NO_LINK,
	.run = complete_run,
};
