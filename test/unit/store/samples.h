/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_TEST_SAMPLES_H
#define SNAPVOL_TEST_SAMPLES_H

/*
 * Metadata texts for tests: those that LVM2 wrote (test/golden/import), and one made here that a
 * test may spoil.  Whatever fails here aborts the test program.
 */

#include <stddef.h>

/* test/golden/DIRECTORY/NAME.SUFFIX, malloc'd and ended by a NUL; NULL if there is none. */
char *golden_text(const char *directory, const char *name, const char *suffix);

/* The text up to the header that follows the group on disk, in place / from the group on in a
 * file. */
const char *group_part(char *text);
const char *file_part(const char *text);

/* A group "vg0" of two devices with a plain, a striped and a snapshot volume; with the first "from"
 * replaced by "to" (both may be NULL).  malloc'd. */
char *sample_text(const char *from, const char *to);

#endif
