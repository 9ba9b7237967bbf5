/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_TOOLS_SELECT_H
#define SNAPVOL_TOOLS_SELECT_H

/*
 * --select of commands that change something: of what the operands name, what meets criteria, which
 * are those of reports.  Without operands all there is may be meant, as far as it is this host's to
 * change.
 *
 * Criteria are held against what is found before the lock is taken; what has taken the name of what met
 * them is not changed (ops/target.h).
 */

#include "tools/applet.h"

#define SELECT_OPTION(type, field)                                                                 \
	OPTION(type, field, 'S', "select", OPTION_TEXT, N_("CRITERIA"),                            \
	       N_("only what meets the criteria; help explains them"))

struct selection {
	const char *criteria;		/* or NULL: all that is named */
	const char *const *operands;
	unsigned count;
};

/* Groups (TARGET_VG), or volumes and what is named as a whole (TARGET_VG_OR_LV).  With criteria it is
 * single volumes in any case.  0, then *count may be 0; -EDOM if nothing is said at all, or another
 * negative errno; reported. */
int select_targets(struct session *session, const struct selection *selection,
		   enum target_kind kind, struct target **targets, unsigned *count);

/* Leave of groups those that meet criteria. */
int select_groups(struct session *session, const char *criteria, struct target **targets,
		  unsigned *count);

/* The paths of devices, malloc'd each, and the list; the caller frees them, as words_release() does. */
int select_devices(struct session *session, const struct selection *selection,
		   struct word_list *paths);

#endif
