/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_STORE_KEYS_H
#define SNAPVOL_STORE_KEYS_H

/*
 * Keys of one section of metadata text, each checked for kind and range.
 *
 * libdevmapper's own getters take any number for any width ("4294967297" as 32 bits is 1), so only
 * its parser is used.  All of these functions return 1 (found), 0 (absent; the result is untouched)
 * or -EBADMSG / -ENOMEM, reported; a key given to a need_ function must be there.
 */

#include "store/vocabulary.h"

#include <libdevmapper.h>
#include <stdint.h>

struct section {
	const char *source;		/* where the text is from: "/dev/sdb" */
	const char *object;		/* whose section this is: "vg0/base" */
	const struct dm_config_node *node;
	struct vg *vg;			/* in whose arena texts go */
};

/* The first node of that name from "first" on / in the section, NULL if there is none. */
const struct dm_config_node *node_find(const struct dm_config_node *first, const char *key);
const struct dm_config_node *section_find(const struct section *section, const char *key);

/* A sub-section (a node without value). */
bool node_is_section(const struct dm_config_node *node);

int keys_number(const struct section *section, const char *key, uint64_t max, uint64_t *value);
int keys_number32(const struct section *section, const char *key, uint32_t *value);
int keys_signed(const struct section *section, const char *key, int64_t min, int64_t max,
		int64_t *value);
int keys_text(const struct section *section, const char *key, const char **text);
/* A text for people only: blanks stand for control characters, like the line ends of a command line. */
int keys_remark(const struct section *section, const char *key, const char **text);
int keys_id(const struct section *section, char id[ID_LEN + 1]);
int keys_tags(const struct section *section, struct dm_list *words);
int keys_policy(const struct section *section, enum alloc_policy *policy);

/* "status" and "flags" by the table.  Words it does not have are kept in extras ("status = [...]");
 * in "status" they also set vg->unknown. */
int keys_flags(const struct section *section, const struct flag_word *table, unsigned *flags,
	       struct dm_list *extras);

int need_number(const struct section *section, const char *key, uint64_t max, uint64_t *value);
int need_number32(const struct section *section, const char *key, uint32_t *value);
int need_text(const struct section *section, const char *key, const char **text);

bool key_is_known(const char *const *known, const char *key);

/* Everything but the known keys (NULL-terminated), as text, to extras; sections too, or not. */
enum rest_kind { REST_ALL, REST_VALUES };
int keys_rest(const struct section *section, const char *const *known, enum rest_kind kind,
	      struct dm_list *extras);

/* Record why the group cannot be changed; the first reason stays.  Always 0 or -ENOMEM. */
int section_unknown(const struct section *section, const char *what, const char *word);

/* -EBADMSG, reported: "SOURCE: OBJECT: key: what is wrong". */
int section_refuse(const struct section *section, const char *key, const char *wrong);

#endif
