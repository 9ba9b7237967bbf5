/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The list of candidates, from libudev.  Device nodes are looked at with stat() at most, but those of loop
 * devices (facts.h): opening one may wait for hardware, and closing one that was open for writing makes udev probe
 * it again.
 */
#include <dirent.h>
#include <errno.h>
#include <libudev.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "device/scan.h"

#include "base/auto.h"
#include "base/conf.h"
#include "base/log.h"
#include "base/text.h"
#include "device/devicesfile.h"
#include "device/facts.h"
#include "device/filter.h"
#include "device/walk.h"

static const char ONLY[] = "devices/only";
static const char CLASS[] = "/sys/class/block";
static const char MAPPER[] = "/dev/mapper/";

/* What a scan works with. */
struct scan {
	struct udev *udev;
	struct filter *filter;
	struct walk *walk;		/* NULL: names are udev's */
	struct candidates *found;
	bool by_name;			/* devices/only: names are not filtered again */
};

/* Names of a device: the first is the preferred one; NULL-terminated, in the pool. */
struct names {
	const char **array;
	unsigned count;
};

static void auto_udev_device(struct udev_device **device)
{
	udev_device_unref(*device);
}

static void auto_dir(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

void candidates_free(struct candidates **candidates)
{
	if (!*candidates)
		return;
	dm_pool_destroy((*candidates)->mem);
	free(*candidates);
	*candidates = NULL;
}

static struct candidates *candidates_new(void)
{
	struct candidates *found = calloc(1, sizeof(*found));

	if (!found)
		return NULL;
	found->mem = dm_pool_create("candidates", 16384);
	if (!found->mem) {
		free(found);
		return NULL;
	}
	dm_list_init(&found->list);
	return found;
}

static bool names_have(const struct names *names, const char *name)
{
	for (unsigned i = 0; i < names->count; i++)
		if (strcmp(names->array[i], name) == 0)
			return true;
	return false;
}

/* The array has room: names_collect() made it. */
static int names_add(struct names *names, struct dm_pool *mem, const char *name)
{
	if (names_have(names, name))
		return 0;
	names->array[names->count] = dm_pool_strdup(mem, name);
	if (!names->array[names->count])
		return fail_memory();
	names->count++;
	return 0;
}

/* /dev/mapper/NAME if udev or libdevmapper made that node for this device. */
static bool mapper_path(const struct device_facts *facts, char path[sizeof(MAPPER) + DM_TEXT])
{
	struct stat st;

	if (!facts->dm_name[0])
		return false;
	memcpy(path, MAPPER, sizeof(MAPPER));
	memcpy(path + sizeof(MAPPER) - 1, facts->dm_name, strlen(facts->dm_name) + 1);
	return stat(path, &st) == 0 && S_ISBLK(st.st_mode) &&
	       st.st_rdev == makedev(facts->major, facts->minor);
}

static unsigned entries_count(struct udev_list_entry *entries)
{
	struct udev_list_entry *entry;
	unsigned count = 0;

	udev_list_entry_foreach(entry, entries)
		count++;
	return count;
}

/* All names of the device: the mapper's, the kernel's, udev's links, and one more if given. */
static int names_collect(struct names *names, struct scan *scan, struct udev_device *device,
			 const struct device_facts *facts, const char *one_more)
{
	enum { FIXED_NAMES = 4 };	/* mapper's, kernel's, one more, NULL */
	struct udev_list_entry *links = udev_device_get_devlinks_list_entry(device), *link;
	struct dm_pool *mem = scan->found->mem;
	char path[sizeof(MAPPER) + DM_TEXT];
	int r = 0;

	names->array = dm_pool_zalloc(mem, (entries_count(links) + FIXED_NAMES) *
					   sizeof(*names->array));
	if (!names->array)
		return fail_memory();
	if (mapper_path(facts, path))
		r = names_add(names, mem, path);
	if (r == 0)
		r = names_add(names, mem, udev_device_get_devnode(device));
	if (r == 0 && one_more)
		r = names_add(names, mem, one_more);
	udev_list_entry_foreach(link, links)
		if (r == 0)
			r = names_add(names, mem, udev_list_entry_get_name(link));
	return r;
}

/* The names that it has below the directories of devices/scan. */
static int names_of_walk(struct names *names, struct scan *scan, const struct device_facts *facts)
{
	const dev_t number = makedev(facts->major, facts->minor);
	const char *name;
	unsigned count = 0;
	int r = 0;

	while (walk_name(scan->walk, number, count))
		count++;
	names->array = dm_pool_zalloc(scan->found->mem, (count + 1) * sizeof(*names->array));
	if (!names->array)
		return fail_memory();
	while (count-- && r >= 0) {
		name = walk_name(scan->walk, number, count);
		r = names_add(names, scan->found->mem, name);
	}
	return r;
}

static void add_properties(struct device_facts *facts, struct udev_device *device)
{
	struct udev_list_entry *entry;

	udev_list_entry_foreach(entry, udev_device_get_properties_list_entry(device))
		facts_add_property(facts, udev_list_entry_get_name(entry),
				   udev_list_entry_get_value(entry));
}

static void take_id(const struct scan *scan, const struct names *names,
		    const struct device_facts *facts, struct candidate *candidate)
{
	struct device_id id;

	if (!filter_device_id(scan->filter, facts, names->array, &id))
		return;
	candidate->id_type = dm_pool_strdup(scan->found->mem, id.type);
	candidate->id = dm_pool_strdup(scan->found->mem, id.name);
	candidate->is_member = true;
}

/* sysfs_path: where it is to be found out whether its reads would wait. */
static int add_candidate(struct scan *scan, const struct names *names,
			 const struct device_facts *facts, const char *sysfs_path)
{
	struct candidate *candidate = dm_pool_zalloc(scan->found->mem, sizeof(*candidate));

	if (!candidate)
		return fail_memory();
	candidate->path = names->array[0];
	candidate->links = names->array + 1;
	candidate->major = facts->major;
	candidate->minor = facts->minor;
	candidate->size_sectors = facts->size_sectors;
	candidate->read_only = facts->flags & FACTS_READ_ONLY;
	candidate->is_member = facts->flags & FACTS_LVM2_MEMBER;
	candidate->is_other = facts->flags & FACTS_OTHER_CONTENT;
	candidate->skip_reason = filter_reason(scan->filter, facts);
	if (!candidate->skip_reason && !scan->by_name)
		candidate->skip_reason = filter_name_reason(scan->filter, facts, names->array);
	if (!candidate->skip_reason && sysfs_path && facts_read_waits(facts, sysfs_path)) {
		candidate->skip_reason = _("suspended");
		candidate->waits = true;
	}
	if (candidate->skip_reason)
		debug("%s: skipped, %s", candidate->path, candidate->skip_reason);
	else
		take_id(scan, names, facts, candidate);
	dm_list_add(&scan->found->list, &candidate->list);
	return 0;
}

/* Take a device's facts and names down; one that has just gone away is no candidate. */
static int add_device(struct scan *scan, struct udev_device *device, const char *name)
{
	struct names names = { 0 };
	struct device_facts facts;
	int r;

	if (!device || !udev_device_get_devnode(device))
		return 0;
	facts_read(&facts, udev_device_get_devnum(device), udev_device_get_syspath(device));
	add_properties(&facts, device);
	r = scan->walk ? names_of_walk(&names, scan, &facts)
		       : names_collect(&names, scan, device, &facts, name);
	if (r < 0 || !names.count)
		return r;
	return add_candidate(scan, &names, &facts, udev_device_get_syspath(device));
}

static int add_image(struct scan *scan, const char *path)
{
	struct device_facts facts = { .flags = FACTS_IMAGE };
	struct names names = { .array = dm_pool_zalloc(scan->found->mem, 2 * sizeof(char *)) };
	int r;

	if (!names.array)
		return fail_memory();
	if (access(path, W_OK) < 0)
		facts.flags |= FACTS_READ_ONLY;
	r = names_add(&names, scan->found->mem, path);
	if (r < 0)
		return r;
	return add_candidate(scan, &names, &facts, NULL);
}

/* A path from devices/only.  One that is missing is as a disk that is missing. */
static int add_named(struct scan *scan, const char *path)
{
	__attribute__((cleanup(auto_udev_device))) struct udev_device *device = NULL;
	struct stat st;

	if (stat(path, &st) < 0) {
		warn(_("%s: %s, skipping what %s names"), path, strerror(errno), ONLY);
		return 0;
	}
	if (candidates_find(scan->found, path))
		return 0;
	if (S_ISREG(st.st_mode))
		return add_image(scan, path);
	if (!S_ISBLK(st.st_mode)) {
		warn(_("%s: neither a block device nor an image file, skipping what %s names"),
		     path, ONLY);
		return 0;
	}
	device = udev_device_new_from_devnum(scan->udev, 'b', st.st_rdev);
	if (!device)
		warn(_("%s: unknown to the kernel, skipping what %s names"), path, ONLY);
	return add_device(scan, device, path);
}

static int scan_named(struct scan *scan, const struct conf *conf)
{
	const char *path;
	int r;

	for (unsigned i = 0;; i++) {
		path = conf_list_item(conf, ONLY, i);
		if (!path)
			return 0;
		r = add_named(scan, path);
		if (r < 0)
			return r;
	}
}

/* A volume that is not looked at needs no object of libudev, nor its links.  1 if it is one. */
static int add_volume(struct scan *scan, int class_dir, const char *name)
{
	struct names names = { 0 };
	struct device_facts facts;
	char path[sizeof(MAPPER) + DM_TEXT];
	int r = 0;

	if (scan->walk || !facts_read_volume(&facts, class_dir, name) ||
	    !filter_reason(scan->filter, &facts))
		return 0;
	names.array = dm_pool_zalloc(scan->found->mem, 3 * sizeof(*names.array));
	if (!names.array)
		return fail_memory();
	if (mapper_path(&facts, path))
		r = names_add(&names, scan->found->mem, path);
	snprintf(path, sizeof(path), "/dev/%s", name);
	r = r < 0 ? r : names_add(&names, scan->found->mem, path);
	r = r < 0 ? r : add_candidate(scan, &names, &facts, NULL);
	return r < 0 ? r : 1;
}

/* An entry of /sys/class/block.  libudev walks a path part by part, so give it the short one. */
static int add_class_entry(struct scan *scan, int class_dir, const char *name)
{
	__attribute__((cleanup(auto_udev_device))) struct udev_device *device = NULL;
	static const char up[] = "../../";
	char target[PATH_MAX], path[PATH_MAX + sizeof("/sys/")];
	int r = add_volume(scan, class_dir, name);
	ssize_t len;

	if (r)
		return r < 0 ? r : 0;
	len = readlinkat(class_dir, name, target, sizeof(target) - 1);
	if (len < 0)
		return 0;
	target[len] = '\0';
	if (strncmp(target, up, strlen(up)) == 0)
		snprintf(path, sizeof(path), "/sys/%s", target + strlen(up));
	else
		snprintf(path, sizeof(path), "%s/%s", CLASS, name);
	device = udev_device_new_from_syspath(scan->udev, path);
	return add_device(scan, device, NULL);
}

static int by_number(const void *a, const void *b)
{
	const struct candidate *left = *(struct candidate *const *)a;
	const struct candidate *right = *(struct candidate *const *)b;

	if (left->major != right->major)
		return left->major < right->major ? -1 : 1;
	return (left->minor > right->minor) - (left->minor < right->minor);
}

/* The directory of the class has no order. */
static int sort(struct candidates *found)
{
	unsigned count = dm_list_size(&found->list), used = 0;
	AUTO_FREE struct candidate **array = calloc((size_t)count + 1, sizeof(*array));
	struct candidate *candidate;

	if (!array)
		return fail_memory();
	dm_list_iterate_items(candidate, &found->list)
		array[used++] = candidate;
	qsort(array, count, sizeof(*array), by_number);
	dm_list_init(&found->list);
	for (unsigned i = 0; i < count; i++)
		dm_list_add(&found->list, &array[i]->list);
	return 0;
}

/* Not udev_enumerate: it makes an object of every device only to forget it and give its path. */
static int scan_all(struct scan *scan)
{
	__attribute__((cleanup(auto_dir))) DIR *class = opendir(CLASS);
	const struct dirent *entry;
	int r;

	if (!class)
		return fail_errno(_("%s: cannot list block devices"), CLASS);
	for (entry = readdir(class); entry; entry = readdir(class)) {
		if (entry->d_name[0] == '.')
			continue;
		r = add_class_entry(scan, dirfd(class), entry->d_name);
		if (r < 0)
			return r;
	}
	return sort(scan->found);
}

int scan_devices(const struct conf *conf, struct candidates **candidates)
{
	AUTO(filter) struct filter *filter = NULL;
	AUTO(candidates) struct candidates *found = candidates_new();
	AUTO(walk) struct walk *walk = NULL;
	struct scan scan = { .by_name = conf_list_item(conf, ONLY, 0) };
	int r;

	if (!found)
		return fail_memory();
	r = filter_new(conf, &filter);
	if (r >= 0 && !scan.by_name)
		r = walk_new(conf, &walk);
	if (r < 0)
		return r;
	scan.walk = walk;
	scan.udev = udev_new();
	if (!scan.udev)
		return fail_memory();
	scan.filter = filter;
	scan.found = found;
	r = scan.by_name ? scan_named(&scan, conf) : scan_all(&scan);
	udev_unref(scan.udev);
	if (r < 0)
		return r;
	*candidates = TAKE(found);
	return 0;
}

static bool has_name(const struct candidate *candidate, const char *path)
{
	if (strcmp(candidate->path, path) == 0)
		return true;
	for (const char *const *link = candidate->links; *link; link++)
		if (strcmp(*link, path) == 0)
			return true;
	return false;
}

static bool is_same_file(const struct candidate *candidate, const struct stat *st)
{
	struct stat own;

	if (S_ISBLK(st->st_mode))
		return st->st_rdev == makedev(candidate->major, candidate->minor);
	if (candidate->major || candidate->minor)
		return false;
	return stat(candidate->path, &own) == 0 && own.st_dev == st->st_dev &&
	       own.st_ino == st->st_ino;
}

const struct candidate *candidates_find(const struct candidates *candidates, const char *path)
{
	const struct candidate *candidate;
	struct stat st;

	dm_list_iterate_items(candidate, &candidates->list)
		if (has_name(candidate, path))
			return candidate;
	if (stat(path, &st) < 0)
		return NULL;
	dm_list_iterate_items(candidate, &candidates->list)
		if (is_same_file(candidate, &st))
			return candidate;
	return NULL;
}
