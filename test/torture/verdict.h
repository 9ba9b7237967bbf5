/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_TEST_VERDICT_H
#define SNAPVOL_TEST_VERDICT_H

/*
 * What may be found after a power cut: the state before a command or the state after it, each as a
 * scene with the contents of its volumes, and who was writing meanwhile.
 *
 *	- after the mark "done" it is the latter, before "start" the former
 *	- every volume and snapshot has, byte for byte, the contents of the state it belongs to
 *	- the volumes that were being written to have all that was kept, and else only what was written
 *	- snapshots of these that the command has taken show all of them at one instant
 *	- svgck has nothing to say, and no device or tag of the unfinished is left
 *	- LVM2, asked now and then, shows the same volumes and has nothing to say
 *
 * Models of the two states are kept in files for those who start a machine of their own.
 */

#include "numbered.h"
#include "scene.h"
#include "trace.h"

enum stage { STAGE_BEFORE, STAGE_DURING, STAGE_AFTER };

enum { MOST_BLOCKS = 4096 };

/* A volume that was written to while the command ran: its device before and after, and the device whose contents
 * it had before the first write of the state after. */
struct watched {
	char before[SCENE_NAME], after[SCENE_NAME], source[SCENE_NAME];
	uint64_t at_least[MOST_BLOCKS]; /* by block: the last that was kept, 0 none */
};

/* All of them, in the order in which they are written to. */
struct writing {
	struct watched volumes[NUMBERED_DEVICES];
	unsigned count;
	uint32_t blocks;
	uint64_t first, kept; /* numbers: the one before the first write's; of the last that was kept */
};

struct expected {
	struct machine *machine;
	struct scene before, after;
	struct writing writing;
	const char *taken
		[NUMBERED_DEVICES]; /* snapshots of these that the command takes, in their order */
	unsigned taken_count;
	const char *nobodys_before, *nobodys_after;
	bool changes_nothing, undone_before;
	enum stage stage;
	uint8_t *room; /* for one volume's contents */
	unsigned lvm2_each; /* LVM2 is asked at each of so many; 0: never */
	unsigned judged, refused;
};

/* What getopt() takes for this; and one of them: false if it is none or not understood. */
#define EXPECTED_OPTIONS "w:v:i:b:a:l:un"
bool expected_option(struct expected *expected, int option, const char *value);

/* After all of them: whether none is missing that belongs to another. */
bool expected_is_whole(const struct expected *expected);

/* Go past an event. */
void expected_event(struct expected *expected, const struct trace_event *event);

/* Wait for the end of all merges, if any: found is what there is then.  0 or negative. */
int machine_settle(struct machine *machine, struct scene *found);

/* Of a machine that has started, and where that was for messages. */
bool expected_judge(struct expected *expected, struct scene *found, const char *where);
void expected_refuse(struct expected *expected, const char *where, const char *what,
		     const char *detail);

/* Whether the snapshots that were taken show one instant, all of them the same; leaves expected at the trace's
 * beginning. */
bool expected_instants(struct expected *expected, const struct trace *trace);

/* Both models, to and from files in a directory.  0 or negative, said on stderr. */
int expected_save(const struct expected *expected, const char *directory);
int expected_load(struct expected *expected, const char *directory);

#endif
