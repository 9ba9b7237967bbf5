/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_REPORT_RESERVED_H
#define SNAPVOL_REPORT_RESERVED_H

/*
 * Names that stand for values in selections, as LVM2 has them: a flag's word, its short forms, yes and
 * no ("lv_skip_activation=skip"), synonyms of words ("vg_permissions=rw"), numbers that do not exist
 * ("lv_minor=undefined"), and moments ("lv_time since yesterday").
 */

#include <libdevmapper.h>

struct reserved;

/* For dm_report_init_with_selection(), of all fields there are; NULL without memory. */
struct reserved *reserved_new(void);
void reserved_free(struct reserved **reserved);

const struct dm_report_reserved_value *reserved_values(const struct reserved *reserved);

#endif
