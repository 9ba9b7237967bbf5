/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_TEST_VERDICT_H
#define SNAPVOL_TEST_VERDICT_H

/*
 * What may be found after a power cut: the state before a command or the state after it, each as a
 * scene with the contents of its volumes, and who was writing meanwhile.
 *
 *	- after the mark "done" it is the latter, before "start" the former
 *	- every volume and snapshot has, byte for byte, the contents of the state it belongs to
 *	- the volume that was being written to has all that was kept, and else only what was written
 *	- svgck has nothing to say, and no device or tag of the unfinished is left
 *
 * Models of the two states are kept in files for those who start a machine of their own.
 */

#include "scene.h"
#include "trace.h"

enum stage { STAGE_BEFORE, STAGE_DURING, STAGE_AFTER };

enum { MOST_BLOCKS = 4096 };

/* Who wrote while the command ran. */
struct watched {
	char before[SCENE_NAME], after[SCENE_NAME], source[SCENE_NAME];
	uint32_t blocks;		/* 0: nobody */
	uint64_t first, kept;		/* numbers: of the first write; of the last that was kept */
	uint64_t at_least[MOST_BLOCKS]; /* by block: the last that was kept, 0 none */
};

struct expected {
	struct machine *machine;
	struct scene before, after;
	struct watched watched;
	const char *taken[SCENE_VOLUMES]; /* snapshots of the watched that the command takes */
	unsigned taken_count;
	const char *nobodys_before, *nobodys_after;
	bool changes_nothing, undone_before;
	enum stage stage;
	uint8_t *room; /* for one volume's contents */
	unsigned judged, refused;
};

/* What getopt() takes for this; and one of them: false if it is none or not understood. */
#define EXPECTED_OPTIONS "w:i:b:a:un"
bool expected_option(struct expected *expected, int option, const char *value);

/* Go past an event. */
void expected_event(struct expected *expected, const struct trace_event *event);

/* Wait for the end of all merges, if any: found is what there is then.  0 or negative. */
int machine_settle(struct machine *machine, struct scene *found);

/* Of a machine that has started, and where that was for messages. */
bool expected_judge(struct expected *expected, struct scene *found, const char *where);
void expected_refuse(struct expected *expected, const char *where, const char *what,
		     const char *detail);

/* Whether the snapshots that were taken show one instant; leaves expected at the trace's beginning. */
bool expected_instants(struct expected *expected, const struct trace *trace);

/* Both models, to and from files in a directory.  0 or negative, said on stderr. */
int expected_save(const struct expected *expected, const char *directory);
int expected_load(struct expected *expected, const char *directory);

#endif
