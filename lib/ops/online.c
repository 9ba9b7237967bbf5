/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/online.h"

#include "base/auto.h"
#include "base/io.h"
#include "base/log.h"
#include "base/stream.h"
#include "base/text.h"
#include "device/blkdev.h"
#include "model/vg.h"
#include "store/catalog.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char DEVICES[] = "/run/lvm/pvs_online", LISTS[] = "/run/lvm/pvs_lookup",
		  GROUPS[] = "/run/lvm/vgs_online";

enum { LINE_MOST = 4096 };

static int make_directory(const char *path)
{
	int r = dir_make(path, 0755);

	if (r >= 0)
		return 0;
	errno = -r;
	return fail_errno(_("%s: cannot make the directory"), path);
}

static int put(const char *directory, const char *name, const char *text)
{
	char path[PATH_MAX];
	int r = make_directory(directory);

	if (r < 0)
		return r;
	snprintf(path, sizeof(path), "%s/%s", directory, name);
	r = file_replace(path, text, strlen(text), 0644);
	if (r >= 0)
		return 0;
	errno = -r;
	return fail_errno(_("%s: cannot write"), path);
}

static void print_device(FILE *out, const struct disk *disk, const struct vg *vg)
{
	fprintf(out, "%u:%u\n", disk->dev->major, disk->dev->minor);
	if (vg)
		fprintf(out, "vg:%s\n", vg->name);
	fprintf(out, "dev:%s\n", disk->candidate->path);
}

int online_note_device(const struct disk *disk, const struct vg *vg)
{
	AUTO_FREE char *text = NULL;
	struct stream stream;
	int r = stream_begin(&stream);

	if (r < 0)
		return r;
	print_device(stream.out, disk, vg);
	r = stream_end(&stream, &text, NULL);
	return r < 0 ? r : put(DEVICES, disk->label.id, text);
}

static int write_list(const struct vg *vg)
{
	AUTO_FREE char *text = NULL;
	struct stream stream;
	const struct pv *pv;
	int r = stream_begin(&stream);

	if (r < 0)
		return r;
	dm_list_iterate_items(pv, &vg->pvs)
		fprintf(stream.out, "%s\n", pv->id);
	r = stream_end(&stream, &text, NULL);
	return r < 0 ? r : put(LISTS, vg->name, text);
}

int online_missing(const struct vg *vg)
{
	char path[PATH_MAX];
	const struct pv *pv;
	int count = 0, r = write_list(vg);

	if (r < 0)
		return r;
	dm_list_iterate_items(pv, &vg->pvs) {
		snprintf(path, sizeof(path), "%s/%s", DEVICES, pv->id);
		count += access(path, F_OK) < 0;
	}
	return count;
}

int online_claim_group(const char *name)
{
	AUTO_CLOSE int fd = -1;
	char path[PATH_MAX];
	int r = make_directory(GROUPS);

	if (r < 0)
		return r;
	snprintf(path, sizeof(path), "%s/%s", GROUPS, name);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd >= 0)
		return 1;
	return errno == EEXIST ? 0 : fail_errno("%s", path);
}

void online_forget_group(const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", GROUPS, name);
	unlink(path);
}

static void forget_list(const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", LISTS, name);
	unlink(path);
}

void online_end_group(const char *name)
{
	online_forget_group(name);
	forget_list(name);
}

/* What had been told complete is not to be told again, as somebody may have deactivated it since. */
void online_rename_group(const char *name, const char *new_name)
{
	char path[PATH_MAX], new_path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", GROUPS, name);
	snprintf(new_path, sizeof(new_path), "%s/%s", GROUPS, new_name);
	rename(path, new_path);
	forget_list(name);
}

/* The group whose device was noted so is not complete any more: the next to come is to be told of it. */
static void forget_group_of(const char *device)
{
	static const char key[] = "\nvg:";
	const char *name = strstr(device, key);
	char copy[NAME_LEN + 1];
	size_t len;

	if (!name)
		return;
	name += strlen(key);
	len = strcspn(name, "\n");
	if (len >= sizeof(copy) || memchr(name, '/', len))
		return;
	memcpy(copy, name, len);
	copy[len] = '\0';
	online_end_group(copy);
}

static void forget_device(const char *path, const char *number)
{
	AUTO_FREE char *text = NULL;

	if (file_read(path, LINE_MOST, &text) < 0 || strncmp(text, number, strlen(number)) != 0)
		return;
	unlink(path);
	forget_group_of(text);
}

/* Files of a directory: devices of that number, or all of them. */
static void forget(const char *directory, const char *number)
{
	DIR *open = opendir(directory);
	const struct dirent *entry;
	char path[PATH_MAX];

	if (!open)
		return;
	for (entry = readdir(open); entry; entry = readdir(open)) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", directory, entry->d_name);
		if (number)
			forget_device(path, number);
		else
			unlink(path);
	}
	closedir(open);
}

void online_forget_number(uint32_t major, uint32_t minor)
{
	char number[32];

	snprintf(number, sizeof(number), "%u:%u\n", major, minor);
	forget(DEVICES, number);
}

void online_forget_all(void)
{
	forget(DEVICES, NULL);
	forget(LISTS, NULL);
	forget(GROUPS, NULL);
}
