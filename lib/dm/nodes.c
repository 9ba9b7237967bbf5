/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dm/nodes.h"

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

static void make_missing(const struct layout *wanted, const struct live *live, const char *dev_dir)
{
	const struct live_device *device;
	struct devnode devnode = { .dev_dir = dev_dir };
	const struct dm_node *node;

	dm_list_iterate_items(node, &wanted->nodes) {
		device = live_find_uuid(live, node->uuid);
		if (!device || strcmp(device->name, node->name))
			continue;
		devnode.name = node->name;
		devnode.label = node->label;
		devnode.hidden = node->hidden;
		devnode.major = device->major;
		devnode.minor = device->minor;
		devnode_make(&devnode);
	}
}

/* A hyphen after the prefix would be part of the name of another group. */
static bool is_of_group(const char *name, const char *prefix)
{
	size_t len = strlen(prefix);

	return !strncmp(name, prefix, len) && name[len] && name[len] != '-';
}

/* Links to nodes that are not there any more; the group's directory goes with the last. */
static void remove_dead_links(const char *vg_name, const char *dev_dir)
{
	struct dirent *entry;
	char path[PATH_MAX];
	DIR *directory;
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", dev_dir, vg_name);
	directory = opendir(path);
	if (!directory)
		return;
	for (entry = readdir(directory); entry; entry = readdir(directory))
		if (!fstatat(dirfd(directory), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) &&
		    S_ISLNK(st.st_mode) && fstatat(dirfd(directory), entry->d_name, &st, 0) < 0)
			unlinkat(dirfd(directory), entry->d_name, 0);
	closedir(directory);
	rmdir(path);
}

/* A node of a device of the group under the name that the device had, in a group that has been renamed since. */
static bool is_former(const struct layout *wanted, const struct live *live, int directory,
		      const char *name)
{
	const struct live_device *device;
	const struct dm_node *node;
	struct stat st;

	/* live is as it was before the names were set right */
	if (live_has(live, name) || layout_find(wanted, name))
		return false;
	if (fstatat(directory, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISBLK(st.st_mode))
		return false;
	dm_list_iterate_items(node, &wanted->nodes) {
		device = live_find_uuid(live, node->uuid);
		if (device && st.st_rdev == makedev(device->major, device->minor))
			return true;
	}
	return false;
}

static void remove_former(const struct live *live, int directory, const char *name, const char *dev_dir)
{
	char *vg_name, *lv_name, *layer;

	unlinkat(directory, name, 0);
	if (dm_split_lvm_name(live->mem, name, &vg_name, &lv_name, &layer) && *lv_name)
		remove_dead_links(vg_name, dev_dir);
}

static void remove_stale_nodes(const struct layout *wanted, const struct live *live,
			       const char *vg_name, const char *dev_dir)
{
	const char *prefix = dm_name_prefix(live->mem, vg_name);
	struct dirent *entry;
	char path[PATH_MAX];
	DIR *directory;

	snprintf(path, sizeof(path), "%s/mapper", dev_dir);
	directory = prefix ? opendir(path) : NULL;
	if (!directory)
		return;
	for (entry = readdir(directory); entry; entry = readdir(directory))
		if (is_of_group(entry->d_name, prefix) && !live_has(live, entry->d_name) &&
		    !layout_find(wanted, entry->d_name))
			unlinkat(dirfd(directory), entry->d_name, 0);
		else if (is_former(wanted, live, dirfd(directory), entry->d_name))
			remove_former(live, dirfd(directory), entry->d_name, dev_dir);
	closedir(directory);
}

void nodes_settle(const struct layout *wanted, const struct live *live, const char *vg_name,
		  const char *dev_dir)
{
	make_missing(wanted, live, dev_dir);
	remove_stale_nodes(wanted, live, vg_name, dev_dir);
	remove_dead_links(vg_name, dev_dir);
}
