/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/select.h"

#include "base/auto.h"
#include "base/log.h"
#include "model/lv.h"
#include "model/vg.h"
#include "ops/admit.h"
#include "store/catalog.h"
#include "tools/facts.h"
#include "tools/pv-listing.h"

#include <stdlib.h>
#include <string.h>

/* Criteria at work, and the targets that met them. */
struct judging {
	struct listing listing;
	struct report *report;
	struct target *met;
	unsigned count;
};

static void judging_end(struct judging *judging)
{
	report_free(&judging->report);
	listing_close(&judging->listing);
	free(judging->met);
}

/* 1: only help was asked for, and is printed. */
static int judging_begin(struct judging *judging, struct session *session, const char *criteria,
			 enum report_line line)
{
	static const struct listing_args nothing_said;
	static const char *const names[] = {
		[LINE_LV] = "lv_name",
		[LINE_VG] = "vg_name",
		[LINE_PV] = "pv_name",
	};
	const struct report_options options = {
		.line = line,
		.flags = REPORT_JUDGE | REPORT_HIDDEN,
		.fields = &names[line],
		.field_count = 1,
		.select = criteria,
	};
	int r = listing_open(&judging->listing, session, &nothing_said);

	return r < 0 ? r : report_begin(&options, &judging->listing.gather, &judging->report);
}

static const struct group_facts *facts_of(struct judging *judging, const char *name)
{
	const struct catalog *catalog = judging->listing.catalog;
	const struct group *group = admit_find(judging->listing.session, catalog, name, NULL);

	if (group && group->vg)
		return facts_of_group(judging->listing.gather.mem, catalog, group);
	if (group)
		fail(-ENOENT, _("%s: its metadata cannot be read"), name);
	else
		fail(-ENOENT, _("%s: no such group"), name);
	return NULL;
}

static int add_if_met(struct judging *judging, const struct target *target, const struct vg *vg,
		      const struct lv *lv)
{
	struct target *more;

	if (!report_has_met(judging->report))
		return 0;
	more = reallocarray(judging->met, judging->count + 1, sizeof(*more));
	if (!more)
		return fail_memory();
	judging->met = more;
	more += judging->count++;
	*more = *target;
	memcpy(more->vg_id, vg->id, sizeof(more->vg_id));
	if (lv) {
		snprintf(more->lv, sizeof(more->lv), "%s", lv->name);
		memcpy(more->chosen_id, lv->id, sizeof(more->chosen_id));
	}
	return 0;
}

static int judge_group(struct judging *judging, const struct target *target)
{
	const struct group_facts *facts = facts_of(judging, target->vg);
	int r = facts ? report_add_group(judging->report, facts) : -ENOENT;

	return r < 0 ? r : add_if_met(judging, target, facts->vg, NULL);
}

static int judge_volumes(struct judging *judging, const struct target *target)
{
	const struct group_facts *facts = facts_of(judging, target->vg);
	const struct lv *lv;
	bool found = false;
	int r = 0;

	if (!facts)
		return -ENOENT;
	dm_list_iterate_items(lv, &facts->vg->lvs) {
		if (target->lv[0] ? strcmp(target->lv, lv->name) != 0 : !lv_is_visible(lv))
			continue;
		found = true;
		r = report_add_volume(judging->report, facts, lv);
		r = r < 0 ? r : add_if_met(judging, target, facts->vg, lv);
		if (r < 0)
			return r;
	}
	return found || !target->lv[0]
		       ? 0
		       : fail(-ENOENT, _("%s/%s: no such volume"), target->vg, target->lv);
}

/* In the place of targets come those that meet the criteria. */
static int judge(struct session *session, const char *criteria, enum target_kind kind,
		 struct target **targets, unsigned *count)
{
	struct judging judging = { 0 };
	int r = judging_begin(&judging, session, criteria, kind == TARGET_VG ? LINE_VG : LINE_LV);
	unsigned i;

	if (r > 0)
		*count = 0;
	for (i = 0; r >= 0 && i < *count; i++)
		r = kind == TARGET_VG ? judge_group(&judging, &(*targets)[i])
				      : judge_volumes(&judging, &(*targets)[i]);
	if (r >= 0) {
		free(*targets);
		*targets = TAKE(judging.met);
		*count = judging.count;
	}
	judging_end(&judging);
	return r < 0 ? r : 0;
}

/* What nobody named and is not this host's is left out. */
static bool is_ours(const struct session *session, const struct group *group)
{
	return group->vg && !(group->vg->flags & VG_EXPORTED) &&
	       !admit_why_not(session, group->vg);
}

int select_targets(struct session *session, const struct selection *selection,
		   enum target_kind kind, struct target **targets, unsigned *count)
{
	int r;

	if (!selection->criteria && !selection->count)
		return fail(-EDOM, _("%s: say which, by name or by --select"),
			    session->command);
	if (selection->count) {
		r = targets_parse_any(session, selection->operands, selection->count, kind, targets,
				      count);
	} else {
		r = targets_all_groups(session, targets, count);
		r = r < 0 ? r : targets_keep(session, *targets, count, is_ours);
	}
	return r < 0 || !selection->criteria
		       ? r
		       : judge(session, selection->criteria, kind, targets, count);
}

int select_groups(struct session *session, const char *criteria, struct target **targets,
		  unsigned *count)
{
	return judge(session, criteria, TARGET_VG, targets, count);
}

/* --- devices --- */

static int judge_device(struct pv_walk *walk, const struct group_facts *group, const struct pv *pv,
			const struct disk_facts *disk)
{
	struct judging *judging = (struct judging *)walk->listing;
	struct word_list *paths = walk->data;
	const char **more;
	int r = disk ? report_add_device(judging->report, group, pv, disk) : 0;

	if (r < 0 || !disk || !report_has_met(judging->report))
		return r;
	more = reallocarray(paths->words, paths->count + 1, sizeof(*more));
	if (!more)
		return fail_memory();
	paths->words = more;
	more[paths->count] = strdup(disk->path);
	return more[paths->count++] ? 0 : fail_memory();
}

int select_devices(struct session *session, const struct selection *selection,
		   struct word_list *paths)
{
	struct judging judging = { 0 };
	struct pv_walk walk = {
		.listing = &judging.listing,
		.operands = selection->operands,
		.operand_count = selection->count,
		.visit = judge_device,
		.data = paths,
	};
	int r = judging_begin(&judging, session, selection->criteria, LINE_PV);

	r = r ? r : pv_walk(&walk);
	judging_end(&judging);
	return r < 0 ? r : 0;
}
