/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The least a program can do, to measure others by.
 *
 * bare makes device-mapper devices through libdevmapper with as few ioctls as the kernel lets it,
 * and waits for udev once at the end.  It has no metadata: callers give every position in
 * sectors.  Where a tool must commit metadata it writes 4 KiB to the beginning of the device and
 * flushes them, once a command (a merge: at its beginning and at its end).  It takes no locks,
 * looks for no devices, checks nothing, survives nothing: killed within a freeze it leaves a frozen
 * device.
 *
 *   create      commit; C L R; wait; zero the first 4 KiB of the volume and flush
 *   snapshot    zero the store's first 4 KiB on the device and flush; commit; C L real, C L R cow,
 *               C L snapshot, L origin; S origin; R real, R snapshot, R origin; wait
 *   next        the same for an origin that has snapshots: no real, no L origin
 *   unsnap      the last snapshot goes: L origin; S origin, R origin; X snapshot, X cow, X real;
 *               commit; wait
 *   unnext      one of several goes: X snapshot, X cow; commit; wait
 *   grow        commit; L cow; R cow; wait
 *   merge       commit; L origin, L snapshot (error); S origin, S snapshot; R origin, R snapshot;
 *               X snapshot; status every 10 ms until all is merged; L origin; S origin, R origin;
 *               X cow, X real; commit; wait
 *   activate    for each volume C L R; wait
 *   deactivate  for each volume X; wait
 *   list        read 4 KiB and then 512 bytes for each volume from the device; one listing of
 *               device-mapper; one line for each volume
 *
 * C create, L load a table, S suspend, R resume, X remove (again every 5 ms while udev has it
 * open).  Names and UUIDs are of LVM2's form, and so are the flags for udev, so that udev has the
 * same work with these devices as with those of the others.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libdevmapper.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BLOCK = 4096, SECTOR = 512, TABLE_LEN = 256, NAME_MAX_LEN = 128 };

/* What LVM2 tells udev about each kind of device. */
enum {
	FOR_VOLUME = DM_UDEV_DISABLE_LIBRARY_FALLBACK,
	FOR_SNAPSHOT = FOR_VOLUME | DM_UDEV_LOW_PRIORITY_FLAG,
	FOR_REAL = FOR_VOLUME | DM_UDEV_DISABLE_SUBSYSTEM_RULES_FLAG |
		   DM_UDEV_DISABLE_DISK_RULES_FLAG | DM_UDEV_DISABLE_OTHER_RULES_FLAG,
	FOR_COW = FOR_REAL | DM_UDEV_LOW_PRIORITY_FLAG,
};

static uint32_t cookie;

__attribute__((noreturn)) static void die(const char *what, const char *name)
{
	fprintf(stderr, "bare: %s %s: %s\n", what, name, strerror(errno));
	exit(1);
}

static uint64_t number(const char *text)
{
	return strtoull(text, NULL, 10);
}

static void nap(long ms)
{
	const struct timespec pause = { .tv_nsec = ms * 1000000 };

	nanosleep(&pause, NULL);
}

/* --- the device --- */

static void write_block(const char *path, uint64_t sector)
{
	void *block;
	int fd = open(path, O_RDWR | O_DIRECT | O_CLOEXEC);

	if (fd < 0 || posix_memalign(&block, BLOCK, BLOCK))
		die("open", path);
	memset(block, 0, BLOCK);
	if (pwrite(fd, block, BLOCK, (off_t)(sector * SECTOR)) != BLOCK || fdatasync(fd) < 0)
		die("write", path);
	free(block);
	close(fd);
}

static void commit(const char *path)
{
	write_block(path, 0);
}

static void read_header(const char *path, unsigned volumes)
{
	size_t size = (size_t)volumes * SECTOR / BLOCK * BLOCK + BLOCK;
	void *text;
	int fd = open(path, O_RDONLY | O_DIRECT | O_CLOEXEC);

	if (fd < 0 || posix_memalign(&text, BLOCK, size))
		die("open", path);
	if (pread(fd, text, BLOCK, 0) != BLOCK || pread(fd, text, size, BLOCK) != (ssize_t)size)
		die("read", path);
	free(text);
	close(fd);
}

/* --- one function an ioctl --- */

static struct dm_task *task_new(int type, const char *name)
{
	struct dm_task *task = dm_task_create(type);

	if (!task || (name && !dm_task_set_name(task, name)))
		die("task", name);
	return task;
}

static void task_done(struct dm_task *task, const char *verb, const char *name)
{
	if (!dm_task_run(task))
		die(verb, name);
	dm_task_destroy(task);
}

static void with_cookie(struct dm_task *task, unsigned flags)
{
	if (!dm_task_set_cookie(task, &cookie, (uint16_t)flags))
		die("cookie", "");
}

static const char *uuid_of(const char *name, char uuid[NAME_MAX_LEN])
{
	snprintf(uuid, NAME_MAX_LEN, "LVM-%64.64s", name);
	for (char *c = uuid; *c; c++)
		if (*c == ' ')
			*c = '0';
	return uuid;
}

static void create(const char *name)
{
	struct dm_task *task = task_new(DM_DEVICE_CREATE, name);
	char uuid[NAME_MAX_LEN];

	if (!dm_task_set_uuid(task, uuid_of(name, uuid)))
		die("uuid", name);
	task_done(task, "create", name);
}

static void load(const char *name, uint64_t length, const char *type, const char *params)
{
	struct dm_task *task = task_new(DM_DEVICE_RELOAD, name);

	if (!dm_task_add_target(task, 0, length, type, params))
		die("table", name);
	task_done(task, "load", name);
}

static void load_linear(const char *name, const char *device, uint64_t start, uint64_t length)
{
	char params[TABLE_LEN];

	snprintf(params, sizeof(params), "%s %" PRIu64, device, start);
	load(name, length, "linear", params);
}

static void suspend(const char *name)
{
	task_done(task_new(DM_DEVICE_SUSPEND, name), "suspend", name);
}

static void resume(const char *name, unsigned flags)
{
	struct dm_task *task = task_new(DM_DEVICE_RESUME, name);

	with_cookie(task, flags);
	task_done(task, "resume", name);
}

static void remove_device(const char *name, unsigned flags)
{
	struct dm_task *task;

	for (;;) {
		task = task_new(DM_DEVICE_REMOVE, name);
		with_cookie(task, flags);
		if (dm_task_run(task))
			break;
		if (dm_task_get_errno(task) != EBUSY)
			die("remove", name);
		dm_task_destroy(task);
		nap(5);
	}
	dm_task_destroy(task);
}

/* "MAJOR:MINOR": within one run udev has not made the nodes yet. */
static const char *device_of(const char *name, char text[TABLE_LEN])
{
	struct dm_task *task = task_new(DM_DEVICE_INFO, name);
	struct dm_info info;

	if (!dm_task_run(task) || !dm_task_get_info(task, &info) || !info.exists)
		die("info", name);
	dm_task_destroy(task);
	snprintf(text, TABLE_LEN, "%u:%u", info.major, info.minor);
	return text;
}

/* Whether all that is left in the store is its own metadata. */
static int is_merged(const char *name)
{
	struct dm_task *task = task_new(DM_DEVICE_STATUS, name);
	uint64_t start, length, used, total, metadata;
	char *type, *params;
	int merged;

	if (!dm_task_run(task))
		die("status", name);
	dm_get_next_target(task, NULL, &start, &length, &type, &params);
	merged = sscanf(params, "%" SCNu64 "/%" SCNu64 " %" SCNu64, &used, &total, &metadata) == 3 &&
		 used == metadata;
	dm_task_destroy(task);
	return merged;
}

static void wait_for_udev(void)
{
	if (cookie)
		dm_udev_wait(cookie);
}

/* --- volumes --- */

struct names {
	char real[NAME_MAX_LEN], cow[NAME_MAX_LEN];
};

static void names_of(struct names *names, const char *origin, const char *snapshot)
{
	snprintf(names->real, sizeof(names->real), "%s-real", origin);
	snprintf(names->cow, sizeof(names->cow), "%s-cow", snapshot);
}

/* create DEVICE NAME START LENGTH */
static void do_create(char **args)
{
	char path[TABLE_LEN];

	commit(args[0]);
	create(args[1]);
	load_linear(args[1], args[0], number(args[2]), number(args[3]));
	resume(args[1], FOR_VOLUME);
	wait_for_udev();
	snprintf(path, sizeof(path), "/dev/mapper/%s", args[1]);
	write_block(path, 0);
}

static void snapshot_params(char params[TABLE_LEN], const struct names *names, const char *chunk)
{
	char real[TABLE_LEN / 4], cow[TABLE_LEN / 4];
	char buffer[TABLE_LEN];

	snprintf(real, sizeof(real), "%s", device_of(names->real, buffer));
	snprintf(cow, sizeof(cow), "%s", device_of(names->cow, buffer));
	snprintf(params, TABLE_LEN, "%s %s P %s", real, cow, chunk);
}

enum { DEVICE, ORIGIN, ORIGIN_START, ORIGIN_LENGTH, SNAPSHOT, START, LENGTH, CHUNK };

static void make_store(char **args, const struct names *names)
{
	create(names->cow);
	load_linear(names->cow, args[DEVICE], number(args[START]), number(args[LENGTH]));
	resume(names->cow, FOR_COW);
}

static void make_snapshot(char **args, const struct names *names)
{
	char params[TABLE_LEN];

	snapshot_params(params, names, args[CHUNK]);
	create(args[SNAPSHOT]);
	load(args[SNAPSHOT], number(args[ORIGIN_LENGTH]), "snapshot", params);
}

/* snapshot DEVICE ORIGIN ORIGIN-START ORIGIN-LENGTH SNAPSHOT START LENGTH CHUNK */
static void do_snapshot(char **args)
{
	struct names names;
	char real[TABLE_LEN];

	names_of(&names, args[ORIGIN], args[SNAPSHOT]);
	write_block(args[DEVICE], number(args[START]));
	commit(args[DEVICE]);
	create(names.real);
	load_linear(names.real, args[DEVICE], number(args[ORIGIN_START]),
		    number(args[ORIGIN_LENGTH]));
	make_store(args, &names);
	make_snapshot(args, &names);
	load(args[ORIGIN], number(args[ORIGIN_LENGTH]), "snapshot-origin",
	     device_of(names.real, real));
	suspend(args[ORIGIN]);
	resume(names.real, FOR_REAL);
	resume(args[SNAPSHOT], FOR_SNAPSHOT);
	resume(args[ORIGIN], FOR_VOLUME);
	wait_for_udev();
}

/* next: as snapshot */
static void do_next(char **args)
{
	struct names names;

	names_of(&names, args[ORIGIN], args[SNAPSHOT]);
	write_block(args[DEVICE], number(args[START]));
	commit(args[DEVICE]);
	make_store(args, &names);
	make_snapshot(args, &names);
	suspend(args[ORIGIN]);
	resume(args[SNAPSHOT], FOR_SNAPSHOT);
	resume(args[ORIGIN], FOR_VOLUME);
	wait_for_udev();
}

static void load_plain(char **args)
{
	load_linear(args[ORIGIN], args[DEVICE], number(args[ORIGIN_START]),
		    number(args[ORIGIN_LENGTH]));
}

/* unsnap DEVICE ORIGIN ORIGIN-START ORIGIN-LENGTH SNAPSHOT */
static void do_unsnap(char **args)
{
	struct names names;

	names_of(&names, args[ORIGIN], args[SNAPSHOT]);
	load_plain(args);
	suspend(args[ORIGIN]);
	resume(args[ORIGIN], FOR_VOLUME);
	remove_device(args[SNAPSHOT], FOR_SNAPSHOT);
	remove_device(names.cow, FOR_COW);
	remove_device(names.real, FOR_REAL);
	commit(args[DEVICE]);
	wait_for_udev();
}

/* unnext: as unsnap */
static void do_unnext(char **args)
{
	struct names names;

	names_of(&names, args[ORIGIN], args[SNAPSHOT]);
	remove_device(args[SNAPSHOT], FOR_SNAPSHOT);
	remove_device(names.cow, FOR_COW);
	commit(args[DEVICE]);
	wait_for_udev();
}

/* grow: as snapshot, LENGTH is the new one */
static void do_grow(char **args)
{
	struct names names;

	names_of(&names, args[ORIGIN], args[SNAPSHOT]);
	commit(args[DEVICE]);
	load_linear(names.cow, args[DEVICE], number(args[START]), number(args[LENGTH]));
	resume(names.cow, FOR_COW);
	wait_for_udev();
}

/* merge: as snapshot */
static void do_merge(char **args)
{
	struct names names;
	char params[TABLE_LEN];

	names_of(&names, args[ORIGIN], args[SNAPSHOT]);
	commit(args[DEVICE]);
	snapshot_params(params, &names, args[CHUNK]);
	load(args[ORIGIN], number(args[ORIGIN_LENGTH]), "snapshot-merge", params);
	load(args[SNAPSHOT], number(args[ORIGIN_LENGTH]), "error", "");
	suspend(args[ORIGIN]);
	suspend(args[SNAPSHOT]);
	resume(args[ORIGIN], FOR_VOLUME);
	resume(args[SNAPSHOT], FOR_COW);
	remove_device(args[SNAPSHOT], FOR_SNAPSHOT);
	while (!is_merged(args[ORIGIN]))
		nap(10);
	load_plain(args);
	suspend(args[ORIGIN]);
	resume(args[ORIGIN], FOR_VOLUME);
	remove_device(names.cow, FOR_COW);
	remove_device(names.real, FOR_REAL);
	commit(args[DEVICE]);
	wait_for_udev();
}

/* activate DEVICE PREFIX COUNT START LENGTH: volumes one behind the other */
static void do_activate(char **args)
{
	unsigned count = (unsigned)number(args[2]);
	uint64_t start = number(args[3]), length = number(args[4]);
	char name[NAME_MAX_LEN];

	for (unsigned i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "%s%u", args[1], i);
		create(name);
		load_linear(name, args[0], start + i * length, length);
		resume(name, FOR_VOLUME);
	}
	wait_for_udev();
}

/* deactivate PREFIX COUNT */
static void do_deactivate(char **args)
{
	unsigned count = (unsigned)number(args[1]);
	char name[NAME_MAX_LEN];

	for (unsigned i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "%s%u", args[0], i);
		remove_device(name, FOR_VOLUME);
	}
	wait_for_udev();
}

/* list DEVICE COUNT */
static void do_list(char **args)
{
	struct dm_task *task = task_new(DM_DEVICE_LIST, NULL);
	unsigned count = (unsigned)number(args[1]);

	read_header(args[0], count);
	if (!dm_task_run(task))
		die("list", args[0]);
	dm_task_destroy(task);
	for (unsigned i = 0; i < count; i++)
		printf("  lv%-8u bare -wi------- 4.00m\n", i);
}

static const struct command {
	const char *name;
	int args;
	void (*run)(char **args);
} commands[] = {
	{ "create", 4, do_create },
	{ "snapshot", 8, do_snapshot },
	{ "next", 8, do_next },
	{ "unsnap", 5, do_unsnap },
	{ "unnext", 5, do_unnext },
	{ "grow", 8, do_grow },
	{ "merge", 8, do_merge },
	{ "activate", 5, do_activate },
	{ "deactivate", 2, do_deactivate },
	{ "list", 2, do_list },
};

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";

	if (getenv("BARE_NO_UDEV"))
		dm_udev_set_sync_support(0);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(commands[i].name, name) || argc - 2 != commands[i].args)
			continue;
		commands[i].run(argv + 2);
		return 0;
	}
	fprintf(stderr, "bare: %s: no such command, or not its number of arguments\n", name);
	return 2;
}
