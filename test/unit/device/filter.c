/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tap.h"

#include "base/auto.h"
#include "base/conf.h"
#include "device/facts.h"
#include "device/filter.h"

enum { LINE = 256 };

static const char VOLUME_UUID[] =
	"LVM-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/* The filter that settings make. */
static int filter_of(const char *settings, struct filter **filter)
{
	AUTO(conf) struct conf *conf = conf_new();

	if (*settings)
		CHECK_INT(conf_override(conf, settings), 0);
	return filter_new(conf, filter);
}

static bool accepts(const char *settings, const char *first, const char *second)
{
	const struct device_facts facts = { .size_sectors = 4096 };
	const char *const names[] = { first, second, NULL };
	AUTO(filter) struct filter *filter = NULL;

	CHECK_INT(filter_of(settings, &filter), 0);
	return !filter_name_reason(filter, &facts, names);
}

static const char *reason_for(const char *settings, const struct device_facts *facts)
{
	AUTO(filter) struct filter *filter = NULL;
	const char *reason;

	CHECK_INT(filter_of(settings, &filter), 0);
	reason = filter_reason(filter, facts);
	return reason ? reason : "";
}

static const char *flag_reason(unsigned flags)
{
	const struct device_facts facts = { .size_sectors = 4096, .flags = flags };

	return reason_for("", &facts);
}

TEST("a device that nothing speaks against is accepted")
{
	CHECK_TEXT(flag_reason(0), "");
	CHECK_TEXT(flag_reason(FACTS_READ_ONLY | FACTS_PARTITION), "");
	CHECK(accepts("", "/dev/sda", NULL));
}

TEST("each reason of safety has its words")
{
	CHECK_TEXT(flag_reason(FACTS_DETACHED), "a loop device without a file");
	CHECK_TEXT(flag_reason(FACTS_REMOVABLE_DRIVE), "a floppy or optical drive");
	CHECK_TEXT(flag_reason(FACTS_MULTIPATH_MEMBER), "a path of a multipath device");
	CHECK_TEXT(flag_reason(FACTS_RAID_MEMBER), "a member of a RAID set");
	CHECK_TEXT(flag_reason(FACTS_PARTITIONED), "partitioned");
}

TEST("devices under 2 MiB are too small, image files are not asked")
{
	struct device_facts facts = { .size_sectors = 4095 };

	CHECK_TEXT(reason_for("", &facts), "too small");
	facts.size_sectors = 0;
	CHECK_TEXT(reason_for("", &facts), "too small");
	facts.flags = FACTS_IMAGE;
	CHECK_TEXT(reason_for("", &facts), "");
}

TEST("volumes are searched only if devices/scan_lvs says so, their internal devices never")
{
	struct device_facts facts = { .size_sectors = 8192 };

	memcpy(facts.dm_uuid, VOLUME_UUID, sizeof(VOLUME_UUID));
	CHECK_TEXT(reason_for("", &facts), "a volume of a group");
	CHECK_TEXT(reason_for("devices/scan_lvs=1", &facts), "");
	snprintf(facts.dm_uuid, sizeof(facts.dm_uuid), "%s-real", VOLUME_UUID);
	CHECK_TEXT(reason_for("devices/scan_lvs=1", &facts), "an internal device of a volume");
	snprintf(facts.dm_uuid, sizeof(facts.dm_uuid), "CRYPT-LUKS2-x");
	CHECK_TEXT(reason_for("", &facts), "");
}

TEST("the first rule that matches a name decides")
{
	static const char rules[] = "devices/filter=[\"a|^/dev/sd|\", \"r|.*|\"]";

	CHECK(accepts(rules, "/dev/sda", NULL));
	CHECK(!accepts(rules, "/dev/nvme0n1", NULL));
	CHECK(!accepts("devices/filter=[\"r|/dev/sda$|\", \"a|/dev/sd|\"]", "/dev/sda", NULL));
	CHECK(accepts("devices/filter=[\"r|/dev/sda$|\", \"a|/dev/sd|\"]", "/dev/sdaa", NULL));
	CHECK(accepts("devices/filter=[\"r|/dev/sda$|\"]", "/dev/sdb", NULL));
}

TEST("one accepted name is enough, one rejected is too much if none is accepted")
{
	static const char by_id[] = "devices/filter=[\"a|/by-id/good|\", \"r|.*|\"]";

	CHECK(accepts(by_id, "/dev/sda", "/dev/disk/by-id/good-1"));
	CHECK(!accepts(by_id, "/dev/sda", "/dev/disk/by-id/bad-1"));
	CHECK(!accepts("devices/filter=[\"r|/by-id/bad|\"]", "/dev/sda", "/dev/disk/by-id/bad-1"));
}

TEST("both lists must accept")
{
	static const char both[] = "devices/filter=[\"a|/dev/sd|\", \"r|.*|\"] "
				   "devices/global_filter=[\"r|/dev/sdb|\"]";

	CHECK(accepts(both, "/dev/sda", NULL));
	CHECK(!accepts(both, "/dev/sdb", NULL));
	CHECK(!accepts(both, "/dev/vda", NULL));
}

TEST("any character parts a rule, brackets in pairs")
{
	CHECK(!accepts("devices/filter=[\"r/sda/\"]", "/dev/sda", NULL));
	CHECK(!accepts("devices/filter=[\"r(sda)\"]", "/dev/sda", NULL));
	CHECK(!accepts("devices/filter=[\"r[sda]\"]", "/dev/sda", NULL));
	CHECK(!accepts("devices/filter=[\"r{sda}\"]", "/dev/sda", NULL));
	CHECK(!accepts("devices/filter=[\"r!s(da|db)!\"]", "/dev/sdb", NULL));
}

TEST("a rule that cannot be read is an error that shows it")
{
	static const struct { const char *rule, *message; } rows[] = {
		{ "x|sda|", "devices/filter: \"x|sda|\" must begin with a (accept) or r (reject)\n" },
		{ "", "devices/filter: \"\" must begin with a (accept) or r (reject)\n" },
		{ "a", "devices/filter: \"a\" has no separator at its end\n" },
		{ "a|", "devices/filter: \"a|\" has no separator at its end\n" },
		{ "a|sda", "devices/filter: \"a|sda\" has no separator at its end\n" },
		{ "a(sda(", "devices/filter: \"a(sda(\" has no separator at its end\n" },
		{ "a|sda|sdb|", "devices/filter: \"a|sda|sdb|\" has a separator within\n" },
	};
	char settings[LINE];

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct filter *filter = NULL;

		snprintf(settings, sizeof(settings), "devices/filter=[\"%s\"]", rows[i].rule);
		tap_log_capture();
		CHECK_INT(filter_of(settings, &filter), -EINVAL);
		CHECK_TEXT(tap_log_text(), rows[i].message);
		CHECK(!filter);
	}
}

TEST_MAIN
