/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cuts check [OPTION...] DIR: for places in DIR/trace put the disks, which were DIR/disk0.before …, into
 * a state that a power cut there may have left, start a machine with them (scene.h), and see that
 *
 *	- all metadata read whole, and what there is after recovery is what there was before the command
 *	  or what there is after it; after the mark "done" the latter, before "start" the former
 *	- every volume and snapshot has, byte for byte, the contents of the state it belongs to
 *	- the volume that was being written to (-w) has all that was kept, and else only what was written
 *	- a snapshot of that volume that was taken shows it as it was at one instant
 *	- svgck has nothing to say, and no device or tag of the unfinished is left
 *
 * The last line is "TRIED SURVIVED".  Status 0 only if all did, and something was tried.
 *
 *	-s STEP		each STEPth place (1)
 *	-r SEED		what is durable and a random part of the rest; without it or with 0 all that was
 *			written before the cut
 *	-w BEFORE,AFTER,SOURCE,BLOCKS,NUMBER
 *			the device written to, its name after the command, the device whose contents
 *			it had before the first write of the state after; see writer.c
 *	-i NAME		a snapshot of it that the command takes
 *	-b NAME, -a NAME	the contents of this volume before (after) are nobody's any more (yet):
 *			a store that the command makes a snapshot's, or that it splits from one
 *	-u		in the state before, a merge that was pending takes back what was written
 *	-j		in the state before, a device that was about to join says that it is in use
 *	-n		the command changes nothing that outlives the kernel
 *
 * cuts cut DIR PLACE SEED: write such a state as DIR/disk0.cut ….
 * cuts count DIR: the number of places.
 */
#include "numbered.h"
#include "scene.h"
#include "trace.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/loop.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
	PATH_LEN = 256,
	ROOM = 16 << 20,
	MERGE_TRIES = 5000,
	MOST_BLOCKS = 4096,
	TOLD = 5,
	EXAMINE_EACH = 4
};

enum stage { STAGE_BEFORE, STAGE_DURING, STAGE_AFTER };

/* Who wrote while the command ran. */
struct watched {
	char before[SCENE_NAME], after[SCENE_NAME], source[SCENE_NAME];
	uint32_t blocks;		/* 0: nobody */
	uint64_t first, kept;		/* numbers: of the first write; of the last that was kept */
	uint64_t at_least[MOST_BLOCKS]; /* by block: the last that was kept, 0 none */
};

struct checker {
	const char *directory;
	struct trace trace;
	struct cached_disk disks[TRACE_DISKS];
	uint8_t *images[TRACE_DISKS]; /* what the loop devices show */
	int image_fds[TRACE_DISKS], loop_fds[TRACE_DISKS];
	struct machine machine;
	struct watched watched;
	const char *taken[SCENE_VOLUMES]; /* snapshots of the watched that the command takes */
	unsigned taken_count;
	const char *nobodys_before, *nobodys_after;
	bool changes_nothing, undone_before, joins;
	struct scene before, after;
	uint8_t *room; /* for one volume's contents */
	enum stage stage;
	uint64_t seed;
	unsigned step, tried, survived;
};

struct point {
	size_t place;
	uint64_t seed;
};

static void die(const char *what)
{
	perror(what);
	exit(2);
}

/* --- disks --- */

static void open_disks(struct checker *c)
{
	char path[PATH_LEN];
	unsigned i;

	snprintf(path, sizeof(path), "%s/trace", c->directory);
	if (trace_load(path, &c->trace) < 0)
		exit(2);
	for (i = 0; i < TRACE_DISKS; i++) {
		snprintf(path, sizeof(path), "%s/disk%u.before", c->directory, i);
		if (access(path, F_OK))
			break;
		if (cached_disk_init(&c->disks[i], path) < 0)
			exit(2);
	}
	c->machine.directory = c->directory;
	c->machine.disk_count = i;
}

static void make_image(struct checker *c, unsigned i, const char *suffix)
{
	size_t size = c->disks[i].size;
	char path[PATH_LEN];

	snprintf(path, sizeof(path), "%s/disk%u.%s", c->directory, i, suffix);
	c->image_fds[i] = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (c->image_fds[i] < 0 || ftruncate(c->image_fds[i], (off_t)size))
		die(path);
	c->images[i] = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, c->image_fds[i], 0);
	if (c->images[i] == MAP_FAILED)
		die(path);
}

static void attach(struct checker *c, unsigned i)
{
	struct loop_config config = {
		.fd = (uint32_t)c->image_fds[i],
		.info.lo_flags = LO_FLAGS_AUTOCLEAR,
	};
	int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
	int number = control < 0 ? -1 : ioctl(control, LOOP_CTL_GET_FREE);
	char *node = c->machine.disks[i];

	if (number < 0)
		die("/dev/loop-control");
	close(control);
	snprintf(node, sizeof(c->machine.disks[i]), "/dev/loop%d", number);
	c->loop_fds[i] = open(node, O_RDWR | O_CLOEXEC);
	if (c->loop_fds[i] < 0 || ioctl(c->loop_fds[i], LOOP_CONFIGURE, &config))
		die(node);
}

/* What recovery and merging have written there since must be put right again, too. */
static void note_used(struct checker *c, unsigned i)
{
	off_t start = 0, end;

	for (;;) {
		start = lseek(c->image_fds[i], start, SEEK_DATA);
		end = start < 0 ? -1 : lseek(c->image_fds[i], start, SEEK_HOLE);
		if (end < 0)
			return;
		memset(c->disks[i].used + start / TRACE_PAGE, 1,
		       (size_t)((end - start + TRACE_PAGE - 1) / TRACE_PAGE));
		start = end;
	}
}

static void put_images(struct checker *c, uint64_t seed)
{
	unsigned i;

	for (i = 0; i < c->machine.disk_count; i++) {
		note_used(c, i);
		cached_disk_cut(&c->disks[i], seed, c->images[i]);
	}
}

static void apply(struct checker *c, size_t place)
{
	unsigned i;

	for (i = 0; i < c->machine.disk_count; i++)
		cached_disk_apply(&c->disks[i], i, &c->trace.events[place]);
}

/* --- marks --- */

static void keep(struct watched *watched, uint64_t number)
{
	uint64_t n = watched->kept ? watched->kept : watched->first;

	while (watched->blocks && ++n <= number)
		watched->at_least[numbered_place(n, watched->blocks)] = n;
	watched->kept = number;
}

static void read_mark(struct checker *c, const struct trace_event *event)
{
	char text[128];

	snprintf(text, sizeof(text), "%.*s", (int)event->head.len, (const char *)event->data);
	if (!strcmp(text, "start"))
		c->stage = STAGE_DURING;
	else if (!strcmp(text, "done"))
		c->stage = STAGE_AFTER;
	else if (!strncmp(text, "kept ", 5))
		keep(&c->watched, strtoull(text + 5, NULL, 10));
}

/* --- what was found --- */

static void complain(const struct checker *c, const struct point *point, const char *what,
		     const char *detail)
{
	if (c->tried - c->survived > TOLD)
		return;
	fprintf(stderr, "cut at %zu of %zu, seed %" PRIu64 ": %s%s%s\n", point->place,
		c->trace.count, point->seed, what, *detail ? ":\n" : "", detail);
	if (c->machine.messages_len)
		fprintf(stderr, "messages:\n%s", c->machine.messages);
}

static bool is_written(const struct watched *watched, const uint8_t *sector, uint64_t number)
{
	uint64_t block = number / (NUMBERED_BLOCK / NUMBERED_SECTOR), found;

	return numbered_read(sector, number, &found) && found > watched->first &&
	       found >= watched->at_least[block] && numbered_place(found, watched->blocks) == block;
}

/* The contents of what is written to: what was there before the first write, or a write of its place, not
 * older than the last that was kept.  Returns the first sector that is neither, or -1. */
static int64_t check_written(const struct watched *watched, const struct volume *source,
			     const struct volume *final, const uint8_t *data)
{
	uint64_t sector, block, at;
	const uint8_t *old;

	for (sector = 0; sector < final->size / NUMBERED_SECTOR; sector++) {
		block = sector / (NUMBERED_BLOCK / NUMBERED_SECTOR);
		at = sector * NUMBERED_SECTOR;
		old = block < watched->blocks ? source->data + at : final->data + at;
		if ((block >= watched->blocks || !watched->at_least[block]) &&
		    !memcmp(data + at, old, NUMBERED_SECTOR))
			continue;
		if (block >= watched->blocks || !is_written(watched, data + at, sector))
			return (int64_t)sector;
	}
	return -1;
}

static int64_t first_difference(const struct volume *wanted, const uint8_t *data)
{
	size_t i;

	if (!memcmp(wanted->data, data, wanted->size))
		return -1;
	for (i = 0; wanted->data[i] == data[i]; i++)
		;
	return (int64_t)(i / NUMBERED_SECTOR);
}

static bool is_watched(const struct checker *c, const struct scene *wanted,
		       const struct volume *volume)
{
	const struct watched *watched = &c->watched;

	if (!watched->blocks)
		return false;
	if (wanted == &c->before)
		return !c->undone_before && !strcmp(volume->name, watched->before);
	return !strcmp(volume->name, watched->after);
}

static bool check_volume(struct checker *c, struct scene *wanted, const struct volume *volume,
			 const struct point *point)
{
	struct watched *watched = &c->watched;
	const char *source = wanted == &c->before ? watched->before : watched->source;
	const struct volume *model = scene_find(wanted, volume->name);
	char detail[SCENE_NAME + 64];
	int64_t bad = -2;
	size_t size = 0;
	int r = volume_read_into(volume, c->room, ROOM, &size);

	if (r >= 0 && model && size == model->size)
		bad = is_watched(c, wanted, volume)
			      ? check_written(watched, scene_find(&c->before, source), model,
					      c->room)
			      : first_difference(model, c->room);
	if (bad == -1)
		return true;
	snprintf(detail, sizeof(detail), "%s: size %zu, sector %" PRId64 ", read: %d\n",
		 volume->name, size, bad, r);
	complain(c, point,
		 wanted == &c->before ? "not the contents before" : "not the contents after",
		 detail);
	return false;
}

static bool check_contents(struct checker *c, struct scene *wanted, const struct scene *found,
			   const struct point *point)
{
	unsigned i;

	const char *nobodys = wanted == &c->before ? c->nobodys_before : c->nobodys_after;

	for (i = 0; i < found->count; i++) {
		if (nobodys && !strcmp(found->volumes[i].name, nobodys))
			continue;
		if (!check_volume(c, wanted, &found->volumes[i], point))
			return false;
	}
	return true;
}

/* The state that was found; NULL, said, if it is neither or not one that may be there now. */
static struct scene *which(struct checker *c, const struct scene *found, const struct point *point)
{
	if (c->stage != STAGE_BEFORE && !strcmp(found->text, c->after.text))
		return &c->after;
	if (c->stage != STAGE_AFTER && !strcmp(found->text, c->before.text))
		return &c->before;
	complain(c, point, "neither before nor after", found->text);
	return NULL;
}

/* --- a point --- */

/* What a merge shows while it goes on is what it shows when it is done.  One that was pending before and
 * is not after is the state before's. */
static bool check_merging(struct checker *c, const struct scene *found, const struct point *point)
{
	struct scene *wanted = c->before.merged && !c->after.merged ? &c->before : &c->after;
	const struct volume *volume;
	unsigned i;

	for (i = 0; i < found->count; i++) {
		volume = &found->volumes[i];
		if (scene_find(wanted, volume->name) && !check_volume(c, wanted, volume, point))
			return false;
	}
	return true;
}

/* Wait for the end of all merges, if any. */
static int finish_merges(struct machine *machine, struct scene *found)
{
	unsigned tries;
	int r = 0;

	for (tries = 0; found->merging && tries < MERGE_TRIES && r >= 0; tries++) {
		scene_release(found);
		usleep(1000);
		r = machine_recover(machine);
		r = r < 0 ? r : scene_take(machine, found);
	}
	found->merged = tries > 0;
	return r < 0 ? r : found->merging ? -ETIMEDOUT : 0;
}

/* A device's label is made ready before the commit that makes it a member (store/transaction.h), and
 * svgck does not like what a cut in between leaves. */
static bool is_examined(const struct checker *c, const struct scene *wanted)
{
	return c->tried % EXAMINE_EACH == 0 && !(c->joins && wanted == &c->before);
}

static bool check_started(struct checker *c, struct scene *found, const struct point *point)
{
	struct scene *wanted;

	if (found->merging && !check_merging(c, found, point))
		return false;
	if (finish_merges(&c->machine, found) < 0) {
		complain(c, point, "a merge does not end", found->text ? found->text : "");
		return false;
	}
	wanted = which(c, found, point);
	if (!wanted || !check_contents(c, wanted, found, point))
		return false;
	if (is_examined(c, wanted) && machine_examine(&c->machine) < 0) {
		complain(c, point, "svgck is not content", "");
		return false;
	}
	return true;
}

static bool check_point(struct checker *c, const struct point *point)
{
	enum start_order order = (point->place + point->seed) % 2 ? START_AT_ONCE : START_RECOVERED;
	struct scene found = { .count = 0 };
	bool good = false;
	int r;

	put_images(c, point->seed);
	r = machine_start(&c->machine, order);
	r = r < 0 ? r : scene_take(&c->machine, &found);
	if (r < 0)
		complain(c, point, "the machine does not start", "");
	else
		good = check_started(c, &found, point);
	scene_release(&found);
	if (machine_stop(&c->machine) < 0) {
		complain(c, point, "the machine does not stop", "");
		exit(2);
	}
	return good;
}

static void try_point(struct checker *c, size_t place)
{
	struct point point = { .place = place };

	if (c->seed)
		point.seed = c->seed * 1000003 + place;
	c->tried++;
	if (check_point(c, &point))
		c->survived++;
}

/* --- the states before and after --- */

static void take_model(struct checker *c, struct scene *scene)
{
	unsigned i;

	put_images(c, 0);
	if (machine_start(&c->machine, START_RECOVERED) < 0 || scene_take(&c->machine, scene) < 0 ||
	    finish_merges(&c->machine, scene) < 0) {
		fprintf(stderr, "cuts: no model: %s\n%s", c->machine.messages,
			scene->text ? scene->text : "");
		exit(2);
	}
	for (i = 0; i < scene->count; i++)
		if (volume_read(&scene->volumes[i]) < 0)
			die(scene->volumes[i].name);
	machine_stop(&c->machine);
}

/* From the beginning to the end, and back to the beginning. */
static void take_models(struct checker *c)
{
	char path[PATH_LEN];
	unsigned i;
	size_t place;

	take_model(c, &c->before);
	for (place = 0; place < c->trace.count; place++)
		apply(c, place);
	take_model(c, &c->after);
	for (i = 0; i < c->machine.disk_count; i++) {
		cached_disk_release(&c->disks[i]);
		snprintf(path, sizeof(path), "%s/disk%u.before", c->directory, i);
		if (cached_disk_init(&c->disks[i], path) < 0)
			exit(2);
	}
}

/* The highest number in a snapshot of what was written to. */
static uint64_t newest_in(const struct watched *watched, const struct volume *snapshot)
{
	uint64_t sector, number, newest = 0;

	for (sector = 0; sector < watched->blocks * (NUMBERED_BLOCK / NUMBERED_SECTOR); sector++)
		if (numbered_read(snapshot->data + sector * NUMBERED_SECTOR, sector, &number) &&
		    number > watched->first && number > newest)
			newest = number;
	return newest;
}

/* With all writes up to one and none after it. */
static bool is_one_instant(struct checker *c, const struct volume *snapshot, uint64_t newest)
{
	struct watched instant = c->watched;

	instant.kept = 0;
	memset(instant.at_least, 0, sizeof(instant.at_least));
	keep(&instant, newest);
	return check_written(&instant, scene_find(&c->before, instant.before), snapshot,
			     snapshot->data) == -1;
}

static bool check_instants(struct checker *c)
{
	uint64_t kept_at_start = 0, newest;
	const struct volume *snapshot;
	unsigned i;
	size_t place;

	for (place = 0; place < c->trace.count && c->stage == STAGE_BEFORE; place++)
		if (c->trace.events[place].head.kind == TRACE_MARK)
			read_mark(c, &c->trace.events[place]);
	kept_at_start = c->watched.kept;
	c->stage = STAGE_BEFORE;
	c->watched.kept = 0;
	memset(c->watched.at_least, 0, sizeof(c->watched.at_least));
	for (i = 0; i < c->taken_count; i++) {
		snapshot = scene_find(&c->after, c->taken[i]);
		newest = newest_in(&c->watched, snapshot);
		if (!snapshot || newest < kept_at_start || !is_one_instant(c, snapshot, newest)) {
			fprintf(stderr, "%s: is not one instant of its origin\n", c->taken[i]);
			return false;
		}
	}
	return true;
}

/* --- commands --- */

static void read_watched(struct watched *watched, const char *text)
{
	if (sscanf(text, "%127[^,],%127[^,],%127[^,],%" SCNu32 ",%" SCNu64, watched->before,
		   watched->after, watched->source, &watched->blocks, &watched->first) != 5 ||
	    watched->blocks > MOST_BLOCKS) {
		fprintf(stderr, "cuts: -w %s: not understood\n", text);
		exit(2);
	}
}

static void open_machine(struct checker *c, const char *suffix)
{
	unsigned i;

	open_disks(c);
	for (i = 0; i < c->machine.disk_count; i++)
		make_image(c, i, suffix);
}

static int check(struct checker *c)
{
	size_t place;
	unsigned i;

	open_machine(c, "now");
	for (i = 0; i < c->machine.disk_count; i++)
		attach(c, i);
	c->room = aligned_alloc(TRACE_PAGE, ROOM);
	if (!c->room)
		die("cuts");
	machine_stop(&c->machine);
	take_models(c);
	if (!strcmp(c->before.text, c->after.text) != c->changes_nothing) {
		fprintf(stderr, "cuts: the command changed %s:\n%s",
			c->changes_nothing ? "something" : "nothing", c->after.text);
		exit(2);
	}
	if (!check_instants(c))
		return 1;
	for (place = 0; place < c->trace.count; place++) {
		apply(c, place);
		if (c->trace.events[place].head.kind == TRACE_MARK)
			read_mark(c, &c->trace.events[place]);
		if (place % c->step == c->seed % c->step)
			try_point(c, place + 1);
	}
	printf("%u %u\n", c->tried, c->survived);
	return c->tried && c->survived == c->tried ? 0 : 1;
}

static int cut(struct checker *c, size_t place, uint64_t seed)
{
	size_t i;

	open_machine(c, "cut");
	for (i = 0; i < place && i < c->trace.count; i++)
		apply(c, i);
	put_images(c, seed);
	return 0;
}

static int count(struct checker *c)
{
	open_disks(c);
	printf("%zu\n", c->trace.count);
	return 0;
}

static int usage(void)
{
	fprintf(stderr,
		"usage: cuts check [-s STEP] [-r SEED] [-w BEFORE,AFTER,SOURCE,BLOCKS,NUMBER]\n"
		"                  [-i NAME]... [-b NAME] [-a NAME] [-u] [-j] [-n] DIR\n"
		"       cuts cut DIR PLACE SEED\n"
		"       cuts count DIR\n");
	return 2;
}

static int check_with(struct checker *c, int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "s:r:w:i:b:a:nuj")) >= 0) {
		if (option == 's')
			c->step = (unsigned)strtoul(optarg, NULL, 10);
		else if (option == 'r')
			c->seed = strtoull(optarg, NULL, 10);
		else if (option == 'w')
			read_watched(&c->watched, optarg);
		else if (option == 'b')
			c->nobodys_before = optarg;
		else if (option == 'a')
			c->nobodys_after = optarg;
		else if (option == 'u')
			c->undone_before = true;
		else if (option == 'j')
			c->joins = true;
		else if (option == 'n')
			c->changes_nothing = true;
		else if (option == 'i' && c->taken_count < SCENE_VOLUMES)
			c->taken[c->taken_count++] = optarg;
		else
			return usage();
	}
	if (optind != argc - 1 || !c->step)
		return usage();
	if (!getenv("SNAPVOL_TEST_KERNEL") || strcmp(getenv("SNAPVOL_TEST_KERNEL"), "guest")) {
		fprintf(stderr,
			"cuts: takes every device out of the kernel: for test guests only\n");
		return 2;
	}
	c->directory = argv[optind];
	return check(c);
}

int main(int argc, char **argv)
{
	struct checker *c = calloc(1, sizeof(*c));
	int r;

	if (!c || argc < 3)
		return usage();
	/* giving memory back and faulting it in again is what costs most in a guest */
	mallopt(M_MMAP_THRESHOLD, ROOM);
	mallopt(M_TRIM_THRESHOLD, 4 * ROOM);
	c->step = 1;
	if (!strcmp(argv[1], "check")) {
		r = check_with(c, argc - 1, argv + 1);
		free(c);
		return r;
	}
	c->directory = argv[2];
	if (!strcmp(argv[1], "cut") && argc == 5)
		return cut(c, strtoul(argv[3], NULL, 10), strtoull(argv[4], NULL, 10));
	if (!strcmp(argv[1], "count") && argc == 3)
		return count(c);
	return usage();
}
