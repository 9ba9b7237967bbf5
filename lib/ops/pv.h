/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_PV_H
#define SNAPVOL_OPS_PV_H

/*
 * Making devices PVs that belong to no group yet, and no PVs again.
 *
 * All devices are judged before the first is written; if one fails while they are written, those
 * made before are unmade.
 */

#include "store/pvinit.h"

#include <stdbool.h>

struct session;

struct pv_request {
	struct pv_format format;
	const char *uuid;		/* identity to give, as typed; NULL: a new one */
	const char *restore_file;	/* backup of a group that says where data begin; or NULL */
};

/* paths are count devices. */
int pvs_create(struct session *session, const char *const *paths, unsigned count,
	       const struct pv_request *request);
int pvs_remove(struct session *session, const char *const *paths, unsigned count);

#endif
