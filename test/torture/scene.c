/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scene.h"

#include "base/auto.h"
#include "base/conf.h"
#include "base/log.h"
#include "dm/live.h"
#include "dm/status.h"
#include "dm/table.h"
#include "model/snapshot.h"
#include "ops/activate.h"
#include "ops/change.h"
#include "ops/examine.h"
#include "ops/recover.h"
#include "ops/session.h"
#include "ops/target.h"
#include "store/catalog.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <linux/fs.h>
#include <unistd.h>

enum { LINES = 128, LINE = 256, GROUPS = 4, PUBLIC_UUID = 68, ALIGNMENT = 4096 };

/* --- sessions --- */

static void keep_message(void *data, enum log_level level, const char *line)
{
	struct machine *machine = data;
	size_t len = strlen(line);
	char *more;

	(void)level;
	more = realloc(machine->messages, machine->messages_len + len + 2);
	if (!more)
		abort();
	machine->messages = more;
	memcpy(more + machine->messages_len, line, len);
	memcpy(more + machine->messages_len + len, "\n", 2);
	machine->messages_len += len + 1;
}

static int set_up(const struct machine *machine, struct conf *conf)
{
	char text[512];
	size_t len;
	unsigned i;

	len = (size_t)snprintf(text, sizeof(text),
			       "global { run_dir=\"%s/run\" locking_dir=\"%s/lock\" } "
			       "backup { backup=0 archive=0 } devices { only=[",
			       machine->directory, machine->directory);
	for (i = 0; i < machine->disk_count; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s\"%s\"", i ? "," : "",
					machine->disks[i]);
	snprintf(text + len, sizeof(text) - len, "] }");
	return conf_override(conf, text);
}

static int begin(struct machine *machine, struct session *session)
{
	AUTO(conf) struct conf *conf = conf_new();
	int r;

	log_set_sink(keep_message, machine);
	if (!conf)
		return fail_memory();
	r = set_up(machine, conf);
	if (r < 0)
		return r;
	session_open(session, TAKE(conf), "cuts");
	return 0;
}

static void end(struct session *session)
{
	session_close(session);
	log_set_sink(NULL, NULL);
}

/* Names of all groups: the list they stand in is forgotten when one is worked on. */
static int list_groups(struct session *session, struct target *targets, unsigned *count)
{
	struct catalog *catalog;
	struct group *group;
	int r = session_catalog(session, &catalog);

	if (r < 0)
		return r;
	*count = 0;
	dm_list_iterate_items(group, &catalog->groups) {
		if (*count == GROUPS)
			return fail(-E2BIG, "cuts: too many groups");
		if (!group->vg || group->mismatched || group->damaged_areas || group->duplicated)
			return fail(-EBADMSG, "%s: metadata are not whole", group->name);
		targets[*count] = (struct target) { .word = "cuts" };
		snprintf(targets[(*count)++].vg, sizeof(targets[0].vg), "%s", group->name);
	}
	return 0;
}

static int recover_all(struct session *session)
{
	struct target targets[GROUPS];
	unsigned count, i;
	int r = list_groups(session, targets, &count);

	for (i = 0; i < count && r >= 0; i++)
		r = recover_group(session, targets[i].vg, CHANGE_ACTIVATION_ONLY);
	return r < 0 ? r : 0;
}

static int activate_all(struct session *session)
{
	struct target targets[GROUPS];
	unsigned count;
	int r = list_groups(session, targets, &count);

	if (r < 0 || !count)
		return r;
	return activate_volumes(session, targets, count, ACTIVATE, 0);
}

static int renew_all(struct session *session)
{
	struct target targets[GROUPS];
	unsigned count;
	int r = list_groups(session, targets, &count);

	return r < 0 || !count ? r : groups_renew_areas(session, targets, count);
}

/* --- on and off --- */

/* A machine that starts has no marks of commands that died. */
static void empty(const char *parent, const char *name, const char *but)
{
	char path[512];
	struct dirent *entry;
	DIR *directory;

	snprintf(path, sizeof(path), "%s/%s", parent, name);
	directory = opendir(path);
	if (!directory)
		return;
	while ((entry = readdir(directory)) != NULL)
		if (entry->d_name[0] != '.' && strcmp(entry->d_name, but))
			unlinkat(dirfd(directory), entry->d_name, 0);
	closedir(directory);
}

int machine_start(struct machine *machine, enum start_order order)
{
	struct session session;
	int r;

	machine->messages_len = 0;
	empty(machine->directory, "run", "");
	empty("/dev", "mapper", "control");
	r = begin(machine, &session);
	if (r < 0)
		return r;
	r = order == START_RECOVERED ? recover_all(&session) : 0;
	session_forget(&session);
	r = r < 0 ? r : activate_all(&session);
	end(&session);
	return r;
}

int machine_recover(struct machine *machine)
{
	struct session session;
	int r = begin(machine, &session);

	if (r < 0)
		return r;
	r = recover_all(&session);
	end(&session);
	return r;
}

int machine_renew(struct machine *machine)
{
	struct session session;
	int r = begin(machine, &session);

	if (r < 0)
		return r;
	r = renew_all(&session);
	end(&session);
	return r;
}

int machine_examine(struct machine *machine)
{
	struct session session;
	int r = begin(machine, &session);

	if (r < 0)
		return r;
	r = groups_examine(&session, NULL, 0);
	end(&session);
	return r;
}

int machine_stop(struct machine *machine)
{
	struct dm_task *task = dm_task_create(DM_DEVICE_REMOVE_ALL);
	struct live *live = NULL;
	int r = task && dm_task_run(task) ? 0 : -EIO;

	if (task)
		dm_task_destroy(task);
	log_set_sink(keep_message, machine);
	r = r < 0 ? r : live_list(&live);
	if (r >= 0 && !dm_list_empty(&live->devices))
		r = fail(-EBUSY, "cuts: devices cannot be taken out of the kernel");
	live_free(&live);
	log_set_sink(NULL, NULL);
	return r;
}

/* --- what there is --- */

struct lines {
	char line[LINES][LINE];
	unsigned count;
};

static char *new_line(struct lines *lines)
{
	if (lines->count == LINES)
		abort();
	return lines->line[lines->count++];
}

/* Where all is seen. */
struct sight {
	const struct machine *machine;
	const struct catalog *catalog;
	struct lines *lines;
};

enum { DISK_NAME = 16 };

static void tell_words(char *line, const struct dm_list *words)
{
	const struct word *word;

	dm_list_iterate_items(word, words)
		snprintf(line + strlen(line), LINE - strlen(line), " @%s", word->text);
}

/* Disks by their place in machine->disks, as their names may be others another time. */
static void disk_name(const struct sight *sight, const struct pv *pv, char name[DISK_NAME])
{
	const struct disk *disk = pv ? catalog_find_disk_id(sight->catalog, pv->id) : NULL;
	unsigned i;

	snprintf(name, DISK_NAME, "D?");
	for (i = 0; disk && i < sight->machine->disk_count; i++)
		if (!strcmp(disk->candidate->path, sight->machine->disks[i]))
			snprintf(name, DISK_NAME, "D%u", i);
}

static void tell_identity(const struct machine *machine, const struct pv *pv, char *line)
{
	size_t len = strlen(line);
	unsigned i;

	for (i = 0; i < machine->known_count; i++)
		if (!strcmp(pv->id, machine->known[i])) {
			snprintf(line + len, LINE - len, " identity %u", i);
			return;
		}
	snprintf(line + len, LINE - len, " identity %s", machine->knows ? "new" : pv->id);
}

static void tell_segments(const struct sight *sight, const struct lv *lv)
{
	const struct segment *segment;
	char disk[DISK_NAME];
	uint32_t i;

	dm_list_iterate_items(segment, &lv->segments)
		for (i = 0; i < segment->stripe_count; i++) {
			disk_name(sight, segment->stripes[i].pv, disk);
			snprintf(new_line(sight->lines), LINE, "segment %s/%s %s %u %u",
				 lv->vg->name, lv->name, disk, segment->stripes[i].extent,
				 segment->area_len);
		}
}

static void tell_group(const struct sight *sight, const struct vg *vg, struct scene *scene)
{
	struct lines *lines = sight->lines;
	const struct pv *pv;
	const struct lv *lv;
	char disk[DISK_NAME], *line = new_line(lines);

	snprintf(line, LINE, "group %s flags %x extent %u", vg->name, vg->flags,
		 (unsigned)vg->extent_size_sectors);
	tell_words(line, &vg->tags);
	dm_list_iterate_items(pv, &vg->pvs) {
		line = new_line(lines);
		disk_name(sight, pv, disk);
		snprintf(line, LINE, "pv %s %s flags %x extents %u from %u", vg->name, disk,
			 pv->flags, pv->pe_count, (unsigned)pv->pe_start_sectors);
		tell_identity(sight->machine, pv, line);
		tell_words(line, &pv->tags);
	}
	dm_list_iterate_items(lv, &vg->lvs) {
		tell_segments(sight, lv);
		line = new_line(lines);
		snprintf(line, LINE, "volume %s/%s extents %u flags %x", vg->name, lv->name,
			 lv_extents(lv), lv->flags);
		if (lv->store_of)
			snprintf(line + strlen(line), LINE - strlen(line), " of %s chunk %u%s",
				 lv->store_of->origin->name, lv->store_of->chunk_size_sectors,
				 lv->store_of->merging ? " merging" : "");
		scene->merging |= lv->store_of && lv->store_of->merging;
		tell_words(line, &lv->tags);
	}
}

static const char *validity_of(const char *name, const char *target)
{
	struct snapshot_status status;

	if (strcmp(target, "snapshot") && strcmp(target, "snapshot-merge"))
		return "";
	if (status_snapshot(name, &status) <= 0)
		return " without status";
	return status.state == SNAPSHOT_GOOD ? "" : " invalid";
}

/* MAJOR:MINOR as the name of the device or disk that it is. */
static void tell_number(const struct sight *sight, const struct live *live, unsigned major,
			unsigned minor, char *line)
{
	const struct live_device *device;
	struct stat status;
	size_t len = strlen(line);
	unsigned i;

	for (i = 0; i < sight->machine->disk_count; i++)
		if (!stat(sight->machine->disks[i], &status) &&
		    status.st_rdev == makedev(major, minor)) {
			snprintf(line + len, LINE - len, " D%u", i);
			return;
		}
	dm_list_iterate_items(device, &live->devices)
		if (device->major == major && device->minor == minor)
			snprintf(line + len, LINE - len, " %s", device->name);
}

static void tell_table(const struct sight *sight, const struct live *live,
		       const struct live_device *device)
{
	char *copy = strdup(device->table), *rest = copy, *row, *word, *line;
	unsigned major, minor;
	char end;

	while (copy && (row = strsep(&rest, "\n")) != NULL) {
		if (!*row)
			continue;
		line = new_line(sight->lines);
		snprintf(line, LINE, "table %s", device->name);
		while ((word = strsep(&row, " ")) != NULL)
			if (sscanf(word, "%u:%u%c", &major, &minor, &end) == 2)
				tell_number(sight, live, major, minor, line);
			else
				snprintf(line + strlen(line), LINE - strlen(line), " %s", word);
	}
	free(copy);
}

static int tell_device(const struct sight *sight, struct live *live, struct live_device *device,
		       struct scene *scene)
{
	char target[TABLE_TYPE_LEN];
	struct volume *volume;

	if (live_ask(live, device) <= 0)
		return fail(-ENODEV, "%s: has gone", device->name);
	table_type(device->table, target);
	tell_table(sight, live, device);
	snprintf(new_line(sight->lines), LINE, "device %s %s%s%s%s%s", device->name, target,
		 device->suspended ? " suspended" : "", device->has_inactive ? " inactive" : "",
		 device->read_only ? " read-only" : "", validity_of(device->name, target));
	if (strlen(device->uuid) != PUBLIC_UUID)
		return 0;
	if (scene->count == SCENE_VOLUMES)
		return fail(-E2BIG, "cuts: too many volumes");
	volume = &scene->volumes[scene->count++];
	snprintf(volume->name, sizeof(volume->name), "%s", device->name);
	snprintf(volume->node, sizeof(volume->node), "/dev/dm-%u", device->minor);
	volume->is_snapshot = !strcmp(target, "snapshot");
	return 0;
}

static int compare_lines(const void *left, const void *right)
{
	return strcmp(left, right);
}

static char *join(struct lines *lines)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	unsigned i;

	qsort(lines->line, lines->count, LINE, compare_lines);
	for (i = 0; i < lines->count; i++)
		fprintf(out, "%s\n", lines->line[i]);
	fclose(out);
	return text;
}

static int compare_volumes(const void *left, const void *right)
{
	return strcmp(((const struct volume *)left)->name, ((const struct volume *)right)->name);
}

/* Disks may be devices of device-mapper, too. */
static bool is_a_volumes(const struct live_device *device)
{
	return !strncmp(device->uuid, "LVM-", strlen("LVM-"));
}

static int look(const struct machine *machine, struct session *session, struct scene *scene)
{
	struct lines lines = { .count = 0 };
	struct sight sight = { .machine = machine, .lines = &lines };
	struct catalog *catalog;
	struct live *live;
	struct live_device *device;
	struct group *group;
	int r = session_catalog(session, &catalog);

	r = r < 0 ? r : session_live(session, &live);
	if (r < 0)
		return r;
	dm_list_iterate_items(group, &catalog->groups) {
		if (!group->vg)
			return fail(-EBADMSG, "%s: metadata are not whole", group->name);
		sight.catalog = catalog;
		tell_group(&sight, group->vg, scene);
	}
	dm_list_iterate_items(device, &live->devices) {
		r = is_a_volumes(device) ? tell_device(&sight, live, device, scene) : 0;
		if (r < 0)
			return r;
	}
	scene->text = join(&lines);
	qsort(scene->volumes, scene->count, sizeof(scene->volumes[0]), compare_volumes);
	return 0;
}

int scene_take(struct machine *machine, struct scene *scene)
{
	struct session session;
	int r = begin(machine, &session);

	*scene = (struct scene) { .count = 0 };
	if (r < 0)
		return r;
	r = look(machine, &session, scene);
	end(&session);
	return r;
}

void scene_release(struct scene *scene)
{
	unsigned i;

	free(scene->text);
	for (i = 0; i < scene->count; i++)
		free(scene->volumes[i].data);
	*scene = (struct scene) { .count = 0 };
}

struct volume *scene_find(struct scene *scene, const char *name)
{
	unsigned i;

	for (i = 0; i < scene->count; i++)
		if (!strcmp(scene->volumes[i].name, name))
			return &scene->volumes[i];
	return NULL;
}

/* --- contents --- */

static int open_volume(const struct volume *volume, size_t *size)
{
	int fd = open(volume->node, O_RDONLY | O_DIRECT | O_CLOEXEC);
	uint64_t bytes;

	if (fd < 0)
		return -errno;
	if (ioctl(fd, BLKGETSIZE64, &bytes)) {
		close(fd);
		return -errno;
	}
	*size = (size_t)bytes;
	return fd;
}

int volume_read_into(const struct volume *volume, uint8_t *data, size_t room, size_t *size)
{
	AUTO_CLOSE int fd = open_volume(volume, size);
	size_t at = 0;
	ssize_t got;

	if (fd < 0)
		return fd;
	if (*size > room)
		return -EFBIG;
	while (at < *size) {
		got = pread(fd, data + at, *size - at, (off_t)at);
		if (got <= 0)
			return got ? -errno : -EIO;
		at += (size_t)got;
	}
	return 0;
}

int volume_read(struct volume *volume)
{
	AUTO_CLOSE int fd = open_volume(volume, &volume->size);

	if (fd < 0)
		return fd;
	volume->data = aligned_alloc(ALIGNMENT, volume->size);
	if (!volume->data)
		return -ENOMEM;
	return volume_read_into(volume, volume->data, volume->size, &volume->size);
}
