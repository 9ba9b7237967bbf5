/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/marker.h"

#include "base/auto.h"
#include "base/conf.h"
#include "base/io.h"
#include "base/log.h"
#include "base/text.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TEXT_MOST = 65536 };

static const char *path_of(const struct conf *conf, const char *vg_id, char path[PATH_MAX])
{
	snprintf(path, PATH_MAX, "%s/%s", conf_text(conf, "global/run_dir"), vg_id);
	return path;
}

int marker_make(const struct conf *conf, const char *vg_id, const char *text)
{
	const size_t len = strlen(text);
	AUTO_CLOSE int fd = -1;
	char path[PATH_MAX];
	int r;

	r = dir_make(conf_text(conf, "global/run_dir"), 0700);
	if (r < 0) {
		errno = -r;
		return fail_errno(_("%s: cannot make the directory"),
				  conf_text(conf, "global/run_dir"));
	}
	fd = open(path_of(conf, vg_id, path), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd < 0 || (len && write(fd, text, len) != (ssize_t)len))
		return fail_errno(_("%s: cannot mark the beginning of a change"), path);
	return 0;
}

void marker_remove(const struct conf *conf, const char *vg_id)
{
	char path[PATH_MAX];

	unlink(path_of(conf, vg_id, path));
}

uint64_t marker_size(const struct conf *conf, const char *vg_id)
{
	char path[PATH_MAX];
	struct stat st;

	return stat(path_of(conf, vg_id, path), &st) < 0 ? 0 : (uint64_t)st.st_size;
}

void marker_shorten(const struct conf *conf, const char *vg_id, uint64_t size)
{
	char path[PATH_MAX];

	/* what is too long calls a merge off that was undone anyway */
	if (truncate(path_of(conf, vg_id, path), (off_t)size) < 0)
		debug("%s: %m", path);
}

bool marker_names(const struct conf *conf, const char *vg_id, const char *lv_id)
{
	AUTO_FREE char *text = NULL;
	char path[PATH_MAX];

	return file_read(path_of(conf, vg_id, path), TEXT_MOST, &text) >= 0 && strstr(text, lv_id);
}

bool marker_exists(const struct conf *conf, const char *vg_id)
{
	char path[PATH_MAX];

	return access(path_of(conf, vg_id, path), F_OK) == 0;
}
