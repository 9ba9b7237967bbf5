/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_STORE_TRANSACTION_H
#define SNAPVOL_STORE_TRANSACTION_H

/*
 * The only writer of metadata areas.
 *
 * The caller holds the group's exclusive lock from before the catalog was built until the
 * transaction is freed.  A command stages the texts it will commit, in order, before it begins to
 * act (so that everything that can be refused is refused early: size, invariants, a re-read of the
 * text), and then commits them one at a time where its plan says so.
 *
 * A commit is: text into every usable area of every present member, sync; header with the new text
 * in the second slot, sync; header with it in the first slot, sync.  A power cut at any write
 * leaves every area with the old or the new text whole.  One area published makes the commit a
 * success; areas that failed are reported and are stale until the next commit.  If no area could
 * be published the second slots are cleared and the group is as before.
 *
 * Devices that join get their mark (store/members.h) after the first commit that lists them; those that leave
 * lose it before the first that lists them no more, and are emptied after it.  Whoever is killed between
 * leaves a device without its mark, which the next commit gives it or, if it was to go, empties.  A
 * staged group without devices stands for its end: nothing is written but all devices are retired.
 *
 * Groups with duplicated devices, with content nobody knows, or without readable metadata are
 * refused here; a mismatched, partial or foreign one is the caller's question.
 */

#include <stdbool.h>
#include <stdint.h>

struct catalog;
struct conf;
struct group;
struct transaction;
struct vg;

/* For changing a group that exists, or (group NULL) one about to be created.  command is what the
 * description in the text says.  Opens the members for writing. */
int transaction_begin(struct catalog *catalog, struct group *group, const char *command,
		      struct transaction **transaction);

/* Take a picture of the group as the next text to commit; raises vg->seqno to one
 * above it and above that of the text before.
 * 0 or negative, reported (-EFBIG: the text does not fit its areas). */
int transaction_stage(struct transaction *transaction, struct vg *vg);

/* Put something known only now into the texts that are staged: filled for each blank, which is
 * as long. */
void transaction_fill(struct transaction *transaction, const char *blank, const char *filled);

/* Commit the next staged text. */
int transaction_commit(struct transaction *transaction);

/* Commit the text the group had at the beginning once more (with a higher seqno): the undo of a
 * first commit whose second part could not be done. */
int transaction_restore(struct transaction *transaction);

/* Whether a device that left still says, against what was committed, that it is part of the group;
 * reported. */
bool transaction_has_leavings(const struct transaction *transaction);

/* The text last staged or the text at the beginning, in file form, for archive and backup. */
int transaction_backup(struct transaction *transaction, const struct conf *conf);
int transaction_archive(struct transaction *transaction, const struct conf *conf);

void transaction_free(struct transaction **transaction);

#endif
