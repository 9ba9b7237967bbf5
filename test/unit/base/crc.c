/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "tap.h"

#include "base/crc.h"

/* Bit by bit, as the polynomial says. */
static uint32_t slow_crc(uint32_t crc, const unsigned char *data, size_t len)
{
	while (len--) {
		crc ^= *data++;
		for (int bit = 0; bit < 8; bit++)
			crc = (crc >> 1) ^ (crc & 1 ? UINT32_C(0xedb88320) : 0);
	}
	return crc;
}

TEST("it is CRC-32 without the final inversion")
{
	CHECK_INT(crc_update(UINT32_MAX, "123456789", 9), ~UINT32_C(0xcbf43926));
}

TEST("every byte value is treated as the polynomial says")
{
	unsigned char bytes[256];

	for (unsigned i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)i;
	for (size_t len = 0; len <= sizeof(bytes); len++)
		CHECK_INT(crc_update(CRC_INITIAL, bytes, len), slow_crc(CRC_INITIAL, bytes, len));
}

TEST("a checksum can be continued")
{
	uint32_t crc = crc_update(CRC_INITIAL, "vg_na", 5);

	CHECK_INT(crc_update(crc, "me = 1", 6), crc_update(CRC_INITIAL, "vg_name = 1", 11));
	CHECK_INT(crc_update(crc, "", 0), crc);
}

TEST_MAIN
