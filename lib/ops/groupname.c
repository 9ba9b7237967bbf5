/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/groupname.h"

#include "base/conf.h"
#include "base/log.h"
#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static const char *without_dir(const char *word, const char *dir)
{
	size_t len = strlen(dir);

	while (len && dir[len - 1] == '/')
		len--;
	if (!len || strncmp(word, dir, len) || word[len] != '/')
		return word;
	return word + len + strspn(word + len, "/");
}

int groupname_take(const struct conf *conf, const char *word, char name[NAME_LEN + 1])
{
	const char *bare = without_dir(word, conf_text(conf, "devices/dir"));
	size_t len = strlen(bare);
	char copy[NAME_LEN + 2];
	const char *reason;

	while (len > 1 && bare[len - 1] == '/')
		len--;
	snprintf(copy, sizeof(copy), "%.*s", (int)(len > NAME_LEN ? NAME_LEN + 1 : len), bare);
	reason = name_refuse_vg(copy);
	if (reason)
		return fail(-EDOM, "%s: %s", word, reason);
	memcpy(name, copy, strlen(copy) + 1);
	return 0;
}

/* An empty directory is what a group of that name has left. */
static bool is_empty_dir(const char *path)
{
	const struct dirent *entry;
	bool empty = true;
	DIR *dir = opendir(path);

	if (!dir)
		return false;
	while (empty && (entry = readdir(dir)))
		empty = !strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..");
	closedir(dir);
	return empty;
}

int groupname_refuse_taken(const struct conf *conf, const char *name)
{
	char path[PATH_MAX];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", conf_text(conf, "devices/dir"), name);
	if (lstat(path, &st) < 0 || is_empty_dir(path))
		return 0;
	return fail(-EEXIST, _("%s: %s exists; choose another name"), name, path);
}
