/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verdict.h"

#include "lvm2.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROOM = 16 << 20, MERGE_TRIES = 5000, TOLD = 5, RENEW_EACH = 4, PATH_LEN = 512 };

/* --- what was said --- */

static bool read_writing(struct writing *writing, const char *text)
{
	return sscanf(text, "%" SCNu32 ",%" SCNu64, &writing->blocks, &writing->first) == 2 &&
	       writing->blocks && writing->blocks <= MOST_BLOCKS;
}

static bool read_watched(struct writing *writing, const char *text)
{
	struct watched *watched = &writing->volumes[writing->count];

	return writing->count++ < NUMBERED_DEVICES &&
	       sscanf(text, "%127[^,],%127[^,],%127[^,]", watched->before, watched->after,
		      watched->source) == 3;
}

bool expected_option(struct expected *e, int option, const char *value)
{
	switch (option) {
	case 'w':
		return read_writing(&e->writing, value);
	case 'v':
		return read_watched(&e->writing, value);
	case 'i':
		if (e->taken_count == NUMBERED_DEVICES)
			return false;
		e->taken[e->taken_count++] = value;
		return true;
	case 'b':
		e->nobodys_before = value;
		return true;
	case 'a':
		e->nobodys_after = value;
		return true;
	case 'l':
		e->lvm2_each = (unsigned)strtoul(value, NULL, 10);
		return true;
	case 'u':
		e->undone_before = true;
		return true;
	case 'n':
		e->changes_nothing = true;
		return true;
	}
	return false;
}

bool expected_is_whole(const struct expected *e)
{
	return !e->writing.count == !e->writing.blocks &&
	       (!e->taken_count || e->taken_count == e->writing.count);
}

static void keep(struct writing *writing, uint64_t number)
{
	uint64_t n = writing->kept ? writing->kept : writing->first;
	struct watched *watched;

	while (writing->count && ++n <= number) {
		watched = &writing->volumes[numbered_device(n, writing->count)];
		watched->at_least[numbered_place(n, writing->blocks)] = n;
	}
	writing->kept = number;
}

static void forget_kept(struct writing *writing)
{
	unsigned i;

	writing->kept = 0;
	for (i = 0; i < writing->count; i++)
		memset(writing->volumes[i].at_least, 0, sizeof(writing->volumes[i].at_least));
}

void expected_event(struct expected *e, const struct trace_event *event)
{
	char text[128];

	if (event->head.kind != TRACE_MARK)
		return;
	snprintf(text, sizeof(text), "%.*s", (int)event->head.len, (const char *)event->data);
	if (!strcmp(text, "start"))
		e->stage = STAGE_DURING;
	else if (!strcmp(text, "done"))
		e->stage = STAGE_AFTER;
	else if (!strncmp(text, "kept ", 5))
		keep(&e->writing, strtoull(text + 5, NULL, 10));
}

/* --- what was found --- */

void expected_refuse(struct expected *e, const char *where, const char *what, const char *detail)
{
	if (e->refused++ >= TOLD)
		return;
	fprintf(stderr, "%s: %s%s%s\n", where, what, *detail ? ":\n" : "", detail);
	if (e->machine->messages_len)
		fprintf(stderr, "messages:\n%s", e->machine->messages);
}

/* Whether a sector holds what was written to it, not older than the last that was kept. */
static bool is_written(const struct writing *writing, unsigned volume, const uint8_t *sector,
		       uint64_t number)
{
	uint64_t block = number / (NUMBERED_BLOCK / NUMBERED_SECTOR), found;

	return numbered_read(sector, number, &found) && found > writing->first &&
	       found >= writing->volumes[volume].at_least[block] &&
	       numbered_device(found, writing->count) == volume &&
	       numbered_place(found, writing->blocks) == block;
}

/* The contents of what is written to: what was there before the first write, or a write of its place, not
 * older than the last that was kept.  Returns the first sector that is neither, or -1. */
static int64_t check_written(const struct writing *writing, unsigned volume,
			     const struct volume *source, const struct volume *final,
			     const uint8_t *data)
{
	const uint64_t *at_least = writing->volumes[volume].at_least;
	uint64_t sector, block, at;
	const uint8_t *old;

	for (sector = 0; sector < final->size / NUMBERED_SECTOR; sector++) {
		block = sector / (NUMBERED_BLOCK / NUMBERED_SECTOR);
		at = sector * NUMBERED_SECTOR;
		old = block < writing->blocks ? source->data + at : final->data + at;
		if ((block >= writing->blocks || !at_least[block]) &&
		    !memcmp(data + at, old, NUMBERED_SECTOR))
			continue;
		if (block >= writing->blocks || !is_written(writing, volume, data + at, sector))
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

/* Which of those that were written to a volume is, or -1. */
static int find_watched(const struct expected *e, const struct scene *wanted,
			const struct volume *volume)
{
	const bool before = wanted == &e->before;
	const struct watched *watched;
	unsigned i;

	for (i = 0; i < e->writing.count && !(before && e->undone_before); i++) {
		watched = &e->writing.volumes[i];
		if (!strcmp(volume->name, before ? watched->before : watched->after))
			return (int)i;
	}
	return -1;
}

static uint8_t *room_of(struct expected *e)
{
	if (!e->room)
		e->room = aligned_alloc(NUMBERED_BLOCK, ROOM);
	if (!e->room)
		abort();
	return e->room;
}

/* What is in e->room, of a volume's size; the first sector that is not as wanted, or -1. */
static int64_t check_data(struct expected *e, const struct scene *wanted,
			  const struct volume *model)
{
	const int i = find_watched(e, wanted, model);
	const struct watched *watched = &e->writing.volumes[i < 0 ? 0 : i];
	const char *name = wanted == &e->before ? watched->before : watched->source;
	const struct volume *source = scene_find(&e->before, name);

	if (i < 0)
		return first_difference(model, e->room);
	return source ? check_written(&e->writing, (unsigned)i, source, model, e->room) : 0;
}

static bool check_volume(struct expected *e, struct scene *wanted, const struct volume *volume,
			 const char *where)
{
	const struct volume *model = scene_find(wanted, volume->name);
	char detail[SCENE_NAME + 64];
	int64_t bad = -2;
	size_t size = 0;
	int r = volume_read_into(volume, room_of(e), ROOM, &size);

	if (r >= 0 && model && size == model->size)
		bad = check_data(e, wanted, model);
	if (bad == -1)
		return true;
	snprintf(detail, sizeof(detail), "%s: size %zu, sector %" PRId64 ", read: %d\n",
		 volume->name, size, bad, r);
	expected_refuse(e, where,
			wanted == &e->before ? "not the contents before" : "not the contents after",
			detail);
	return false;
}

static bool check_contents(struct expected *e, struct scene *wanted, const struct scene *found,
			   const char *where)
{
	unsigned i;

	const char *nobodys = wanted == &e->before ? e->nobodys_before : e->nobodys_after;

	for (i = 0; i < found->count; i++) {
		if (nobodys && !strcmp(found->volumes[i].name, nobodys))
			continue;
		if (!check_volume(e, wanted, &found->volumes[i], where))
			return false;
	}
	return true;
}

/* The state that was found; NULL, said, if it is neither or not one that may be there now. */
static struct scene *which(struct expected *e, const struct scene *found, const char *where)
{
	if (e->stage != STAGE_BEFORE && !strcmp(found->text, e->after.text))
		return &e->after;
	if (e->stage != STAGE_AFTER && !strcmp(found->text, e->before.text))
		return &e->before;
	expected_refuse(e, where, "neither before nor after", found->text);
	return NULL;
}

/* What a merge shows while it goes on is what it shows when it is done.  One that was pending before and
 * is not after is the state before's. */
static bool check_merging(struct expected *e, const struct scene *found, const char *where)
{
	struct scene *wanted = e->before.merged && !e->after.merged ? &e->before : &e->after;
	const struct volume *volume;
	unsigned i;

	for (i = 0; i < found->count; i++) {
		volume = &found->volumes[i];
		if (scene_find(wanted, volume->name) && !check_volume(e, wanted, volume, where))
			return false;
	}
	return true;
}

/* Wait for the end of all merges, if any. */
int machine_settle(struct machine *machine, struct scene *found)
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

/* Areas that the cut has left behind are brought up to date before svgck is asked, or asked again; which is done now and
 * then where none are, too. */
static bool svgck_is_content(struct expected *e)
{
	if (e->judged % RENEW_EACH && machine_examine(e->machine) >= 0)
		return true;
	return machine_renew(e->machine) >= 0 && machine_examine(e->machine) >= 0;
}

static bool lvm2_is_content(struct expected *e, const struct scene *found, const char *where)
{
	char *said = NULL;
	int r = lvm2_agrees(e->machine->directory, found, &said);

	if (r <= 0)
		expected_refuse(e, where, "LVM2 does not agree", said ? said : "");
	free(said);
	return r > 0;
}

static bool checkers_are_content(struct expected *e, const struct scene *found, const char *where)
{
	const bool asks_lvm2 = e->lvm2_each && e->judged % e->lvm2_each == 0;

	if (!svgck_is_content(e)) {
		expected_refuse(e, where, "svgck is not content", "");
		return false;
	}
	e->judged++;
	return !asks_lvm2 || lvm2_is_content(e, found, where);
}

bool expected_judge(struct expected *e, struct scene *found, const char *where)
{
	struct scene *wanted;

	if (found->merging && !check_merging(e, found, where))
		return false;
	if (machine_settle(e->machine, found) < 0) {
		expected_refuse(e, where, "a merge does not end", found->text ? found->text : "");
		return false;
	}
	wanted = which(e, found, where);
	return wanted && check_contents(e, wanted, found, where) &&
	       checkers_are_content(e, found, where);
}

/* The highest number in a snapshot of what was written to. */
static uint64_t newest_in(const struct writing *writing, const struct volume *snapshot)
{
	uint64_t sector, number, newest = 0;

	for (sector = 0; sector < writing->blocks * (NUMBERED_BLOCK / NUMBERED_SECTOR); sector++)
		if (numbered_read(snapshot->data + sector * NUMBERED_SECTOR, sector, &number) &&
		    number > writing->first && number > newest)
			newest = number;
	return newest;
}

/* The highest number in any of the snapshots that were taken; 0, said, if one of them is missing. */
static uint64_t newest_taken(struct expected *e)
{
	const struct volume *snapshot;
	uint64_t newest = 0, number;
	unsigned i;

	for (i = 0; i < e->taken_count; i++) {
		snapshot = scene_find(&e->after, e->taken[i]);
		if (!snapshot) {
			fprintf(stderr, "%s: has not been taken\n", e->taken[i]);
			return 0;
		}
		number = newest_in(&e->writing, snapshot);
		newest = number > newest ? number : newest;
	}
	return newest;
}

/* With all writes up to one, which are those that were kept, and none after it. */
static bool shows_instant(struct expected *e, unsigned i)
{
	const struct volume *source = scene_find(&e->before, e->writing.volumes[i].before);
	const struct volume *snapshot = scene_find(&e->after, e->taken[i]);

	return source && check_written(&e->writing, i, source, snapshot, snapshot->data) == -1;
}

static uint64_t kept_at_start(struct expected *e, const struct trace *trace)
{
	uint64_t kept;
	size_t place;

	for (place = 0; place < trace->count && e->stage == STAGE_BEFORE; place++)
		expected_event(e, &trace->events[place]);
	e->stage = STAGE_BEFORE;
	kept = e->writing.kept;
	forget_kept(&e->writing);
	return kept;
}

bool expected_instants(struct expected *e, const struct trace *trace)
{
	uint64_t newest, kept = kept_at_start(e, trace);
	bool good = true;
	unsigned i;

	if (!e->taken_count)
		return true;
	newest = newest_taken(e);
	if (newest < kept || !newest) {
		fprintf(stderr, "%s: misses what was kept before it was taken\n", e->taken[0]);
		return false;
	}
	keep(&e->writing, newest);
	for (i = 0; i < e->taken_count; i++) {
		if (shows_instant(e, i))
			continue;
		fprintf(stderr, "%s: is not its origin at the one instant\n", e->taken[i]);
		good = false;
	}
	forget_kept(&e->writing);
	return good;
}

/* --- files --- */

static int broken(const char *path)
{
	fprintf(stderr, "%s: %s\n", path, errno ? strerror(errno) : "not understood");
	return -EIO;
}

static int save(const struct scene *scene, const char *path)
{
	FILE *out = fopen(path, "we");
	const struct volume *volume;
	unsigned i;

	if (!out)
		return broken(path);
	fprintf(out, "%zu %u %d\n%s", strlen(scene->text), scene->count, scene->merged,
		scene->text);
	for (i = 0; i < scene->count; i++) {
		volume = &scene->volumes[i];
		fprintf(out, "%s %zu\n", volume->name, volume->size);
		fwrite(volume->data, volume->size, 1, out);
	}
	return fclose(out) ? broken(path) : 0;
}

static int load_volume(struct volume *volume, FILE *in)
{
	if (fscanf(in, "%127s %zu", volume->name, &volume->size) != 2 || getc(in) != '\n' ||
	    !volume->size || volume->size > ROOM)
		return -EBADMSG;
	volume->data = malloc(volume->size);
	if (!volume->data)
		return -ENOMEM;
	return fread(volume->data, volume->size, 1, in) == 1 ? 0 : -EIO;
}

static int load_scene(struct scene *scene, FILE *in)
{
	unsigned count, i;
	size_t len;
	int merged, r = 0;

	if (fscanf(in, "%zu %u %d", &len, &count, &merged) != 3 || getc(in) != '\n' ||
	    count > SCENE_VOLUMES || len > ROOM)
		return -EBADMSG;
	scene->merged = merged;
	scene->text = calloc(1, len + 1);
	if (!scene->text || (len && fread(scene->text, len, 1, in) != 1))
		return -EIO;
	for (i = 0; i < count && r >= 0; i++) {
		r = load_volume(&scene->volumes[i], in);
		scene->count++;
	}
	return r;
}

static int load(struct scene *scene, const char *path)
{
	FILE *in = fopen(path, "re");
	int r = in ? load_scene(scene, in) : -errno;

	if (in)
		fclose(in);
	return r < 0 ? broken(path) : 0;
}

int expected_save(const struct expected *e, const char *directory)
{
	char path[PATH_LEN];
	int r;

	snprintf(path, sizeof(path), "%s/model.before", directory);
	r = save(&e->before, path);
	snprintf(path, sizeof(path), "%s/model.after", directory);
	return r < 0 ? r : save(&e->after, path);
}

int expected_load(struct expected *e, const char *directory)
{
	char path[PATH_LEN];
	int r;

	snprintf(path, sizeof(path), "%s/model.before", directory);
	r = load(&e->before, path);
	snprintf(path, sizeof(path), "%s/model.after", directory);
	return r < 0 ? r : load(&e->after, path);
}
