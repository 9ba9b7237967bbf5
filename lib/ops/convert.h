/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_OPS_CONVERT_H
#define SNAPVOL_OPS_CONVERT_H

/*
 * Taking a snapshot apart and putting one together.
 *
 * Splitting commits first that the store is a plain volume, because once the kernel lets go of it
 * it misses writes.  Attaching commits last, because the metadata may call it a snapshot only when
 * the origin's writes are copied to it.
 */

#include <stdbool.h>
#include <stdint.h>

struct session;
struct target;

/* The snapshot becomes a plain volume that holds its exception store. */
int convert_split(struct session *session, const struct target *target);

/* A plain volume becomes the store of a snapshot of the origin.  keep: what it holds is taken
 * for a store of this origin, which is only right if the origin has not been written to since it was
 * split; else it is emptied.  chunk_size_sectors 0: the setting. */
int convert_attach(struct session *session, const struct target *origin,
		   const struct target *store, uint32_t chunk_size_sectors, bool keep);

#endif
