/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <libdevmapper.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "device/walk.h"

#include "base/auto.h"
#include "base/conf.h"
#include "base/log.h"
#include "base/text.h"

enum { DEPTH_MOST = 8 };

static const char SCAN[] = "devices/scan";

struct node {
	struct dm_list list;
	dev_t number;
	char path[];
};

struct walk {
	struct dm_pool *mem;
	struct dm_list nodes;
};

static void auto_dir(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

static int add_node(struct walk *walk, const char *path, dev_t number)
{
	const size_t size = strlen(path) + 1;
	struct node *node = dm_pool_zalloc(walk->mem, sizeof(*node) + size);

	if (!node)
		return fail_memory();
	node->number = number;
	memcpy(node->path, path, size);
	dm_list_add(&walk->nodes, &node->list);
	return 0;
}

static int walk_directory(struct walk *walk, const char *directory, unsigned depth);

static int walk_entry(struct walk *walk, const char *path, unsigned depth)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return 0;
	if (S_ISDIR(st.st_mode))
		return depth < DEPTH_MOST ? walk_directory(walk, path, depth + 1) : 0;
	if (S_ISLNK(st.st_mode) && stat(path, &st) < 0)
		return 0;
	return S_ISBLK(st.st_mode) ? add_node(walk, path, st.st_rdev) : 0;
}

static int walk_directory(struct walk *walk, const char *directory, unsigned depth)
{
	__attribute__((cleanup(auto_dir))) DIR *dir = opendir(directory);
	const struct dirent *entry;
	char path[PATH_MAX];
	int r = 0;

	if (!dir && depth)
		return 0;
	if (!dir) {
		warn(_("%s: %s, skipping what %s names"), directory, strerror(errno), SCAN);
		return 0;
	}
	for (entry = readdir(dir); entry && r >= 0; entry = readdir(dir)) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", directory, entry->d_name);
		r = walk_entry(walk, path, depth);
	}
	return r;
}

static bool is_usual(const struct conf *conf)
{
	const char *first = conf_list_item(conf, SCAN, 0);

	return !first || ((!strcmp(first, "/dev") || !strcmp(first, "/dev/")) &&
			  !conf_list_item(conf, SCAN, 1));
}

int walk_new(const struct conf *conf, struct walk **result)
{
	AUTO(walk) struct walk *walk = NULL;
	const char *directory;
	unsigned i;
	int r = 0;

	if (is_usual(conf))
		return 0;
	walk = calloc(1, sizeof(*walk));
	if (!walk)
		return fail_memory();
	dm_list_init(&walk->nodes);
	walk->mem = dm_pool_create("walk", 4096);
	if (!walk->mem)
		return fail_memory();
	for (i = 0; r >= 0 && (directory = conf_list_item(conf, SCAN, i)); i++)
		r = walk_directory(walk, directory, 0);
	if (r < 0)
		return r;
	*result = TAKE(walk);
	return 0;
}

void walk_free(struct walk **walk)
{
	if (!*walk)
		return;
	if ((*walk)->mem)
		dm_pool_destroy((*walk)->mem);
	free(*walk);
	*walk = NULL;
}

const char *walk_name(const struct walk *walk, dev_t number, unsigned index)
{
	const struct node *node;

	dm_list_iterate_items(node, &walk->nodes)
		if (node->number == number && !index--)
			return node->path;
	return NULL;
}
