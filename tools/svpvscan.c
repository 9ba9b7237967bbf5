/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/applets.h"
#include "tools/common-options.h"
#include "tools/display.h"
#include "tools/pv-online.h"
#include "tools/pv-listing.h"

#include "base/auto.h"
#include "base/log.h"
#include "base/text.h"
#include "model/vg.h"
#include "base/conf.h"
#include "ops/activate.h"
#include "ops/online.h"
#include "device/blkdev.h"
#include "store/catalog.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct svpvscan_args {
	struct display_args display; /* first: the rows of listing.h fill it */
	bool exported, orphans, brief, identities, cache, no_udev_sync;
	const char *activate, *format;
	struct given_number major, minor;
	struct online_args online;
};

static const struct option_spec svpvscan_options[] = {
	OPTION(svpvscan_args, exported, 'e', "exported", OPTION_FLAG, NULL,
	       N_("only devices of exported groups")),
	OPTION(svpvscan_args, orphans, 'n', "novolumegroup", OPTION_FLAG, NULL,
	       N_("only devices of no group")),
	OPTION(svpvscan_args, brief, 's', "short", OPTION_FLAG, NULL, N_("only their names")),
	OPTION(svpvscan_args, identities, 'u', "uuid", OPTION_FLAG, NULL,
	       N_("their identities, too")),
	OPTION(svpvscan_args, cache, 0, "cache", OPTION_FLAG, NULL,
	       N_("note that devices are there, for --checkcomplete; list nothing")),
	OPTION(svpvscan_args, activate, 'a', "activate", OPTION_CHOICE, N_("ay"),
	       N_("with --cache: activate the groups of these devices, or all, as far as they are "
		  "complete and their autoactivation is on")),
	OPTION(svpvscan_args, major, 'j', "major", OPTION_GIVEN_NUMBER, N_("NUMBER"),
	       N_("with --minor: the device by its number")),
	OPTION(svpvscan_args, minor, 0, "minor", OPTION_GIVEN_NUMBER, N_("NUMBER"),
	       N_("with --major: the device by its number")),
	OPTION(svpvscan_args, no_udev_sync, 0, "noudevsync", OPTION_FLAG, NULL,
	       N_("with --activate: do not wait for udev")),
	LIMIT_ROWS,
	LOG_FORMAT_ROW(svpvscan_args, format),
	ONLINE_OPTIONS(svpvscan_args, online),
	{ .name = NULL },
};

/* --- listing --- */

/* What is shown of a device, and a list of it: how wide columns are is known at the end. */
struct line {
	const char *name, *group, *size, *free;
	bool exported;
};

struct scan {
	const struct svpvscan_args *args;
	struct display display;
	struct line *lines;
	int name_width, group_width; /* as if all were shown, as in LVM2 */
	unsigned count, used_count;
	uint64_t used_sectors, orphan_sectors;
};

static uint64_t size_of(const struct pv *pv, const struct disk_facts *disk)
{
	return pv ? pv->pe_count * pv->vg->extent_size_sectors : disk->dev_size_sectors;
}

static bool is_wanted(const struct scan *scan, const struct pv *pv)
{
	if (scan->args->exported)
		return pv && pv->vg->flags & VG_EXPORTED;
	return !scan->args->orphans || !pv;
}

static const char *name_of(const struct scan *scan, const struct pv *pv,
			   const struct disk_facts *disk)
{
	const char *path = disk ? disk->path : "[unknown]";

	if (!scan->args->identities || scan->args->brief)
		return path;
	return gather_text(scan->display.gather, "%s with UUID %s ", path,
			   display_id(&scan->display, pv ? pv->id : disk->id));
}

/* What is in no group is in one of its own, to LVM2, which is always there. */
static void widen(struct scan *scan, const char *name, const char *group)
{
	static const char no_group[] = "#orphans_lvm2";
	int name_width = (int)strlen(name) + 2;
	int group_width = (int)strlen(group && strlen(group) > strlen(no_group) ? group : no_group) + 2;

	scan->name_width = name_width > scan->name_width ? name_width : scan->name_width;
	scan->group_width = group_width > scan->group_width ? group_width : scan->group_width;
}

static int add_line(struct pv_walk *walk, const struct group_facts *group, const struct pv *pv,
		    const struct disk_facts *disk)
{
	struct scan *scan = walk->data;
	const char *name = name_of(scan, pv, disk);
	struct line *line, *lines;
	uint64_t free = 0;

	(void)group;
	widen(scan, name, pv ? pv->vg->name : NULL);
	if (!is_wanted(scan, pv))
		return 0;
	lines = reallocarray(scan->lines, scan->count + 1, sizeof(*lines));
	if (!lines)
		return fail_memory();
	scan->lines = lines;
	line = &lines[scan->count++];
	if (pv)
		free = (pv->pe_count - pv_used_extents(pv)) * pv->vg->extent_size_sectors;
	*line = (struct line) {
		.name = name,
		.group = pv ? pv->vg->name : NULL,
		.size = display_size(&scan->display, size_of(pv, disk)),
		.free = display_size(&scan->display, free),
		.exported = pv && pv->vg->flags & VG_EXPORTED,
	};
	scan->used_count += pv != NULL;
	*(pv ? &scan->used_sectors : &scan->orphan_sectors) += size_of(pv, disk);
	return 0;
}

static void print_line(const struct scan *scan, const struct line *line)
{
	if (scan->args->brief)
		fprintf(scan->display.out, "%s%s\n", log_prefix(), line->name);
	else if (!line->group)
		fprintf(scan->display.out, "%sPV %-*s    %-*s lvm2 [%s]\n", log_prefix(),
			scan->name_width, line->name, scan->group_width, "", line->size);
	else if (line->exported)
		fprintf(scan->display.out, "%sPV %-*s  is in exported VG %s [%s / %s free]\n",
			log_prefix(), scan->name_width, line->name, line->group, line->size,
			line->free);
	else
		fprintf(scan->display.out, "%sPV %-*s VG %-*s lvm2 [%s / %s free]\n", log_prefix(),
			scan->name_width, line->name, scan->group_width, line->group, line->size,
			line->free);
}

static void print_lines(const struct scan *scan)
{
	unsigned i;

	for (i = 0; i < scan->count; i++)
		print_line(scan, &scan->lines[i]);
	if (!scan->count) {
		fprintf(scan->display.out, "%sNo matching physical volumes found\n", log_prefix());
		return;
	}
	fprintf(scan->display.out, "%sTotal: %u [%s] / in use: %u [%s] / in no VG: %u [%s]\n",
		log_prefix(), scan->count,
		display_size(&scan->display, scan->used_sectors + scan->orphan_sectors),
		scan->used_count, display_size(&scan->display, scan->used_sectors),
		scan->count - scan->used_count, display_size(&scan->display, scan->orphan_sectors));
}

static int list(struct session *session, const struct svpvscan_args *args)
{
	struct scan scan = { .args = args };
	struct listing listing;
	struct pv_walk walk = { .listing = &listing, .visit = add_line, .data = &scan };
	int r = listing_open(&listing, session, &args->display.listing);

	if (r >= 0)
		r = display_begin(&listing, &args->display, &scan.display);
	if (r >= 0)
		r = pv_walk(&walk);
	if (r >= 0)
		print_lines(&scan);
	free(scan.lines);
	listing_close(&listing);
	return r;
}

/* --- activating --- */

static int find_disk(struct session *session, const struct svpvscan_args *args, const char *path,
		     const struct disk **found)
{
	struct catalog *catalog;
	struct disk *disk;
	int r = session_catalog(session, &catalog);

	*found = NULL;
	if (r < 0)
		return r;
	dm_list_iterate_items(disk, &catalog->disks)
		if (!path && disk->dev && disk->dev->major == args->major.value &&
		    disk->dev->minor == args->minor.value)
			*found = disk;
	if (path)
		*found = catalog_find_disk(catalog, path);
	return 0;
}

static int note_disk(struct session *session, const struct svpvscan_args *args, const char *path,
		     const struct disk *disk)
{
	int r = pv_online_note(session, disk);

	if (r < 0 || args->online.group || args->online.volumes)
		return r;
	return pv_online_say(session, path, disk, args->activate);
}

/* A device that has gone is forgotten. */
static int note(struct session *session, const struct svpvscan_args *args, const char *path)
{
	const struct disk *disk;
	int r = find_disk(session, args, path, &disk);

	if (r < 0)
		return r;
	if (disk || path)
		return note_disk(session, args, path ? path : disk->candidate->path, disk);
	if (!session->test)
		online_forget_number((uint32_t)args->major.value, (uint32_t)args->minor.value);
	return 0;
}

static int note_all(struct session *session, const struct svpvscan_args *args)
{
	const struct disk *disk;
	struct catalog *catalog;
	int r = session_catalog(session, &catalog);

	if (r < 0)
		return r;
	if (!session->test)
		online_forget_all();
	dm_list_iterate_items(disk, &catalog->disks) {
		if (!disk->group)
			continue;
		r = note_disk(session, args, disk->candidate->path, disk);
		if (r < 0)
			break;
	}
	return r;
}

static int note_these(struct session *session, const char *const *operands, unsigned count,
		      const struct svpvscan_args *args)
{
	unsigned i;
	int r, result = 0;

	if (!count && !args->minor.given)
		return note_all(session, args);
	if (args->minor.given)
		result = note(session, args, NULL);
	for (i = 0; i < count; i++) {
		r = note(session, args, operands[i]);
		result = result < 0 ? result : r;
	}
	return result;
}

static int tell(struct session *session, const char *path, const struct svpvscan_args *args)
{
	const struct disk *disk;
	int r = find_disk(session, args, path, &disk);

	return r < 0 ? r : pv_online_tell(session, &args->online, path, disk);
}

/* What was claimed and cannot be activated is for the next event: a device that was noted has gone, say. */
static int activate_claimed(struct session *session, const char *const *names, unsigned count)
{
	unsigned i;
	int r = 0;

	if (count)
		r = activate_groups(session, names, count, ACTIVATE_AUTO, ACTIVATE_OURS | ACTIVATE_COMPLETE);
	for (i = 0; r < 0 && i < count; i++)
		online_forget_group(names[i]);
	return r;
}

/* All groups, or those that an event of a device concerns.  The names outlive the catalog, which activation reads
 * anew. */
static int activate_of(struct session *session, const struct catalog *catalog,
		       const struct disk *disk)
{
	const unsigned most = dm_list_size(&catalog->groups);
	AUTO_FREE const char **names = calloc(most + 1, sizeof(*names));
	AUTO_FREE char(*texts)[NAME_LEN + 1] = calloc(most + 1, sizeof(*texts));
	const struct group *group;
	unsigned count = 0;
	int r;

	if (!names || !texts)
		return fail_memory();
	dm_list_iterate_items(group, &catalog->groups) {
		r = !disk || pv_online_concerns(disk, group) ? pv_online_claim(session, group) : 0;
		if (r < 0)
			return r;
		if (!r)
			continue;
		snprintf(texts[count], sizeof(texts[count]), "%s", group->name);
		names[count] = texts[count];
		count++;
	}
	return activate_claimed(session, names, count);
}

/* A device that is no PV, or whose group is not complete or has been activated, is no trouble: this is
 * what udev's rules call. */
static int activate_groups_of(struct session *session, const struct svpvscan_args *args,
			      const char *path)
{
	const struct disk *disk;
	struct catalog *catalog;
	int r = session_catalog(session, &catalog);

	r = r < 0 ? r : find_disk(session, args, path, &disk);
	return r < 0 || !disk ? r : activate_of(session, catalog, disk);
}

static int activate_all(struct session *session)
{
	struct catalog *catalog;
	int r = session_catalog(session, &catalog);

	return r < 0 ? r : activate_of(session, catalog, NULL);
}

static int activate(struct session *session, const char *const *operands, unsigned count,
		    const struct svpvscan_args *args)
{
	unsigned i;
	int r, result = 0;

	if (!count && !args->minor.given)
		return activate_all(session);
	if (args->minor.given)
		result = activate_groups_of(session, args, NULL);
	for (i = 0; i < count; i++) {
		r = activate_groups_of(session, args, operands[i]);
		result = result < 0 ? result : r;
	}
	return result;
}

/* Whether LVM2, too, is to answer events of udev; an event of a kind nobody knows is not answered. */
static bool is_answered(const struct session *session, const struct svpvscan_args *args)
{
	const char *kind = args->online.autoactivation;

	if (!kind && !args->activate)
		return true;
	return (!kind || !strcmp(kind, "event")) &&
	       conf_bool(session->conf, "global/event_activation");
}

static bool lists_group(const struct svpvscan_args *args)
{
	return args->online.group || args->online.volumes;
}

static int check_online(const struct svpvscan_args *args, unsigned count)
{
	const struct online_args *online = &args->online;

	if (lists_group(args) && (count != 1 || args->activate))
		return fail(-EDOM, _("svpvscan: --listvg and --listlvs are for one device, without "
				     "--activate"));
	if ((online->check_complete || online->udev_output) && !(args->cache && lists_group(args)))
		return fail(
			-EDOM,
			_("--checkcomplete, --udevoutput: need --cache and --listvg or --listlvs"));
	if (online->vg_online && !online->check_complete)
		return fail(-EDOM, _("--vgonline: needs --checkcomplete"));
	return 0;
}

static int check(const struct svpvscan_args *args, unsigned count)
{
	if (args->exported && args->orphans)
		return fail(-EDOM, _("--exported: contradicts --novolumegroup"));
	if (args->major.given != args->minor.given)
		return fail(-EDOM, _("--major, --minor: go together"));
	if (args->no_udev_sync && !args->activate)
		return fail(-EDOM, _("--noudevsync: is for --activate"));
	if (!args->cache && !lists_group(args) && (count || args->activate || args->major.given))
		return fail(-EDOM, _("svpvscan: devices and --activate need --cache"));
	return check_online(args, count);
}

static int svpvscan_run(struct session *session, const char *const *operands, unsigned count,
			const void *p)
{
	const struct svpvscan_args *args = p;
	int r = check(args, count);

	r = r < 0 ? r : listing_log_format(session, args->format);
	if (r >= 0 && args->no_udev_sync)
		r = conf_override(session->conf, "activation/udev_sync=0");
	if (r < 0)
		return r;
	if (!is_answered(session, args))
		return 0;
	r = args->cache ? note_these(session, operands, count, args) : 0;
	if (!r && lists_group(args))
		return tell(session, operands[0], args);
	if (args->cache)
		return !r && args->activate ? activate(session, operands, count, args) : r;
	if (args->orphans)
		warn(_("only considering physical volumes in no volume group"));
	if (args->exported)
		warn(_("only considering physical volumes of exported volume group(s)"));
	return list(session, args);
}

const struct applet svpvscan_applet = {
	.name = "svpvscan",
	.summary = N_("look for physical volumes"),
	.synopsis = N_("[-e|-n] [-s|-u] | --cache [-a ay] [DEVICE...] | [--cache] "
		       "--listvg|--listlvs DEVICE"),
	.options = svpvscan_options,
	.args_size = sizeof(struct svpvscan_args),
	.operands = TARGET_PV,
	.operand_max = -1,
	.kind = LOOKS_ONLY,
	.run = svpvscan_run,
};
