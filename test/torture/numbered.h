/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_TEST_NUMBERED_H
#define SNAPVOL_TEST_NUMBERED_H

/*
 * Blocks of 4 KiB each sector of which tells which block it is of and with which number it was written, and
 * has contents that follow from these alone: so that a sector of another place, or one that is half this
 * and half that, is known for what it is.
 *
 * A writer writes numbers one after the other, to several devices in turn; which device and which block of it
 * a number goes to follows from the number.
 */

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum {
	NUMBERED_BLOCK = 4096,
	NUMBERED_SECTOR = 512,
	NUMBERED_WORDS = NUMBERED_SECTOR / 8,
	NUMBERED_DEVICES = 4, /* at most */
};

static inline unsigned numbered_device(uint64_t number, unsigned devices)
{
	return (unsigned)(number % devices);
}

static inline uint32_t numbered_place(uint64_t number, uint32_t blocks)
{
	return (uint32_t)((number * 2654435761u >> 7) % blocks);
}

static inline void numbered_sector(uint64_t number, uint64_t sector, void *buffer)
{
	uint64_t words[NUMBERED_WORDS], i;

	words[0] = 0x6465726562626d75;
	words[1] = number;
	words[2] = sector;
	for (i = 3; i < NUMBERED_WORDS; i++)
		words[i] = (words[i - 1] ^ i) * 6364136223846793005u + number;
	memcpy(buffer, words, sizeof(words));
}

/* Whether a sector was written as this one, and with which number. */
static inline bool numbered_read(const void *buffer, uint64_t sector, uint64_t *number)
{
	uint8_t wanted[NUMBERED_SECTOR];

	memcpy(number, (const uint8_t *)buffer + 8, sizeof(*number));
	numbered_sector(*number, sector, wanted);
	return !memcmp(wanted, buffer, sizeof(wanted));
}

#endif
