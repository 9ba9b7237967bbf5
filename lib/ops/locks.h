/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_LOCKS_H
#define SNAPVOL_OPS_LOCKS_H

/*
 * The locks of groups as settings say: directory, limit of the wait.  Order: global first, then
 * groups in strcmp() order (base/lock.h).
 */

#include "base/lock.h"
#include "model/name.h"

struct session;

/* P_global: who may make, unmake and hand over devices, and names of groups. */
int lock_global(const struct session *session, enum lock_mode mode, struct lock **lock);

/* V_NAME: who may change a group. */
int lock_group(const struct session *session, const char *vg_name, enum lock_mode mode,
	       struct lock **lock);

/* V_NAME shared, by one who only looks and will look without it, too. */
int lock_group_briefly(const struct session *session, const char *vg_name, unsigned timeout_ms,
		       struct lock **lock);

/* The same of a lock whose file was found left, which stays so: 1, 0 if somebody has it, or negative, reported. */
int lock_borrow_group(const struct session *session, const char *vg_name, struct lock **lock);

/* V_NAME exclusively, without waiting: 1, 0 if somebody has it (silent), negative reported. */
int lock_try_group(const struct session *session, const char *vg_name, struct lock **lock);

/* Whether a file of that name in the directory of locks is of one of these, and of which group; "" none. */
bool lock_file_group(const char *file, char vg_name[NAME_LEN + 1]);

/* Remove the files of locks that nobody has: their holders were killed.  Each is told before. */
typedef void (*lock_tell)(const char *directory, const char *file);
void locks_sweep(const struct session *session, lock_tell tell);

#endif
