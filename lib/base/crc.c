/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/crc.h"

/* Half a byte at a time: sixteen constants instead of a table built at run time. */
static const uint32_t steps[16] = {
	0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
	0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
	0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
};

uint32_t crc_update(uint32_t crc, const void *data, size_t len)
{
	const uint8_t *byte = data;

	while (len--) {
		crc ^= *byte++;
		crc = (crc >> 4) ^ steps[crc & 15];
		crc = (crc >> 4) ^ steps[crc & 15];
	}
	return crc;
}
