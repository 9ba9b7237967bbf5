/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Devices that may be looked at.  The reasons follow LVM2's filters (lib/filters/): what it does
 * not take for a physical volume must not be taken for one here.
 */
#include <errno.h>
#include <libdevmapper.h>
#include <stdlib.h>
#include <string.h>

#include "device/filter.h"

#include "base/auto.h"
#include "base/conf.h"
#include "base/log.h"
#include "base/text.h"
#include "device/devicesfile.h"
#include "device/facts.h"

enum {
	SIZE_MIN_SECTORS = 4096,	/* 2 MiB, LVM2's devices/pv_min_size */
	LVM_UUID_LEN = 68,		/* "LVM-", group, volume; more is an internal device */
};

static const char LVM_PREFIX[] = "LVM-";

/* One setting's rules, last one first: dm_regex_match() gives the last expression that matches. */
struct rules {
	struct dm_regex *regex;		/* NULL: no rules */
	const char **patterns;
	bool *accepts;
	unsigned count;
};

struct filter {
	struct dm_pool *mem;
	struct rules global;
	struct rules own;
	struct devicesfile *file;	/* then the rules are not asked, as in LVM2 */
	bool scan_lvs;
};

enum verdict { VERDICT_NONE, VERDICT_ACCEPT, VERDICT_REJECT };

static char closing(char opening)
{
	static const char pairs[] = "()[]{}";
	const char *found = strchr(pairs, opening);

	return found && (found - pairs) % 2 == 0 ? found[1] : opening;
}

/* Take "a|regex|" apart. */
static int rule_parse(struct dm_pool *mem, const char *setting, const char *text,
		      const char **pattern, bool *accept)
{
	size_t len = strlen(text);

	if (len < 1 || (text[0] != 'a' && text[0] != 'r'))
		return fail(-EINVAL, _("%s: \"%s\" must begin with a (accept) or r (reject)"),
			    setting, text);
	if (len < 3 || text[len - 1] != closing(text[1]))
		return fail(-EINVAL, _("%s: \"%s\" has no separator at its end"), setting, text);
	if (memchr(text + 2, text[len - 1], len - 3))
		return fail(-EINVAL, _("%s: \"%s\" has a separator within"), setting, text);

	*pattern = dm_pool_strndup(mem, text + 2, len - 3);
	if (!*pattern)
		return fail_memory();
	*accept = text[0] == 'a';
	return 0;
}

static int rules_parse(struct rules *rules, struct dm_pool *mem, const struct conf *conf,
		       const char *setting)
{
	for (unsigned i = 0; i < rules->count; i++) {
		unsigned place = rules->count - 1 - i;
		int r = rule_parse(mem, setting, conf_list_item(conf, setting, i),
				   &rules->patterns[place], &rules->accepts[place]);

		if (r < 0)
			return r;
	}
	return 0;
}

static int rules_init(struct rules *rules, struct dm_pool *mem, const struct conf *conf,
		      const char *setting)
{
	int r;

	while (conf_list_item(conf, setting, rules->count))
		rules->count++;
	if (!rules->count)
		return 0;
	rules->patterns = dm_pool_zalloc(mem, rules->count * sizeof(*rules->patterns));
	rules->accepts = dm_pool_zalloc(mem, rules->count * sizeof(*rules->accepts));
	if (!rules->patterns || !rules->accepts)
		return fail_memory();
	r = rules_parse(rules, mem, conf, setting);
	if (r < 0)
		return r;
	rules->regex = dm_regex_create(mem, rules->patterns, rules->count);
	if (!rules->regex)
		return fail(-EINVAL, _("%s: has an expression that cannot be understood"), setting);
	return 0;
}

int filter_new(const struct conf *conf, struct filter **result)
{
	AUTO(filter) struct filter *filter = calloc(1, sizeof(*filter));
	int r;

	if (!filter)
		return fail_memory();
	filter->mem = dm_pool_create("filter", 1024);
	if (!filter->mem)
		return fail_memory();
	filter->scan_lvs = conf_bool(conf, "devices/scan_lvs");
	r = devicesfile_read(conf, &filter->file);
	if (r < 0)
		return r;
	r = rules_init(&filter->global, filter->mem, conf, "devices/global_filter");
	if (r < 0)
		return r;
	r = rules_init(&filter->own, filter->mem, conf, "devices/filter");
	if (r < 0)
		return r;
	*result = TAKE(filter);
	return 0;
}

void filter_free(struct filter **filter)
{
	if (!*filter)
		return;
	devicesfile_free(&(*filter)->file);
	if ((*filter)->mem)
		dm_pool_destroy((*filter)->mem);
	free(*filter);
	*filter = NULL;
}

static enum verdict rules_match(const struct rules *rules, const char *name)
{
	int index = dm_regex_match(rules->regex, name);

	if (index < 0)
		return VERDICT_NONE;
	return rules->accepts[index] ? VERDICT_ACCEPT : VERDICT_REJECT;
}

static bool rules_accept(const struct rules *rules, const char *const *names)
{
	bool rejected = false;

	if (!rules->regex)
		return true;
	for (; *names; names++) {
		enum verdict verdict = rules_match(rules, *names);

		if (verdict == VERDICT_ACCEPT)
			return true;
		if (verdict == VERDICT_REJECT)
			rejected = true;
	}
	return !rejected;
}

bool filter_device_id(const struct filter *filter, const struct device_facts *facts,
		      const char *const *names, struct device_id *id)
{
	return filter->file && devicesfile_find(filter->file, facts, names, id);
}

const char *filter_name_reason(const struct filter *filter, const struct device_facts *facts,
			       const char *const *names)
{
	struct device_id id;

	if (filter->file)
		return filter_device_id(filter, facts, names, &id)
			       ? NULL
			       : _("not in LVM2's devices file; lvmdevices --adddev adds it");
	if (!rules_accept(&filter->global, names))
		return _("rejected by devices/global_filter");
	if (!rules_accept(&filter->own, names))
		return _("rejected by devices/filter");
	return NULL;
}

static const char *volume_reason(const struct filter *filter, const char *dm_uuid)
{
	if (strncmp(dm_uuid, LVM_PREFIX, strlen(LVM_PREFIX)) != 0)
		return NULL;
	if (strlen(dm_uuid) > LVM_UUID_LEN)
		return _("an internal device of a volume");
	return filter->scan_lvs ? NULL : _("a volume of a group");
}

const char *filter_reason(const struct filter *filter, const struct device_facts *facts)
{
	if (facts->flags & FACTS_IMAGE)
		return NULL;
	if (facts->flags & FACTS_DETACHED)
		return _("a loop device without a file");
	if (facts->flags & FACTS_REMOVABLE_DRIVE)
		return _("a floppy or optical drive");
	if (facts->flags & FACTS_MULTIPATH_MEMBER)
		return _("a path of a multipath device");
	if (facts->flags & FACTS_RAID_MEMBER)
		return _("a member of a RAID set");
	if (facts->flags & FACTS_PARTITIONED)
		return _("partitioned");
	if (facts->size_sectors < SIZE_MIN_SECTORS)
		return _("too small");
	return volume_reason(filter, facts->dm_uuid);
}
