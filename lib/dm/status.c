/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dm/status.h"

#include "dm/live.h"
#include "dm/task.h"

#include <string.h>

static const struct status_word {
	const char *word;
	enum snapshot_state state;
} status_words[] = {
	{ "Invalid", SNAPSHOT_INVALID },
	{ "Overflow", SNAPSHOT_OVERFLOW },
	{ "Merge failed", SNAPSHOT_MERGE_FAILED },
};

static bool take_number(const char **text, char end, uint64_t *number)
{
	const char *digit = *text;
	uint64_t n = 0;

	for (; *digit >= '0' && *digit <= '9'; digit++)
		if (__builtin_mul_overflow(n, 10, &n) ||
		    __builtin_add_overflow(n, (uint64_t)(*digit - '0'), &n))
			return false;
	if (digit == *text || (*digit && *digit != end))
		return false;
	*text = *digit ? digit + 1 : digit;
	*number = n;
	return true;
}

/* "USED/TOTAL METADATA"; kernels before 2.6.33 leave out the last. */
static bool parse_usage(const char *text, struct snapshot_status *status)
{
	if (!take_number(&text, '/', &status->used_sectors) ||
	    !take_number(&text, ' ', &status->total_sectors))
		return false;
	return !*text || take_number(&text, ' ', &status->metadata_sectors);
}

void status_parse(const char *type, const char *parameters, struct snapshot_status *status)
{
	unsigned i;

	*status = (struct snapshot_status){ .merge = !strcmp(type, "snapshot-merge") };
	if (!status->merge && strcmp(type, "snapshot"))
		return;
	for (i = 0; i < sizeof(status_words) / sizeof(status_words[0]); i++)
		if (!strcmp(parameters, status_words[i].word)) {
			status->state = status_words[i].state;
			return;
		}
	if (parse_usage(parameters, status))
		status->state = SNAPSHOT_GOOD;
	else
		*status = (struct snapshot_status){ .merge = status->merge };
}

enum { PARAMETERS_LEN = 128 };

static int take_answer(int r, const char *type, const char *parameters,
		       struct snapshot_status *status)
{
	if (r > 0)
		status_parse(type, parameters, status);
	else
		*status = (struct snapshot_status){ 0 };
	return r;
}

int status_snapshot(const char *name, struct snapshot_status *status)
{
	char type[TABLE_TYPE_LEN], parameters[PARAMETERS_LEN];

	return take_answer(task_status(name, type, parameters, sizeof(parameters)), type,
			   parameters, status);
}

int status_snapshot_of(const char *uuid, const char *label, struct snapshot_status *status)
{
	char type[TABLE_TYPE_LEN], parameters[PARAMETERS_LEN];

	return take_answer(task_status_of(uuid, label, type, parameters, sizeof(parameters)), type,
			   parameters, status);
}

uint32_t status_percent(const struct snapshot_status *status)
{
	uint32_t percent;

	if (status->state == SNAPSHOT_INVALID || status->state == SNAPSHOT_OVERFLOW)
		return 10000;
	if (status->state != SNAPSHOT_GOOD || !status->total_sectors ||
	    status->used_sectors == status->metadata_sectors)
		return 0;
	if (status->used_sectors >= status->total_sectors)
		return 10000;
	percent = (uint32_t)((long double)status->used_sectors * 10000 /
			     (long double)status->total_sectors);
	return percent ? percent : 1;
}
