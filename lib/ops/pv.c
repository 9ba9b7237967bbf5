/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/pv.h"

#include "base/auto.h"
#include "base/log.h"
#include "base/text.h"
#include "base/uuid.h"
#include "model/vg.h"
#include "ops/device.h"
#include "ops/hints.h"
#include "ops/locks.h"
#include "ops/newcomer.h"
#include "ops/session.h"
#include "store/backup.h"
#include "store/catalog.h"

#include <stdio.h>
#include <string.h>

/* Under the global lock, so that no group takes or gives up a device meanwhile. */
static int lock_and_read(struct session *session, struct lock **lock, struct catalog **catalog)
{
	int r = lock_global(session, LOCK_EXCLUSIVE, lock);

	if (r < 0)
		return r;
	session_forget(session);
	return session_catalog(session, catalog);
}

/* The data and the bootloader area of a PV that is restored begin where they did, and its metadata areas end
 * before that. */
static int read_restore_file(const char *path, const char *id, struct pv_format *format)
{
	AUTO(vg) struct vg *vg = NULL;
	const struct pv *pv;
	int r = backup_read(path, &vg, NULL);

	if (r < 0)
		return r;
	pv = vg_find_pv_id(vg, id);
	if (!pv)
		return fail(-ENOENT, _("%s: group %s has no device with that identity"), path,
			    vg->name);
	format->pe_start_sectors = pv->pe_start_sectors;
	if (pv->ba_start_sectors && pv->ba_size_sectors) {
		format->bootloader_start_sectors = pv->ba_start_sectors;
		format->bootloader_sectors = pv->ba_size_sectors;
	}
	return 0;
}

/* The device may have the identity already, and gets it anew. */
static int take_identity(const struct pv_request *request, const struct catalog *catalog,
			 const char *path, char id[ID_LEN + 1], struct pv_format *format)
{
	const struct disk *other;

	if (!request->uuid)
		return 0;
	if (uuid_read(request->uuid, id) < 0)
		return fail(-EDOM, _("%s: is no identity"), request->uuid);
	other = catalog_find_identity(catalog, id);
	if (other && other->candidate != candidates_find(catalog->candidates, path))
		return fail(-EEXIST, _("%s: is the identity of %s"), request->uuid,
			    other->candidate->path);
	format->id = id;
	return request->restore_file ? read_restore_file(request->restore_file, id, format) : 0;
}

int pvs_create(struct session *session, const char *const *paths, unsigned count,
	       const struct pv_request *request)
{
	AUTO(lock) struct lock *lock = NULL;
	AUTO(newcomers) struct newcomers *newcomers = NULL;
	struct pv_format format = request->format;
	struct catalog *catalog;
	char id[ID_LEN + 1];
	int r;

	r = lock_and_read(session, &lock, &catalog);
	r = r < 0 ? r : take_identity(request, catalog, paths[0], id, &format);
	r = r < 0 ? r : newcomers_find(session, catalog, paths, count,
				       NEWCOMER_RENEW | (format.id ? NEWCOMER_RESTORE : 0), &newcomers);
	r = r < 0 ? r : newcomers_foresee(newcomers, &format, NULL);
	if (r < 0)
		return r;
	if (session->test) {
		newcomers_print(newcomers);
		return 0;
	}

	session->touched = true;
	hints_forget(session);
	r = newcomers_make(newcomers, &format);
	if (!r)
		newcomers_say(newcomers);
	return r;
}

/* --- and away --- */

/* A PV on its way out. */
struct leaver {
	struct disk *disk;
	int fd;
};

static bool is_named_before(const struct leaver *leavers, unsigned count, const struct disk *disk)
{
	unsigned i;

	for (i = 0; i < count; i++)
		if (leavers[i].disk == disk)
			return true;
	return false;
}

static int take_leaver(struct session *session, struct leaver *leaver)
{
	int r;

	if (!leaver->disk->has_label)
		return fail(-ENOENT, _("%s: is no PV"), leaver->disk->candidate->path);
	r = device_ask_member(session, leaver->disk);
	r = r < 0 ? r : device_hold(leaver->disk, &leaver->fd);
	return r < 0 ? r : catalog_open_for_write(leaver->disk);
}

static int find_leavers(struct session *session, struct catalog *catalog, const char *const *paths,
			struct leaver *leavers, unsigned count)
{
	unsigned i;
	int r = 0;

	for (i = 0; i < count && !r; i++) {
		r = device_find(catalog, paths[i], &leavers[i].disk);
		if (!r && is_named_before(leavers, i, leavers[i].disk))
			r = fail(-EINVAL, _("%s: is named twice"), paths[i]);
		r = r < 0 ? r : take_leaver(session, &leavers[i]);
	}
	return r;
}

static int retire(struct session *session, const struct leaver *leaver)
{
	const char *path = leaver->disk->candidate->path;
	int r;

	if (session->test) {
		printf("unmake PV %s\n", path);
		return 0;
	}
	session->touched = true;
	leaver->disk->group = NULL;
	r = pv_retire(leaver->disk);
	if (!r)
		say(_("%s: is no PV any more"), path);
	return r;
}

static int remove_leavers(struct session *session, const struct leaver *leavers, unsigned count)
{
	unsigned i;
	int r = 0;

	if (!session->test)
		hints_forget(session);
	for (i = 0; i < count && !r; i++)
		r = retire(session, &leavers[i]);
	return r;
}

int pvs_remove(struct session *session, const char *const *paths, unsigned count)
{
	AUTO(lock) struct lock *lock = NULL;
	AUTO_FREE struct leaver *leavers = calloc(count + 1, sizeof(*leavers));
	struct catalog *catalog;
	unsigned i;
	int r;

	if (!leavers)
		return fail_memory();
	for (i = 0; i < count; i++)
		leavers[i].fd = -1;
	r = lock_and_read(session, &lock, &catalog);
	r = r < 0 ? r : find_leavers(session, catalog, paths, leavers, count);
	r = r < 0 ? r : remove_leavers(session, leavers, count);
	for (i = 0; i < count; i++)
		if (leavers[i].fd >= 0)
			close(leavers[i].fd);
	return r;
}
