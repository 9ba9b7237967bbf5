/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/fields.h"
#include "report/words.h"

#include "base/text.h"
#include "base/units.h"
#include "cow/limit.h"
#include "model/lv.h"

/*
 * What LVM2 has no field for.  Sizes are bytes and times are seconds whatever --units says: exact,
 * and without a unit to take off.
 */

static void get_snap_state(struct row *row, struct value *value)
{
	const struct snapshot *snapshot = row->lv ? row->lv->store_of : NULL;

	if (!snapshot)
		value_state(value, "", TONE_PLAIN);
	else if (!row->gather->live)
		value_state(value, "unknown", TONE_PLAIN);
	else if (row_status(row)->state == SNAPSHOT_INVALID)
		value_state(value, "invalid", TONE_BAD);
	else if (row_status(row)->state == SNAPSHOT_OVERFLOW)
		value_state(value, "overflow", TONE_BAD);
	else if (row_status(row)->state == SNAPSHOT_MERGE_FAILED)
		value_state(value, "merge-failed", TONE_BAD);
	else if (snapshot->merging)
		value_state(value, row_is_merging(row) ? "merging" : "merge-pending", TONE_WARNING);
	else
		value_state(value, row_is_active(row) ? "active" : "inactive", TONE_PLAIN);
}

/* The store empties while it merges; its metadata are what is left at the end. */
static void get_merge_percent(struct row *row, struct value *value)
{
	const struct snapshot_status *status = row_status(row);

	if (!row_is_merging(row) || status->state != SNAPSHOT_GOOD)
		value_blank(value, "");
	else
		value_percent(value, DM_PERCENT_100 - row_fill(row));
}

static void get_merge_reason(struct row *row, struct value *value)
{
	const struct snapshot *snapshot = row_snapshot(row);
	bool origin, own;

	value_text(value, "");
	if (!snapshot || !snapshot->merging || row_is_merging(row))
		return;
	origin = gather_open_count(row->gather, snapshot->origin);
	own = gather_open_count(row->gather, snapshot->store);
	if (origin && own)
		value_text(value, "origin,snapshot");
	else if (origin || own)
		value_text(value, origin ? "origin" : "snapshot");
}

static void get_used_bytes(struct row *row, struct value *value)
{
	const struct snapshot_status *status = row_status(row);

	if (status->state == SNAPSHOT_GOOD)
		value_number(value, status->used_sectors * SECTOR_SIZE);
	else
		value_blank(value, "");
}

static void get_age(struct row *row, struct value *value)
{
	const uint64_t made = row->lv ? row->lv->creation_time : 0;
	const uint64_t now = row->gather->now;

	if (made)
		value_number(value, now > made ? now - made : 0);
	else
		value_blank(value, "");
}

/* The size at which the store can never fill up; 0 if the volume is none, or none that can be. */
static uint64_t store_max(const struct row *row)
{
	const struct snapshot *snapshot = row->lv ? row->lv->store_of : NULL;

	if (!snapshot || !cow_chunk_is_valid(snapshot->chunk_size_sectors))
		return 0;
	return cow_max_sectors(snapshot_size_sectors(snapshot), snapshot->chunk_size_sectors);
}

static bool is_overflow_proof(const struct row *row)
{
	const uint64_t most = store_max(row);

	return most && lv_size_sectors(row->lv) >= most;
}

static void get_overflow_proof(struct row *row, struct value *value)
{
	value_flag(value, is_overflow_proof(row), "overflow proof");
}

/* What an extent leaves over is not counted: it cannot be used. */
static void get_cow_percent_of_max(struct row *row, struct value *value)
{
	const uint64_t most = store_max(row);

	if (!most)
		value_blank(value, "");
	else if (is_overflow_proof(row))
		value_percent(value, DM_PERCENT_100);
	else
		value_percent(value, dm_make_percent(lv_size_sectors(row->lv), most));
}

/* Nobody watches the store all the time; the one rate that is known without that is the mean since
 * the snapshot was made. */
static void get_time_until_full(struct row *row, struct value *value)
{
	const struct snapshot_status *status = row_status(row);
	uint64_t age, used;

	value_blank(value, "");
	if (!row->lv || !row->lv->creation_time || row->gather->now <= row->lv->creation_time)
		return;
	if (status->state != SNAPSHOT_GOOD || status->merge || is_overflow_proof(row) ||
	    status->used_sectors <= status->metadata_sectors)
		return;
	age = row->gather->now - row->lv->creation_time;
	used = status->used_sectors - status->metadata_sectors;
	value_number(value, (uint64_t)((double)(status->total_sectors - status->used_sectors) *
				       (double)age / (double)used));
}

static void get_set(struct row *row, struct value *value)
{
	const struct snapshot *snapshot = row_snapshot(row);

	value_text(value, snapshot ? words_value(row->gather, &snapshot->tags, SET_TAG) : "");
}

static void get_freeze_ms(struct row *row, struct value *value)
{
	const struct snapshot *snapshot = row_snapshot(row);
	const char *text = snapshot ? words_value(row->gather, &snapshot->tags, FREEZE_TAG) : "";
	uint64_t number;

	if (number_parse(text, &number) == 0)
		value_number(value, number);
	else
		value_blank(value, "");
}

const struct report_field snapshot_fields[] = {
	{ FIELD_OF_SNAPSHOT, VALUE_STATE, 8, "snap_state", "State", get_snap_state,
	  N_("active, inactive, merging, merge-pending, merge-failed, invalid, overflow, or "
	     "unknown: the kernel was not asked") },
	{ FIELD_OF_SNAPSHOT, VALUE_PERCENT, 7, "merge_percent", "Merged%", get_merge_percent,
	  N_("how much of it is merged") },
	{ FIELD_OF_SNAPSHOT, VALUE_TEXT, 11, "merge_reason", "MergeReason", get_merge_reason,
	  N_("what is open and so keeps the merge pending: origin, snapshot, or both with a comma") },
	{ FIELD_OF_SNAPSHOT, VALUE_NUMBER, 4, "used_bytes", "Used", get_used_bytes,
	  N_("bytes used in the exception store, if active") },
	{ FIELD_OF_SNAPSHOT, VALUE_NUMBER, 9, "time_until_full", "UntilFull", get_time_until_full,
	  N_("seconds until the exception store is full if it fills as fast as on average since "
	     "the "
	     "snapshot was made; blank if nothing is known or it never can be") },
	{ FIELD_OF_SNAPSHOT, VALUE_NUMBER, 3, "age", "Age", get_age,
	  N_("seconds since it was made") },
	{ FIELD_OF_SNAPSHOT, VALUE_TEXT, 3, "set", "Set", get_set,
	  N_("name of the set of snapshots made at one instant") },
	{ FIELD_OF_SNAPSHOT, VALUE_PERCENT, 7, "cow_percent_of_max", "OfMax%",
	  get_cow_percent_of_max,
	  N_("size of the exception store in percent of that at which it can never fill up") },
	{ FIELD_OF_SNAPSHOT, VALUE_FLAG, 13, "overflow_proof", "OverflowProof",
	  get_overflow_proof, N_("whether the exception store can never fill up") },
	{ FIELD_OF_SNAPSHOT, VALUE_NUMBER, 8, "freeze_ms", "FreezeMs", get_freeze_ms,
	  N_("milliseconds, rounded up, that writers were held up to make it") },
	{ .name = NULL },
};
