/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/pvrenew.h"

#include "base/auto.h"
#include "base/log.h"
#include "base/text.h"
#include "base/uuid.h"
#include "model/renewal.h"
#include "model/vg.h"
#include "ops/change.h"
#include "ops/device.h"
#include "ops/hints.h"
#include "ops/recover.h"
#include "ops/refuse.h"
#include "ops/session.h"
#include "store/catalog.h"
#include "store/pvinit.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

/* Three changes, each of which reads anew what the one before has left. */
struct work {
	struct session *session;
	const char *path, *group;
	char id[ID_LEN + 1];	   /* the new one */
	char group_id[ID_LEN + 1]; /* once the group may be unfinished */
	struct disk *disk;
	struct pv *pv;
};

static int find(struct work *work, const struct change *change)
{
	int r = device_find(change_catalog(change), work->path, &work->disk);

	if (r < 0)
		return r;
	work->pv = work->disk->has_label ? vg_find_pv_id(change_vg(change), work->disk->label.id)
					 : NULL;
	if (!work->pv)
		return fail(-EAGAIN, _("%s: has left %s meanwhile"), work->path, work->group);
	return 0;
}

static int run_label(void *data)
{
	struct work *work = data;

	return pv_set_id(work->disk, work->id);
}

static int add_label(struct work *work, struct change *change)
{
	char line[PATH_MAX + 16];
	const char *text;

	snprintf(line, sizeof(line), "label   %s", work->path);
	text = vg_text(change_vg(change), line);
	return text ? change_act(
			      change, AFTER_DEVICES,
			      &(struct plan_act) { .text = text, .run = run_label, .data = work })
		    : -ENOMEM;
}

/* recover_and_begin(), or what it ends with. */
typedef int (*begin_change)(struct session *session, const char *vg_name, unsigned flags,
			    struct change **change);

/* --test is told of all three at once. */
static int foretell(struct work *work, struct change *change)
{
	int r = add_label(work, change);

	return r < 0 ? r : change_stage(change, AFTER_DEVICES);
}

/* What would keep the label from being written, or an area from being told, does so before anything is announced. */
static int refuse_outset(const struct work *work, const struct change *change)
{
	const struct group *group =
		catalog_find_group_id(change_catalog(change), change_vg(change)->id);

	if (work->disk->label.foreign)
		return fail(-ENOTSUP, _("%s: its label says things that are not known here"), work->path);
	if (group && (group->damaged_areas || group->lost_areas))
		return fail(-EPERM, "%s: %s", work->group, _("devices disagree about the group; see svgck"));
	return 0;
}

static int announce(struct work *work, begin_change begin)
{
	AUTO(change) struct change *change = NULL;
	int r = begin(work->session, work->group, CHANGE_GLOBAL, &change);

	r = r < 0 ? r : find(work, change);
	r = r < 0 ? r : refuse_outset(work, change);
	r = r < 0 ? r
		  : refuse_active(change, _("no device of its group can have another identity"));
	r = r < 0 ? r : renewal_begin(work->pv, work->id);
	r = r < 0 ? r : change_stage(change, BEFORE_DEVICES);
	if (!r && work->session->test)
		r = foretell(work, change);
	if (r < 0)
		return r;
	if (!work->session->test)
		hints_forget(work->session);
	snprintf(work->group_id, sizeof(work->group_id), "%s", change_vg(change)->id);
	return change_run(change);
}

/* What could not be read is reported by who comes next. */
static bool is_everywhere(const struct work *work)
{
	const struct group *group;
	struct catalog *catalog;

	session_forget(work->session);
	if (session_catalog(work->session, &catalog) < 0)
		return true;
	group = catalog_find_group_id(catalog, work->group_id);
	return !group || group_is_everywhere(group);
}

/* To an area that has not been told the device would be a stranger, so those that failed get a second chance
 * (and are stale, not damaged, by then). */
static int announce_everywhere(struct work *work)
{
	int r = announce(work, recover_and_begin);

	if (r < 0 || work->session->test || is_everywhere(work))
		return r;
	return announce(work, change_begin);
}

/* In the text, where identities stand with hyphens but for this tag.  Another command's announcement will not do: the
 * label would say what the metadata do not know. */
static bool is_announced(const struct work *work, const struct change *change)
{
	const struct group *group = catalog_find_group_id(change_catalog(change), work->group_id);

	return group && memmem(group->text, group->text_len, work->id, ID_LEN);
}

static int write_label(struct work *work)
{
	AUTO(change) struct change *change = NULL;
	int r = change_begin(work->session, work->group, 0, &change);

	r = r < 0 ? r : find(work, change);
	if (!r && !is_announced(work, change))
		r = fail(-EAGAIN, _("%s: somebody else has taken its new identity back"),
			 work->path);
	r = r < 0 ? r : refuse_torn(change);
	r = r < 0 ? r
		  : refuse_active(change, _("no device of its group can have another identity"));
	r = r < 0 ? r : add_label(work, change);
	return r < 0 ? r : change_run(change);
}

/* Somebody else may have seen to that. */
static int finish(struct work *work)
{
	AUTO(change) struct change *change = NULL;
	int r = change_begin(work->session, work->group, 0, &change);

	if (r < 0 || !renewal_is_unfinished(change_vg(change)))
		return r;
	r = change_stage(change, BEFORE_DEVICES);
	return r < 0 ? r : change_run(change);
}

int renew_member(struct session *session, const char *path, const char *group)
{
	struct work work = { .session = session, .path = path, .group = group };
	int r;

	uuid_new(work.id);
	r = announce_everywhere(&work);
	if (!r && !session->test) {
		r = write_label(&work);
		r = r < 0 ? r : finish(&work);
	}
	if (r < 0 && work.group_id[0])
		session_left_unsettled(session, work.group_id);
	return r;
}
