/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dm/nodes.h"

#include "base/auto.h"
#include "dm/devnode.h"
#include "dm/layout.h"
#include "dm/live.h"
#include "dm/name.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define MAPPER "../mapper/" /* links lead there */

static void tell_state(const struct nodes *nodes, const struct dm_node *node, const char *path,
		       enum devnode_state state)
{
	if (state == DEVNODE_MISSING)
		nodes->tell(nodes->data, NODE_MISSING, path, node);
	else if (state == DEVNODE_WRONG)
		nodes->tell(nodes->data, NODE_WRONG, path, node);
}

/* A link that leads to a node which is not right will be right with that. */
static void tell_missing(const struct nodes *nodes, const struct dm_node *node,
			 const struct devnode *devnode)
{
	AUTO_FREE char *path = devnode_path(devnode);
	AUTO_FREE char *link = devnode->hidden ? NULL : devnode_link(devnode);
	enum devnode_state state, link_state;

	if (!path)
		return;
	state = devnode_look(devnode, path);
	tell_state(nodes, node, path, state);
	if (!link)
		return;
	link_state = devnode_look(devnode, link);
	if (state == DEVNODE_RIGHT || link_state == DEVNODE_MISSING)
		tell_state(nodes, node, link, link_state);
}

static void make_missing(const struct nodes *nodes)
{
	const struct live_device *device;
	struct devnode devnode = { .dev_dir = nodes->dev_dir };
	const struct dm_node *node;

	dm_list_iterate_items(node, &nodes->wanted->nodes) {
		device = live_find_uuid(nodes->live, node->uuid);
		if (!device || strcmp(device->name, node->name))
			continue;
		devnode.name = node->name;
		devnode.label = node->label;
		devnode.hidden = node->hidden;
		devnode.major = device->major;
		devnode.minor = device->minor;
		if (nodes->tell)
			tell_missing(nodes, node, &devnode);
		else
			devnode_make(&devnode);
	}
}

/* A hyphen after the prefix would be part of the name of another group. */
static bool is_of_group(const char *name, const char *prefix)
{
	size_t len = strlen(prefix);

	return !strncmp(name, prefix, len) && name[len] && name[len] != '-';
}

/* Of a device of the group under the name that the device had, in a group that has been renamed since. */
static bool is_former(const struct nodes *nodes, const char *name)
{
	const struct live_device *device;
	const struct dm_node *node;
	char path[PATH_MAX];
	struct stat st;

	snprintf(path, sizeof(path), "%s/mapper/%s", nodes->dev_dir, name);
	if (lstat(path, &st) < 0 || !S_ISBLK(st.st_mode))
		return false;
	/* live is as it was before the names were set right */
	if (live_has(nodes->live, name) || layout_find(nodes->wanted, name))
		return false;
	dm_list_iterate_items(node, &nodes->wanted->nodes) {
		device = live_find_uuid(nodes->live, node->uuid);
		if (device && st.st_rdev == makedev(device->major, device->minor))
			return true;
	}
	return false;
}

/* Of a device that somebody has made since live was listed. */
static bool is_of_new_device(const struct nodes *nodes, const char *name)
{
	char path[PATH_MAX], found[DM_NAME_LIMIT + 2] = "";
	AUTO_CLOSE int fd = -1;
	struct stat st;

	snprintf(path, sizeof(path), "%s/mapper/%s", nodes->dev_dir, name);
	if (stat(path, &st) < 0 || !S_ISBLK(st.st_mode))
		return false;
	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u/dm/name", major(st.st_rdev),
		 minor(st.st_rdev));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || read(fd, found, sizeof(found) - 1) < 0)
		return false;
	found[strcspn(found, "\n")] = 0;
	return !strcmp(found, name);
}

static bool is_of_no_device(const struct nodes *nodes, const char *prefix, const char *name)
{
	return is_of_group(name, prefix) && !live_has(nodes->live, name) &&
	       !layout_find(nodes->wanted, name) && !is_of_new_device(nodes, name);
}

static void remove_one(const struct nodes *nodes, int directory, const char *path, const char *name)
{
	char whole[PATH_MAX];

	if (!nodes->tell) {
		unlinkat(directory, name, 0);
		return;
	}
	snprintf(whole, sizeof(whole), "%s/%s", path, name);
	nodes->tell(nodes->data, NODE_STALE, whole, NULL);
}

/* Where nodes are only told of: whether the one that a link leads to would have gone by now. */
static bool leads_to_stale(const struct nodes *nodes, int directory, const char *name)
{
	const char *prefix = dm_name_prefix(nodes->live->mem, nodes->vg_name);
	const size_t len = strlen(MAPPER);
	char target[PATH_MAX];
	ssize_t got = readlinkat(directory, name, target, sizeof(target) - 1);

	if (!prefix || got < 0)
		return false;
	target[got] = 0;
	return !strncmp(target, MAPPER, len) &&
	       (is_of_no_device(nodes, prefix, target + len) || is_former(nodes, target + len));
}

/* There too: whether it would be right by now. */
static bool is_wanted_link(const struct nodes *nodes, const char *vg_name, const char *name)
{
	const struct dm_node *node;
	char label[PATH_MAX];

	snprintf(label, sizeof(label), "%s/%s", vg_name, name);
	dm_list_iterate_items(node, &nodes->wanted->nodes)
		if (!node->hidden && !strcmp(node->label, label))
			return true;
	return false;
}

static bool is_dead_link(const struct nodes *nodes, int directory, const char *vg_name,
			 const char *name)
{
	struct stat st;
	bool is_dead;

	if (fstatat(directory, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISLNK(st.st_mode))
		return false;
	is_dead = fstatat(directory, name, &st, 0) < 0;
	if (!nodes->tell)
		return is_dead;
	return (is_dead || leads_to_stale(nodes, directory, name)) &&
	       !is_wanted_link(nodes, vg_name, name);
}

/* Links to nodes that are not there any more; the group's directory goes with the last. */
static void remove_dead_links(const struct nodes *nodes, const char *vg_name)
{
	struct dirent *entry;
	char path[PATH_MAX];
	DIR *directory;

	snprintf(path, sizeof(path), "%s/%s", nodes->dev_dir, vg_name);
	directory = opendir(path);
	if (!directory)
		return;
	for (entry = readdir(directory); entry; entry = readdir(directory))
		if (is_dead_link(nodes, dirfd(directory), vg_name, entry->d_name))
			remove_one(nodes, dirfd(directory), path, entry->d_name);
	closedir(directory);
	if (!nodes->tell)
		rmdir(path);
}

static void remove_former_links(const struct nodes *nodes, const char *name)
{
	char *vg_name, *lv_name, *layer;

	if (dm_split_lvm_name(nodes->live->mem, name, &vg_name, &lv_name, &layer) && *lv_name)
		remove_dead_links(nodes, vg_name);
}

static void remove_stale_nodes(const struct nodes *nodes)
{
	const char *prefix = dm_name_prefix(nodes->live->mem, nodes->vg_name);
	struct dirent *entry;
	char path[PATH_MAX];
	DIR *directory;

	snprintf(path, sizeof(path), "%s/mapper", nodes->dev_dir);
	directory = prefix ? opendir(path) : NULL;
	if (!directory)
		return;
	for (entry = readdir(directory); entry; entry = readdir(directory))
		if (is_of_no_device(nodes, prefix, entry->d_name)) {
			remove_one(nodes, dirfd(directory), path, entry->d_name);
		} else if (is_former(nodes, entry->d_name)) {
			remove_one(nodes, dirfd(directory), path, entry->d_name);
			remove_former_links(nodes, entry->d_name);
		}
	closedir(directory);
}

void nodes_settle(const struct nodes *nodes)
{
	make_missing(nodes);
	remove_stale_nodes(nodes);
	remove_dead_links(nodes, nodes->vg_name);
}
