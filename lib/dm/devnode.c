/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dm/devnode.h"

#include "base/auto.h"
#include "base/log.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

enum { NODE_MODE = 0660, DIR_MODE = 0755 };

static char *path_of(const struct devnode *devnode, const char *directory, const char *name)
{
	char *path = NULL;

	if (asprintf(&path, "%s/%s%s", devnode->dev_dir, directory, name) < 0) {
		fail_memory();
		return NULL;
	}
	return path;
}

char *devnode_path(const struct devnode *devnode)
{
	return path_of(devnode, "mapper/", devnode->name);
}

char *devnode_link(const struct devnode *devnode)
{
	return path_of(devnode, "", devnode->label);
}

static bool is_right(const struct devnode *devnode, const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISBLK(st.st_mode) &&
	       st.st_rdev == makedev(devnode->major, devnode->minor);
}

enum devnode_state devnode_look(const struct devnode *devnode, const char *path)
{
	struct stat st;

	if (is_right(devnode, path))
		return DEVNODE_RIGHT;
	return lstat(path, &st) < 0 ? DEVNODE_MISSING : DEVNODE_WRONG;
}

bool devnode_exists(const struct devnode *devnode)
{
	AUTO_FREE char *path = devnode_path(devnode);

	return path && is_right(devnode, path);
}

static int make_node(const struct devnode *devnode, const char *path)
{
	if (is_right(devnode, path))
		return 0;
	unlink(path);
	return mknod(path, S_IFBLK | NODE_MODE, makedev(devnode->major, devnode->minor));
}

/* The link's directory is the group's: all of its path but the last word. */
static int make_link(const struct devnode *devnode, char *path)
{
	AUTO_FREE char *target = NULL;
	char *slash;
	int r;

	if (is_right(devnode, path))
		return 0;
	if (asprintf(&target, "../mapper/%s", devnode->name) < 0) {
		target = NULL;
		return -1;
	}
	unlink(path);
	r = symlink(target, path);
	if (!r || errno != ENOENT)
		return r;
	slash = strrchr(path, '/');
	*slash = '\0';
	r = mkdir(path, DIR_MODE);
	*slash = '/';
	return r < 0 ? r : symlink(target, path);
}

void devnode_make(const struct devnode *devnode)
{
	AUTO_FREE char *node = devnode_path(devnode);
	AUTO_FREE char *link = devnode_link(devnode);

	if (!node || !link)
		return;
	if (make_node(devnode, node) < 0)
		warn(_("%s: cannot make %s: %s"), devnode->label, node, strerror(errno));
	else if (!devnode->hidden && make_link(devnode, link) < 0)
		warn(_("%s: cannot make %s: %s"), devnode->label, link, strerror(errno));
}

void devnode_open_path(const struct devnode *devnode, char path[PATH_MAX])
{
	snprintf(path, PATH_MAX, "%s/dm-%u", devnode->dev_dir, devnode->minor);
	if (is_right(devnode, path))
		return;
	if (!devnode_exists(devnode))
		devnode_make(devnode);
	snprintf(path, PATH_MAX, "%s/mapper/%s", devnode->dev_dir, devnode->name);
}

static bool is_stale_link(const char *path)
{
	struct stat st;

	return !lstat(path, &st) && S_ISLNK(st.st_mode);
}

void devnode_remove(const struct devnode *devnode)
{
	AUTO_FREE char *node = devnode_path(devnode);
	AUTO_FREE char *link = devnode_link(devnode);
	char *slash;

	if (!node || !link)
		return;
	unlink(node);
	if (devnode->hidden)
		return;
	if (is_stale_link(link))
		unlink(link);
	slash = strrchr(link, '/');
	*slash = '\0';
	rmdir(link);
}
