/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_BASE_CRC_H
#define SNAPVOL_BASE_CRC_H

/*
 * The checksum of LVM2's label sector, area header and metadata text: reflected CRC-32 with
 * polynomial 0xEDB88320, no final inversion, and a starting value of its own.
 */

#include <stddef.h>
#include <stdint.h>

#define CRC_INITIAL UINT32_C(0xf597a6cf)

/* Continue a checksum (begin with CRC_INITIAL) over len more bytes. */
uint32_t crc_update(uint32_t crc, const void *data, size_t len);

#endif
