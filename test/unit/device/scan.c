/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "scratch.h"
#include "tap.h"

#include "base/auto.h"
#include "base/conf.h"
#include "device/scan.h"

enum { SETTINGS = 1024, MIB = 1024 * 1024 };

/* A scan with devices/only naming two files of a scratch directory, and more settings. */
static struct candidates *scan_of(const struct scratch *scratch, const char *first,
				  const char *second, const char *more)
{
	AUTO(conf) struct conf *conf = conf_new();
	struct candidates *candidates = NULL;
	char settings[SETTINGS];

	snprintf(settings, sizeof(settings), "devices/only=[\"%s/%s\", \"%s/%s\"] %s",
		 scratch->path, first, scratch->path, second, more);
	CHECK_INT(conf_override(conf, settings), 0);
	CHECK_INT(scan_devices(conf, &candidates), 0);
	return candidates;
}

static const struct candidate *first_of(const struct candidates *candidates)
{
	return dm_list_item(dm_list_first(&candidates->list), struct candidate);
}

TEST("devices/only names image files, in its order")
{
	AUTO(candidates) struct candidates *candidates = NULL;
	const struct candidate *candidate;
	struct scratch scratch;
	char path[SCRATCH_TEXT];

	scratch_init(&scratch);
	scratch_image(&scratch, "b.img", MIB);
	scratch_image(&scratch, "a.img", MIB);
	candidates = scan_of(&scratch, "b.img", "a.img", "");
	CHECK_INT(dm_list_size(&candidates->list), 2);
	candidate = first_of(candidates);
	CHECK_TEXT(candidate->path, scratch_path(&scratch, "b.img", path));
	CHECK(candidate->links && !candidate->links[0]);
	CHECK_INT(candidate->major, 0);
	CHECK_INT(candidate->size_sectors, 0);
	CHECK(!candidate->skip_reason);
	scratch_release(&scratch);
}

TEST("one file under two names is one candidate and found by either")
{
	AUTO(candidates) struct candidates *candidates = NULL;
	struct scratch scratch;
	char path[SCRATCH_TEXT];

	scratch_init(&scratch);
	scratch_image(&scratch, "a.img", MIB);
	scratch_link(&scratch, "link", "a.img");
	candidates = scan_of(&scratch, "a.img", "link", "");
	CHECK_INT(dm_list_size(&candidates->list), 1);
	CHECK(candidates_find(candidates, scratch_path(&scratch, "link", path)) ==
	      first_of(candidates));
	CHECK(candidates_find(candidates, scratch_path(&scratch, "a.img", path)) ==
	      first_of(candidates));
	CHECK(!candidates_find(candidates, "/dev/null"));
	CHECK(!candidates_find(candidates, scratch_path(&scratch, "none", path)));
	scratch_release(&scratch);
}

TEST("what was named by devices/only is not rejected by name")
{
	AUTO(candidates) struct candidates *candidates = NULL;
	struct scratch scratch;

	scratch_init(&scratch);
	scratch_image(&scratch, "a.img", MIB);
	candidates = scan_of(&scratch, "a.img", "a.img", "devices/filter=[\"r|.*|\"]");
	CHECK_INT(dm_list_size(&candidates->list), 1);
	CHECK(!first_of(candidates)->skip_reason);
	scratch_release(&scratch);
}

TEST("a name that is missing or no device is warned about and passed over")
{
	AUTO(candidates) struct candidates *candidates = NULL;
	struct scratch scratch;
	char wanted[2 * SETTINGS];

	scratch_init(&scratch);
	scratch_dir(&scratch, "dir");
	tap_log_capture();
	candidates = scan_of(&scratch, "none", "dir", "");
	snprintf(wanted, sizeof(wanted),
		 "%s/none: No such file or directory, skipping what devices/only names\n"
		 "%s/dir: neither a block device nor an image file, skipping what "
		 "devices/only names\n",
		 scratch.path, scratch.path);
	CHECK_TEXT(tap_log_text(), wanted);
	CHECK(dm_list_empty(&candidates->list));
	scratch_release(&scratch);
}

/* Whatever machine this runs on. */
TEST("the machine's devices come in the order of their numbers, each once")
{
	AUTO(conf) struct conf *conf = conf_new();
	AUTO(candidates) struct candidates *candidates = NULL;
	const struct candidate *candidate, *before = NULL;

	CHECK_INT(scan_devices(conf, &candidates), 0);
	dm_list_iterate_items(candidate, &candidates->list) {
		CHECK(strncmp(candidate->path, "/dev/", 5) == 0);
		CHECK(candidates_find(candidates, candidate->path) == candidate);
		CHECK(!before || candidate->major > before->major ||
		      (candidate->major == before->major && candidate->minor > before->minor));
		before = candidate;
	}
}

TEST_MAIN
