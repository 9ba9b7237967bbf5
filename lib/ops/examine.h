/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_EXAMINE_H
#define SNAPVOL_OPS_EXAMINE_H

/*
 * Examining groups: all their metadata is read again and everything on disk that is not as it should
 * be is found, each thing for itself.  No lock is taken for that.
 */

struct catalog;
struct findings;
struct group;
struct session;
struct target;
struct vg;

/* Scan anew, in silence: what is worth a warning is found by the others.  0 or negative, reported. */
int examine_read(struct session *session, struct findings *findings, struct catalog **catalog);

/* What is wrong with a group's metadata and devices; whether it is unfinished and which volumes are (not
 * part of it); what is wrong with devices that are in no group. */
void examine_group(const struct catalog *catalog, const struct group *group,
		   struct findings *findings);
void examine_unfinished(const struct vg *vg, struct findings *findings);
void examine_orphans(const struct catalog *catalog, struct findings *findings);

/* Whether there is one group of that name; no and several are findings, and with no such group what is wrong with
 * devices in none: it may lie on them. */
void examine_name(const struct catalog *catalog, const char *name, struct findings *findings);

/* All that, of groups as a whole.  Without targets all groups.  0 if all is well, -EUCLEAN with the
 * findings reported. */
int groups_examine(struct session *session, const struct target *targets, unsigned count);

/* Write the newest metadata to the areas that have older ones or are damaged. */
int groups_renew_areas(struct session *session, const struct target *targets, unsigned count);

#endif
