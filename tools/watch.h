/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_TOOLS_WATCH_H
#define SNAPVOL_TOOLS_WATCH_H

/*
 * Showing something again and again.  A terminal is cleared for each time, elsewhere an empty line parts
 * one from the next.  It ends well when a signal asks for it (^C), never in the middle of what is
 * shown, and when nobody reads standard output any more.
 */

#include <stdint.h>

/* seconds: 0 for the usual.  0, or what show returned if that is negative. */
int watch(uint64_t seconds, int (*show)(void *data), void *data);

#endif
