/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_REPORT_JSON_STD_H
#define SNAPVOL_REPORT_JSON_STD_H

/*
 * JSON as LVM2's json_std has it, made of the lines that libdevmapper writes as json, in which every
 * value is a string: numbers are numbers, null if there is none, and lists are arrays.  What a value
 * is, its field says.  Newer libraries can do it themselves, in the same form.
 */

#include <stdio.h>

/* What is to stand between the words of a list, for a line that is printed here. */
#define JSON_STD_BETWEEN "\002"

/* A line of libdevmapper's. */
void json_std_print(FILE *out, const char *line);

#endif
