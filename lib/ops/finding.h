/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_FINDING_H
#define SNAPVOL_OPS_FINDING_H

/*
 * What a look at groups finds: one line about one thing.
 *
 * Every kind is one row of one table, which says how bad it is, what a person is to do, and whether
 * svrecover does it.  Finders (examine.h, inspect.h, leavings.h) only look; svgck, svcheck and svrecover
 * each make of their findings what they are for.
 */

#include "base/log.h"

#include <libdevmapper.h>
#include <stdbool.h>
#include <stdint.h>

struct lv;

/* From good to worst. */
enum severity {
	SEVERITY_GOOD,
	SEVERITY_WARNING, /* wants attention; every snapshot is valid and sound */
	SEVERITY_UNKNOWN, /* could not be checked */
	SEVERITY_INVALID, /* a snapshot does not show what it was taken of */
	SEVERITY_UNSOUND, /* a store or metadata damaged; kernel and disk disagree */
};

enum finding_kind {
	FOUND_SOUND,
	/* snapshots */
	FOUND_VALID,
	FOUND_MERGING,
	FOUND_MERGE_PENDING,
	FOUND_NEARLY_FULL,
	FOUND_INVALID,
	FOUND_OVERFLOW,
	FOUND_MERGE_FAILED,
	FOUND_MISSED_WRITES,
	FOUND_UNMARKED,
	FOUND_UNTOLD,
	/* devices in the kernel */
	FOUND_SUSPENDED,
	FOUND_INACTIVE_TABLE,
	FOUND_STRAY,
	FOUND_MISSING_DEVICE,
	FOUND_WRONG_TABLE,
	FOUND_WRONG_NAME,
	FOUND_LVM2_MERGE,
	FOUND_DISAGREEMENT,
	FOUND_NO_METADATA,
	/* exception stores */
	FOUND_BAD_HEADER,
	FOUND_BAD_EXCEPTION,
	FOUND_TWICE,
	FOUND_OTHER_CHUNK,
	FOUND_DISORDER,
	FOUND_LOST_HEADER,
	/* of interrupted commands */
	FOUND_INTERRUPTED,
	FOUND_UNFINISHED,
	FOUND_MERGED,
	FOUND_COOKIE,
	FOUND_OWN_COOKIE,
	FOUND_BUSY,
	FOUND_LOCK,
	FOUND_HINTS,
	FOUND_COPY,
	FOUND_MISSING_NODE,
	FOUND_WRONG_NODE,
	FOUND_STALE_NODE,
	/* metadata and devices of groups */
	FOUND_STALE_AREA,
	FOUND_LOST_AREA,
	FOUND_DAMAGED_AREA,
	FOUND_MISSING_PV,
	FOUND_RETURNED_PV,
	FOUND_UNUSED_LABEL,
	FOUND_SMALL_PV,
	FOUND_OVERLAP,
	FOUND_PARTIAL,
	FOUND_OUTDATED_PV,
	FOUND_ORPHAN,
	FOUND_CONTESTED,
	FOUND_DAMAGED_LABEL,
	FOUND_UNREAD,
	FOUND_DUPLICATE,
	FOUND_MISMATCH,
	FOUND_NOT_UNDERSTOOD,
	FOUND_UNREADABLE,
	FOUND_AMBIGUOUS,
	FOUND_NO_GROUP,
};

/* What all findings of a kind have in common. */
struct finding_row {
	const char *check, *state; /* words for programs */
	enum severity severity;
	const char *advice;  /* N_() what to do; NULL: nothing.  "%v" and "%g" stand for the
					 * volume and its group */
	const char *settled; /* N_() what svrecover does about it; NULL: nothing, "": says so
					 * itself when it does */
};

struct finding {
	struct dm_list list;
	enum finding_kind kind;
	const char *object;  /* "vg0/snap", "/dev/sdb": the line begins with it */
	const char *vg, *lv; /* names; "" if it is about none */
	const char *text;
	uint64_t used_sectors, size_sectors; /* of a snapshot's store; size 0: not known */
};

struct findings {
	struct dm_pool *mem;
	struct dm_list list;   /* struct finding, in the order found */
	const char *vg;	       /* name of the group that is looked at; "" none */
	const struct lv *only; /* NULL, or what is said of other volumes than this one, its origin
					 * and its snapshots is dropped */
	enum severity
		again; /* the worst of what was found again, and is on the list once; whoever asks
				* sets it to SEVERITY_GOOD before */
	int failed;	       /* -ENOMEM, reported, and something is not on the list */
	log_sink sink;	       /* ours, or while listening the one there was */
	void *sink_data;
	char heard[512];       /* the error message of whoever was listened to */
};

int findings_new(struct findings **findings);
void findings_free(struct findings **findings);

const struct finding_row *finding_row(const struct finding *finding);

/* About the group looked at; about a volume; about any other object.  The finding, or NULL if it was
 * not asked for (or without memory). */
struct finding *found(struct findings *findings, enum finding_kind kind, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
struct finding *found_lv(struct findings *findings, enum finding_kind kind, const struct lv *lv,
			 const char *format, ...) __attribute__((format(printf, 4, 5)));
struct finding *found_at(struct findings *findings, enum finding_kind kind, const char *object,
			 const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Whether findings about the volume are asked for. */
bool findings_want(const struct findings *findings, const struct lv *lv);

/* Between the two, error messages are not printed but kept, the first of them, to be made a
 * finding of ("object: text" is taken apart); warnings are dropped. */
void findings_listen(struct findings *findings);
void findings_hush(struct findings *findings);
struct finding *found_heard(struct findings *findings, enum finding_kind kind, const struct lv *lv);

/* How many there are; the worst of them behind the first "from"; forget those. */
unsigned findings_count(const struct findings *findings);
enum severity findings_worst(const struct findings *findings, unsigned from);
void findings_drop(struct findings *findings, unsigned from);

/* "good", "warning", … */
const char *severity_word(enum severity severity);

/* What to do, names put in; "" if nothing.  From findings->mem. */
const char *finding_advice(const struct findings *findings, const struct finding *finding);

#endif
