/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_GROUP_H
#define SNAPVOL_OPS_GROUP_H

/*
 * Making groups and giving them more devices.  Giving devices up is reduce.h.
 *
 * Devices that are no PVs yet are initialised on the way; if the group then cannot be written they
 * are unmade again.
 */

#include "base/units.h"
#include "model/vg.h"
#include "store/pvinit.h"

struct session;

struct group_request {
	struct amount extent_size;	/* not given: the setting's */
	uint64_t max_lv, max_pv;
	uint32_t metadata_copies;	/* as struct vg has them, or METADATA_COPIES_ALL */
	enum alloc_policy alloc;	/* ALLOC_INHERIT: normal */
	const char *system_id;		/* NULL: this machine's */
	const char *const *tags;
	unsigned tag_count;
	bool no_autoactivation;
	struct pv_format format;	/* of devices to be initialised */
};

/* devices are count paths. */
int group_create(struct session *session, const char *name, const char *const *devices,
		 unsigned count, const struct group_request *request);
int group_extend(struct session *session, const char *name, const char *const *devices,
		 unsigned count, const struct pv_format *format);

/* Take devices that were away, and are back, as members in good standing again. */
int group_restore_missing(struct session *session, const char *name, const char *const *devices,
			  unsigned count);

#endif
