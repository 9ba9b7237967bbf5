/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_BASE_BANNED_H
#define SNAPVOL_BASE_BANNED_H

/*
 * Functions whose misuse is easy and whose better sibling is at hand: using one does not compile.
 * config.h includes this after the system headers it poisons.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf gets atoi atol atoll strtok
#pragma GCC poison localtime gmtime asctime ctime

#endif
