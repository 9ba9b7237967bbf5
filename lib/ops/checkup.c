/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/checkup.h"

#include "base/log.h"
#include "base/text.h"
#include "dm/live.h"
#include "dm/name.h"
#include "model/lv.h"
#include "ops/absent.h"
#include "ops/examine.h"
#include "ops/finding.h"
#include "ops/inspect.h"
#include "ops/leavings.h"
#include "ops/locks.h"
#include "ops/owner.h"
#include "ops/session.h"
#include "ops/target.h"
#include "store/catalog.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { PATIENCE_MS = 2000 };

enum surroundings { UNKNOWN, LOCKED, AT_WORK };

struct checkup {
	struct session *session;
	struct findings *findings;
	unsigned warn_percent;
	enum surroundings surroundings;
	struct dm_list read; /* inspection's */
};

/* What is asked for: a group, or a volume of it. */
struct subject {
	char id[ID_LEN + 1];
	const char *vg, *lv; /* lv "": the group */
	bool absent;	     /* no disk had it */
};

/* --- one look --- */

static int inspect(struct checkup *c, const struct catalog *catalog, const struct vg *vg)
{
	struct inspection inspection = {
		.findings = c->findings,
		.vg = vg,
		.warn_percent = c->warn_percent,
		.read = &c->read,
	};
	int r = session_live(c->session, &inspection.live);

	if (r < 0)
		return r;
	inspection.live->owner = dm_uuid_prefix_of(inspection.live->mem, vg);
	r = inspection.live->owner ? inspect_devices(&inspection) : -ENOMEM;
	if (r < 0)
		return r;
	inspect_snapshots(&inspection);
	inspect_stores(&inspection, catalog);
	if (c->surroundings != AT_WORK)
		inspect_leavings(&inspection, c->session->conf);
	return 0;
}

static bool is_sound(const struct findings *findings, unsigned from)
{
	return findings_worst(findings, from) == SEVERITY_GOOD && findings->again == SEVERITY_GOOD;
}

static int look_at_group(struct checkup *c, const struct catalog *catalog,
			 const struct group *group, const struct subject *subject)
{
	struct findings *findings = c->findings;
	unsigned before = findings_count(findings);
	char name[2 * NAME_LEN + 2];
	int r;

	findings->only = NULL;
	if (*subject->lv && group->vg) {
		findings->only = vg_find_lv(group->vg, subject->lv);
		if (!findings->only) {
			snprintf(name, sizeof(name), "%s/%s", subject->vg, subject->lv);
			found_at(findings, FOUND_NO_GROUP, name, _("no such volume"));
			return 0;
		}
	}
	findings->again = SEVERITY_GOOD;
	examine_group(catalog, group, findings);
	r = group->vg ? inspect(c, catalog, group->vg) : 0;
	if (!r && is_sound(findings, before) && findings->only)
		found_lv(findings, FOUND_SOUND, findings->only, _("sound"));
	else if (!r && is_sound(findings, before))
		found(findings, FOUND_SOUND, _("sound"));
	findings->only = NULL;
	return r;
}

/* One that is not to be seen here may be in use all the same, but for what is suspended. */
static int look_at_absent(const struct checkup *c, const struct catalog *catalog,
			  const struct subject *subject)
{
	struct absent absent = { .name = subject->vg };
	struct live_device *device, *next;
	bool any = false, hidden = false;
	struct live *live;
	int r = session_live(c->session, &live);

	if (r < 0)
		return r;
	memcpy(absent.id, subject->id, sizeof(absent.id));
	findings_listen(c->findings);
	dm_list_iterate_items_safe(device, next, &live->devices) {
		if (!absent_has(live->mem, &absent, device) || live_ask(live, device) <= 0)
			continue;
		any = true;
		hidden |= absent_is_hidden(catalog, live, device);
		if (device->suspended)
			found(c->findings, FOUND_SUSPENDED, _("device %s %s"), device->name,
			      _("is suspended: whoever uses it waits"));
	}
	findings_hush(c->findings);
	if (live->failed)
		found_heard(c->findings, FOUND_UNTOLD, NULL);
	if (any && !hidden)
		found(c->findings, FOUND_NO_METADATA,
		      _("has devices in the kernel, but its metadata are on no disk"));
	else if (!any && !live->failed && !subject->absent)
		found(c->findings, FOUND_NO_GROUP, _("no such group"));
	return live->failed == -ENOMEM ? live->failed : 0;
}

static int look(struct checkup *c, const struct subject *subject)
{
	struct catalog *catalog;
	const struct group *group;
	int r = session_catalog(c->session, &catalog);

	if (r < 0)
		return r;
	group = catalog_find_group_id(catalog, subject->id);
	return group ? look_at_group(c, catalog, group, subject)
		     : look_at_absent(c, catalog, subject);
}

/* --- and another --- */

/* A fill does not look better the second time; all else may be of somebody's work. */
static bool may_be_passing(const struct findings *findings, unsigned from)
{
	const struct finding *finding;

	dm_list_iterate_items(finding, &findings->list)
		if (from)
			from--;
		else if (finding_row(finding)->severity > SEVERITY_GOOD &&
			 finding->kind != FOUND_NEARLY_FULL)
			return true;
	return false;
}

static bool has_left_lock(const struct findings *findings, const char *vg_name)
{
	const struct finding *finding;

	dm_list_iterate_items(finding, &findings->list)
		if (finding->kind == FOUND_LOCK && !strcmp(finding->vg, vg_name))
			return true;
	return false;
}

/* Where no lock can be had at all (nothing can be written) there is nobody to wait for. */
static struct lock *lock(struct checkup *c, const struct subject *subject)
{
	struct lock *lock = NULL;
	int r = 0;

	findings_listen(c->findings);
	if (has_left_lock(c->findings, subject->vg))
		r = lock_borrow_group(c->session, subject->vg, &lock);
	if (!r)
		r = lock_group_briefly(c->session, subject->vg, PATIENCE_MS, &lock);
	findings_hush(c->findings);
	c->surroundings = r == -ETIMEDOUT ? AT_WORK : LOCKED;
	if (r == -ETIMEDOUT)
		found(c->findings, FOUND_BUSY, "%s", c->findings->heard);
	return lock;
}

static int check(struct checkup *c, const struct subject *subject)
{
	unsigned before = findings_count(c->findings);
	struct catalog *catalog;
	struct lock *held;
	int r;

	c->findings->vg = subject->vg;
	c->surroundings = UNKNOWN;
	dm_list_init(&c->read);
	r = look(c, subject);
	if (r < 0 || !may_be_passing(c->findings, before))
		return r;
	findings_drop(c->findings, before);
	held = lock(c, subject);
	r = examine_read(c->session, c->findings, &catalog);
	r = r < 0 ? r : look(c, subject);
	lock_free(&held);
	return r;
}

/* --- which --- */

/* Another host may be at work on its groups, whose locks we do not see. */
static bool is_anothers(const struct checkup *c, const struct group *group)
{
	return group->vg && !owner_is_here(c->session->conf, group->vg);
}

static int list_present(const struct checkup *c, const struct catalog *catalog,
			const struct target *target, struct subject *listed)
{
	const struct group *group;
	int count = 0;

	dm_list_iterate_items(group, &catalog->groups) {
		if (target ? strcmp(group->name, target->vg) : is_anothers(c, group))
			continue;
		memcpy(listed[count].id, group->id, sizeof(listed[count].id));
		listed[count].lv = target ? target->lv : "";
		listed[count].vg = dm_pool_strdup(c->findings->mem, group->name);
		if (!listed[count++].vg)
			return fail_memory();
	}
	return count;
}

static int list_absent(const struct absent *absents, int absent_count, const struct target *target,
		       struct subject *listed)
{
	int i, count = 0;

	for (i = 0; i < absent_count; i++) {
		if (target && strcmp(absents[i].name, target->vg) != 0)
			continue;
		memcpy(listed[count].id, absents[i].id, sizeof(listed[count].id));
		listed[count].lv = "";
		listed[count].vg = absents[i].name;
		listed[count++].absent = true;
	}
	return count;
}

/* Groups of that name, or all of this host.  Looking again forgets the catalog, so that they are
 * listed first. */
static int list(const struct checkup *c, const struct catalog *catalog, const struct target *target,
		struct subject **subjects)
{
	struct dm_pool *mem = c->findings->mem;
	struct absent *absents = NULL;
	int count, absent_count = absent_list(c->session, mem, &absents);

	if (absent_count < 0)
		return absent_count;
	*subjects = dm_pool_zalloc(mem, (dm_list_size(&catalog->groups) + (unsigned)absent_count +
					 1) * sizeof(**subjects));
	if (!*subjects)
		return fail_memory();
	count = list_present(c, catalog, target, *subjects);
	return count < 0 ? count
			 : count + list_absent(absents, absent_count, target, *subjects + count);
}

/* Names that several groups have; without operands, too. */
static void examine_names(const struct checkup *c, const struct catalog *catalog)
{
	const struct group *group;

	dm_list_iterate_items(group, &catalog->groups) {
		if (is_anothers(c, group))
			continue;
		c->findings->vg = group->name;
		examine_name(catalog, group->name, c->findings);
	}
	c->findings->vg = "";
}

static int check_all(struct checkup *c, const struct target *target)
{
	struct subject *subjects = NULL;
	struct catalog *catalog;
	int i, count, r;

	r = session_catalog(c->session, &catalog);
	if (r < 0)
		return r;
	c->findings->vg = target ? target->vg : "";
	if (target) {
		examine_name(catalog, target->vg, c->findings);
	} else {
		examine_orphans(catalog, c->findings);
		examine_names(c, catalog);
	}
	count = list(c, catalog, target, &subjects);
	for (i = 0, r = count; i < count && r >= 0; i++)
		r = check(c, &subjects[i]);
	return r;
}

/* What has the tag may lie on devices that nobody can read. */
static bool any_by_tag(const struct target *targets, unsigned count)
{
	while (count--)
		if (targets[count].word[0] == '@')
			return true;
	return false;
}

int checkup(struct session *session, const struct target *targets, unsigned count,
	    unsigned warn_percent, struct findings *findings)
{
	struct checkup c = {
		.session = session,
		.findings = findings,
		.warn_percent = warn_percent,
	};
	struct catalog *catalog;
	unsigned i;
	int r;

	leavings_find(session, findings, targets, count);
	r = examine_read(session, findings, &catalog);
	if (r >= 0 && any_by_tag(targets, count))
		examine_orphans(catalog, findings);
	if (r >= 0 && !count)
		r = check_all(&c, NULL);
	for (i = 0; r >= 0 && i < count; i++)
		r = check_all(&c, &targets[i]);
	findings->vg = "";
	return r < 0 ? r : findings->failed;
}
