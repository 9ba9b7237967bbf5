/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_STORE_STAGED_H
#define SNAPVOL_STORE_STAGED_H

/*
 * A text that is ready to be committed: exported, read back and found the same, with room for it in
 * every area of the disks it lists.
 */

#include "store/commit.h"
#include "store/members.h"

#include <libdevmapper.h>
#include <stddef.h>
#include <stdint.h>

struct catalog;
struct vg;

/* Who says that he wrote a text. */
struct author {
	char *command, *host, *uname;
};

int author_init(struct author *author, const char *command);
void author_release(struct author *author);

/* A text from disk as a file tells it; when is "before" or "after".  *result is malloc'd. */
int author_file(const struct author *author, const char *source, const char *text, size_t len,
		const char *when, char **result, size_t *result_len);

struct staged {
	struct dm_list list;
	char *name;			/* of the group */
	char *text;
	size_t len;
	uint32_t seqno;
	struct disk_set members;	/* present devices the text lists, open for writing */
	struct commit commit;		/* no targets if the group has no devices any more */
};

/* members are those the group has already; others must be free to join.  0 or negative,
 * reported. */
int staged_new(struct catalog *catalog, const struct author *author, const struct vg *vg,
	       const struct disk_set *members, struct staged **result);
void staged_free(struct staged **staged);

#endif
