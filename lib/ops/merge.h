/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_MERGE_H
#define SNAPVOL_OPS_MERGE_H

/*
 * Merging snapshots back into their origins.
 *
 * Beginning is a commit that says so, and, if neither origin nor snapshot is open, the handover of the
 * store to snapshot-merge.  If one is open, or the origin is not active, the merge is postponed to the next
 * activation or refresh.  When the kernel has moved everything, whoever looks next takes the store out of
 * the kernel and gives it back: a waiting command here, any other command by recovery.
 */

#include <stdbool.h>

struct session;
struct target;

struct merge_options {
	bool background;		/* do not wait for the end */
	unsigned interval_ms;		/* between reports of progress, 0: one second */
};

/* Begin all of one group in one commit each group, then wait for those that run. */
int merge_snapshots(struct session *session, const struct target *targets, unsigned count,
		    const struct merge_options *options);

/* Call off merges that are postponed; one that has begun is refused. */
int merge_cancel(struct session *session, const struct target *targets, unsigned count);

#endif
