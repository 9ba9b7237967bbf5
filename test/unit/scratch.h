/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_TEST_SCRATCH_H
#define SNAPVOL_TEST_SCRATCH_H

/*
 * A directory that belongs to one test: image files, recorded trees.  Names are relative to it;
 * directories on the way are made.  Whatever goes wrong aborts the test program.
 */

#include <stddef.h>

enum { SCRATCH_TEXT = 256 };

struct scratch {
	char path[SCRATCH_TEXT];
};

void scratch_init(struct scratch *scratch);

/* Remove the directory and all that is in it. */
void scratch_release(struct scratch *scratch);

/* The path of a name; returns text. */
const char *scratch_path(const struct scratch *scratch, const char *name, char text[SCRATCH_TEXT]);

void scratch_dir(const struct scratch *scratch, const char *name);
void scratch_file(const struct scratch *scratch, const char *name, const char *contents);
void scratch_link(const struct scratch *scratch, const char *name, const char *target);

/* A file of zeros. */
void scratch_image(const struct scratch *scratch, const char *name, size_t size);

#endif
