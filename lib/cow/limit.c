/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cow/limit.h"

#include "base/units.h"

bool cow_chunk_is_valid(uint64_t chunk_sectors)
{
	return is_power_of_two(chunk_sectors) && chunk_sectors >= COW_CHUNK_SECTORS_MIN &&
	       chunk_sectors <= COW_CHUNK_SECTORS_MAX;
}

uint64_t cow_max_sectors(uint64_t origin_sectors, uint32_t chunk_sectors)
{
	uint64_t chunk_size = (uint64_t)chunk_sectors << SECTOR_SHIFT;
	uint64_t entries = chunk_size / COW_EXCEPTION_SIZE;
	uint64_t chunks = divide_up(origin_sectors, chunk_sectors);
	uint64_t max;

	chunks += 1 + (chunks + entries) / entries;
	if (mul_overflows(chunks, chunk_sectors, &max))
		return UINT64_MAX;
	return max;
}
