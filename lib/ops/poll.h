/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_POLL_H
#define SNAPVOL_OPS_POLL_H

/*
 * Waiting for merges.
 *
 * The kernel raises no event when a merge ends, so its status is asked for at intervals; no lock is held
 * between.  The end is committed by recovery (recover.h), as anybody's next command would.
 */

struct session;

struct merge_wait {
	const char *vg, *origin;	/* names, for messages: they may change meanwhile */
	const char *vg_id, *origin_id, *store_id;
	const char *dm_uuid;		/* of the origin's device */
	const char *cow_uuid;		/* of the store's: there as long as the kernel has this merge */
};

/* Wait until all have ended, telling progress every interval_ms, 0: each second.  0; or negative, reported:
 * one failed, or one got no further for the setting activation/merge_timeout (-ETIMEDOUT).  A signal ends
 * the command; the merges go on. */
int poll_merges(struct session *session, const struct merge_wait *waits, unsigned count,
		unsigned interval_ms);

/* The same in a child of its own that outlives this process. */
int poll_in_background(struct session *session, const struct merge_wait *waits, unsigned count);

#endif
