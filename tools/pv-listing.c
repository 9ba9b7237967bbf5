/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/pv-listing.h"

#include "base/log.h"
#include "base/text.h"
#include "model/vg.h"
#include "store/catalog.h"
#include "tools/facts.h"

#include <stdlib.h>
#include <string.h>

static bool names_path(const struct pv_walk *walk, const char *operand, const char *path)
{
	const struct candidate *candidate;

	if (!path)
		return false;
	candidate = candidates_find(walk->listing->catalog->candidates, operand);
	return !strcmp(operand, path) || (candidate && !strcmp(candidate->path, path));
}

/* Mark operands that name the device; whether there is one, or no operand at all.  Then it is shown. */
static bool is_wanted(struct pv_walk *walk, const struct pv *pv, const char *path)
{
	bool wanted = !walk->operand_count;
	const char *operand;
	unsigned i;

	for (i = 0; i < walk->operand_count; i++) {
		operand = walk->operands[i];
		if (operand[0] == '@' ? pv && words_have(&pv->tags, operand + 1)
				      : names_path(walk, operand, path)) {
			walk->found[i] = true;
			wanted = true;
		}
	}
	if (wanted)
		log_tell();
	return wanted;
}

static int visit_members(struct listing *listing, const struct group_facts *group, void *data)
{
	struct pv_walk *walk = data;
	const struct disk_facts *disk;
	const struct pv *pv;
	int r = 0;

	(void)listing;
	dm_list_iterate_items(pv, &group->vg->pvs) {
		disk = group_disk(group, pv);
		if (is_wanted(walk, pv, disk ? disk->path : NULL))
			r = walk->visit(walk, group, pv, disk);
		if (r < 0)
			break;
	}
	return r;
}

int pv_walk_orphans(struct pv_walk *walk)
{
	const struct disk *disk;
	struct disk_facts facts;
	int r = 0;

	dm_list_iterate_items(disk, &walk->listing->catalog->disks) {
		if (disk->group || (!disk->has_label && !walk->blank))
			continue;
		facts_of_disk(disk, &facts);
		if (is_wanted(walk, NULL, facts.path))
			r = walk->visit(walk, NULL, NULL, &facts);
		if (r < 0)
			break;
	}
	return r;
}

static int check_operands(const struct pv_walk *walk)
{
	const struct candidate *candidate;
	const char *operand;
	unsigned i;
	int r = 0;

	for (i = 0; i < walk->operand_count; i++) {
		operand = walk->operands[i];
		if (walk->found[i] || operand[0] == '@')
			continue;
		candidate = candidates_find(walk->listing->catalog->candidates, operand);
		if (!candidate)
			r = fail(-ENODEV, _("%s: no such device"), operand);
		else
			r = fail(-ENODEV, "%s: %s", operand,
				 candidate->skip_reason ? candidate->skip_reason
							: _("is no physical volume"));
	}
	return r;
}

int pv_walk(struct pv_walk *walk)
{
	int r;

	walk->found = calloc(walk->operand_count + 1, sizeof(*walk->found));
	if (!walk->found)
		return fail_memory();
	r = listing_each_group(walk->listing, visit_members, walk);
	if (r >= 0)
		r = pv_walk_orphans(walk);
	if (r >= 0)
		r = check_operands(walk);
	free(walk->found);
	return r;
}
