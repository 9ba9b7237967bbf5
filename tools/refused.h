/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_TOOLS_REFUSED_H
#define SNAPVOL_TOOLS_REFUSED_H

/*
 * Options of LVM2's for what snapvol does not do: they are not unknown, and whoever gives one is told
 * so by its name.
 */

#include <stddef.h>

/* What the option "-T" or "--thin" (len bytes) of a command is for, translated; NULL if it is none of them. */
const char *refused_what(const char *command, const char *option, size_t len);

#endif
