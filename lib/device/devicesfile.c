/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device/devicesfile.h"

#include "base/auto.h"
#include "base/conf.h"
#include "base/io.h"
#include "base/log.h"
#include "base/text.h"
#include "device/facts.h"

enum { FILE_MOST = 1 << 22 };

struct devicesfile {
	char *text;
};

/* Where the kernel shows an identity: below the device's directory of sysfs, or, for a
 * partition, below that of its disk.  Without a path: the dm UUID, which must begin so. */
static const struct id_kind {
	const char *type;
	const char *paths[2];
	const char *dm_uuid;
} kinds[] = {
	{ "sys_wwid", { "device/wwid", "wwid" }, NULL },
	{ "sys_serial", { "device/serial", NULL }, NULL },
	{ "md_uuid", { "md/uuid", NULL }, NULL },
	{ "loop_file", { "loop/backing_file", NULL }, NULL },
	{ "mpath_uuid", { NULL, NULL }, "mpath-" },
	{ "crypt_uuid", { NULL, NULL }, "CRYPT-" },
	{ "lvmlv_uuid", { NULL, NULL }, "LVM-" },
};

int devicesfile_read(const struct conf *conf, struct devicesfile **file)
{
	const char *name = conf_text(conf, "devices/devicesfile");
	AUTO_FREE char *text = NULL;
	char path[PATH_MAX];
	int r;

	if (!conf_bool(conf, "devices/use_devicesfile") || !*conf_lvm2_dir(conf) || !*name)
		return 0;
	snprintf(path, sizeof(path), "%s/devices/%s", conf_lvm2_dir(conf), name);
	r = file_read(path, FILE_MOST, &text);
	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return fail(r, _("%s: cannot read: %s"), path, strerror(-r));
	*file = calloc(1, sizeof(**file));
	if (!*file)
		return fail_memory();
	(*file)->text = TAKE(text);
	return 0;
}

void devicesfile_free(struct devicesfile **file)
{
	if (!*file)
		return;
	free((*file)->text);
	free(*file);
	*file = NULL;
}

/* The value of KEY= on a line, whose end is the line's or a blank. */
static bool line_value(const char *line, const char *key, char value[DEVICE_ID_SIZE])
{
	const char *end = line + strcspn(line, "\n"), *at = line;
	const size_t len = strlen(key);
	size_t used;

	for (; at < end; at += strcspn(at, " \n"), at += at < end) {
		if (strncmp(at, key, len) || at[len] != '=')
			continue;
		at += len + 1;
		used = strcspn(at, " \n");
		if (!used || used >= DEVICE_ID_SIZE)
			return false;
		memcpy(value, at, used);
		value[used] = '\0';
		return strcmp(value, ".");
	}
	return false;
}

/* LVM2 writes an identity without blanks at its ends and with '_' for those within. */
static void tidy(char *text)
{
	size_t len = strlen(text), start = strspn(text, " \t\n");

	while (len > start && strchr(" \t\n", text[len - 1]))
		text[--len] = '\0';
	memmove(text, text + start, len - start + 1);
	for (; *text; text++)
		if ((unsigned char)*text <= ' ')
			*text = '_';
}

static unsigned partition_of(const struct device_facts *facts)
{
	AUTO_FREE char *text = NULL;
	char path[64];

	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u/partition", facts->major, facts->minor);
	return file_read(path, DEVICE_ID_SIZE, &text) < 0 ? 0 : (unsigned)strtoul(text, NULL, 10);
}

static bool sysfs_says(const struct device_facts *facts, const char *attribute, const char *id)
{
	AUTO_FREE char *text = NULL;
	char path[128];

	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u/%s%s", facts->major, facts->minor,
		 facts->flags & FACTS_PARTITION ? "../" : "", attribute);
	if (file_read(path, DEVICE_ID_SIZE, &text) < 0)
		return false;
	tidy(text);
	return !strcmp(text, id);
}

static bool is_same_partition(const struct device_facts *facts, const char *line)
{
	char part[DEVICE_ID_SIZE];
	unsigned wanted = 0;

	if (line_value(line, "PART", part))
		wanted = (unsigned)strtoul(part, NULL, 10);
	return wanted == partition_of(facts);
}

static bool has_name(const char *const *names, const char *name)
{
	for (; *names; names++)
		if (!strcmp(*names, name))
			return true;
	return false;
}

static bool kind_says(const struct id_kind *kind, const struct device_facts *facts, const char *id)
{
	unsigned i;

	if (kind->dm_uuid)
		return !strncmp(id, kind->dm_uuid, strlen(kind->dm_uuid)) &&
		       !strcmp(facts->dm_uuid, id);
	for (i = 0; i < 2 && kind->paths[i]; i++)
		if (sysfs_says(facts, kind->paths[i], id))
			return true;
	return false;
}

static bool line_names(const char *line, const struct device_facts *facts, const char *const *names,
		       struct device_id *id)
{
	unsigned i;

	if (!line_value(line, "IDTYPE", id->type) || !line_value(line, "IDNAME", id->name))
		return false;
	if (!strcmp(id->type, "devname"))
		return has_name(names, id->name);
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(kinds[i].type, id->type))
			return kind_says(&kinds[i], facts, id->name) && is_same_partition(facts, line);
	return false;
}

bool devicesfile_find(const struct devicesfile *file, const struct device_facts *facts,
		      const char *const *names, struct device_id *id)
{
	const char *line = file->text;

	for (; *line; line += strcspn(line, "\n"), line += *line == '\n')
		if (*line != '#' && line_names(line, facts, names, id))
			return true;
	return false;
}
