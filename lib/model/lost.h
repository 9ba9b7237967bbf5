/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_MODEL_LOST_H
#define SNAPVOL_MODEL_LOST_H

/*
 * A metadata area that its group goes on without: it could be neither read nor written when all others were written
 * anew.  A tag of its device says which of the device's areas it is.  What it holds does not count, and nothing is
 * written there until it has been made anew.
 *
 * As it may hold a text that nobody could read, numbers go on far behind any it can have.
 */

#include <stdbool.h>
#include <stdint.h>

struct pv;

/* Whether the device's area of this index (of its label) is one. */
bool lost_area(const struct pv *pv, unsigned index);

/* It is from now on: the group's next text is numbered accordingly, seqno being the newest that is known.  Nothing
 * happens if it is known for one.  0, or -ENOMEM or -EOVERFLOW, reported. */
int lost_area_begin(struct pv *pv, unsigned index, uint32_t seqno);

/* It has been made anew, or is sound. */
void lost_area_end(struct pv *pv, unsigned index);

/* Whether a tag is one of these, and so not for users. */
bool lost_area_is_tag(const char *tag);

#endif
