/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_BASE_UUID_H
#define SNAPVOL_BASE_UUID_H

/*
 * Identities of groups, volumes and devices: 32 characters of [0-9a-zA-Z] (readers also accept
 * '!' and '#'), written for people and in metadata text as 6-4-4-4-4-4-6 with hyphens.
 */

#include <stdbool.h>

enum { ID_LEN = 32, ID_TEXT_LEN = 38 };

/* Fill id with a new random identity, NUL-terminated. */
void uuid_new(char id[ID_LEN + 1]);

/* Text with or without hyphens to 32 characters; 0 or -EINVAL; prints nothing.  (Not "parse": that
 * is what libuuid calls its own.) */
int uuid_read(const char *text, char id[ID_LEN + 1]);

/* Write the hyphenated form; returns text. */
const char *uuid_print(const char id[ID_LEN + 1], char text[ID_TEXT_LEN + 1]);

bool uuid_is_valid(const char *id, unsigned length);

#endif
