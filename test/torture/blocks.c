/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A writer whose every write is accounted for, and those who look at what came of it.
 *
 *	blocks write STATE DEVICE...	writes until it is killed, or a write fails
 *	blocks insist STATE DEVICE...	the same, but writes again what failed, until it does not
 *	blocks watch STATE DEVICE...	reads the writer's region of each, which is not to change, until it is killed
 *	blocks watched STATE		it has been round at least once, and none has changed
 *	blocks fresh STATE		orders some writes to blocks that were not written to yet; fails if there are
 *					no more such blocks, then, for the next order
 *	blocks verify STATE		each device holds all that was acknowledged
 *	blocks cut STATE DEVICE...	these (snapshots of the devices, in their order) show one instant
 *	blocks sums STATE DEVICE...	a line for each: name, sum of the writer's region, sum of the fresh
 *					blocks behind it, sum of the rest
 *
 * The writer writes the numbers 1, 2, 3 … each to the next of its slots: slot s is block s / DEVICES
 * of device s % DEVICES, and every word of the block says the number and its own place.  One write
 * is complete before the next begins, and is acknowledged only then; STATE, a file, says how far it has got.  So
 * after the first round the numbers on all slots of one instant are consecutive, the greatest being the last
 * written.  Who watches has a STATE of his own.
 *
 * Whatever snapshot there was has copied those slots soon, and what was lost of them is soon written again.  So some
 * blocks behind them are written once, by order: they tell after which number that was, for ever.
 *
 * verify stops the writer for as long as it reads.  Devices of the writer are known by their
 * number, as they may be renamed; the sums of what is written to are "-".
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

enum {
	BLOCK = 4096,
	WORDS = BLOCK / sizeof(uint64_t),
	BLOCKS = 16, /* of each device, from its beginning */
	FRESH = 24,  /* behind these */
	ORDER = 3,   /* of them */
	REGION = (BLOCKS + FRESH) * BLOCK,
	MOST = 8, /* devices */
	PIECE = 256 * 1024,
	WRITE_PAUSE_US = 8000, /* a dozen writes while a command works, and time for others */
	PAUSE_US = 2000,
	PATIENCE = 1500, /* pauses to wait for the writer: 3 s */
};

struct state {
	atomic_ullong acknowledged;
	atomic_int hold, held; /* the order to stop, 0: none; the one that is obeyed */
	atomic_int orders;
	unsigned devices;
	dev_t numbers[MOST];
	atomic_uint fresh_ordered, fresh_done;
	uint64_t fresh_after[MOST * FRESH]; /* numbers */
	atomic_uint rounds, changed; /* of who watches; which device, from 1 */
};

static void pause_us(long us)
{
	struct timespec time = { .tv_nsec = us * 1000 };

	nanosleep(&time, NULL);
}

static int complain(const char *name, const char *what)
{
	fprintf(stderr, "blocks: %s: %s\n", name, what);
	return 1;
}

static void *buffer(void)
{
	void *memory;

	if (posix_memalign(&memory, BLOCK, PIECE))
		exit(complain("memory", strerror(ENOMEM)));
	return memory;
}

static int open_device(const char *name, int flags)
{
	int fd = open(name, flags | O_DIRECT | O_CLOEXEC);

	if (fd < 0)
		exit(complain(name, strerror(errno)));
	return fd;
}

static struct state *map_state(const char *name)
{
	int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	void *state;

	if (fd < 0 || ftruncate(fd, sizeof(struct state)) < 0)
		exit(complain(name, strerror(errno)));
	state = mmap(NULL, sizeof(struct state), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (state == MAP_FAILED)
		exit(complain(name, strerror(errno)));
	return state;
}

/* --- what a block says --- */

static uint64_t word_of(uint64_t number, unsigned place)
{
	return number * WORDS + place;
}

static void fill(uint64_t *block, uint64_t number)
{
	unsigned i;

	for (i = 0; i < WORDS; i++)
		block[i] = word_of(number, i);
}

/* 0 for a block that is none of the writer's, or torn. */
static uint64_t number_on(const uint64_t *block)
{
	uint64_t number = block[0] / WORDS;
	unsigned i;

	for (i = 0; i < WORDS; i++)
		if (block[i] != word_of(number, i))
			return 0;
	return number;
}

/* --- the writer --- */

static void obey(struct state *state)
{
	int order = atomic_load(&state->hold);

	while (order) {
		atomic_store(&state->held, order);
		pause_us(PAUSE_US);
		order = atomic_load(&state->hold);
	}
}

/* Nobody is to look while it is not known what of a write is there. */
static bool write_block(int fd, const uint64_t *block, uint64_t place, bool insists)
{
	while (pwrite(fd, block, BLOCK, (off_t)(place * BLOCK)) != BLOCK) {
		if (!insists)
			return false;
		pause_us(PAUSE_US);
	}
	return true;
}

/* What a fresh block says. */
static uint64_t fresh_number(uint64_t after)
{
	return after + (UINT64_C(1) << 40);
}

/* The device that was written to, or -1 with none. */
static int write_fresh(struct state *state, const int *fds, uint64_t *block, uint64_t number, bool insists)
{
	const unsigned i = atomic_load(&state->fresh_done), count = state->devices;

	if (i >= atomic_load(&state->fresh_ordered) || i >= count * FRESH)
		return -1;
	fill(block, fresh_number(number));
	if (!write_block(fds[i % count], block, BLOCKS + i / count, insists))
		return (int)(i % count);
	state->fresh_after[i] = number;
	atomic_store(&state->fresh_done, i + 1);
	return -1;
}

static int run_writer(struct state *state, char **names, unsigned count, bool insists)
{
	uint64_t number, slot, *block = buffer();
	struct stat st;
	int fds[MOST];
	unsigned i;
	int failed;

	state->devices = count;
	for (i = 0; i < count; i++) {
		fds[i] = open_device(names[i], O_WRONLY);
		if (fstat(fds[i], &st) < 0)
			return complain(names[i], strerror(errno));
		state->numbers[i] = st.st_rdev;
	}
	for (number = 1;; number++) {
		obey(state);
		slot = (number - 1) % ((uint64_t)count * BLOCKS);
		fill(block, number);
		if (!write_block(fds[slot % count], block, slot / count, insists))
			return complain(names[slot % count], strerror(errno));
		atomic_store(&state->acknowledged, number);
		if (number <= (uint64_t)count * BLOCKS)
			continue;
		failed = write_fresh(state, fds, block, number, insists);
		if (failed >= 0)
			return complain(names[failed], strerror(errno));
		pause_us(WRITE_PAUSE_US);
	}
}

/* --- those who look --- */

/* What is to be read of a device. */
struct region {
	uint64_t slots[MOST * BLOCKS], fresh[MOST * FRESH]; /* numbers */
};

/* The numbers on all slots; false, told, if one of them has none.  And those of fresh blocks, 0 for none. */
static bool read_slots(char **names, unsigned count, struct region *found)
{
	uint64_t *region = buffer();
	unsigned device, i;
	bool good = true;
	int fd;

	for (device = 0; device < count; device++) {
		fd = open_device(names[device], O_RDONLY);
		if (pread(fd, region, REGION, 0) != REGION)
			exit(complain(names[device], strerror(errno)));
		close(fd);
		for (i = 0; i < BLOCKS; i++) {
			found->slots[i * count + device] = number_on(region + i * WORDS);
			if (!found->slots[i * count + device])
				good = false;
		}
		for (i = 0; i < FRESH; i++)
			found->fresh[i * count + device] = number_on(region + (BLOCKS + i) * WORDS);
	}
	free(region);
	if (!good)
		complain(names[0], "holds a block that the writer did not write");
	return good;
}

/* Whether the slots show what was there when "last" had been written, and nothing later. */
static int compare_slots(const char *name, const uint64_t *slots, unsigned count, uint64_t last)
{
	unsigned i, slot;

	for (i = 0; i < count; i++) {
		slot = (unsigned)((last - 1 - i) % count);
		if (slots[slot] == last - i)
			continue;
		fprintf(stderr, "blocks: %s: slot %u has number %" PRIu64 ", not %" PRIu64 "\n",
			name, slot, slots[slot], last - i);
		return 1;
	}
	return 0;
}

/* Those that were written before "last" was are there, and no others; that which came right after that may be. */
static int compare_fresh(const struct state *state, const char *name, const uint64_t *fresh, unsigned done,
			 unsigned count, uint64_t last)
{
	unsigned i;

	for (i = 0; i < count * FRESH; i++) {
		const uint64_t after = i < done ? state->fresh_after[i] : UINT64_MAX;
		const uint64_t wanted = after <= last ? fresh_number(after) : 0;

		if (fresh[i] == wanted || (after == last && !fresh[i]))
			continue;
		fprintf(stderr, "blocks: %s: fresh block %u has number %" PRIu64 ", not %" PRIu64 "\n", name, i,
			fresh[i], wanted);
		return 1;
	}
	return 0;
}

static void hold(struct state *state)
{
	int order = atomic_fetch_add(&state->orders, 1) + 1;
	unsigned i;

	atomic_store(&state->hold, order);
	for (i = 0; i < PATIENCE && atomic_load(&state->held) != order; i++)
		pause_us(PAUSE_US);
	if (i == PATIENCE)
		exit(complain("writer", "does not come to the end of a write"));
}

/* The node of a dm device of this number; no udevd need be there. */
static void find_node(dev_t number, char *path, size_t room)
{
	char sysfs[64], name[128] = "";
	FILE *file;

	snprintf(sysfs, sizeof(sysfs), "/sys/dev/block/%u:%u/dm/name", major(number),
		 minor(number));
	file = fopen(sysfs, "re");
	if (!file || fscanf(file, "%127s", name) != 1)
		exit(complain(sysfs, "the writer's device is gone"));
	fclose(file);
	snprintf(path, room, "/dev/mapper/%s", name);
}

static int verify(struct state *state)
{
	char paths[MOST][160], *names[MOST];
	struct region found;
	uint64_t last;
	unsigned i;
	int r = 1;

	for (i = 0; i < state->devices; i++) {
		find_node(state->numbers[i], paths[i], sizeof(paths[i]));
		names[i] = paths[i];
	}
	hold(state);
	last = atomic_load(&state->acknowledged);
	if (read_slots(names, state->devices, &found))
		r = compare_slots("origin", found.slots, state->devices * BLOCKS, last) ||
		    compare_fresh(state, "origin", found.fresh, atomic_load(&state->fresh_done),
				  state->devices, last + 1);
	atomic_store(&state->hold, 0);
	return r;
}

static int cut(const struct state *state, char **names, unsigned count)
{
	const unsigned done = atomic_load(&state->fresh_done); /* later ones are none of this instant */
	struct region found;
	uint64_t last = 0;
	unsigned i;

	if (count != state->devices || !read_slots(names, count, &found))
		return 1;
	for (i = 0; i < count * BLOCKS; i++)
		if (found.slots[i] > last)
			last = found.slots[i];
	return compare_slots(names[0], found.slots, count * BLOCKS, last) ||
	       compare_fresh(state, names[0], found.fresh, done, count, last);
}

/* Whether there will be enough for another order. */
static int order_fresh(struct state *state)
{
	const unsigned most = state->devices * FRESH;
	const unsigned ordered = atomic_fetch_add(&state->fresh_ordered, ORDER) + ORDER;

	return ordered + ORDER > most;
}

/* --- who watches --- */

/* Fresh blocks, too: of the slots all is copied by then, of these it is while they are read. */
static bool read_region(int fd, uint64_t *region)
{
	return pread(fd, region, REGION, 0) == REGION;
}

/* What cannot be read, because it is invalid by now or its device is away, has not changed. */
static int watch(struct state *state, char **names, unsigned count)
{
	uint64_t *first[MOST], *now = buffer();
	int fds[MOST];
	unsigned i;

	for (i = 0; i < count; i++) {
		fds[i] = open_device(names[i], O_RDONLY);
		first[i] = buffer();
		if (!read_region(fds[i], first[i]))
			return complain(names[i], strerror(errno));
	}
	for (;;) {
		for (i = 0; i < count; i++)
			if (read_region(fds[i], now) && memcmp(first[i], now, REGION) != 0)
				atomic_store(&state->changed, i + 1);
		atomic_fetch_add(&state->rounds, 1);
		pause_us(WRITE_PAUSE_US);
	}
}

static int watched(const struct state *state)
{
	const unsigned changed = atomic_load(&state->changed);

	if (changed)
		fprintf(stderr, "blocks: watched device %u has changed\n", changed);
	return changed || !atomic_load(&state->rounds);
}

/* --- sums --- */

/* FNV-1a, by words. */
static uint64_t add(uint64_t sum, const uint64_t *words, size_t count)
{
	while (count--)
		sum = (sum ^ *words++) * 0x100000001b3;
	return sum;
}

static bool is_written(const struct state *state, dev_t number)
{
	unsigned i;

	for (i = 0; i < state->devices; i++)
		if (state->numbers[i] == number)
			return true;
	return false;
}

static void print_sums(const struct state *state, const char *name, uint64_t *words)
{
	uint64_t slots = 0xcbf29ce484222325, fresh = slots, rest = slots;
	int fd = open_device(name, O_RDONLY);
	struct stat st;
	ssize_t n;

	n = read(fd, words, REGION);
	if (n == REGION) {
		slots = add(slots, words, BLOCKS * WORDS);
		fresh = add(fresh, words + BLOCKS * WORDS, FRESH * WORDS);
	}
	while (n > 0) {
		n = read(fd, words, PIECE);
		if (n > 0)
			rest = add(rest, words, (size_t)n / sizeof(*words));
	}
	if (n < 0 || fstat(fd, &st) < 0)
		printf("%s unreadable\n", name);
	else if (is_written(state, st.st_rdev))
		printf("%s - - %016" PRIx64 "\n", name, rest);
	else
		printf("%s %016" PRIx64 " %016" PRIx64 " %016" PRIx64 "\n", name, slots, fresh, rest);
	close(fd);
}

static int sums(const struct state *state, char **names, unsigned count)
{
	uint64_t *words = buffer();
	unsigned i;

	for (i = 0; i < count; i++)
		print_sums(state, names[i], words);
	return 0;
}

int main(int argc, char **argv)
{
	struct state *state = argc > 2 ? map_state(argv[2]) : NULL;
	unsigned count = argc > 3 ? (unsigned)argc - 3 : 0;
	char **names = argv + 3;

	if (!state || (count > MOST && strcmp(argv[1], "sums")))
		return 2;
	if (!strcmp(argv[1], "write") || !strcmp(argv[1], "insist"))
		return run_writer(state, names, count, !strcmp(argv[1], "insist"));
	if (!strcmp(argv[1], "watch"))
		return watch(state, names, count);
	if (!strcmp(argv[1], "watched"))
		return watched(state);
	if (!strcmp(argv[1], "fresh"))
		return order_fresh(state);
	if (!strcmp(argv[1], "verify"))
		return verify(state);
	if (!strcmp(argv[1], "cut"))
		return cut(state, names, count);
	return strcmp(argv[1], "sums") ? 2 : sums(state, names, count);
}
