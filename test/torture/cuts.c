/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cuts check [OPTION...] DIR: for places in DIR/trace put the disks, which were DIR/disk0.before …, into
 * a state that a power cut there may have left, start a machine with them (scene.h), and judge what is
 * found (verdict.h).  The models of the states before and after are left in DIR.
 *
 * The last line is "TRIED SURVIVED".  Status 0 only if all did, and something was tried.
 *
 *	-s STEP		each STEPth place (1)
 *	-r SEED		what is durable and a random part of the rest; without it or with 0 all that was
 *			written before the cut
 *	-w BLOCKS,NUMBER	somebody writes, to so many blocks of each volume, and which number was before his
 *			first; see writer.c
 *	-v BEFORE,AFTER,SOURCE
 *			a volume that he writes to, in his order: its device, that one's name after the command, and
 *			the device whose contents it had before the first write of the state after
 *	-i NAME		a snapshot that the command takes: one of each of these, in their order
 *	-l COUNT	ask LVM2 at each of so many places that survived so far (never)
 *	-b NAME, -a NAME	the contents of this volume before (after) are nobody's any more (yet):
 *			a store that the command makes a snapshot's, or that it splits from one
 *	-u		in the state before, a merge that was pending takes back what was written
 *	-n		the command changes nothing that outlives the kernel
 *
 * cuts judge [OPTION...] DIR PLACE NODE...: judge a machine that was started otherwise, with these disks in
 * the state of that place.
 *
 * cuts cut DIR PLACE SEED: write such a state as DIR/disk0.cut ….
 * cuts count DIR: the number of places.
 */
#include "base/log.h"
#include "scene.h"
#include "trace.h"
#include "verdict.h"

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
#include <unistd.h>

enum { PATH_LEN = 256, KEPT_MEMORY = 16 << 20 };

struct checker {
	const char *directory;
	struct trace trace;
	struct cached_disk disks[TRACE_DISKS];
	uint8_t *images[TRACE_DISKS]; /* what the loop devices show */
	int image_fds[TRACE_DISKS], loop_fds[TRACE_DISKS];
	struct machine machine;
	struct expected expected;
	uint64_t seed;
	unsigned step, first, tried, survived;
};

struct point {
	size_t place;
	uint64_t seed;
	char name[PATH_LEN];
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

static void refuse(struct checker *c, const struct point *point, const char *what)
{
	expected_refuse(&c->expected, point->name, what, "");
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
		refuse(c, point, "the machine does not start");
	else
		good = expected_judge(&c->expected, &found, point->name);
	scene_release(&found);
	if (machine_stop(&c->machine) < 0) {
		refuse(c, point, "the machine does not stop");
		exit(2);
	}
	return good;
}

static void try_point(struct checker *c, size_t place)
{
	struct point point = { .place = place };

	if (c->seed)
		point.seed = c->seed * 1000003 + place;
	snprintf(point.name, sizeof(point.name), "cut at %zu of %zu, seed %" PRIu64, place,
		 c->trace.count, point.seed);
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
	    machine_settle(&c->machine, scene) < 0) {
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

	take_model(c, &c->expected.before);
	for (place = 0; place < c->trace.count; place++)
		apply(c, place);
	take_model(c, &c->expected.after);
	for (i = 0; i < c->machine.disk_count; i++) {
		cached_disk_release(&c->disks[i]);
		snprintf(path, sizeof(path), "%s/disk%u.before", c->directory, i);
		if (cached_disk_init(&c->disks[i], path) < 0)
			exit(2);
	}
	if (expected_save(&c->expected, c->directory) < 0)
		exit(2);
}

/* A command that did nothing would survive everything. */
static void compare_models(const struct expected *expected)
{
	if (!strcmp(expected->before.text, expected->after.text) == expected->changes_nothing)
		return;
	fprintf(stderr, "cuts: the command changed %s:\n%s",
		expected->changes_nothing ? "something" : "nothing", expected->after.text);
	exit(2);
}

/* --- commands --- */

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
	machine_stop(&c->machine);
	take_models(c);
	compare_models(&c->expected);
	if (!expected_instants(&c->expected, &c->trace))
		return 1;
	for (place = 0; place < c->trace.count; place++) {
		apply(c, place);
		expected_event(&c->expected, &c->trace.events[place]);
		if (place % c->step == c->first % c->step)
			try_point(c, place + 1);
	}
	printf("%u %u\n", c->tried, c->survived);
	return c->tried && c->survived == c->tried ? 0 : 1;
}

/* The machine has been started by others, with the disks named. */
static int judge(struct checker *c, size_t place, char *const *nodes)
{
	struct scene found;
	char name[PATH_LEN];
	size_t i;

	open_disks(c);
	for (i = 0; i < c->machine.disk_count && nodes[i]; i++)
		snprintf(c->machine.disks[i], sizeof(c->machine.disks[i]), "%s", nodes[i]);
	if (i != c->machine.disk_count || expected_load(&c->expected, c->directory) < 0)
		return 2;
	for (i = 0; i < place && i < c->trace.count; i++)
		expected_event(&c->expected, &c->trace.events[i]);
	snprintf(name, sizeof(name), "rebooted after %zu of %zu", place, c->trace.count);
	if (scene_take(&c->machine, &found) >= 0)
		return expected_judge(&c->expected, &found, name) ? 0 : 1;
	expected_refuse(&c->expected, name, "nothing can be seen", "");
	return 1;
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
		"usage: cuts check [-s STEP] [-f FIRST] [-r SEED] [-w BLOCKS,NUMBER]\n"
		"                  [-v BEFORE,AFTER,SOURCE]... [-i NAME]... [-b NAME] [-a NAME]\n"
		"                  [-l COUNT] [-u] [-n] DIR\n"
		"       cuts judge [OPTION...] DIR PLACE NODE...\n"
		"       cuts cut DIR PLACE SEED\n"
		"       cuts count DIR\n");
	return 2;
}

static bool read_options(struct checker *c, int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "s:f:r:" EXPECTED_OPTIONS)) >= 0) {
		if (option == 's')
			c->step = (unsigned)strtoul(optarg, NULL, 10);
		else if (option == 'f')
			c->first = (unsigned)strtoul(optarg, NULL, 10);
		else if (option == 'r')
			c->seed = strtoull(optarg, NULL, 10);
		else if (!expected_option(&c->expected, option, optarg))
			return false;
	}
	return c->step && optind < argc && expected_is_whole(&c->expected);
}

static bool is_guest(void)
{
	const char *kernel = getenv("SNAPVOL_TEST_KERNEL");

	if (kernel && !strcmp(kernel, "guest"))
		return true;
	fprintf(stderr, "cuts: takes every device out of the kernel: for test guests only\n");
	return false;
}

static int run(struct checker *c, int argc, char **argv)
{
	const char *command = argv[1];
	int count_of_words;

	if (!read_options(c, argc - 1, argv + 1))
		return usage();
	argv += 1 + optind;
	count_of_words = argc - 1 - optind;
	c->directory = argv[0];
	if (!strcmp(command, "check") && count_of_words == 1)
		return is_guest() ? check(c) : 2;
	if (!strcmp(command, "judge") && count_of_words > 2)
		return judge(c, strtoul(argv[1], NULL, 10), argv + 2);
	if (!strcmp(command, "cut") && count_of_words == 3)
		return cut(c, strtoul(argv[1], NULL, 10), strtoull(argv[2], NULL, 10));
	if (!strcmp(command, "count") && count_of_words == 1)
		return count(c);
	return usage();
}

int main(int argc, char **argv)
{
	struct checker *c = calloc(1, sizeof(*c));
	int r;

	if (!c || argc < 3)
		return usage();
	/* giving memory back and faulting it in again is what costs most in a guest */
	mallopt(M_MMAP_THRESHOLD, KEPT_MEMORY);
	mallopt(M_TRIM_THRESHOLD, 4 * KEPT_MEMORY);
	log_set_verbosity(-1);
	c->step = 1;
	c->expected.machine = &c->machine;
	r = run(c, argc, argv);
	free(c);
	return r;
}
