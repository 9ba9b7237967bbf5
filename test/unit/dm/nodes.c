/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dm/scene.h"
#include "scratch.h"
#include "tap.h"

#include "base/auto.h"
#include "dm/layout.h"
#include "dm/live.h"
#include "dm/nodes.h"

enum { TOLD_SIZE = 4096 };

/* vg0/base and its snapshot vg0/s0, active, and a directory in place of /dev. */
struct fixture {
	struct scratch scratch;
	struct vg *vg;
	struct layout *wanted;
	struct live *live;
	char told[TOLD_SIZE];
};

static void set_up(struct fixture *f)
{
	const struct dm_node *node;
	uint32_t minor = 0;

	*f = (struct fixture) { .vg = scene_new(8, 16, 100) };
	scratch_init(&f->scratch);
	scratch_dir(&f->scratch, "mapper");
	scene_do(f->vg, "lv base 4");
	scene_do(f->vg, "snap s0 base 4");
	CHECK_INT(layout_new(&f->wanted), 0);
	CHECK_INT(layout_add_tree(f->wanted, vg_find_lv(f->vg, "base"), LAYOUT_MERGE_LIVE), 0);
	CHECK_INT(live_new(&f->live), 0);
	dm_list_iterate_items(node, &f->wanted->nodes)
		live_add(f->live, node->name, node->uuid, 254, minor++, node->table);
}

static void tear_down(struct fixture *f)
{
	live_free(&f->live);
	layout_free(&f->wanted);
	vg_free(&f->vg);
	scratch_release(&f->scratch);
}

/* A line "FAULT PATH VG/LV", the path below the directory. */
static void tell(void *data, enum node_fault fault, const char *path, const struct dm_node *node)
{
	static const char *const faults[] = {
		[NODE_MISSING] = "missing",
		[NODE_WRONG] = "wrong",
		[NODE_STALE] = "stale",
	};
	struct fixture *f = data;
	size_t len = strlen(f->told);

	snprintf(f->told + len, TOLD_SIZE - len, "%s %s %s\n", faults[fault],
		 path + strlen(f->scratch.path) + 1, node ? node->label : "-");
}

static int compare_lines(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* What is told, sorted. */
static const char *told(struct fixture *f)
{
	char lines[TOLD_SIZE], *line, *rest = NULL, *sorted[64];
	size_t count = 0, len = 0;

	f->told[0] = 0;
	nodes_settle(&(struct nodes) {
		.wanted = f->wanted,
		.live = f->live,
		.vg_name = "vg0",
		.dev_dir = f->scratch.path,
		.tell = tell,
		.data = f,
	});
	memcpy(lines, f->told, sizeof(lines));
	for (line = strtok_r(lines, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		sorted[count++] = line;
	qsort(sorted, count, sizeof(sorted[0]), compare_lines);
	f->told[0] = 0;
	for (size_t i = 0; i < count; i++)
		len += (size_t)snprintf(f->told + len, TOLD_SIZE - len, "%s\n", sorted[i]);
	return f->told;
}

TEST("what is missing is told of the volume it is of, and hidden devices have no links")
{
	struct fixture f;
	char path[SCRATCH_TEXT];

	set_up(&f);
	CHECK_TEXT(told(&f), "missing mapper/vg0-base vg0/base\n"
			     "missing mapper/vg0-base-real vg0/base\n"
			     "missing mapper/vg0-s0 vg0/s0\n"
			     "missing mapper/vg0-s0-cow vg0/s0\n"
			     "missing vg0/base vg0/base\n"
			     "missing vg0/s0 vg0/s0\n");
	CHECK(access(scratch_path(&f.scratch, "vg0", path), F_OK) < 0);
	CHECK_INT(rmdir(scratch_path(&f.scratch, "mapper", path)), 0);
	tear_down(&f);
}

TEST("a link whose node is not right is right with that, and another file is not")
{
	struct fixture f;

	set_up(&f);
	scratch_file(&f.scratch, "mapper/vg0-base", "");
	scratch_link(&f.scratch, "vg0/base", "../mapper/vg0-base");
	scratch_link(&f.scratch, "vg0/s0", "../mapper/vg0-s0");
	CHECK_TEXT(told(&f), "missing mapper/vg0-base-real vg0/base\n"
			     "missing mapper/vg0-s0 vg0/s0\n"
			     "missing mapper/vg0-s0-cow vg0/s0\n"
			     "wrong mapper/vg0-base vg0/base\n");
	tear_down(&f);
}

static bool is_there(const struct fixture *f, const char *name)
{
	char path[SCRATCH_TEXT], target[SCRATCH_TEXT];

	return readlink(scratch_path(&f->scratch, name, path), target, sizeof(target)) > 0 ||
	       access(path, F_OK) == 0;
}

TEST("what is of no device is told with the links to it, and stays; of other groups nothing")
{
	static const char *const stale[] = { "mapper/vg0-old", "vg0/dead", "vg0/old" };
	static const char *const others[] = { "mapper/vg0--x-old", "mapper/vg00-old" };
	struct fixture f;

	set_up(&f);
	dm_list_init(&f.wanted->nodes);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		scratch_file(&f.scratch, others[i], "");
	scratch_file(&f.scratch, "mapper/vg0-base",
		     ""); /* of a device that is not ours to lay out */
	scratch_file(&f.scratch, "mapper/vg0-old", "");
	scratch_link(&f.scratch, "vg0/old", "../mapper/vg0-old");
	scratch_link(&f.scratch, "vg0/dead", "../nowhere");
	scratch_link(&f.scratch, "vg0/base", "../mapper/vg0-base");
	CHECK_TEXT(told(&f), "stale mapper/vg0-old -\nstale vg0/dead -\nstale vg0/old -\n");
	for (size_t i = 0; i < sizeof(stale) / sizeof(stale[0]); i++)
		CHECK(is_there(&f, stale[i]));
	nodes_settle(&(struct nodes) {
		.wanted = f.wanted,
		.live = f.live,
		.vg_name = "vg0",
		.dev_dir = f.scratch.path,
	});
	for (size_t i = 0; i < sizeof(stale) / sizeof(stale[0]); i++)
		CHECK(!is_there(&f, stale[i]));
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		CHECK(is_there(&f, others[i]));
	CHECK(is_there(&f, "mapper/vg0-base") && is_there(&f, "vg0/base"));
	CHECK_TEXT(told(&f), "");
	tear_down(&f);
}

TEST("a dead link of a volume that is to have one is not stale")
{
	struct fixture f;

	set_up(&f);
	/* the device has an old name, and its node with it */
	live_find(f.live, "vg0-s0")->name = "vg0-former";
	scratch_file(&f.scratch, "mapper/vg0-former", "");
	scratch_link(&f.scratch, "vg0/s0", "../mapper/vg0-s0");
	CHECK(!strstr(told(&f), "s0 ") && !strstr(f.told, "stale"));
	tear_down(&f);
}

TEST_MAIN
