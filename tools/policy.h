/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_TOOLS_POLICY_H
#define SNAPVOL_TOOLS_POLICY_H

/*
 * Words of the command line that several applets understand.
 */

#include "model/vg.h"
#include "ops/activate.h"
#include "ops/modify.h"
#include "tools/applet.h"

/* An allocation policy's name; NULL means inherit. */
enum alloc_policy policy_of(const char *word);

/* What -a takes; between "l" (this host) and "e" (no other) there is no difference here. */
#define ACTIVATION_WORDS N_("y|n|ay|ey|ly|sy|en|ln")
enum activation activation_of(const char *word);

enum modify_switch switch_of(enum yes_no said);

/* The name proper of a new volume ("NAME", "VG/NAME", "/dev/VG/NAME"); NULL if it is of another group. */
const char *name_within(const char *name, const char *vg);

/* Whether an operand is a PV operand ("/dev/sdb", "/dev/sdb:0-99") rather than a volume: the path,
 * without extents, is a block device or file and no device of device-mapper's. */
bool is_device(const char *operand);

#endif
