/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_DEVICE_FILTER_H
#define SNAPVOL_DEVICE_FILTER_H

/*
 * Which devices may be looked at, and why not the others.
 *
 * First come reasons of safety: parts of RAID sets and multipath devices show the same bytes a
 * second time, a partitioned disk's own bytes belong to the partition table, and volumes of groups are not searched for groups unless devices/scan_lvs
 * says so (their internal devices never).  Then the settings devices/global_filter and
 * devices/filter decide by name: lists of "a|regex|" (accept) and "r|regex|" (reject), any
 * character around the expression.  The first expression that matches a name decides for that
 * name; a device is accepted if one of its names is, or if none is rejected.  Both lists must
 * accept.  Where LVM2's devices file is in use (devicesfile.h) it decides in place of both.
 */

#include <stdbool.h>

struct conf;
struct device_facts;
struct device_id;
struct filter;

/* 0 or a negative errno, reported, for a rule that cannot be read. */
int filter_new(const struct conf *conf, struct filter **filter);
void filter_free(struct filter **filter);

/* Why this device is to be left alone whatever its name, or NULL. */
const char *filter_reason(const struct filter *filter, const struct device_facts *facts);

/* Why the devices file or the rules reject a device of these facts and names (NULL-terminated), or
 * NULL. */
const char *filter_name_reason(const struct filter *filter, const struct device_facts *facts,
			       const char *const *names);

/* By what LVM2's devices file, if it is in use, names the device. */
bool filter_device_id(const struct filter *filter, const struct device_facts *facts,
		      const char *const *names, struct device_id *id);

#endif
