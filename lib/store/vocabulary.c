/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tables of words in metadata text (LVM2: lib/format_text/flags.c, each segment type's export).
 */
#include <string.h>

#include "store/vocabulary.h"

#include "model/lv.h"

const struct flag_word vg_words[] = {
	{ VG_EXPORTED,		WORD_STATUS,	"EXPORTED" },
	{ VG_RESIZEABLE,	WORD_STATUS,	"RESIZEABLE" },
	{ VG_PVMOVE,		WORD_STATUS,	"PVMOVE" },
	{ VG_READ,		WORD_STATUS,	"READ" },
	{ VG_WRITE,		WORD_STATUS,	"WRITE" },
	{ VG_WRITE_LOCKED,	WORD_FLAGS,	"WRITE_LOCKED" },
	{ VG_CLUSTERED,		WORD_STATUS,	"CLUSTERED" },
	{ VG_SHARED,		WORD_STATUS,	"SHARED" },
	{ VG_NOAUTOACTIVATE,	WORD_FLAGS,	"NOAUTOACTIVATE" },
	{ 0 }
};

const struct flag_word pv_words[] = {
	{ PV_ALLOCATABLE,	WORD_STATUS,	"ALLOCATABLE" },
	{ PV_EXPORTED,		WORD_STATUS,	"EXPORTED" },
	{ PV_MISSING,		WORD_FLAGS,	"MISSING" },
	{ 0 }
};

const struct flag_word lv_words[] = {
	{ LV_READ,		WORD_STATUS,	"READ" },
	{ LV_WRITE,		WORD_STATUS,	"WRITE" },
	{ LV_WRITE_LOCKED,	WORD_FLAGS,	"WRITE_LOCKED" },
	{ LV_FIXED_MINOR,	WORD_STATUS,	"FIXED_MINOR" },
	{ LV_VISIBLE,		WORD_STATUS,	"VISIBLE" },
	{ LV_PVMOVE,		WORD_STATUS,	"PVMOVE" },
	{ LV_LOCKED,		WORD_STATUS,	"LOCKED" },
	{ LV_NOTSYNCED,		WORD_STATUS,	"NOTSYNCED" },
	{ LV_REBUILD,		WORD_STATUS,	"REBUILD" },
	{ LV_WRITEMOSTLY,	WORD_STATUS,	"WRITEMOSTLY" },
	{ LV_ACTIVATION_SKIP,	WORD_FLAGS,	"ACTIVATION_SKIP" },
	{ LV_ERROR_WHEN_FULL,	WORD_FLAGS,	"ERROR_WHEN_FULL" },
	{ LV_CACHE_VOL,		WORD_FLAGS,	"CACHE_VOL" },
	{ LV_NOAUTOACTIVATE,	WORD_FLAGS,	"NOAUTOACTIVATE" },
	{ 0 }
};

static const char *const foreign_types[] = {
	"mirror", "mirrored", "thin", "thin-pool", "cache", "cache-pool", "writecache",
	"vdo", "vdo-pool", "integrity", NULL
};

static const char *const raid_types[] = {
	"raid0", "raid0_meta", "raid1", "raid10", "raid10_near", "raid4", "raid5", "raid5_n",
	"raid5_la", "raid5_ls", "raid5_ra", "raid5_rs", "raid6", "raid6_la_6", "raid6_ls_6",
	"raid6_n_6", "raid6_nc", "raid6_nr", "raid6_ra_6", "raid6_rs_6", "raid6_zr", NULL
};

static const char *const type_flags[] = {
	"RESHAPE", "RESHAPE_DATA_OFFSET", "RESHAPE_DELTA_DISKS_PLUS",
	"RESHAPE_DELTA_DISKS_MINUS", "REMOVE_AFTER_RESHAPE", "METADATA_FORMAT",
	"CACHE_USES_CACHEVOL", "CROP_METADATA", "WRITE_LOCKED", NULL
};

static const char *const list_keys[] = {
	"status", "flags", "tags", "pr", "descendants", "stripes", "mirrors", "raids",
	"raid0_lvs", NULL
};

static const char *const pair_keys[] = { "stripes", "mirrors", "raids", "raid0_lvs", NULL };

static bool is_among(const char *const *words, const char *word, size_t len)
{
	for (; *words; words++)
		if (strncmp(*words, word, len) == 0 && !(*words)[len])
			return true;
	return false;
}

unsigned flags_with(unsigned flags, unsigned have, unsigned want)
{
	return flags & have ? (flags & ~have) | want : flags;
}

unsigned flag_of_word(const struct flag_word *table, const char *word)
{
	for (; table->word; table++)
		if (strcmp(table->word, word) == 0)
			return table->flag;
	return 0;
}

bool type_is_foreign(const char *type)
{
	size_t len = strcspn(type, "+");
	const char *flag = type + len;

	if (!is_among(foreign_types, type, len) && !is_among(raid_types, type, len))
		return false;

	while (*flag) {
		flag++;
		len = strcspn(flag, "+");
		if (!is_among(type_flags, flag, len))
			return false;
		flag += len;
	}

	return true;
}

bool key_is_list(const char *key)
{
	return is_among(list_keys, key, strlen(key));
}

bool key_is_pairs(const char *key)
{
	return is_among(pair_keys, key, strlen(key));
}
