/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Metadata in files: one backup of each group, and an archive of what was.
 *
 * An archive file is called GROUP_INDEX-RANDOM.vg.  The index, not the time, says which is older.
 */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "store/backup.h"

#include "base/auto.h"
#include "base/conf.h"
#include "base/io.h"
#include "base/log.h"
#include "base/text.h"
#include "base/units.h"
#include "store/area.h"
#include "store/import.h"

enum {
	DIR_MODE = 0700,
	FILE_MODE = 0600,
	DAY_SECONDS = 24 * 60 * 60,
	READ_LIMIT = 2 * AREA_TEXT_MAX,
};

/* The indices of a group's archive files, unsorted. */
struct archive {
	const char *directory, *group;
	struct archived {
		uint64_t index;
		char *file;
	} * files;
	size_t count;
};

static void archive_release(struct archive *archive)
{
	size_t i;

	for (i = 0; i < archive->count; i++)
		free(archive->files[i].file);
	free(archive->files);
}

/* DIRECTORY/FILE; NULL without memory. */
static char *join(const char *directory, const char *file)
{
	char *path = NULL;

	return asprintf(&path, "%s/%s", directory, file) < 0 ? NULL : path;
}

/* GROUP_INDEX-RANDOM.vg of this very group? */
static bool parse_name(const char *group, const char *file, uint64_t *index)
{
	size_t len = strlen(group);
	char digits[24];
	size_t n;

	if (strncmp(file, group, len) != 0 || file[len] != '_')
		return false;
	file += len + 1;
	n = strspn(file, "0123456789");
	if (!n || n >= sizeof(digits) || file[n] != '-')
		return false;
	memcpy(digits, file, n);
	digits[n] = 0;
	file += n + 1;
	n = strspn(file, "0123456789");
	return n && strcmp(file + n, ".vg") == 0 && number_parse(digits, index) == 0;
}

static int add_file(struct archive *archive, const char *file, uint64_t index)
{
	struct archived *grown;

	grown = reallocarray(archive->files, archive->count + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	archive->files = grown;
	grown[archive->count].index = index;
	grown[archive->count].file = strdup(file);
	if (!grown[archive->count].file)
		return -ENOMEM;
	archive->count++;
	return 0;
}

static int compare_files(const void *a, const void *b)
{
	const struct archived *first = a, *second = b;

	return (first->index > second->index) - (first->index < second->index);
}

/* All archive files of the group, oldest first. */
static int list_archive(struct archive *archive)
{
	DIR *directory = opendir(archive->directory);
	struct dirent *entry;
	uint64_t index;
	int r = 0;

	if (!directory)
		return -errno;
	for (;;) {
		entry = readdir(directory);
		if (!entry || r < 0)
			break;
		if (parse_name(archive->group, entry->d_name, &index))
			r = add_file(archive, entry->d_name, index);
	}
	closedir(directory);
	if (archive->count)
		qsort(archive->files, archive->count, sizeof(*archive->files), compare_files);
	return r;
}

/* Remove the oldest while there are more than keep, but none that is younger than the limit. */
static void prune(const struct archive *archive, uint64_t keep, uint64_t days)
{
	const time_t limit = time(NULL) - (time_t)(days * DAY_SECONDS);
	struct stat st;
	size_t i;

	for (i = 0; i < archive->count && archive->count - i > keep; i++) {
		AUTO_FREE char *path = join(archive->directory, archive->files[i].file);

		if (!path || stat(path, &st) < 0 || st.st_mtime > limit)
			return;
		if (unlink(path) < 0)
			warn("%s: %s", path, strerror(errno));
	}
}

static void write_file(const char *directory, const char *file, const char *text, size_t len)
{
	AUTO_FREE char *path = join(directory, file);
	int r;

	if (!path) {
		warn(_("%s: no memory for a copy of the metadata"), directory);
		return;
	}

	dir_sweep(directory, NULL);
	r = dir_make(directory, DIR_MODE);
	if (r == 0)
		r = file_replace(path, text, len, FILE_MODE);
	if (r < 0)
		warn(_("%s: the copy of the metadata could not be written: %s"), path,
		     strerror(-r));
}

void backup_write(const struct conf *conf, const char *vg_name, const char *text, size_t len)
{
	if (conf_bool(conf, "backup/backup"))
		write_file(conf_text(conf, "backup/backup_dir"), vg_name, text, len);
}

void archive_write(const struct conf *conf, const char *vg_name, const char *text, size_t len)
{
	struct archive archive = {
		.directory = conf_text(conf, "backup/archive_dir"),
		.group = vg_name,
	};
	AUTO_FREE char *file = NULL;
	uint64_t next = 0;
	uint32_t random = 0;

	if (!conf_bool(conf, "backup/archive"))
		return;

	if (list_archive(&archive) == 0 && archive.count)
		next = archive.files[archive.count - 1].index + 1;
	if (getrandom(&random, sizeof(random), 0) < 0)
		random = (uint32_t)getpid();
	if (asprintf(&file, "%s_%05" PRIu64 "-%" PRIu32 ".vg", vg_name, next, random & INT32_MAX) <
	    0)
		file = NULL;
	if (file) {
		write_file(archive.directory, file, text, len);
		prune(&archive, conf_number(conf, "backup/retain_min"),
		      conf_number(conf, "backup/retain_days"));
	}
	archive_release(&archive);
}

void backup_rename(const struct conf *conf, const char *old_name, const char *new_name)
{
	const char *directory = conf_text(conf, "backup/backup_dir");
	AUTO_FREE char *from = join(directory, old_name);
	AUTO_FREE char *to = join(directory, new_name);

	if (from && to && rename(from, to) < 0 && errno != ENOENT)
		warn(_("%s: cannot be renamed to %s: %s"), from, to, strerror(errno));
}

void backup_remove(const struct conf *conf, const char *vg_name)
{
	AUTO_FREE char *path = join(conf_text(conf, "backup/backup_dir"), vg_name);

	if (path && unlink(path) < 0 && errno != ENOENT)
		warn(_("%s: cannot be removed: %s"), path, strerror(errno));
}

char *backup_path(const struct conf *conf, const char *vg_name)
{
	char *path = join(conf_text(conf, "backup/backup_dir"), vg_name);

	if (!path)
		fail_memory();
	return path;
}

bool backup_is_left(const char *file, char vg_name[NAME_LEN + 1])
{
	const char *mark = strrchr(file, '~');
	char whole[NAME_MAX + 1], group[NAME_MAX + 1];
	uint64_t index;
	char *end;

	if (!file_is_temporary(file))
		return false;
	snprintf(whole, sizeof(whole), "%.*s", (int)(mark - file), file);
	snprintf(group, sizeof(group), "%s", whole);
	end = strrchr(group, '_');
	if (end)
		*end = 0;
	snprintf(vg_name, NAME_LEN + 1, "%.*s", NAME_LEN,
		 parse_name(group, whole, &index) ? group : whole);
	return true;
}

void paths_free(char ***paths)
{
	char **path;

	for (path = *paths; path && *path; path++)
		free(*path);
	free(*paths);
	*paths = NULL;
}

/* room for one more than are there: the end. */
static int fill_list(const struct conf *conf, const struct archive *archive, char **paths)
{
	size_t i;

	for (i = 0; i < archive->count; i++) {
		paths[i] = join(archive->directory, archive->files[i].file);
		if (!paths[i])
			return fail_memory();
	}
	paths[i] = backup_path(conf, archive->group);
	if (!paths[i])
		return -ENOMEM;
	if (access(paths[i], F_OK) < 0) {
		free(paths[i]);
		paths[i] = NULL;
	}
	return 0;
}

int backup_list(const struct conf *conf, const char *vg_name, char ***paths)
{
	struct archive archive = {
		.directory = conf_text(conf, "backup/archive_dir"),
		.group = vg_name,
	};
	AUTO(paths) char **list = NULL;
	int r = list_archive(&archive);

	if (r == -ENOENT)
		r = 0;
	if (r < 0)
		fail(r, "%s: %s", archive.directory, strerror(-r));
	list = calloc(archive.count + 2, sizeof(*list));
	if (!r)
		r = list ? fill_list(conf, &archive, list) : fail_memory();
	archive_release(&archive);
	if (!r)
		*paths = TAKE(list);
	return r;
}

int backup_read(const char *path, struct vg **vg, struct text_header *header)
{
	AUTO_FREE char *text = NULL;
	int r = file_read(path, READ_LIMIT, &text);

	if (r < 0)
		return fail(r, "%s: %s", path, strerror(-r));
	return vg_import_with_header(path, text, strlen(text), vg, header);
}
