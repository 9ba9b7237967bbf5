/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_GROUPNAME_H
#define SNAPVOL_OPS_GROUPNAME_H

/*
 * The name of a group as an operand, and names for new groups.
 */

#include "model/name.h"

struct conf;

/* "vg0" or "/dev/vg0" as typed to the name alone.  0 or -EDOM, reported with the reason. */
int groupname_take(const struct conf *conf, const char *word, char name[NAME_LEN + 1]);

/* A new group's directory would be /dev/NAME.  0 or -EEXIST, reported, if something is there. */
int groupname_refuse_taken(const struct conf *conf, const char *name);

#endif
