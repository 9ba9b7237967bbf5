/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_NUMBER_H
#define SNAPVOL_OPS_NUMBER_H

/*
 * Device numbers that stay the same.  The kernel's device-mapper has one major number, so it is the
 * minor number that is fixed; it holds from the volume's next activation on.
 */

#include <stdint.h>

struct lv;

void number_fix(struct lv *lv, int32_t minor);
void number_free(struct lv *lv);

#endif
