/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_TEST_FUZZ_H
#define SNAPVOL_TEST_FUZZ_H

/*
 * The one function of a fuzz target, which libFuzzer or replay.c calls: whatever the bytes, it
 * returns 0, and what the sanitizers or an assertion find ends the program.  size may be 0.
 */

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
